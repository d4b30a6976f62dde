# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whether this machine could run a network on a Hailo device, without opening one."""

from __future__ import annotations

from pathlib import Path

from hailo_perception.backends.hailort.causes import no_device
from hailo_perception.backends.hailort.circumstances import Circumstances
from hailo_perception.backends.hailort.circumstances import Stage
from hailo_perception.backends.hailort.diagnosis import explain
from hailo_perception.backends.hailort.host import Host
from hailo_perception.backends.hailort.host import THIS_HOST
from hailo_perception.backends.hailort.runtime import load_runtime
from hailo_perception.core.errors import HailoPerceptionError


def device_obstacle(host: Host = THIS_HOST) -> str | None:
    """Say what is missing, with its remedy: library, driver or device; None if nothing is.

    A device that another process holds counts as there.
    """
    try:
        runtime = load_runtime()
    except HailoPerceptionError as error:
        return str(error)
    circumstances = Circumstances(Path(), library_version=runtime.version, host=host)
    try:
        if runtime.scan():
            return None
    except Exception as error:
        return str(explain(error, Stage.OPEN, circumstances))
    return str(no_device(host))
