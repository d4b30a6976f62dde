# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Nearest pixels between two resolutions."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.kernels.sampling import nearest_pixels


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
