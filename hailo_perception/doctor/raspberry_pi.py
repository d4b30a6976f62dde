# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The boot settings of a Raspberry Pi."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hailo_perception.doctor.system import System

_FILES = ('/boot/firmware/config.txt', '/boot/config.txt')
# Sections of the file that a Raspberry Pi 5 or Compute Module 5 obeys.
_SECTIONS = ('[all]', '[pi5]', '[pi500]', '[cm5]')


@dataclass(frozen=True, slots=True)
class BootSettings:
    """The device tree parameters of config.txt, and the file to edit."""

    file: str
    parameters: Mapping[str, str]


def find_boot_settings(system: System) -> BootSettings:
    """Read what ``dtparam=name,name=value`` lines set for a Raspberry Pi 5."""
    for file in _FILES:
        text = system.read(file)
        if text is not None:
            return BootSettings(file, _parameters(text))
    return BootSettings(_FILES[0], {})


def _parameters(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    applies = True
    for raw in text.splitlines():
        line = raw.partition('#')[0].strip()
        if line.startswith('['):
            applies = line.lower() in _SECTIONS
        key, equals, value = line.partition('=')
        if not applies or not equals or key.strip() not in ('dtparam', 'device_tree_param'):
            continue
        for setting in value.split(','):
            name, _, setting_value = setting.strip().partition('=')
            if name:
                found[name] = setting_value
    return found
