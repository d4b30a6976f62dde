# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A line when a reason appears, one when it is gone, and none in between."""

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
CLOCK = Reason(ReasonCause.NO_CLOCK, 'no time', 'play')


class Recorder:
    """A logger that remembers."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def info(self, line: str) -> None:
        self.lines.append(('info', line))

    def warning(self, line: str) -> None:
        self.lines.append(('warning', line))

    def error(self, line: str) -> None:
        self.lines.append(('error', line))


def report(*reasons: Reason, camera: str = 'front') -> InputReport:
    return InputReport((CameraReport(camera, '/topic', CameraState.ACTIVE, reasons),))


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
            [report(UNHEARD), report(), report(UNHEARD)],
            [('info', 'front: nobody subscribes; subscribe')] * 2,
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
    ],
    ids=[
        'never', 'well', 'once', 'other-fact', 'other-remedy', 'error', 'over', 'harmless', 'two',
        'general',
    ],
)
def test_changes_are_told(reports: list[InputReport], lines: list[tuple[str, str]]) -> None:
    recorder = Recorder()
    log = ReasonLog(recorder)  # type: ignore[arg-type]
    for each in reports:
        log.tell(each)
    assert recorder.lines == lines
