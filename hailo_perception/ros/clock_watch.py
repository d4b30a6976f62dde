# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Simulated time: whether a node runs on it, and a word where it does and none comes."""

from __future__ import annotations

from contextlib import suppress

from rclpy.clock import Clock
from rclpy.clock import ClockType
from rclpy.node import Node

from hailo_perception.ros.reasons import clock_reasons
from hailo_perception.ros.shutdown import ShuttingDown
from hailo_perception.ros.shutdown import until_shutdown

_CLOCK = '/clock'
_USE_SIM_TIME = 'use_sim_time'
_PATIENCE_S = 3.0


def is_simulated(node: Node) -> bool:
    """Tell whether the node's clock is /clock."""
    return node.has_parameter(_USE_SIM_TIME) and bool(node.get_parameter(_USE_SIM_TIME).value)


def clock_publishers(node: Node) -> int:
    """Count who publishes /clock."""
    return int(node.count_publishers(_CLOCK))


class ClockWatch:
    """Warns once, a moment after the start, of a node whose timers wait for a time to come."""

    def __init__(self, node: Node, patience_s: float = _PATIENCE_S) -> None:
        """Look at the node's clock in ``patience_s``."""
        self._node = node
        # The node's own clock may be the one that stands still.
        self._timer = node.create_timer(
            patience_s, self._look, clock=Clock(clock_type=ClockType.STEADY_TIME)
        )

    def _look(self) -> None:
        self._timer.cancel()
        node = self._node
        with suppress(ShuttingDown), until_shutdown(node):
            for reason in clock_reasons(
                use_sim_time=is_simulated(node),
                now_ns=node.get_clock().now().nanoseconds,
                clock_publishers=clock_publishers(node),
            ):
                node.get_logger().warning(str(reason))
