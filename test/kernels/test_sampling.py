# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Nearest pixels between two resolutions."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.kernels.sampling import as_slice
from hailo_perception.kernels.sampling import first_pixels
from hailo_perception.kernels.sampling import nearest_pixels
from hailo_perception.kernels.sampling import rows_between


@pytest.mark.parametrize(
    ('count', 'source_count', 'stride', 'expected'),
    [
        (4, 4, 1, [0, 1, 2, 3]),
        (2, 4, 1, [1, 3]),
        (4, 2, 1, [0, 0, 1, 1]),
        (3, 9, 1, [1, 4, 7]),
        (5, 10, 2, [1, 5, 9]),
    ],
)
def test_nearest_pixels(count, source_count, stride, expected):
    assert nearest_pixels(count, source_count, stride).tolist() == expected


@given(st.integers(1, 300), st.integers(1, 300))
def test_nearest_pixels_contain_the_centre(count, source_count):
    centres = (np.arange(count) + 0.5) * source_count / count
    pixels = nearest_pixels(count, source_count)
    assert (pixels <= centres + 1e-9).all() and (centres < pixels + 1 + 1e-9).all()
    assert pixels.min() >= 0 and pixels.max() < source_count


@given(st.integers(1, 300), st.integers(1, 300))
def test_first_pixels_part_the_nearest(count, source_count):
    first = first_pixels(count, source_count).tolist()
    pixels = nearest_pixels(count, source_count)
    assert (first[0], first[-1]) == (0, count)
    for source in range(source_count):
        assert (pixels[first[source] : first[source + 1]] == source).all()


@pytest.mark.parametrize(
    ('count', 'source_count', 'expected'),
    [
        (0, 3, []),
        (1, 1, [(0, 0)]),
        (3, 3, [(0, 0), (1, 0), (2, 0)]),
        (2, 4, [(0, 64), (2, 64)]),
        (4, 2, [(0, 0), (0, 32), (0, 96), (1, 0)]),
    ],
)
def test_rows_between(count, source_count, expected):
    first_rows, shares = rows_between(count, source_count)
    assert list(zip(first_rows.tolist(), shares.tolist(), strict=True)) == expected


@pytest.mark.parametrize(
    ('pixels', 'expected'),
    [
        ([0, 1], slice(0, 2, 1)),
        ([1, 4, 7], slice(1, 8, 3)),
        ([3, 5, 7, 9], slice(3, 10, 2)),
        ([], None),
        ([4], None),
        ([2, 2, 2], None),
        ([0, 0, 1, 1], None),
        ([0, 1, 3], None),
        ([0, 2, 3, 6], None),
    ],
)
def test_evenly_spaced_pixels_are_a_slice(pixels, expected):
    pixels = np.array(pixels, np.intp)
    found = as_slice(pixels)
    if expected is None:
        assert found is pixels
    else:
        assert found == expected


@given(st.integers(0, 60), st.integers(1, 60), st.integers(1, 4))
def test_a_slice_reads_the_same_pixels(count, source_count, stride):
    pixels = nearest_pixels(count, source_count, stride)
    source = np.arange(source_count)
    np.testing.assert_array_equal(source[as_slice(pixels)], source[pixels])
