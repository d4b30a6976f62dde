# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""There and back between image and network input, for every way of resizing."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.image_transform import ImageTransform

_image_sizes = st.tuples(st.integers(16, 4096), st.integers(16, 4096))
_input_sizes = st.tuples(st.integers(64, 1280), st.integers(64, 1280))


@st.composite
def _transforms(draw: st.DrawFn) -> ImageTransform:
    image_size = draw(_image_sizes)
    input_size = draw(_input_sizes)
    if draw(st.booleans()):
        transform = ImageTransform.stretch(image_size, input_size)
    else:
        transform = ImageTransform.letterbox(
            image_size,
            input_size,
            anchor=draw(st.sampled_from(('center', 'top_left'))),
            alignment=draw(st.sampled_from((1, 2, 8, 32))),
        )
    # At a smaller scale float32 has no thousandth of an image pixel left in the input.
    assume(min(transform.scale) > 0.1)
    return transform


_unit = st.floats(0, 1)


@given(transform=_transforms(), parts=st.lists(st.tuples(_unit, _unit), max_size=8))
def test_points_come_back_within_a_thousandth_of_a_pixel(
    transform: ImageTransform, parts: list[tuple[float, float]]
) -> None:
    points = np.reshape(np.asarray(parts, np.float64), (-1, 2)) * transform.image_size
    there = transform.to_input(points)
    back = transform.to_image(there)
    assert there.dtype == back.dtype == np.float32
    assert there.shape == back.shape == points.shape
    np.testing.assert_allclose(back, points, rtol=0, atol=1e-3)


@given(transform=_transforms(), corners=st.tuples(_unit, _unit, _unit, _unit))
def test_boxes_come_back_within_a_thousandth_of_a_pixel(
    transform: ImageTransform, corners: tuple[float, float, float, float]
) -> None:
    x, y = sorted(corners[::2]), sorted(corners[1::2])
    boxes = np.array(((x[0], y[0], x[1], y[1]),)) * np.tile(transform.image_size, 2)
    there = transform.boxes_to_input(boxes)
    np.testing.assert_array_equal(there.reshape(-1, 2), transform.to_input(boxes.reshape(-1, 2)))
    back = transform.boxes_to_image(there)
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, boxes, rtol=0, atol=1e-3)


@given(transform=_transforms())
def test_the_image_fills_the_content_rectangle(transform: ImageTransform) -> None:
    x, y, width, height = transform.content
    np.testing.assert_allclose(
        transform.to_input(np.array(((0, 0), transform.image_size))),
        ((x, y), (x + width, y + height)),
        rtol=1e-6,
    )
    assert x >= 0
    assert y >= 0
    assert width >= 1
    assert height >= 1
    assert x + width <= transform.input_size[0]
    assert y + height <= transform.input_size[1]


@given(image_size=_image_sizes, input_size=_input_sizes)
def test_letterbox_keeps_the_aspect_within_half_a_pixel(
    image_size: tuple[int, int], input_size: tuple[int, int]
) -> None:
    transform = ImageTransform.letterbox(image_size, input_size)
    scale = min(input_size[0] / image_size[0], input_size[1] / image_size[1])
    for image, content in zip(image_size, transform.content[2:]):
        assert abs(image * scale - content) <= 0.5 or content == 1
    assert transform.content[2] == input_size[0] or transform.content[3] == input_size[1]


@pytest.mark.parametrize(
    ('image_size', 'options', 'content'),
    [
        ((1280, 720), {}, (0, 9, 480, 270)),
        ((1280, 720), {'anchor': 'top_left'}, (0, 0, 480, 270)),
        ((1280, 720), {'alignment': 8}, (0, 8, 480, 272)),
        ((1280, 720), {'alignment': 32}, (0, 0, 480, 256)),
        ((640, 480), {}, (48, 0, 384, 288)),
        ((100, 400), {}, (204, 0, 72, 288)),
        ((10_000, 1), {}, (0, 143, 480, 1)),
        ((480, 288), {}, (0, 0, 480, 288)),
        ((240, 144), {}, (0, 0, 480, 288)),
    ],
)
def test_letterbox_into_480_by_288(
    image_size: tuple[int, int], options: Any, content: tuple[int, int, int, int]
) -> None:
    assert ImageTransform.letterbox(image_size, (480, 288), **options).content == content


