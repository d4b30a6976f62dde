# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The nodes as executables, which say in one line what is missing where no node can run.

The modules of the nodes need ROS and the package's messages as soon as they are imported, and pip
installs the package without either; so they are imported only when both are known to be there.
"""

from __future__ import annotations

from importlib import import_module
import sys

from hailo_perception.core.errors import HailoPerceptionError
from hailo_perception.nodes.exit_status import EXIT_CONFIGURATION
from hailo_perception.ros.requirements import require_ros


def perception_node() -> int:
    """Run the perception node; returns the process's exit status."""
    return _run('perception_node')


def anonymizer_node() -> int:
    """Run the anonymiser; returns the process's exit status."""
    return _run('anonymizer_node')


def camera_node() -> int:
    """Run the camera node; returns the process's exit status."""
    return _run('camera_node')


def _run(name: str) -> int:
    try:
        require_ros()
    except HailoPerceptionError as error:
        print(f'{name}: {error}', file=sys.stderr)
        return EXIT_CONFIGURATION
    status: int = import_module(f'hailo_perception.nodes.{name}').main()
    return status
