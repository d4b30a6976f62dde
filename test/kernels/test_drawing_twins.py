# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Blending and boxes: both twins draw the same, and what their description says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.sampling import nearest_pixels

pytest.importorskip('numba')

NUMPY = load_kernels('numpy')
NUMBA = load_kernels('numba')
# The first call of a kernel compiles it, so no deadline.
TWIN_SETTINGS = settings(max_examples=40, deadline=None)
SIDES = st.integers(1, 40)


def random_tints(random: np.random.Generator) -> np.ndarray:
    kept = random.integers(0, 256, 65536)
    kept[::5] = 255
    added = random.integers(0, 256, (65536, 3)) % (256 - kept[:, None])
    return np.column_stack((added, kept)).astype(np.uint8).view('<u4').reshape(-1)


def blended(
    kernels: Kernels,
    picture: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    tints: np.ndarray,
) -> np.ndarray:
    result = picture.copy()
    kernels.blend_masks(result, lower, upper, tints)
    return result


@given(SIDES, SIDES, SIDES, SIDES, st.sampled_from((1, 2, 256)), st.integers(0, 2**32 - 1))
@TWIN_SETTINGS
def test_blending_is_the_same_to_the_bit(
    height: int, width: int, map_height: int, map_width: int, values: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    picture = random.integers(0, 256, (height, width, 3)).astype(np.uint8)
    # Few values make areas, in which a row of the map is much like the one above it.
    maps = random.integers(0, values, (2, map_height, map_width)).astype(np.uint8)
    maps[:, map_height // 2 :] = maps[:, map_height // 2, None]
    tints = random_tints(random)
    rows = nearest_pixels(height, map_height)[:, None]
    lower, upper = maps[:, rows, nearest_pixels(width, map_width)].astype(np.intp)
    tint = tints.view(np.uint8).reshape(-1, 4)[lower + 256 * upper].astype(float)
    expected = np.rint(picture * tint[..., 3:] / 255) + tint[..., :3]
    for kernels in (NUMPY, NUMBA):
        np.testing.assert_array_equal(blended(kernels, picture, *maps, tints), expected)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_every_byte_is_kept_in_every_share(kernels: Kernels) -> None:
    picture = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    picture = np.repeat(picture, 256, axis=0)
    shares = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 256, axis=1)
    tints = np.arange(65536, dtype=np.uint32) % 256 << 24
    expected = np.rint(picture * (shares[..., None] / 255))
    zeros = np.zeros_like(shares)
    np.testing.assert_array_equal(blended(kernels, picture, shares, zeros, tints), expected)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_every_byte_is_kept_where_the_whole_map_has_one_share(kernels: Kernels) -> None:
    picture = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    zeros = np.zeros((1, 1), np.uint8)
    for kept in range(256):
        added = 255 - kept
        tints = np.full(65536, kept << 24 | added * 0x010101, np.uint32)
        expected = np.rint(picture * (kept / 255)) + added
        np.testing.assert_array_equal(blended(kernels, picture, zeros, zeros, tints), expected)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@pytest.mark.parametrize('shape', [(1, 1), (2, 1), (1, 2)])
def test_maps_may_be_tiny(kernels: Kernels, shape: tuple[int, int]) -> None:
    picture = np.full((400, 300, 3), 100, np.uint8)
    maps = np.zeros((2, *shape), np.uint8)
    tints = np.full(65536, 51 << 24 | 0x030201, np.uint32)
    result = blended(kernels, picture, *maps, tints)
    assert (result == (21, 22, 23)).all()


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_maps_may_be_read_only(kernels: Kernels) -> None:
    picture = np.full((4, 6, 3), 9, np.uint8)
    maps = np.zeros((2, 2, 3), np.uint8)
    tints = np.full(65536, 255 << 24, np.uint32)
    for array in (maps, tints):
        array.flags.writeable = False
    np.testing.assert_array_equal(blended(kernels, picture, *maps, tints), picture)


@given(
    st.lists(st.tuples(*[st.integers(-60, 90)] * 4), max_size=6),
    SIDES,
    SIDES,
    st.integers(1, 9),
)
@TWIN_SETTINGS
def test_frames_are_the_same(boxes: list, height: int, width: int, thickness: int) -> None:
    corners = np.array(boxes, np.int32).reshape(-1, 4)
    colors = np.random.default_rng(1).integers(0, 256, (len(boxes), 3)).astype(np.uint8)
    pictures = [np.full((height, width, 3), 77, np.uint8) for _ in range(2)]
    for kernels, picture in zip((NUMPY, NUMBA), pictures):
        kernels.draw_frames(picture, corners, colors, thickness)
    np.testing.assert_array_equal(*pictures)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_a_frame_has_a_rim_and_an_inside(kernels: Kernels) -> None:
    picture = np.full((9, 11, 3), 7, np.uint8)
    colors = np.uint8([[1, 2, 3]])
    kernels.draw_frames(picture, np.int32([[2, 2, 8, 6]]), colors, 1)
    letters = {7: '.', 0: '#', 1: 'o'}
    assert [''.join(letters[value] for value in row) for row in picture[..., 0].tolist()] == [
        '...........',
        '.#########.',
        '.#ooooooo#.',
        '.#o#####o#.',
        '.#o#...#o#.',
        '.#o#####o#.',
        '.#ooooooo#.',
        '.#########.',
        '...........',
    ]


PLACES = st.integers(-8, 48) | st.sampled_from((-(2**20), 2**20))
EXTENTS = st.integers(-3, 12) | st.just(2**20)


@given(
    st.lists(st.tuples(PLACES, PLACES, EXTENTS, EXTENTS), min_size=1, max_size=6),
    st.integers(1, 9),
)
@TWIN_SETTINGS
def test_frames_narrower_than_their_lines_and_far_outside(boxes: list, thickness: int) -> None:
    corners = np.array(boxes, np.int32)
    corners[:, 2:] += corners[:, :2]
    colors = np.random.default_rng(2).integers(0, 256, (len(boxes), 3)).astype(np.uint8)
    pictures = [np.full((40, 40, 3), 77, np.uint8) for _ in range(2)]
    for kernels, picture in zip((NUMPY, NUMBA), pictures):
        kernels.draw_frames(picture, corners, colors, thickness)
    np.testing.assert_array_equal(*pictures)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_no_frames(kernels: Kernels) -> None:
    picture = np.full((5, 5, 3), 7, np.uint8)
    kernels.draw_frames(picture, np.empty((0, 4), np.int32), np.empty((0, 3), np.uint8), 3)
    assert (picture == 7).all()


def letters_of(widths: tuple[int, ...], height: int) -> list[NDArray[np.uint8]]:
    """Letters of these widths, every pixel of another colour."""
    random = np.random.default_rng(4)
    return [random.integers(1, 256, (height, width, 3)).astype(np.uint8) for width in widths]


def one_after_another(
    letters: list[NDArray[np.uint8]],
) -> tuple[NDArray[np.uint8], int, NDArray[np.intp]]:
    starts = np.cumsum([0, *(letter.shape[1] for letter in letters)])
    return np.concatenate([letter.reshape(-1) for letter in letters]), len(letters[0]), starts


@given(
    st.lists(st.tuples(PLACES, PLACES, *[st.integers(-1, 3)] * 3), max_size=6),
    st.integers(1, 14),
    SIDES,
    SIDES,
)
@TWIN_SETTINGS
def test_plates_are_the_same(places: list, rows: int, height: int, width: int) -> None:
    table = np.array(places, np.intp).reshape(-1, 5)
    letters = one_after_another(letters_of((5, 0, 11, 3), rows))
    pictures = [np.full((height, width, 3), 77, np.uint8) for _ in range(2)]
    for kernels, picture in zip((NUMPY, NUMBA), pictures):
        kernels.paste_plates(picture, *letters, table[:, 2:], table[:, :2].astype(np.int32))
    np.testing.assert_array_equal(*pictures)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@pytest.mark.parametrize(
    ('corner', 'place'),
    [
        pytest.param((20, 30), (19, 19), id='above'),
        pytest.param((20, 5), (4, 19), id='no room above'),
        pytest.param((58, 30), (19, 40), id='no room on the right'),
        pytest.param((-9, -9), (0, 0), id='no room on the left'),
        pytest.param((20, 400), (389, 19), id='below the picture'),
        pytest.param((20, 65), (54, 19), id='cut below'),
    ],
)
def test_where_a_plate_is_pasted(
    kernels: Kernels, corner: tuple[int, int], place: tuple[int, int]
) -> None:
    picture = np.zeros((60, 60, 3), np.uint8)
    letters = letters_of((4, 7, 9), 10)
    text = np.array([[2, -1, 0, 1]])
    kernels.paste_plates(picture, *one_after_another(letters), text, np.int32([corner]))
    expected = np.zeros_like(picture)
    shown = expected[place[0] : place[0] + 10, place[1] : place[1] + 20]
    shown[:] = np.hstack([letters[i] for i in (2, 0, 1)])[: len(shown)]
    np.testing.assert_array_equal(picture, expected)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_a_plate_larger_than_the_picture_is_cut(kernels: Kernels) -> None:
    picture = np.zeros((3, 4, 3), np.uint8)
    letters = letters_of((3, 20), 10)
    pasted = one_after_another(letters)
    kernels.paste_plates(picture, *pasted, np.array([[0, 1]]), np.int32([[2, 2]]))
    np.testing.assert_array_equal(picture[1:], np.hstack(letters)[:2, :4])
    assert not picture[0].any()


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_no_plates(kernels: Kernels) -> None:
    picture = np.full((5, 5, 3), 7, np.uint8)
    nothing = np.empty((0, 2), np.intp), np.empty((0, 2), np.int32)
    kernels.paste_plates(picture, *one_after_another(letters_of((3,), 2)), *nothing)
    assert (picture == 7).all()
