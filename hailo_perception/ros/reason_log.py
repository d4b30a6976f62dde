# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One line when a reason appears and one when it is gone, ever more rarely where it recurs."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
import time

from rclpy.impl.rcutils_logger import RcutilsLogger

from hailo_perception.ros.input_report import InputReport
from hailo_perception.ros.quiet_times import QuietTimes
from hailo_perception.ros.reasons import Level
from hailo_perception.ros.reasons import Reason
from hailo_perception.ros.reasons import ReasonCause


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
        self._told: dict[tuple[str, ReasonCause], Reason] = {}

    def tell(self, report: InputReport) -> None:
        """Log the reasons that were not told yet, and those that were and are gone.

        A reason whose remedy has changed is a new one; its fact may count seconds and does not
        matter.
        """
        now_s = self._clock()
        found = {(camera, reason.cause): reason for camera, reason in _reasons(report)}
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

    def _write(self, level: Level, line: str) -> None:
        # A line of each severity of its own: rclpy refuses another severity from the same line.
        if level == Level.OK:
            self._logger.info(line)
        elif level == Level.ERROR:
            self._logger.error(line)
        else:
            self._logger.warning(line)


def _reasons(report: InputReport) -> Iterator[tuple[str, Reason]]:
    """List the reasons with their cameras, '' for the node's own, that no other line tells."""
    for reason in report.general:
        yield '', reason
    for each in report.cameras:
        for reason in each.reasons:
            # The frame whose stamp went back was told of by itself.
            if reason.cause is not ReasonCause.CLOCK_JUMPED:
                yield each.camera, reason
