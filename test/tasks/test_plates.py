# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.kernels import load_kernels
from hailo_perception.tasks.plates import Lettering
from hailo_perception.tasks.plates import plate_letters

BLUE, YELLOW = (200, 30, 10), (20, 220, 220)
LABELS = LabelSet(
    (
        Label(0, 'car', BLUE[::-1]),
        Label(7, 'bicycle', YELLOW[::-1]),
        Label(8, 'car 123.4 m', BLUE[::-1]),
    )
)


def plates(
    class_ids: list[int], distances_m: list[float], scale: float = 1.0
) -> list[NDArray[np.uint8]]:
    """Put plates together, each as it is pasted into an empty picture; the farther come first."""
    letters = plate_letters(Lettering.of(scale), LABELS)
    texts = (
        load_kernels('numpy')
        .mark_objects(
            np.zeros((len(class_ids), 4), np.float32),
            np.array(class_ids, np.int32),
            np.array(distances_m, np.float32),
            (1.0, 1.0),
            LABELS.color_table_bgr(),
            letters.first,
        )
        .texts
    )
    height = letters.height
    found = []
    for text in texts:
        picture = np.full((height + 1, 4000, 3), 77, np.uint8)
        pasted = letters.pixels, height, letters.starts, text[None]
        load_kernels('numpy').paste_plates(picture, *pasted, np.int32([[1, height + 1]]))
        width = int((picture != 77).any(axis=(0, 2)).sum())
        found.append(picture[:height, :width])
    return found


@pytest.mark.parametrize('scale', [0.2, 1.0, 1.5, 4.0])
def test_all_plates_of_one_lettering_are_equally_high(scale: float) -> None:
    short, long = plates([0, 7], [math.nan, 9.0], scale)
    assert len(short) == len(long) and short.shape[1] < long.shape[1]


@pytest.mark.parametrize(
    ('class_id', 'color', 'text'),
    [(0, BLUE, (255, 255, 255)), (7, YELLOW, (0, 0, 0)), (3, (0, 0, 0), (255, 255, 255))],
)
def test_the_text_stands_out(
    class_id: int, color: tuple[int, int, int], text: tuple[int, int, int]
) -> None:
    (plate,) = plates([class_id], [12.3], 2.0)
    assert (plate == color).all(axis=-1).mean() > 0.4
    assert (plate == text).all(axis=-1).any()


def test_every_figure_is_drawn() -> None:
    found = plates([0] * 10, list(range(10)))
    assert len({plate.tobytes() for plate in found}) == 10


def test_a_distance_follows_the_name_where_it_is_known() -> None:
    (whole,), (unknown,) = plates([0], [12.0]), plates([0], [math.nan])
    assert unknown.shape[1] < whole.shape[1]


@pytest.mark.parametrize('scale', [0.5, 1.0, 1.5, 3.0])
def test_letters_put_together_take_the_room_of_the_whole(scale: float) -> None:
    (together,), (whole,) = plates([0], [123.4], scale), plates([8], [math.nan], scale)
    assert together.shape[1] == pytest.approx(whole.shape[1], abs=9)


def test_a_plate_begins_and_ends_with_a_margin_of_its_color() -> None:
    (plate,) = plates([0], [5.0])
    margin = Lettering.of(1.0).margin_px
    assert (plate[:, :margin] == BLUE).all() and (plate[:, -margin:] == BLUE).all()
