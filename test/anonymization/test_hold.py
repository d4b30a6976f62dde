# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.anonymization.hold import RegionHold
from hailo_perception.anonymization.regions import NO_REGIONS
from hailo_perception.anonymization.settings import HoldSettings

SECOND = 1_000_000_000
EXACT = HoldSettings(time_s=0.5, growth=0.0)
HERE, BESIDE, FAR = [10, 10, 30, 30], [14, 10, 34, 30], [200, 10, 220, 30]


def regions(*boxes: list[float]) -> NDArray[np.float32]:
    return np.array(boxes, np.float32).reshape(-1, 4)


def kept(hold: RegionHold, time_s: float, *boxes: list[float]) -> list[list[float]]:
    found = hold.keep(regions(*boxes), round(time_s * SECOND), EXACT)
    return found.tolist()


def test_nothing_is_held_of_nothing() -> None:
    hold = RegionHold()
    assert hold.keep(NO_REGIONS, 0, EXACT).shape == (0, 4)
    assert hold.keep(NO_REGIONS, 0, EXACT).shape == (0, 4)


def test_what_blinks_stays_covered_and_then_goes() -> None:
    hold = RegionHold()
    assert kept(hold, 1.0, HERE) == [HERE]
    assert kept(hold, 1.2) == [HERE]
    assert kept(hold, 1.5) == [HERE]
    assert kept(hold, 1.6) == []


def test_what_is_found_again_is_covered_where_it_is_now() -> None:
    hold = RegionHold()
    kept(hold, 1.0, HERE)
    assert kept(hold, 1.1, BESIDE) == [BESIDE]
    assert kept(hold, 1.55) == [BESIDE]


def test_what_moved_far_is_covered_in_both_places() -> None:
    hold = RegionHold()
    kept(hold, 1.0, HERE)
    assert kept(hold, 1.1, FAR) == [FAR, HERE]


def test_one_who_passes_does_not_uncover_another() -> None:
    """Two people, one of whom is not found: the one who is found stands for one of them."""
    hold = RegionHold()
    kept(hold, 1.0, HERE, BESIDE)
    assert sorted(kept(hold, 1.1, BESIDE)) == sorted([HERE, BESIDE])


def test_it_grows_with_its_age() -> None:
    hold = RegionHold()
    settings = HoldSettings(time_s=1.0, growth=0.5)
    hold.keep(regions(HERE), SECOND, settings)
    assert hold.keep(NO_REGIONS, 2 * SECOND, settings).tolist() == [[0, 0, 40, 40]]


def test_it_does_not_grow_on_itself() -> None:
    hold = RegionHold()
    settings = HoldSettings(time_s=1.0, growth=0.5)
    for stamp_ns in range(SECOND, 2 * SECOND, SECOND // 10):
        hold.keep(regions(HERE) if stamp_ns == SECOND else NO_REGIONS, stamp_ns, settings)
    assert hold.keep(NO_REGIONS, 2 * SECOND, settings)[0] == pytest.approx([0, 0, 40, 40])


def test_a_jump_back_uncovers_nothing_and_keeps_nothing_for_ever() -> None:
    hold = RegionHold()
    kept(hold, 100.0, HERE)
    assert kept(hold, 100.3) == [HERE]
    assert kept(hold, 1.0) == [HERE]
    assert kept(hold, 1.2) == [HERE]
    assert kept(hold, 1.3) == []


def test_no_time_holds_nothing() -> None:
    hold = RegionHold()
    settings = HoldSettings(time_s=0.0)
    hold.keep(regions(HERE), SECOND, settings)
    assert len(hold.keep(NO_REGIONS, SECOND + 1, settings)) == 0


boxes = st.tuples(
    st.integers(0, 60), st.integers(0, 60), st.integers(1, 40), st.integers(1, 40)
).map(lambda box: [box[0], box[1], box[0] + box[2], box[1] + box[3]])


@given(st.lists(st.tuples(st.lists(boxes, max_size=4), st.floats(0.01, 0.3)), max_size=8))
def test_no_fewer_regions_than_were_found_within_the_time(
    frames: list[tuple[list[list[float]], float]],
) -> None:
    """What was found now is there, and as many regions as the fullest frame of late had."""
    hold, time_s, seen = RegionHold(), 1.0, []
    for found, elapsed_s in frames:
        time_s += elapsed_s
        seen.append((time_s, len(found)))
        covered = kept(hold, time_s, *found)
        assert covered[: len(found)] == found
        # Half a millisecond for stamps rounded to nanoseconds.
        assert len(covered) >= max(
            count for at_s, count in seen if time_s - at_s <= EXACT.time_s - 0.0005
        )
