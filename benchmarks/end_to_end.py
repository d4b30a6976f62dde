# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Frames per second, latency and memory of the real nodes, from the camera to a subscriber.

``python benchmarks/end_to_end.py --frames 3000``: camera_node plays a 1280×720 video at 30 Hz,
perception_node runs a packaged network, and this process subscribes to the outputs, all over
DDS. Latency is from the image's stamp to the arrival of the last output of its frame. Prints a
table, and JSON with ``--json FILE``.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from importlib.metadata import version
import json
import os
from pathlib import Path
import platform
import tempfile
import time
from typing import Any

import cv2
import numpy as np
from processes import cpu_s
from processes import end
from processes import resident_mib
from processes import start_node

from hailo_perception.bench.machine import cpu_name
from hailo_perception.pipeline.process_settings import settle_process
from hailo_perception.ros.middleware import prefer_shared_memory
from hailo_perception.scenes import DrivingScene

OUTPUT_SETS = {
    'core': ('objects', 'semantic/mask', 'lane/mask', 'lanes', 'depth/image', 'points'),
    'full': (
        'objects',
        'semantic/mask',
        'lane/mask',
        'lanes',
        'depth/image',
        'points',
        'bird_eye',
        'markers',
        'overlay',
    ),
}
SIZE = (1280, 720)
VIDEO_FRAMES = 90


def write_video(path: Path) -> None:
    """Render a few seconds of driving."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'mp4v'), 30, SIZE)
    scene = DrivingScene(3)
    camera = scene.random_camera(*SIZE)
    for index in range(VIDEO_FRAMES):
        writer.write(scene.render(index / 30, camera).image)
    writer.release()


class Measurement:
    """Collects arrivals by frame until every output of enough frames has come."""

    def __init__(self, outputs: tuple[str, ...], perception_id: int) -> None:
        """Subscribe to the outputs of camera front."""
        import rclpy
        from rclpy.node import Node
        from rclpy.qos import QoSProfile
        from sensor_msgs.msg import Image
        from sensor_msgs.msg import PointCloud2
        from visualization_msgs.msg import MarkerArray

        from hailo_perception.msg import LaneArray
        from hailo_perception.msg import ObjectArray
        from hailo_perception.msg import PipelineStats

        types = {
            'objects': ObjectArray,
            'lanes': LaneArray,
            'points': PointCloud2,
            'markers': MarkerArray,
        }
        self.node: Node = rclpy.create_node('end_to_end')
        self._arrived: defaultdict[int, int] = defaultdict(int)
        self._wanted = len(outputs)
        self._perception_id = perception_id
        self.latencies_s: list[float] = []
        self.completed_s: list[float] = []
        self.memory_mib: list[float] = []
        self.stats: PipelineStats | None = None
        for output in outputs:
            self.node.create_subscription(
                types.get(output, Image),
                f'/perception/front/{output}',
                self._arrive,
                QoSProfile(depth=5),
            )
        self.node.create_subscription(PipelineStats, '/perception/stats', self._store_stats, 1)

    def _arrive(self, message: Any) -> None:
        header = message.markers[0].header if hasattr(message, 'markers') else message.header
        stamp_ns = header.stamp.sec * 10**9 + header.stamp.nanosec
        self._arrived[stamp_ns] += 1
        if self._arrived[stamp_ns] == self._wanted:
            del self._arrived[stamp_ns]
            now_ns = self.node.get_clock().now().nanoseconds
            self.latencies_s.append((now_ns - stamp_ns) * 1e-9)
            self.completed_s.append(time.monotonic())
            if len(self.latencies_s) % 100 == 0:
                self.memory_mib.append(resident_mib(self._perception_id))

    def _store_stats(self, message: Any) -> None:
        self.stats = message


def measure(
    frames: int, outputs: tuple[str, ...], model: str, threads: int, in_flight: int
) -> dict[str, Any]:
    """Run the nodes until so many frames have come completely; returns the figures."""
    import rclpy

    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / 'drive.mp4'
        write_video(video)
        perception = start_node(
            'perception_node', {'model': model, 'threads': threads, 'in_flight': in_flight}
        )
        camera = start_node('camera_node', {'source': video, 'rate_hz': 30.0})
        rclpy.init()
        measurement = Measurement(outputs, perception.pid)
        try:
            while len(measurement.latencies_s) < 30:
                rclpy.spin_once(measurement.node, timeout_sec=0.5)
            # The first second is start-up: subscriptions join one after another.
            measurement.latencies_s.clear()
            measurement.completed_s.clear()
            began_cpu_s = cpu_s(perception.pid)
            while len(measurement.latencies_s) < frames:
                rclpy.spin_once(measurement.node, timeout_sec=0.5)
            used_cpu_s = cpu_s(perception.pid) - began_cpu_s
        finally:
            end(camera, perception)
            rclpy.try_shutdown()
    duration_s = measurement.completed_s[-1] - measurement.completed_s[0]
    p50, p95, p99 = np.percentile(measurement.latencies_s, (50, 95, 99)) * 1000
    stats = measurement.stats
    return {
        'frames': frames,
        'fps': round((len(measurement.completed_s) - 1) / duration_s, 2),
        'latency_ms': {'p50': round(p50, 1), 'p95': round(p95, 1), 'p99': round(p99, 1)},
        'perception_cpu_percent': round(100 * used_cpu_s / duration_s, 1),
        'memory_mib': [round(value, 1) for value in measurement.memory_mib],
        'stages_ms': {
            stage.stage: {'p50': round(stage.p50_ms, 2), 'p95': round(stage.p95_ms, 2)}
            for stage in stats.stages
        },
        'drops': dict(
            zip(stats.cameras[0].drop_causes, stats.cameras[0].drop_counts, strict=True)
        ),
        'received': stats.cameras[0].received,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--frames', type=int, default=600)
    parser.add_argument('--outputs', choices=OUTPUT_SETS, default='full')
    parser.add_argument(
        '--model', default='lightnet_compact', help='a packaged model, or the path of a manifest'
    )
    parser.add_argument(
        '--threads', type=int, default=0, help='of the network, 0 = half of the cores'
    )
    parser.add_argument('--in-flight', type=int, default=0, help='0 = as the node chooses')
    parser.add_argument('--json', type=Path)
    options = parser.parse_args()
    settle_process()
    prefer_shared_memory()
    os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    os.environ.setdefault('ROS_DOMAIN_ID', '87')
    result = {
        'machine': {
            'cpu': cpu_name(),
            'cores': os.cpu_count(),
            'python': platform.python_version(),
            'onnxruntime': version('onnxruntime'),
            'numpy': version('numpy'),
        },
        'load_before': os.getloadavg()[0],
        'outputs': options.outputs,
        'model': options.model,
        'threads': options.threads,
        'in_flight': options.in_flight,
        **measure(
            options.frames,
            OUTPUT_SETS[options.outputs],
            options.model,
            options.threads,
            options.in_flight,
        ),
    }
    text = json.dumps(result, indent=2, default=float)
    print(text)
    if options.json:
        options.json.write_text(text + '\n')


if __name__ == '__main__':
    main()
