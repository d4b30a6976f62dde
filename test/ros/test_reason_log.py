# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A line when a reason appears, one when it is gone, and ever fewer where it recurs."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy')

from hailo_perception.ros.input_report import CameraReport  # noqa: E402
from hailo_perception.ros.input_report import InputReport  # noqa: E402
from hailo_perception.ros.reason_log import ReasonLog  # noqa: E402
from hailo_perception.ros.reasons import CameraState  # noqa: E402
from hailo_perception.ros.reasons import Reason  # noqa: E402
from hailo_perception.ros.reasons import ReasonCause  # noqa: E402

MISSING = Reason(ReasonCause.NO_PUBLISHER, 'nobody publishes', 'start it')
FOUND = Reason(ReasonCause.NO_PUBLISHER, 'nobody publishes', 'set it to /other')
SILENT = Reason(ReasonCause.SILENT, 'stopped 3 s ago', 'look at the cable')
LATER = Reason(ReasonCause.SILENT, 'stopped 4 s ago', 'look at the cable')
LOST = Reason(ReasonCause.INCOMPATIBLE_QOS, 'does not fit', 'set auto')
UNHEARD = Reason(ReasonCause.NO_SUBSCRIBER, 'nobody subscribes', 'subscribe')
JUMP = Reason(ReasonCause.CLOCK_JUMPED, 'went back', 'nothing')
CLOCK = Reason(ReasonCause.NO_CLOCK, 'no time', 'play')


class Recorder:
    """A clock that the test sets and a logger that remembers."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.log = ReasonLog(self, lambda: self.now_s)  # type: ignore[arg-type]
        self.lines: list[tuple[str, str]] = []

    def info(self, line: str) -> None:
        self.lines.append(('info', line))

    def warning(self, line: str) -> None:
        self.lines.append(('warning', line))

    def error(self, line: str) -> None:
        self.lines.append(('error', line))


def report(*reasons: Reason, camera: str = 'front') -> InputReport:
    return InputReport((CameraReport(camera, '/topic', CameraState.ACTIVE, reasons),))


BOTH_JUMPED = InputReport(report(JUMP).cameras, (JUMP,))


@pytest.mark.parametrize(
    ('reports', 'lines'),
    [
        ([], []),
        ([InputReport(), report()], []),
        ([report(MISSING)] * 5, [('warning', 'front: nobody publishes; start it')]),
        (
            [report(SILENT), report(LATER)],
            [('warning', 'front: stopped 3 s ago; look at the cable')],
        ),
        (
            [report(MISSING), report(FOUND)],
            [
                ('warning', 'front: nobody publishes; start it'),
                ('warning', 'front: nobody publishes; set it to /other'),
            ],
        ),
        ([report(LOST)], [('error', 'front: does not fit; set auto')]),
        (
            [report(LOST), report()],
            [
                ('error', 'front: does not fit; set auto'),
                ('info', 'front: over: incompatible_qos'),
            ],
        ),
        (
            [report(UNHEARD), report()],
            [('info', 'front: nobody subscribes; subscribe')],
        ),
        (
            [report(MISSING), report(MISSING, camera='rear')],
            [
                ('warning', 'front: nobody publishes; start it'),
                ('warning', 'rear: nobody publishes; start it'),
                ('info', 'front: over: no_publisher'),
            ],
        ),
        (
            [InputReport(general=(CLOCK,)), InputReport()],
            [('warning', 'no time; play'), ('info', 'over: no_clock')],
        ),
        (
            [InputReport(general=(JUMP,)), BOTH_JUMPED, report(JUMP), InputReport()],
            [('warning', 'went back; nothing'), ('info', 'over: clock_jumped')],
        ),
        (
            [report(JUMP), BOTH_JUMPED, report(JUMP), report()],
            [
                ('warning', 'front: went back; nothing'),
                ('warning', 'went back; nothing'),
                ('info', 'over: clock_jumped'),
                ('info', 'front: over: clock_jumped'),
            ],
        ),
    ],
    ids=[
        'never', 'well', 'once', 'other-fact', 'other-remedy', 'error', 'over', 'harmless', 'two',
        'general', 'jump', 'jump-of-a-camera',
    ],
)
def test_changes_are_told(reports: list[InputReport], lines: list[tuple[str, str]]) -> None:
    recorder = Recorder()
    for each in reports:
        recorder.log.tell(each)
    assert recorder.lines == lines


def test_what_recurs_is_told_ever_more_rarely() -> None:
    """Four looks of five have it, for ten minutes; each line of an end follows one of a begin."""
    recorder = Recorder()
    for look in range(600):
        recorder.log.tell(report(SILENT) if look % 5 else report())
        recorder.now_s += 1.0
    begun, over = recorder.lines[::2], recorder.lines[1::2]
    assert len(begun) <= 7
    assert set(begun) == {('warning', 'front: stopped 3 s ago; look at the cable')}
    assert set(over) == {('info', 'front: over: silent')}


def test_what_came_again_and_stays_is_told_when_the_quiet_time_is_over() -> None:
    recorder = Recorder()
    for each in (report(LOST), report(), report(LOST), report(LOST)):
        recorder.log.tell(each)
    assert [severity for severity, _ in recorder.lines] == ['error', 'info']
    recorder.now_s += 5.0
    for each in (report(LOST), report(LOST), report()):
        recorder.log.tell(each)
    assert [severity for severity, _ in recorder.lines[2:]] == ['error', 'info']


def test_remedies_that_take_turns_are_told_ever_more_rarely() -> None:
    recorder = Recorder()
    for look in range(300):
        recorder.log.tell(report(FOUND if look % 2 else MISSING))
        recorder.now_s += 1.0
    assert len(recorder.lines) <= 12


def test_what_was_well_for_long_is_new() -> None:
    recorder = Recorder()
    for _ in range(3):
        for each in (report(LOST), report()):
            recorder.log.tell(each)
        recorder.now_s += 5.0
    recorder.now_s += 1000.0
    for _ in range(2):
        recorder.log.tell(report(LOST))
        recorder.log.tell(report())
        recorder.now_s += 5.0
    assert sum(severity == 'error' for severity, _ in recorder.lines) == 2 + 2
