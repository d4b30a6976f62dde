# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a ROS node needs of this Python, asked before any of it is imported."""

from __future__ import annotations

from importlib.util import find_spec

from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.optional_parts import pip_command
from hailo_perception.ros.middleware import check_domain


def require_ros() -> None:
    """MissingDependencyError says how to get ROS 2 or the package's messages.

    ConfigurationError where rclpy could not start, because the ROS domain is none.
    """
    if find_spec('rclpy') is None:
        raise MissingDependencyError(
            'rclpy',
            'to run ROS 2 nodes',
            'source your ROS 2 installation, or on x86_64 Linux, in a checkout of this package: '
            f"{pip_command(['.[jazzy]'])}",
        )
    if find_spec('hailo_perception.msg') is None:
        raise MissingDependencyError(
            'hailo_perception.msg',
            'for the topics of the nodes',
            'the package was installed where no ROS 2 was found; source ROS 2, then install it '
            'again: colcon build, or pip install --no-build-isolation .',
        )
    check_domain()
