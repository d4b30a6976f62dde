# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What became of a camera's images since the last result, and the summary of all cameras."""

from __future__ import annotations

from typing import Any

import pytest

from hailo_perception.core.errors import Cause
from hailo_perception.pipeline.telemetry import CameraStatistics
from hailo_perception.ros.camera_facts import FrameFacts
from hailo_perception.ros.camera_facts import StampFacts
from hailo_perception.ros.input_report import CameraReport
from hailo_perception.ros.input_report import ClockSteps
from hailo_perception.ros.input_report import FOREIGN_S
from hailo_perception.ros.input_report import FrameProgress
from hailo_perception.ros.input_report import InputReport
from hailo_perception.ros.input_report import Lasting
from hailo_perception.ros.input_report import RecentProblems
from hailo_perception.ros.input_report import StampDistance
from hailo_perception.ros.reasons import CameraState
from hailo_perception.ros.reasons import Level
from hailo_perception.ros.reasons import Reason
from hailo_perception.ros.reasons import ReasonCause

NOTHING = FrameFacts()


def counts(received: int, delivered: int = 0, **drops: int) -> CameraStatistics:
    return CameraStatistics(
        received=received,
        delivered=delivered,
        drops={Cause(name): count for name, count in drops.items()},
        problems={},
        fps=0.0,
        silent_s=0.0,
    )


def looks(*seen: CameraStatistics, is_expected: bool = True) -> FrameFacts:
    """Look once a second and give the last answer."""
    progress = FrameProgress()
    facts = NOTHING
    for now_s, statistics in enumerate(seen):
        facts = progress.look(float(now_s), statistics, {}, is_expected=is_expected)
    return facts


@pytest.mark.parametrize(
    'seen',
    [
        [],
        [counts(0)],
        [counts(0), counts(0)],
        [counts(9, 9)],
        [counts(5, 0, encoding=5)],
        [counts(0), counts(3, 1), counts(7, 3)],
        [counts(5, 0, encoding=5), counts(9, 1, encoding=8)],
    ],
    ids=['never', 'first', 'no-image', 'first-late', 'first-drops', 'going', 'again'],
)
def test_nothing_is_missing(seen: list[CameraStatistics]) -> None:
    assert looks(*seen) == NOTHING


def test_only_what_happened_since_counts() -> None:
    """Drops before the last result are history."""
    facts = looks(
        counts(10, 5, encoding=5),
        counts(12, 6, encoding=6),
        counts(15, 6, encoding=9),
        counts(18, 6, encoding=11, transport=1),
    )
    assert (facts.waited_s, facts.arrived) == (2.0, 6)
    assert facts.drops == {Cause.ENCODING: 5, Cause.TRANSPORT: 1}


def test_what_was_counted_before_it_began_is_history() -> None:
    """Then the first look already knows for how long nothing has come."""
    progress = FrameProgress(10.0, counts(5, 5))
    facts = progress.look(13.0, counts(9, 5, encoding=4), {}, is_expected=True)
    assert (facts.waited_s, facts.arrived, facts.drops) == (3.0, 4, {Cause.ENCODING: 4})


def test_images_that_wait_are_no_pause() -> None:
    progress = FrameProgress(10.0, counts(5, 5))
    for now_s in (11.0, 12.0):
        facts = progress.look(now_s, counts(5, 5), {}, is_expected=True, waiting=3)
    assert facts == FrameFacts(waited_s=2.0, waiting=3)


def test_a_pause_without_images_is_not_waiting() -> None:
    """The time counts from the first image that came without a result."""
    still = counts(10, 5, encoding=5)
    facts = looks(still, still, still, counts(11, 5, encoding=6))
    assert facts.waited_s == 1.0


def test_nobody_waits_where_nothing_is_expected() -> None:
    assert looks(counts(0), counts(9, 0, unwanted=9), is_expected=False) == NOTHING


