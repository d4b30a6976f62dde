# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The subscriber of cameras_over_dds.py, in a process of its own.

Arguments: cameras and outputs, each separated by commas, and ``serialized`` or ``objects``: what
the messages are taken as. Subscribes to all of them and prints ``ready`` once there is a publisher
of each. Ends with its input, and prints as JSON when which output of which frame arrived, and the
node's last statistics.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from functools import partial
from importlib import import_module
import json
import struct
import sys
from threading import Thread
import time
from typing import Any

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.qos import QoSProfile

from hailo_perception.msg import PipelineStats
from hailo_perception.pipeline.process_settings import settle_process
from hailo_perception.ros.no_events import NO_SUBSCRIPTION_EVENTS

NODE = '/perception'
_DEPTH = 5
_POLL_S = 0.1
_ENCAPSULATION_BYTES = 4
_STATS_TOPIC = f'{NODE}/stats'


class Arrivals:
    """What arrived: for each camera and output the stamps and the times of arrival."""

    def __init__(
        self, node: Any, cameras: Sequence[str], outputs: Sequence[str], *, is_serialized: bool
    ) -> None:
        """Subscribe to nothing yet: the type of a topic is known when its publisher is there."""
        self._node = node
        self._is_serialized = is_serialized
        self._awaited = {f'{NODE}/{camera}/{each}' for camera in cameras for each in outputs}
        self.times_ns: dict[str, list[tuple[int, int]]] = {}
        self.stats: list[dict[str, Any]] = []
        self._subscriptions = [
            node.create_subscription(PipelineStats, _STATS_TOPIC, self._keep_stats, 10)
        ]

    def subscribe_to_known(self) -> bool:
        """Subscribe to what has a publisher by now; tells whether that is everything."""
        types = dict(self._node.get_topic_names_and_types())
        for topic in sorted(self._awaited & set(types)):
            self.times_ns[topic] = []
            message_type = _message_type(types[topic][0])
            self._subscriptions.append(
                self._node.create_subscription(
                    message_type,
                    topic,
                    partial(_keep, self.times_ns[topic], self._stamp_of(message_type)),
                    QoSProfile(depth=_DEPTH),
                    event_callbacks=NO_SUBSCRIPTION_EVENTS,
                    raw=self._is_serialized,
                )
            )
            self._awaited.discard(topic)
        return not self._awaited

    def _stamp_of(self, message_type: type) -> Callable[[Any], tuple[int, int]]:
        has_markers = 'markers' in message_type.get_fields_and_field_types()
        if self._is_serialized:
            # A message begins with its stamp; before the first marker's stands their count.
            offset = _ENCAPSULATION_BYTES + 4 * has_markers
            return partial(struct.Struct('iI').unpack_from, offset=offset)
        return partial(_stamp_in, has_markers)

    def _keep_stats(self, message: PipelineStats) -> None:
        self.stats.append(
            {
                'delivered': {each.name: each.delivered for each in message.cameras},
                'drops': {
                    each.name: dict(zip(each.drop_causes, each.drop_counts, strict=True))
                    for each in message.cameras
                },
                'stages_ms': {
                    each.stage: {'mean': each.mean_ms, 'p50': each.p50_ms, 'p95': each.p95_ms}
                    for each in message.stages
                },
            }
        )


def _keep(
    times_ns: list[tuple[int, int]], stamp_of: Callable[[Any], tuple[int, int]], message: Any
) -> None:
    now_ns = time.time_ns()
    seconds, nanoseconds = stamp_of(message)
    times_ns.append((seconds * 10**9 + nanoseconds, now_ns))


def _stamp_in(has_markers: bool, message: Any) -> tuple[int, int]:
    stamp = (message.markers[0] if has_markers else message).header.stamp
    return stamp.sec, stamp.nanosec


def _message_type(name: str) -> type:
    package, _, message = name.split('/')
    found: type = getattr(import_module(f'{package}.msg'), message)
    return found


def main() -> None:
    """Listen until the input ends, then print."""
    cameras, outputs = (argument.split(',') for argument in sys.argv[1:3])
    is_serialized = sys.argv[3] == 'serialized'
    settle_process()
    rclpy.init(args=[])
    node = rclpy.create_node('cameras_over_dds_subscriber')
    arrivals = Arrivals(node, cameras, outputs, is_serialized=is_serialized)
    input_end = Thread(target=sys.stdin.read, daemon=True)
    input_end.start()
    is_ready = False
    # Not rclpy.spin_once, which takes the node up anew for every message.
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    while input_end.is_alive():
        executor.spin_once(timeout_sec=_POLL_S)
        if not is_ready and arrivals.subscribe_to_known():
            is_ready = True
            print('ready', flush=True)
    print(
        json.dumps(
            {
                'arrivals_ns': arrivals.times_ns,
                'stats': arrivals.stats,
                'middleware': rclpy.get_rmw_implementation_identifier(),
            }
        )
    )
    rclpy.try_shutdown()


if __name__ == '__main__':
    main()
