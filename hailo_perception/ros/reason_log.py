# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One line when a reason appears and one when it is gone, ever more rarely where it recurs."""

from __future__ import annotations

from collections.abc import Callable
import time

from rclpy.impl.rcutils_logger import RcutilsLogger

from hailo_perception.ros.input_report import InputReport
from hailo_perception.ros.quiet_times import QuietTimes
from hailo_perception.ros.reasons import Level
from hailo_perception.ros.reasons import Reason
from hailo_perception.ros.reasons import ReasonCause

_Key = tuple[str, ReasonCause]
"""A camera, '' for the node itself, and what it has."""


class ReasonLog:
    """Tells changes of the reasons, as bad as they are.

    What appears again soon after it was told is told when its quiet time is over, if it still
    holds; what was not told is not told to be over either.
    """

    def __init__(
        self, logger: RcutilsLogger, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Write to a node's logger; the clock gives seconds."""
        self._logger = logger
        self._clock = clock
        self._quiet = QuietTimes()
        self._told: dict[_Key, Reason] = {}
        self._left_out: set[_Key] = set()

    def tell(self, report: InputReport) -> None:
        """Log the reasons that were not told yet, and those that were and are gone.

        A reason whose remedy has changed is a new one; its fact may count seconds and does not
        matter.
        """
        now_s = self._clock()
        found = {
            (camera, reason.cause): reason
            for camera, reasons in (
                ('', report.general),
                *((each.camera, each.reasons) for each in report.cameras),
            )
            for reason in reasons
        }
        self._leave_out_jumps(found)
        for (camera, cause), reason in found.items():
            told = self._told.get((camera, cause))
            if told is not None and told.remedy == reason.remedy:
                continue
            if self._quiet.may_tell((camera, cause, reason.remedy), now_s):
                self._told[camera, cause] = reason
                self._write(reason.level, f'{camera}: {reason}' if camera else str(reason))
        for camera, cause in [key for key in self._told if key not in found]:
            if self._told.pop((camera, cause)).level > Level.OK:
                self._write(Level.OK, f'{camera}: over: {cause.value}'.removeprefix(': '))

    def _leave_out_jumps(self, found: dict[_Key, Reason]) -> None:
        """Take out that a camera's stamps went back with the node's clock: a bag that looped.

        They may be found for a moment longer than the clock's own jump.
        """
        if ('', ReasonCause.CLOCK_JUMPED) in found:
            self._left_out.update(
                (camera, cause)
                for camera, cause in found.keys() - self._told.keys()
                if camera and cause is ReasonCause.CLOCK_JUMPED
            )
        self._left_out &= found.keys()
        for key in self._left_out:
            del found[key]

    def _write(self, level: Level, line: str) -> None:
        # A line of each severity of its own: rclpy refuses another severity from the same line.
        if level == Level.OK:
            self._logger.info(line)
        elif level == Level.ERROR:
            self._logger.error(line)
        else:
            self._logger.warning(line)
