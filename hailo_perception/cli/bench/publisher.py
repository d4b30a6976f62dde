# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The sending process of ``bench ros``: ``python -m hailo_perception.cli.bench.publisher``.

Sends each kind so many times, once somebody listens, and prints as JSON when each was sent and
how long publishing took.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import rclpy
from rclpy.duration import Duration

from hailo_perception.cli.bench.messages import Kind
from hailo_perception.cli.bench.messages import kinds_named
from hailo_perception.cli.bench.messages import NAMESPACE
from hailo_perception.pipeline.process_settings import settle_process
from hailo_perception.ros.initialization import InitializationError
from hailo_perception.ros.initialization import initialize

_PATIENCE_S = 20.0
_POLL_S = 0.02
_SETTLE_S = 1.0
"""The subscriber may know of the publisher a little later than the publisher of it."""


def main() -> None:
    """Send, print, end: arguments are the kinds, the count of each and the rate in Hz."""
    names, count, rate_hz = sys.argv[1:4]
    # As in a node: freed image buffers are kept, so that nobody pays for fresh memory.
    settle_process()
    try:
        initialize([])
    except InitializationError as error:
        raise SystemExit(str(error)) from error
    try:
        node = rclpy.create_node(NAMESPACE)
        sent = {
            kind.name: _send(node, kind, int(count), 1 / float(rate_hz))
            for kind in kinds_named(names)
        }
    finally:
        rclpy.try_shutdown()
    json.dump(sent, sys.stdout)


def _send(node: Any, kind: Kind, count: int, period_s: float) -> dict[str, Any]:
    sender = kind.make_sender(node)
    deadline_s = time.monotonic() + _PATIENCE_S
    while not sender.is_awaited():
        if time.monotonic() > deadline_s:
            raise SystemExit(f'nobody listens to {kind.name} after {_PATIENCE_S:g} s')
        time.sleep(_POLL_S)
    time.sleep(_SETTLE_S)
    sent_ns, wall_s, cpu_s = [], [], []
    due_s = time.monotonic()
    for _ in range(count):
        time.sleep(max(due_s - time.monotonic(), 0))
        due_s += period_s
        stamp_ns = time.time_ns()
        began_wall_s, began_cpu_s = time.perf_counter(), time.process_time()
        sender.send(stamp_ns)
        cpu_s.append(time.process_time() - began_cpu_s)
        wall_s.append(time.perf_counter() - began_wall_s)
        sent_ns.append(stamp_ns)
    # What is reliable may still be on its way; a destroyed publisher takes it along.
    for publisher in node.publishers:
        publisher.wait_for_all_acked(Duration(seconds=2))
    sender.close()
    return {'sent_ns': sent_ns, 'publish_wall_s': wall_s, 'publish_cpu_s': cpu_s}


if __name__ == '__main__':
    main()
