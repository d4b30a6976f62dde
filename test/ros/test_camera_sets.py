# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is in no set is counted, and a camera that leaves or comes back is told once."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('rclpy')

from hailo_perception.core.errors import Cause  # noqa: E402
from hailo_perception.core.frame import CameraImage  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.frame import RawImage  # noqa: E402
from hailo_perception.ros.camera_sets import CameraSets  # noqa: E402
from hailo_perception.ros.stamp_sets import TogetherRule  # noqa: E402

PIXELS = RawImage('mono8', 1, 1, 1, np.zeros(1, np.uint8))


class _Sets:
    """Camera sets with a clock that the test sets, and all that they say."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.found: list[tuple[CameraImage, ...]] = []
        self.lost: list[tuple[str, int, Cause]] = []
        self.lines: list[tuple[str, str]] = []
        self._sets = CameraSets(
            ('front', 'rear'),
            TogetherRule('exact', gone_after_s=2.0),
            on_set=self.found.append,
            on_lost=lambda *lost: self.lost.append(lost),
            logger=self,
            clock=lambda: self.now_s,
        )

    def warning(self, line: str) -> None:
        self.lines.append(('warning', line))

    def info(self, line: str) -> None:
        self.lines.append(('info', line))

    def close(self) -> None:
        self._sets.close()

    def send(self, camera: str, stamp_ns: int, now_s: float) -> None:
        self.now_s = now_s
        self._sets.put(CameraImage(camera, Header(stamp_ns, f'{camera}_frame'), PIXELS))


def test_a_set_goes_on_with_each_header_as_it_came() -> None:
    sets = _Sets()
    sets.send('rear', 7, 0.0)
    assert sets.found == []
    sets.send('front', 7, 0.1)
    ((front, rear),) = sets.found
    assert (front.header, rear.header) == (Header(7, 'front_frame'), Header(7, 'rear_frame'))
    assert sets.lost == [] and sets.lines == []


def test_what_found_no_partner_is_counted() -> None:
    sets = _Sets()
    for number in range(3):
        sets.send('front', number, 0.1 * number)
    sets.send('rear', 2, 0.3)
    assert len(sets.found) == 1
    assert sets.lost == [('front', 2, Cause.NO_PARTNER)]


def test_what_waits_at_the_end_is_counted() -> None:
    sets = _Sets()
    sets.close()
    assert sets.lost == []
    for number in range(3):
        sets.send('front', number, 0.1 * number)
    sets.close()
    assert sets.lost == [('front', 3, Cause.SHUTDOWN)]
    sets.send('rear', 2, 0.3)
    sets.close()
    assert sets.found == []
    assert sets.lost[1:] == [('rear', 1, Cause.SHUTDOWN)]


def test_a_camera_that_is_always_late_is_told_ever_more_rarely() -> None:
    """It leaves the sets before each of its images."""
    sets = _Sets()
    told_s = []
    for number in range(1, 400):
        before = len(sets.lines)
        sets.send('front', number, float(number))
        if number % 4 == 0:
            sets.send('rear', number, float(number))
        told_s += [number] * any(level == 'warning' for level, _ in sets.lines[before:])
    assert told_s[:3] == [2, 7, 18] and len(told_s) <= 8
    assert sum(level == 'info' for level, _ in sets.lines) in (len(told_s) - 1, len(told_s))


def test_a_camera_that_leaves_and_comes_back_is_told_once() -> None:
    sets = _Sets()
    sets.send('rear', 0, 0.0)
    sets.send('front', 0, 0.0)
    for number in range(1, 6):
        sets.send('front', number, float(number))
    assert [len(each) for each in sets.found] == [2, 1, 1, 1, 1]
    ((severity, line),) = sets.lines
    assert severity == 'warning'
    assert line == 'rear: no image for 2 s; the sets of cameras go on without it'
    sets.send('rear', 9, 5.5)
    sets.send('front', 9, 5.6)
    assert len(sets.found[-1]) == 2
    assert sets.lines[1:] == [('info', 'rear: images come again; the sets wait for it again')]
