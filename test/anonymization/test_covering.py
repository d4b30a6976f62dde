# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.anonymization.covering import cover
from hailo_perception.anonymization.regions import NO_REGIONS
from hailo_perception.anonymization.settings import CoverSettings

NOISE = np.random.default_rng(3).integers(0, 256, (90, 120, 3), np.uint8)
METHODS = ('mosaic', 'blur', 'solid')
pictures = pytest.mark.parametrize(
    'picture', [NOISE, np.ascontiguousarray(NOISE[..., 0])], ids=['colour', 'grey']
)


def covered(
    picture: NDArray[np.uint8], *regions: Any, **changes: Any
) -> NDArray[np.uint8]:
    result = picture.copy()
    settings = CoverSettings(**{'margin': 0.0, 'minimum_block_px': 4, **changes})
    cover(result, np.array(regions, np.float32).reshape(-1, 4), settings)
    return result


boxes = st.tuples(
    st.integers(-20, 130), st.integers(-20, 100), st.integers(1, 90), st.integers(1, 90)
).map(lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3]))


@pictures
@pytest.mark.parametrize('method', METHODS)
def test_without_regions_the_picture_stays(picture: NDArray[np.uint8], method: str) -> None:
    result = picture.copy()
    cover(result, NO_REGIONS, CoverSettings(method=method))
    assert np.array_equal(result, picture)


@pictures
@pytest.mark.parametrize('method', METHODS)
@given(regions=st.lists(boxes, max_size=4))
def test_outside_the_regions_nothing_changes(
    picture: NDArray[np.uint8], method: str, regions: list[tuple[int, int, int, int]]
) -> None:
    result = covered(picture, *regions, method=method, minimum_block_px=2)
    outside = np.ones(picture.shape[:2], bool)
    for left, top, right, bottom in regions:
        # What is narrower than a block is widened to one.
        outside[max(top - 1, 0) : max(bottom + 1, 0), max(left - 1, 0) : max(right + 1, 0)] = False
    assert np.array_equal(result[outside], picture[outside])


def edges(length: int, blocks: int) -> list[int]:
    """Where blocks begin and end along one side: a pixel is of the block that has its centre."""
    return [-(-(2 * i * length - blocks) // (2 * blocks)) for i in range(blocks + 1)]


@pictures
@given(box=boxes, share=st.floats(0.02, 1), least=st.integers(2, 40))
def test_each_block_of_a_mosaic_is_the_mean_of_what_was_there(
    picture: NDArray[np.uint8], box: tuple[int, int, int, int], share: float, least: int
) -> None:
    """Each is of one colour, within the darkest and brightest below, and as large as asked."""
    result = covered(picture, box, block_share=share, minimum_block_px=least)
    changed = np.argwhere(result != picture)
    if not len(changed):
        return
    left, right = max(box[0], 0), min(box[2], 120)
    top, bottom = max(box[1], 0), min(box[3], 90)
    if min(box[2] - box[0], box[3] - box[1]) < least or left >= right or top >= bottom:
        return
    side = max(share * min(right - left, bottom - top), least)
    columns, rows = max(int((right - left) / side), 1), max(int((bottom - top) / side), 1)
    for y, y_end in pairwise(edges(bottom - top, rows)):
        for x, x_end in pairwise(edges(right - left, columns)):
            block = result[top + y : top + y_end, left + x : left + x_end]
            assert (block == block[0, 0]).all()
            assert (right - left) / columns >= min(side, right - left) - 1e-6
            around = picture[
                top + max(y - 1, 0) : top + y_end + 1, left + max(x - 1, 0) : left + x_end + 1
            ]
            assert (block[0, 0] >= around.min(axis=(0, 1))).all()
            assert (block[0, 0] <= around.max(axis=(0, 1))).all()


@pytest.mark.parametrize('scale', [1, 2, 4])
def test_a_head_shows_as_many_blocks_near_as_far(scale: int) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (400, 400), np.uint8)
    side = 80 * scale
    result = covered(picture, (10, 10, 10 + side, 10 + side), block_share=0.25)
    assert len(np.unique(result[10 : 10 + side, 10 : 10 + side])) <= 16
    changes = (np.diff(result[10 + side // 8, 10 : 10 + side].astype(int)) != 0).sum()
    assert changes <= 3


def test_a_blur_depends_on_the_means_of_blocks_alone() -> None:
    """Another picture with the same means gives the same blur."""
    other = NOISE.copy()
    for y in range(20, 60, 10):
        for x in range(30, 70, 10):
            other[y : y + 10, x : x + 10] = other[y : y + 10, x : x + 10][::-1, ::-1]
    one, two = (covered(each, (30, 20, 70, 60), method='blur') for each in (NOISE, other))
    assert np.array_equal(one[20:60, 30:70], two[20:60, 30:70])
    assert not np.array_equal(NOISE, other)


def test_solid_is_black() -> None:
    result = covered(NOISE, (30, 20, 70, 60), method='solid')
    assert not result[20:60, 30:70].any()
    assert result[:, 70:].any()


def test_a_margin_covers_more() -> None:
    result = covered(NOISE, (40, 40, 60, 50), method='solid', margin=0.5)
    assert not result[35:55, 30:70].any()
    assert np.array_equal(result[:35], NOISE[:35])


def test_a_region_of_one_pixel_does_not_keep_it() -> None:
    picture = np.zeros((40, 40), np.uint8)
    picture[20, 20] = 255
    result = covered(picture, (20, 20, 21, 21), minimum_block_px=8)
    assert result.max() <= 255 // 64 + 1


def test_regions_beyond_the_picture_are_none() -> None:
    assert np.array_equal(covered(NOISE, (200, 200, 300, 300), (-9, -9, -5, -5)), NOISE)
