# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Hears what the nodes of this ROS domain say about themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Sequence
from functools import partial
import time

from diagnostic_msgs.msg import DiagnosticArray
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy

from hailo_perception.cli.monitor.node_state import Diagnosis
from hailo_perception.cli.monitor.node_state import NodeState
from hailo_perception.cli.monitor.node_state import Statistics
from hailo_perception.cli.monitor.reading import read_diagnosis
from hailo_perception.cli.monitor.reading import read_statistics
from hailo_perception.cli.monitor.reading import split_name
from hailo_perception.msg import PipelineStats
from hailo_perception.ros.initialization import initialize

_STATS_TYPE = 'hailo_perception/msg/PipelineStats'
_STATS_NAME = '/stats'
_DISCOVERY_S = 2.0
"""All nodes of a computer or a quiet network have been discovered after so long."""
_LOOK_PERIOD_S = 0.1
# Best effort fits every publisher; every node of a robot writes to /diagnostics.
_SMALL_MESSAGES = QoSProfile(depth=50, reliability=ReliabilityPolicy.BEST_EFFORT)


class Listener:
    """Keeps the newest word of each node; use as a context, which joins and leaves the graph."""

    def __init__(
        self, nodes: Sequence[str] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Listen to these nodes, by full name, or to all; the clock gives seconds."""
        self._wanted = tuple(nodes)
        self._clock = clock
        self._statistics: dict[str, Statistics] = {}
        self._diagnoses: dict[str, Diagnosis] = {}
        self._camera_diagnoses: defaultdict[str, dict[str, Diagnosis]] = defaultdict(dict)
        self._heard_s: dict[str, float] = {}
        self._topics: set[str] = set()

    def __enter__(self) -> Listener:
        self._context = rclpy.Context()
        initialize([], self._context)
        self._node = Node('hailo_perception_monitor', context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        self._node.create_subscription(
            DiagnosticArray, '/diagnostics', self._hear_diagnostics, _SMALL_MESSAGES
        )
        for name in self._wanted:
            self._subscribe(name + _STATS_NAME)
        return self

    def __exit__(self, *error: object) -> None:
        self._executor.shutdown(timeout_sec=1.0)
        self._node.destroy_node()
        self._context.try_shutdown()

    def listen(self, duration_s: float) -> None:
        """Hear all that comes for so long."""
        end_s = self._clock() + duration_s
        while (left_s := end_s - self._clock()) > 0:
            self._look_around()
            self._executor.spin_once(timeout_sec=min(left_s, _LOOK_PERIOD_S))

    def wait(self, timeout_s: float) -> None:
        """Listen until every node has said all that it has to say, or the time is over.

        Unless the nodes are named, it takes a while until all of them have been discovered.
        """
        start_s = self._clock()
        while (passed_s := self._clock() - start_s) < timeout_s:
            self.listen(min(_LOOK_PERIOD_S, timeout_s - passed_s))
            nodes = self.nodes()
            is_all_known = bool(self._wanted) or self._clock() - start_s >= _DISCOVERY_S
            if nodes and is_all_known and all(node.is_complete for node in nodes):
                return

    def nodes(self) -> tuple[NodeState, ...]:
        """Give the state of each node, by name; a node that was asked for is always there."""
        names = self._wanted or {topic.removesuffix(_STATS_NAME) for topic in self._topics}
        now_s = self._clock()
        return tuple(
            NodeState(
                name=name,
                is_present=self._node.count_publishers(name + _STATS_NAME) > 0,
                age_s=now_s - self._heard_s[name] if name in self._heard_s else None,
                statistics=self._statistics.get(name),
                diagnosis=self._diagnoses.get(name),
                camera_diagnoses=dict(self._camera_diagnoses[name]),
            )
            for name in sorted(names)
        )

    def _look_around(self) -> None:
        """Subscribe to the statistics of nodes that are new here."""
        if self._wanted:
            return
        for topic, types in self._node.get_topic_names_and_types():
            if _STATS_TYPE in types and topic.endswith(_STATS_NAME):
                self._subscribe(topic)

    def _subscribe(self, topic: str) -> None:
        if topic in self._topics:
            return
        self._topics.add(topic)
        self._node.create_subscription(
            PipelineStats,
            topic,
            partial(self._hear_statistics, topic.removesuffix(_STATS_NAME)),
            _SMALL_MESSAGES,
        )

    def _hear_statistics(self, name: str, message: PipelineStats) -> None:
        self._statistics[name] = read_statistics(message)
        self._heard_s[name] = self._clock()

    def _hear_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            place = split_name(status.name)
            if place is None:
                continue
            name, camera = place
            self._heard_s[name] = self._clock()
            if camera is not None:
                self._camera_diagnoses[name][camera] = read_diagnosis(status)
                continue
            self._diagnoses[name] = read_diagnosis(status)
            if not status.values:
                # An idle node has neither statistics nor cameras; what was heard is history.
                self._statistics.pop(name, None)
                self._camera_diagnoses.pop(name, None)
