# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The listening process of ``bench ros``: ``python -m hailo_perception.cli.bench.receiver``.

Listens to each kind until its input ends, then prints as JSON when each message arrived.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
import json
import sys
from threading import Thread
import time
from typing import Any

import rclpy

from hailo_perception.cli.bench.messages import kinds_named
from hailo_perception.ros.initialization import InitializationError
from hailo_perception.ros.initialization import initialize
from hailo_perception.ros.qos import OUTPUT

NODE = 'hailo_perception_bench_receiver'
_POLL_S = 0.1


def main() -> None:
    """Listen, print, end: the argument is the kinds."""
    try:
        initialize([])
    except InitializationError as error:
        raise SystemExit(str(error)) from error
    try:
        node = rclpy.create_node(NODE)
        arrived: dict[str, list[tuple[int, int, float]]] = {}
        for kind in kinds_named(sys.argv[1]):
            arrived[kind.name] = []
            topics = kind.topics()
            note = _noting(arrived[kind.name], len(topics))
            for topic, message_type in topics.items():
                node.create_subscription(message_type, topic, note, OUTPUT)
        end = Thread(target=sys.stdin.read, daemon=True)
        end.start()
        while end.is_alive():
            rclpy.spin_once(node, timeout_sec=_POLL_S)
    finally:
        rclpy.try_shutdown()
    json.dump(arrived, sys.stdout)


def _noting(arrived: list[tuple[int, int, float]], part_count: int) -> Callable[[Any], None]:
    """Note stamp, arrival and the process's CPU time so far once all parts of a stamp are here."""
    parts: Counter[int] = Counter()

    def note(message: Any) -> None:
        now_ns = time.time_ns()
        stamp = _header_of(message).stamp
        stamp_ns = stamp.sec * 10**9 + stamp.nanosec
        parts[stamp_ns] += 1
        if parts[stamp_ns] == part_count:
            arrived.append((stamp_ns, now_ns, time.process_time()))

    return note


def _header_of(message: Any) -> Any:
    """Find the header; markers have one each, and the first is always there."""
    return message.header if hasattr(message, 'header') else message.markers[0].header


if __name__ == '__main__':
    main()
