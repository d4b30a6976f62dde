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
import pytest

from hailo_perception.anonymization.settings import HoldSettings

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
