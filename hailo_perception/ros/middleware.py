# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Transport settings that images need, chosen before the first participant exists."""

from __future__ import annotations

from collections.abc import MutableMapping
from importlib.resources import files
import os

_PROFILE = 'fastdds_shared_memory.xml'
# Fast DDS 2 (Humble, Jazzy) reads the first name, Fast DDS 3 (Kilted on) the second.
_VARIABLES = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE')


def prefer_shared_memory(environment: MutableMapping[str, str] = os.environ) -> None:
    """Point Fast DDS at the shipped profile, unless the user already chose one.

    With its default of 512 KB the shared-memory segment loses or delays every image above that.
    Only the publishing process needs the setting, and it must stand before rclpy.init().
    """
    if any(name in environment for name in _VARIABLES):
        return
    profile = str(files('hailo_perception.ros') / _PROFILE)
    for name in _VARIABLES:
        environment[name] = profile
