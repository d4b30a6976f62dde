# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Commands that depend on how this Python is managed."""

from __future__ import annotations

from hailo_perception.core.optional_parts import pip_command
from hailo_perception.doctor.system import System


def is_managed(system: System) -> bool:
    """Tell whether this is Debian's or Ubuntu's own Python, which refuses a plain pip."""
    mark = f'/usr/lib/python{system.python.name}/EXTERNALLY-MANAGED'
    return system.python.prefix == '/usr' and system.exists(mark)


def pip_install(system: System, *requirements: str) -> str:
    """Write the pip command that this Python accepts."""
    options = ['--break-system-packages'] if is_managed(system) else []
    return pip_command(requirements, *options)
