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


@pytest.mark.parametrize('cause', [Cause.REPLACED, Cause.UNWANTED, Cause.SHUTDOWN])
def test_normal_operation_is_silent(cause: Cause, recorder: Recorder) -> None:
    recorder.log('front', cause, 'message')
    assert recorder.lines == []


def test_repetitions_are_counted(recorder: Recorder) -> None:
    for _ in range(3):
        recorder.log('front', Cause.ENCODING, 'message')
    assert recorder.lines == ['front: encoding: message']
    recorder.now_s += 5.0
    recorder.log('front', Cause.ENCODING, 'message')
    assert recorder.lines[1:] == ['front: encoding: message (and 2 times before)']


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
