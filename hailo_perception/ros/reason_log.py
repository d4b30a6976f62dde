# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One line when a reason appears and one when it is gone, none in between."""

from __future__ import annotations

from rclpy.impl.rcutils_logger import RcutilsLogger

from hailo_perception.ros.input_report import InputReport
from hailo_perception.ros.reasons import Level
from hailo_perception.ros.reasons import Reason
from hailo_perception.ros.reasons import ReasonCause


class ReasonLog:
    """Tells changes of the reasons, as bad as they are."""

    def __init__(self, logger: RcutilsLogger) -> None:
        """Write to a node's logger."""
        self._logger = logger
        self._known: dict[tuple[str, ReasonCause], Reason] = {}

    def tell(self, report: InputReport) -> None:
        """Log the reasons that the last report did not have, and those that are gone.

        A reason whose remedy has changed is a new one; its fact may count seconds and does not
        matter.
        """
        found = {
            (camera, reason.cause): reason
            for camera, reasons in (
                ('', report.general),
                *((each.camera, each.reasons) for each in report.cameras),
            )
            for reason in reasons
        }
        for (camera, cause), reason in found.items():
            before = self._known.get((camera, cause))
            if before is None or before.remedy != reason.remedy:
                self._write(reason.level, f'{camera}: {reason}' if camera else str(reason))
        for (camera, cause), reason in self._known.items():
            if (camera, cause) not in found and reason.level > Level.OK:
                self._write(Level.OK, f'{camera}: over: {cause.value}'.removeprefix(': '))
        self._known = found

    def _write(self, level: Level, line: str) -> None:
        # A line of each severity of its own: rclpy refuses another severity from the same line.
        if level == Level.OK:
            self._logger.info(line)
        elif level == Level.ERROR:
            self._logger.error(line)
        else:
            self._logger.warning(line)
