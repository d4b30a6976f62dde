# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.tasks.plates import Lettering
from hailo_perception.tasks.plates import name_plate
from hailo_perception.tasks.plates import paste_plate

BLUE, YELLOW = (200, 30, 10), (20, 220, 220)


@pytest.mark.parametrize('scale', [0.2, 1.0, 1.5, 4.0])
def test_plates_of_one_lettering_are_equally_high(scale: float) -> None:
    lettering = Lettering.of(scale)
    plates = [name_plate(lettering, *text, BLUE) for text in (('', ''), ('x', ''), ('jq', '9 m'))]
    assert len({len(plate) for plate in plates}) == 1
    widths = [plate.shape[1] for plate in plates]
    assert widths == sorted(widths) and widths[0] < widths[2]


@pytest.mark.parametrize(('color', 'text'), [(BLUE, (255, 255, 255)), (YELLOW, (0, 0, 0))])
def test_the_text_stands_out(color: tuple[int, int, int], text: tuple[int, int, int]) -> None:
    plate = name_plate(Lettering.of(2.0), 'car', '12.3 m', color)
    assert (plate == color).all(axis=-1).mean() > 0.4
    assert (plate == text).all(axis=-1).any()


def test_every_figure_is_drawn() -> None:
    lettering = Lettering.of(1.0)
    plates = {name_plate(lettering, 'car', f'{i} m', BLUE).tobytes() for i in range(10)}
    assert len(plates) == 10


@pytest.mark.parametrize('scale', [0.5, 1.0, 1.5, 3.0])
def test_letters_put_together_take_the_room_of_the_whole(scale: float) -> None:
    lettering = Lettering.of(scale)
    together, whole = (
        name_plate(lettering, *text, BLUE).shape[1]
        for text in (('car', '123.4 m'), ('car 123.4 m', ''))
    )
    assert together == pytest.approx(whole, abs=9)


@pytest.mark.parametrize(
    ('corner', 'place'),
    [
        ((20, 30), (19, 19)),
        ((20, 5), (4, 19)),
        ((58, 30), (19, 40)),
        ((-9, -9), (0, 0)),
        ((20, 400), (389, 19)),
        ((20, 65), (54, 19)),
    ],
)
def test_where_a_plate_is_pasted(corner: tuple[int, int], place: tuple[int, int]) -> None:
    picture, plate = np.zeros((60, 60, 3), np.uint8), np.full((10, 20, 3), 9, np.uint8)
    paste_plate(picture, plate, corner)
    expected = np.zeros_like(picture)
    expected[place[0] : place[0] + 10, place[1] : place[1] + 20] = 9
    np.testing.assert_array_equal(picture, expected)


def test_a_plate_larger_than_the_picture_is_cut() -> None:
    picture = np.zeros((3, 4, 3), np.uint8)
    paste_plate(picture, np.full((10, 20, 3), 9, np.uint8), (2, 2))
    assert (picture[1:] == 9).all() and not picture[0].any()
