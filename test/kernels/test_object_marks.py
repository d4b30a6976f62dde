# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The marks of objects: both twins lay out the same, and what their description says."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.object_marks import BEGIN
from hailo_perception.kernels.object_marks import END
from hailo_perception.kernels.object_marks import FARTHEST_PX
from hailo_perception.kernels.object_marks import FIGURES
from hailo_perception.kernels.object_marks import FIRST_FIGURE
from hailo_perception.kernels.object_marks import LETTERS
from hailo_perception.kernels.object_marks import LONGEST_M
from hailo_perception.kernels.object_marks import NO_LETTER
from hailo_perception.kernels.object_marks import ObjectMarks
from hailo_perception.kernels.object_marks import WHOLE

pytest.importorskip('numba')

NUMPY = load_kernels('numpy')
NUMBA = load_kernels('numba')
COLORS = np.random.default_rng(6).integers(0, 256, (256, 3)).astype(np.uint8)
FIRST_LETTERS = np.arange(256)[::-1] * LETTERS
PLACES = st.one_of(
    st.floats(-2000, 2000, width=32), st.sampled_from((math.nan, math.inf, -math.inf, 3e38, 0.5))
)
DISTANCES = st.one_of(
    # Many of them lie on the border between two tenths, or on that of the longest.
    st.integers(-400_010, 400_010).map(lambda quarters: quarters / 4),
    st.floats(width=32),
    st.sampled_from((0.0, math.nan, math.inf, LONGEST_M, 99999.96)),
)
OBJECTS = st.lists(st.tuples(*[PLACES] * 4, DISTANCES, st.integers(0, 255)), max_size=12)
BOTH = pytest.mark.parametrize('kernels', [NUMPY, NUMBA])


def marked(
    kernels: Kernels,
    objects: list,
    scale: tuple[float, float] = (1.0, 1.0),
    first_letters: np.ndarray = FIRST_LETTERS,
) -> ObjectMarks:
    table = np.array(objects, np.float64).reshape(-1, 6)
    with np.errstate(over='ignore'):
        boxes, distances_m = table[:, :4].astype(np.float32), table[:, 4].astype(np.float32)
    class_ids = table[:, 5].astype(np.int32)
    return kernels.mark_objects(boxes, class_ids, distances_m, scale, COLORS, first_letters)


def read(text: np.ndarray, class_id: int) -> str:
    """Write a plate's letters as characters: # the name as a whole, < as a begin, > the end."""
    letters = (text[text != NO_LETTER] - FIRST_LETTERS[class_id]).tolist()
    characters = {WHOLE: '#', BEGIN: '<', END: '>'}
    characters.update({FIRST_FIGURE + i: figure for i, figure in enumerate(FIGURES)})
    return ''.join(characters[letter] for letter in letters)


@given(OBJECTS, st.tuples(st.floats(0.1, 4), st.floats(0.1, 4)))
@settings(max_examples=150, deadline=None)
def test_twins_are_alike(objects: list, scale: tuple[float, float]) -> None:
    for one, other in zip(marked(NUMPY, objects, scale), marked(NUMBA, objects, scale)):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


@BOTH
def test_no_objects(kernels: Kernels) -> None:
    boxes, colors, texts = marked(kernels, [])
    assert (boxes.shape, colors.shape, texts.shape) == ((0, 4), (0, 3), (0, 2))


@given(OBJECTS)
@settings(max_examples=50, deadline=None)
def test_without_letters_the_marks_are_the_same_but_for_texts(objects: list) -> None:
    for kernels in (NUMPY, NUMBA):
        boxes, colors, _ = marked(kernels, objects)
        marks = marked(kernels, objects, first_letters=np.empty(0, np.intp))
        np.testing.assert_array_equal(marks.boxes, boxes)
        np.testing.assert_array_equal(marks.colors, colors)
        assert marks.texts.shape == (len(objects), 0)
        assert marks.texts.dtype == np.intp


@BOTH
def test_objects_come_from_far_to_near_and_the_unknown_first(kernels: Kernels) -> None:
    nothing = (0, 0, 0)
    distances_and_feet = [
        (5.0, 9.0),
        (math.nan, 7.0),
        (5.0, 8.0),
        (60.0, 1.0),
        (math.inf, 6.0),
        (5.0, math.nan),
        (60.0, 1.0),
    ]
    objects = [
        (*nothing, foot, distance_m, i) for i, (distance_m, foot) in enumerate(distances_and_feet)
    ]
    _, colors, _ = marked(kernels, objects)
    np.testing.assert_array_equal(colors, COLORS[[4, 1, 3, 6, 2, 0, 5]])


@BOTH
def test_boxes_are_scaled_and_what_is_nowhere_lies_far_outside(kernels: Kernels) -> None:
    boxes, _, _ = marked(kernels, [(1.6, -3.1, 3e38, math.nan, 1.0, 0)], (2.0, 0.5))
    np.testing.assert_array_equal(boxes, [[3, -2, FARTHEST_PX, FARTHEST_PX]])
    boxes, _, _ = marked(kernels, [(-math.inf, 0, 0, 0, 1.0, 0)])
    np.testing.assert_array_equal(boxes, [[-FARTHEST_PX, 0, 0, 0]])


@BOTH
@pytest.mark.parametrize(
    ('distance_m', 'text'),
    [
        (0.0, '< 0.0 m>'),
        (0.04, '< 0.0 m>'),
        (9.96, '< 10.0 m>'),
        (12.04, '< 12.0 m>'),
        (12.25, '< 12.2 m>'),
        (12.75, '< 12.8 m>'),
        (-3.0, '< 3.0 m>'),
        (99999.0, '< 99999.0 m>'),
        (LONGEST_M, '#'),
        (math.nan, '#'),
        (math.inf, '#'),
    ],
)
def test_what_a_plate_says(kernels: Kernels, distance_m: float, text: str) -> None:
    _, _, texts = marked(kernels, [(0, 0, 1, 1, distance_m, 7)])
    assert read(texts[0], 7) == text


@BOTH
def test_short_and_long_distances_stand_side_by_side(kernels: Kernels) -> None:
    _, _, texts = marked(kernels, [(0, 0, 1, 1, each, 3) for each in (123.4, 5.6, math.nan)])
    assert [read(text, 3) for text in texts] == ['#', '< 123.4 m>', '< 5.6 m>']


@BOTH
def test_inputs_may_be_read_only(kernels: Kernels) -> None:
    objects = (np.zeros((1, 4), np.float32), np.zeros(1, np.int32), np.ones(1, np.float32))
    for array in objects:
        array.flags.writeable = False
    marks = kernels.mark_objects(*objects, (1.0, 1.0), COLORS, FIRST_LETTERS)
    assert marks.boxes.shape == (1, 4)
