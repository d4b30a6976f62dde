# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a node says about itself, in every state: ~/stats and /diagnostics."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic_msgs.msg import DiagnosticArray

from hailo_perception.msg import PipelineStats
from hailo_perception.nodes.managed_node import ManagedNode
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.ros import qos
from hailo_perception.ros.input_report import InputReport
from hailo_perception.ros.lifecycle_status import to_idle_diagnostics
from hailo_perception.ros.statistics import NetworkAtWork
from hailo_perception.ros.statistics import Published
from hailo_perception.ros.statistics import to_diagnostics
from hailo_perception.ros.statistics import to_stats_message


class StatusTopics:
    """Publishes state and statistics of one node."""

    def __init__(self, node: ManagedNode) -> None:
        """Create both topics; they speak from now on, whatever the node's state."""
        self._node = node
        self._stats = node.create_status_publisher(PipelineStats, '~/stats', qos.OUTPUT)
        self._diagnostics = node.create_status_publisher(
            DiagnosticArray, '/diagnostics', qos.OUTPUT
        )

    def tell_idle(self) -> None:
        """Say in which state the node rests."""
        self._diagnostics.publish(
            to_idle_diagnostics(
                node=self._node.get_fully_qualified_name(),
                state=self._node.resting_state,
                failure=self._node.failure,
                stamp_ns=self._now_ns(),
            )
        )

    def tell_active(
        self,
        telemetry: Telemetry,
        networks: Sequence[NetworkAtWork],
        inputs: InputReport,
        published: Published | None,
    ) -> None:
        """Say how the node works; ``published`` is its latest result, None before the first."""
        snapshot = telemetry.snapshot()
        stamp_ns = self._now_ns()
        self._stats.publish(
            to_stats_message(
                snapshot,
                networks=networks,
                window_s=telemetry.window_s,
                stamp_ns=stamp_ns,
            )
        )
        self._diagnostics.publish(
            to_diagnostics(
                snapshot,
                node=self._node.get_fully_qualified_name(),
                networks=networks,
                inputs=inputs,
                published=published,
                stamp_ns=stamp_ns,
            )
        )

    def _now_ns(self) -> int:
        return int(self._node.get_clock().now().nanoseconds)
