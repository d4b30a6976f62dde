# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Who is not found again stays covered for a while, and no longer."""

from __future__ import annotations

from dataclasses import replace

from anonymization_run import BLACK_PEOPLE
from anonymization_run import is_black
from anonymization_run import PERSON
from anonymization_run import Run
from anonymization_run import seeing
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.anonymization.settings import HoldSettings
from hailo_perception.pipeline.anonymization import AnonymizedImage

SHORTLY = replace(BLACK_PEOPLE, hold=HoldSettings(time_s=0.25, growth=0))


def test_without_people_nothing_is_held() -> None:
    run = Run([seeing()], SHORTLY)
    assert [is_black(run.send(), PERSON) for _ in range(2)] == [False, False]
    run.close()


@pytest.mark.parametrize('is_stamped', [True, False], ids=['stamps', 'no stamps'])
def test_a_person_who_blinks_stays_covered_for_a_while(is_stamped: bool) -> None:
    run = Run([seeing(PERSON), seeing(), seeing(), seeing()], SHORTLY)
    seen = [is_black(run.send(is_stamped=is_stamped), PERSON) for _ in range(4)]
    assert seen == [True, True, True, False]
    run.close()


def bright(width: int, height: int) -> NDArray[np.uint8]:
    return np.full((height, width, 3), 200, np.uint8)


@pytest.mark.parametrize(
    ('pixels', 'box', 'is_all'),
    [
        (bright(96, 64), (30, 6, 46, 58), False),
        (bright(48, 32), (15, 3, 23, 29), False),
        (bright(192, 128), (60, 12, 92, 116), False),
        (bright(64, 96), (0, 0, 64, 96), True),
    ],
    ids=['the same size', 'half as large', 'twice as large', 'turned'],
)
def test_a_person_stays_covered_in_a_picture_of_another_size(
    pixels: NDArray[np.uint8], box: tuple[int, int, int, int], is_all: bool
) -> None:
    run = Run([seeing(PERSON), seeing()], SHORTLY)
    run.send()
    result = run.send(pixels)
    assert isinstance(result, AnonymizedImage)
    assert is_black(result, box)
    assert result.picture.any() != is_all
    run.close()
