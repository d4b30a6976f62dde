# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The listening process of ``bench ros``: ``python -m hailo_perception.cli.bench.receiver``.

Listens to each kind until its input ends, then prints as JSON when each message arrived.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
import json
import sys
from threading import Thread
import time
from typing import Any

import rclpy

from hailo_perception.cli.bench.messages import kinds_named
from hailo_perception.ros.qos import OUTPUT

NODE = 'hailo_perception_bench_receiver'
_POLL_S = 0.1


def main() -> None:
    """Listen, print, end: the argument is the kinds."""
    rclpy.init(args=[])
    try:
        node = rclpy.create_node(NODE)
        arrived: dict[str, list[tuple[int, int, float]]] = {}
        for kind in kinds_named(sys.argv[1]):
            arrived[kind.name] = []
            node.create_subscription(
                type(kind.make()), kind.topic, _noting(arrived[kind.name]), OUTPUT
            )
        end = Thread(target=sys.stdin.read, daemon=True)
        end.start()
        while end.is_alive():
            rclpy.spin_once(node, timeout_sec=_POLL_S)
    finally:
        rclpy.try_shutdown()
    json.dump(arrived, sys.stdout)


def _noting(arrived: list[tuple[int, int, float]]) -> Callable[[Any], None]:
    return partial(_note, arrived)


def _note(arrived: list[tuple[int, int, float]], message: Any) -> None:
    """Keep stamp, arrival and the process's CPU time so far."""
    now_ns = time.time_ns()
    stamp = message.header.stamp
    arrived.append((stamp.sec * 10**9 + stamp.nanosec, now_ns, time.process_time()))


if __name__ == '__main__':
    main()
