# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

import numpy as np
import pytest

from hailo_perception.backends.tensor_layout import output_layout
from hailo_perception.core.errors import ManifestError
from hailo_perception.models.binding import Claim

INPUT_SIZE = (480, 288)


def claim(channels, **options):
    return Claim('semantic', 'tasks.semantic.output', 'x', channels, 'because', **options)


@pytest.mark.parametrize(
    ('shape', 'wanted', 'expected'),
    [
        ((1, 45, 36, 60), claim(45), (36, 60, 45)),
        ((1, 36, 60, 45), claim(45), (36, 60, 45)),
        # Sixty channels could be either axis: only one reading lies on the input's grid.
        ((1, 60, 36, 60), claim(60), (36, 60, 60)),
        ((1, 36, 60, 60), claim(60), (36, 60, 60)),
        ((1, 1, 144, 240), claim(1), (144, 240, 1)),
        ((1, 144, 240, 1), claim(1), (144, 240, 1)),
        ((1, 144, 240), claim(1), (144, 240, 1)),
        ((1, 2835, 7), claim(7, is_map=False), (1, 2835, 7)),
        ((1, 1002), claim(None, is_map=False), (1, 1, 1002)),
        # No reading has the wanted channels: the grid decides, and bind says what is wrong.
        ((1, 46, 36, 60), claim(45), (36, 60, 46)),
        ((1, 36, 60, 46), claim(45), (36, 60, 46)),
        ((1, 7, 36, 60), None, (36, 60, 7)),
        ((1, 36, 60, 7), None, (36, 60, 7)),
        ((1, 7, 11, 13), None, (11, 13, 7)),
    ],
)
def test_output_layout(shape, wanted, expected):
    layout = output_layout('x', shape, wanted, INPUT_SIZE)
    assert layout.info.shape == expected
    tensor = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    view = layout.read(tensor)
    assert view.shape == expected
    assert np.shares_memory(view, tensor)


def test_pixels_stay_where_they_are():
    tensor = np.random.default_rng(0).random((1, 5, 36, 60), np.float32)
    view = output_layout('x', tensor.shape, claim(5), INPUT_SIZE).read(tensor)
    assert view[3, 7, 2] == tensor[0, 2, 3, 7]


def test_single_value_reads_the_same_both_ways():
    assert output_layout('x', (1, 1, 1, 1), claim(1), (24, 24)).info.shape == (1, 1, 1)


@pytest.mark.parametrize(
    ('shape', 'readings'),
    [
        ((1, 12, 24, 12), '24×12×12 or 12×24×12'),
        # Both readings have one shape, and still mean different pixels.
        ((1, 24, 24, 24), '24×24×24 or 24×24×24'),
    ],
)
def test_ambiguous_layout_is_refused(shape, readings):
    with pytest.raises(ManifestError, match=readings) as caught:
        output_layout('x', shape, claim(shape[1]), (24, 24))
    assert 'tasks.semantic.output' in str(caught.value)


@pytest.mark.parametrize(
    'shape', [(), (5,), (2, 3, 4, 8), (0, 3, 4, 8), (1, 3, 0, 8), (1, 1, 1, 4, 8)]
)
def test_shape_that_is_no_image(shape):
    with pytest.raises(ManifestError, match='export the network for one image'):
        output_layout('x', shape, claim(3), INPUT_SIZE)


@pytest.mark.parametrize('dtype', [np.int64, np.int32, np.float32, np.uint8])
def test_class_ids_become_uint8(dtype):
    layout = output_layout('x', (1, 36, 60), claim(1, is_class_ids=True), INPUT_SIZE)
    ids = layout.read(np.full((1, 36, 60), 19, dtype))
    assert ids.dtype == layout.info.dtype == np.uint8
    assert np.all(ids == 19)
