# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One line for each kind of trouble, not one for each frame."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy')

from hailo_perception.core.errors import Cause  # noqa: E402
from hailo_perception.ros.problem_log import ProblemLog  # noqa: E402


class Recorder:
    """A clock that the test sets and a logger that remembers."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.lines: list[str] = []
        self.log = ProblemLog(self, lambda: self.now_s)  # type: ignore[arg-type]

    def warning(self, line: str) -> None:
        self.lines.append(line)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.mark.parametrize(
    'cause', [Cause.REPLACED, Cause.RATE_LIMIT, Cause.UNWANTED, Cause.SHUTDOWN]
)
def test_normal_operation_is_silent(cause: Cause, recorder: Recorder) -> None:
    recorder.log('front', cause, 'message')
    assert recorder.lines == []


def test_nothing_is_remembered_of_a_camera_without_problems(recorder: Recorder) -> None:
    recorder.log('front', Cause.ENCODING, 'message')
    assert recorder.log.latest('rear') == {}


def test_the_newest_message_is_remembered(recorder: Recorder) -> None:
    """Whether it was logged or not, and of each kind."""
    recorder.log('front', Cause.ENCODING, 'first')
    recorder.log('front', Cause.ENCODING, 'second')
    recorder.log.at_once('front', Cause.CAMERA_INFO, 'other')
    assert recorder.log.latest('front') == {
        Cause.ENCODING: 'second',
        Cause.CAMERA_INFO: 'other',
    }


def test_repetitions_are_counted(recorder: Recorder) -> None:
    for _ in range(3):
        recorder.log('front', Cause.ENCODING, 'message')
    assert recorder.lines == ['front: encoding: message']
    recorder.now_s += 5.0
    recorder.log('front', Cause.ENCODING, 'message')
    assert recorder.lines[1:] == ['front: encoding: message (and 2 times before)']


def test_what_lasts_is_told_ever_more_rarely(recorder: Recorder) -> None:
    """A second apart for ten minutes, then a pause, then once more."""
    told_s = []
    for _ in range(601):
        before = len(recorder.lines)
        recorder.log('front', Cause.ENCODING, 'message')
        if len(recorder.lines) > before:
            told_s.append(recorder.now_s - 100.0)
        recorder.now_s += 1.0
    assert told_s == [0.0, 5.0, 15.0, 35.0, 75.0, 155.0, 315.0]
    recorder.now_s += 4000.0
    for _ in range(6):
        recorder.log('front', Cause.ENCODING, 'message')
        recorder.now_s += 1.0
    assert len(recorder.lines) == len(told_s) + 2


@pytest.mark.parametrize('period_s', [5.1, 11.0, 30.0])
def test_a_beat_is_told_ever_more_rarely(period_s: float, recorder: Recorder) -> None:
    """As of a bag that loops."""
    for _ in range(int(3600 / period_s)):
        recorder.log('front', Cause.TIME_JUMP, 'message')
        recorder.now_s += period_s
    assert 7 <= len(recorder.lines) <= 18


def test_kinds_and_cameras_are_apart(recorder: Recorder) -> None:
    for camera in ('front', 'rear'):
        for cause in (Cause.ENCODING, Cause.INFERENCE):
            recorder.log(camera, cause, 'message')
    assert len(recorder.lines) == 4


def test_a_late_calibration_is_waited_for(recorder: Recorder) -> None:
    """An image that overtakes the first camera_info alarms nobody; a missing one does."""
    recorder.log('front', Cause.CAMERA_INFO, 'message')
    assert recorder.lines == []
    recorder.now_s += 2.0
    recorder.log('front', Cause.CAMERA_INFO, 'message')
    assert recorder.lines == ['front: camera_info: message (and 1 times before)']


def test_a_wrong_calibration_is_told_at_once(recorder: Recorder) -> None:
    """Nothing will mend a calibration that has come and cannot be."""
    recorder.log.at_once('front', Cause.CAMERA_INFO, 'message')
    assert recorder.lines == ['front: camera_info: message']