@pytest.mark.parametrize(
    ('history', 'expected'),
    [
        ([], set()),
        ([{}], set()),
        ([{Cause.TRANSFORM: 5}], set()),
        ([{Cause.TRANSFORM: 5}, {Cause.TRANSFORM: 5}], set()),
        ([{}, {Cause.TRANSFORM: 1}], {Cause.TRANSFORM}),
        ([{}, {Cause.TRANSFORM: 1}, {Cause.TRANSFORM: 1}], {Cause.TRANSFORM}),
        ([{}, *[{Cause.TRANSFORM: 1}] * 3], set()),
        (
            [{}, {Cause.TRANSFORM: 1}, {Cause.TRANSFORM: 1, Cause.CAMERA_INFO: 2}],
            {Cause.TRANSFORM, Cause.CAMERA_INFO},
        ),
    ],
    ids=['never', 'none', 'history', 'still', 'new', 'kept', 'over', 'two'],
)
def test_recent_problems(history: list[dict[Cause, int]], expected: set[Cause]) -> None:
    """Look once a second; what grew within two seconds counts."""
    problems = RecentProblems()
    found: frozenset[Cause] = frozenset()
    for now_s, counts_now in enumerate(history):
        found = problems.look(float(now_s), counts_now, 2.0)
    assert found == expected


def test_what_never_held_has_not_lasted() -> None:
    assert Lasting(5.0).look(9.0, holds=False) == 0.0


def test_what_holds_from_the_beginning_counts_from_there() -> None:
    lasting = Lasting(5.0)
    assert [lasting.look(7.0, holds=True), lasting.look(9.0, holds=True)] == [2.0, 4.0]
    assert [lasting.look(10.0, holds=False), lasting.look(11.0, holds=True)] == [0.0, 1.0]


@pytest.mark.parametrize(
    ('clock_s', 'expected'),
    [
        ((), []),
        ((100,), [0.0]),
        ((100, 101, 101), [0.0, 0.0, 0.0]),
        ((100, 60, 61, 62, 63), [0.0, 40.0, 40.0, 40.0, 0.0]),
        ((100, 60, 61, 31, 32, 33, 34), [0.0, 40.0, 40.0, 30.0, 30.0, 30.0, 0.0]),
    ],
    ids=['never', 'first', 'going', 'once', 'twice'],
)
def test_a_clock_that_went_back_did_so_for_a_while(
    clock_s: tuple[int, ...], expected: list[float]
) -> None:
    """A look every second, remembered for three."""
    steps = ClockSteps()
    looks = [steps.look(float(at), each * 10**9, 3.0) for at, each in enumerate(clock_s)]
    assert looks == expected


@pytest.mark.parametrize(
    ('behind_s', 'foreign_s'),
    [
        ([0.0, 0.1, 0.2], 0.0),
        ([FOREIGN_S] * 3, 0.0),
        ([-FOREIGN_S] * 3, 0.0),
        ([1e8] * 3, 3.0),
        ([-5000.0] * 3, 3.0),
        ([-60.0, 0.1, -60.0], 1.0),
    ],
    ids=['one-clock', 'limit', 'limit-ahead', 'behind', 'ahead', 'in-between'],
)
def test_stamps_of_another_clock(behind_s: list[float], foreign_s: float) -> None:
    distance = StampDistance(0.0)
    known: dict[str, Any] = {'is_simulated': False}
    assert distance.look(0.0, None, 0.0, **known) == StampFacts()
    for now_s, each in enumerate(behind_s, start=1):
        facts = distance.look(float(now_s), 1, each, **known)
    assert facts == StampFacts(behind_s[-1], foreign_s)


def test_stamps_that_are_missing() -> None:
    facts = StampDistance(0.0).look(4.0, 0, 1.7e9, is_simulated=True)
    assert facts == StampFacts(1.7e9, 4.0, is_missing=True, is_simulated=True)


def test_summary() -> None:
    missing = Reason(ReasonCause.NO_PUBLISHER, 'nobody', 'start it')
    unheard = Reason(ReasonCause.NO_SUBSCRIBER, 'nobody', 'subscribe')
    clock = Reason(ReasonCause.NO_CLOCK, 'no time', 'play')
    report = InputReport(
        cameras=(
            CameraReport('a', '/a', CameraState.WAITING_IMAGE, (missing,)),
            CameraReport('b', '/b', CameraState.ACTIVE, (unheard,)),
            CameraReport('c', '/c', CameraState.ACTIVE),
        ),
        general=(clock,),
    )
    assert report.troubles == (('', clock), ('a', missing))
    assert [camera.level for camera in report.cameras] == [Level.WARN, Level.OK, Level.OK]
    assert report.count([CameraState.ACTIVE]) == 2
    assert InputReport().troubles == ()
