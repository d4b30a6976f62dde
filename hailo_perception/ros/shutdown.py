# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Telling the end of ROS, which may come in the middle of anything, from a real error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rclpy.node import Node

from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import FrameError


class ShuttingDown(FrameError):
    """ROS has ended while something was under way."""

    cause = Cause.SHUTDOWN


@contextmanager
def until_shutdown(node: Node) -> Iterator[None]:
    """Turn what rclpy raises once its context is gone into ShuttingDown; pass the rest on."""
    try:
        yield
    except ShuttingDown:
        raise
    except Exception as error:
        if node.context.ok():
            raise
        raise ShuttingDown('ROS has shut down') from error