@pytest.mark.parametrize('alignment', [0, -8, 289])
def test_letterbox_refuses_an_alignment_that_leaves_nothing(alignment: int) -> None:
    with pytest.raises(ConfigurationError, match='within 1…288'):
        ImageTransform.letterbox((1280, 720), (480, 288), alignment=alignment)


@pytest.mark.parametrize(
    'transform',
    [
        ImageTransform.stretch((1280, 720), (480, 288)),
        ImageTransform.letterbox((1280, 720), (480, 288)),
    ],
)
def test_empty_arrays_stay_empty(transform: ImageTransform) -> None:
    assert transform.to_input(np.zeros((0, 2))).shape == (0, 2)
    assert transform.to_image(np.zeros((0, 2))).shape == (0, 2)
    assert transform.boxes_to_input(np.zeros((0, 4))).shape == (0, 4)
    assert transform.boxes_to_image(np.zeros((0, 4), np.float32)).shape == (0, 4)


def test_points_keep_their_leading_axes() -> None:
    transform = ImageTransform.stretch((100, 100), (50, 25))
    points = np.ones((3, 4, 2))
    np.testing.assert_allclose(transform.to_input(points), np.broadcast_to((0.5, 0.25), (3, 4, 2)))


def test_boxes_to_image_clips_to_the_image() -> None:
    transform = ImageTransform.letterbox((1280, 720), (480, 288))
    everything = np.array(((0, 0, 480, 288), (-5, -5, 500, 4), (470, 284, 480, 288)))
    np.testing.assert_allclose(
        transform.boxes_to_image(everything),
        ((0, 0, 1280, 720), (0, 0, 1280, 0), (470 / 480 * 1280, 720, 1280, 720)),
        rtol=1e-6,
    )


@pytest.mark.parametrize('map_size', [(480, 288), (240, 144), (60, 36), (960, 576)])
def test_map_region_of_a_stretch_is_the_whole_map(map_size: tuple[int, int]) -> None:
    rows, columns = ImageTransform.stretch((1920, 1080), (480, 288)).map_region(*map_size)
    assert (rows, columns) == (slice(0, map_size[1]), slice(0, map_size[0]))


@given(
    image_size=_image_sizes,
    cells=st.tuples(st.integers(2, 40), st.integers(2, 40)),
    stride=st.sampled_from((1, 2, 4, 8, 32)),
    anchor=st.sampled_from(('center', 'top_left')),
)
def test_map_region_is_the_content_in_map_pixels(
    image_size: tuple[int, int], cells: tuple[int, int], stride: int, anchor: Any
) -> None:
    input_size = (cells[0] * stride, cells[1] * stride)
    transform = ImageTransform.letterbox(image_size, input_size, anchor=anchor, alignment=stride)
    rows, columns = transform.map_region(*cells)
    x, y, width, height = transform.content
    assert (columns.start * stride, rows.start * stride) == (x, y)
    assert (columns.stop * stride, rows.stop * stride) == (x + width, y + height)


def test_map_region_marks_exactly_the_content() -> None:
    transform = ImageTransform.letterbox((1280, 720), (480, 288), alignment=8)
    painted = np.zeros((288, 480), bool)
    x, y, width, height = transform.content
    painted[y : y + height, x : x + width] = True
    coarse = np.zeros((36, 60), bool)
    coarse[transform.map_region(60, 36)] = True
    np.testing.assert_array_equal(coarse.repeat(8, axis=0).repeat(8, axis=1), painted)


def test_map_region_refuses_content_between_map_pixels() -> None:
    transform = ImageTransform.letterbox((1280, 720), (480, 288))
    with pytest.raises(ConfigurationError, match='60×36 output map; letterbox with alignment 8'):
        transform.map_region(60, 36)
