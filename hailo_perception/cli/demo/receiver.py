# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The subscriber process's node: counts everything, hands on what is to be written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Mapping
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from hailo_perception.cli.demo.arrival import Arrival
from hailo_perception.cli.demo.arrival import leading_stamp_ns
from hailo_perception.cli.demo.frame_times import FrameTimes
from hailo_perception.cli.demo.schedule import FrameSchedule
from hailo_perception.cli.demo.status import PipelineState
from hailo_perception.cli.demo.status import StageTimes
from hailo_perception.cli.demo.topics import Content
from hailo_perception.cli.demo.topics import Topic
from hailo_perception.ros.initialization import initialize


class Receiver:
    """Subscribes to the topics, takes them serialised, and keeps the newest state."""

    def __init__(
        self,
        topics: tuple[Topic, ...],
        *,
        picture_period_s: float,
        is_recording: bool,
        deliver: Callable[[Arrival], None],
    ) -> None:
        """Join the graph; ``deliver`` gets each arrival that is wanted, and must not block."""
        self._deliver = deliver
        self._is_recording = is_recording
        self._pictures = FrameSchedule(picture_period_s)
        self._recorded = {
            topic.name: FrameSchedule(topic.recording_period_s) for topic in topics
        }
        self.times = FrameTimes()
        self.counts: Counter[str] = Counter()
        self.objects: Mapping[str, int] = {}
        self.pipeline: PipelineState | None = None
        self.pipeline_told_s = 0.0
        self.waiting_for: str | None = None
        self.last_result_s = 0.0
        initialize([])
        self._node: Node = rclpy.create_node('hailo_perception_demo')
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self._node)
        for topic in topics:
            self._node.create_subscription(
                topic.message_type,
                topic.name,
                lambda data, topic=topic: self._take(topic, data),
                topic.profile,
                raw=True,
            )

    def spin_once(self, timeout_s: float) -> None:
        """Take the next message, or wait for it as long."""
        self._executor.spin_once(timeout_sec=timeout_s)

    def close(self) -> None:
        """Leave the graph."""
        self._executor.shutdown(timeout_sec=1.0)
        self._node.destroy_node()
        rclpy.try_shutdown()

    def _take(self, topic: Topic, data: bytes) -> None:
        received_ns = time.time_ns()
        self.counts[topic.name] += 1
        stamp_ns = leading_stamp_ns(data) if topic.has_header else None
        content = topic.content
        is_pictured = content in (Content.OBJECTS, Content.OVERLAY)
        if content.is_result and stamp_ns is not None:
            self.times.add(stamp_ns, received_ns)
            self.last_result_s = time.monotonic()
            is_pictured |= content.has_pictures and self._pictures.chooses(stamp_ns)
        arrival = Arrival(
            topic=topic,
            data=data,
            received_ns=received_ns,
            stamp_ns=stamp_ns,
            is_recorded=self._is_recording
            and (stamp_ns is None or self._recorded[topic.name].chooses(stamp_ns)),
            is_pictured=is_pictured,
        )
        self._look_at(arrival)
        if arrival.is_recorded or arrival.is_pictured:
            self._deliver(arrival)

    def _look_at(self, arrival: Arrival) -> None:
        content = arrival.topic.content
        if content is Content.OBJECTS:
            found = arrival.message().objects
            self.objects = Counter(each.class_name for each in found)
        elif content is Content.STATS:
            self.pipeline = _pipeline_state(arrival.message())
            self.pipeline_told_s = time.monotonic()
        elif content is Content.DIAGNOSTICS:
            self._look_at_diagnostics(arrival.message())

    def _look_at_diagnostics(self, message: Any) -> None:
        for each in message.status:
            if each.name.endswith(': pipeline'):
                is_waiting = each.level != DiagnosticStatus.OK
                self.waiting_for = each.message if is_waiting else ''


def _pipeline_state(message: Any) -> PipelineState:
    drops: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    for camera in message.cameras:
        drops.update(dict(zip(camera.drop_causes, map(int, camera.drop_counts))))
        problems.update(dict(zip(camera.problem_causes, map(int, camera.problem_counts))))
    received = sum(camera.received for camera in message.cameras)
    delivered = sum(camera.delivered for camera in message.cameras)
    return PipelineState(
        model=message.model,
        backend=message.backend,
        device=message.device,
        received=received,
        inside=received - delivered - sum(drops.values()),
        drops=drops,
        problems=problems,
        stages=tuple(
            StageTimes(stage.stage, stage.p50_ms, stage.p95_ms) for stage in message.stages
        ),
        temperature_c=message.device_temperature_c,
        power_w=message.device_power_w,
    )
