# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Two perception nodes on one computer, with cameras of their own and one that both take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import signal
from typing import Any

import numpy as np
import pytest
import yaml

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from hailo_perception.backends.recording import save_recording  # noqa: E402
from hailo_perception.core.camera_model import CameraModel  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.tensors import TensorInfo  # noqa: E402
from hailo_perception.ros import camera_info  # noqa: E402
from hailo_perception.ros import images  # noqa: E402

SIZE = (96, 64)
CAMERA = CameraModel(*SIZE, 80, 80, 48, 32)
PICTURE = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
DEPTH = TensorInfo('depth', (32, 48, 1), np.dtype(np.float32))
MAXIMUM_M = 100.0
CAMERAS = {'port': ('left', 'middle'), 'starboard': ('right', 'middle')}
SEEN_M = {'port': 20.0, 'starboard': 40.0}


def write_model(folder: Path, name: str) -> str:
    """Write a model that sees everything at its node's distance."""
    values = np.full(DEPTH.shape, SEEN_M[name] / MAXIMUM_M, np.float32)
    save_recording(folder / f'{name}.npz', (DEPTH,), [{DEPTH.name: values}])
    depth = {
        'decoder': 'linear',
        'output': DEPTH.name,
        'maximum_m': MAXIMUM_M,
        'valid_range_m': [0.5, MAXIMUM_M],
    }
    manifest = {
        'manifest_version': 1,
        'name': name,
        'files': {'replay': f'{name}.npz'},
        'input': {'width': SIZE[0], 'height': SIZE[1]},
        'tasks': {'depth': depth},
    }
    path = folder / f'{name}.yaml'
    path.write_text(yaml.safe_dump(manifest))
    return str(path)


class Rig:
    """Three cameras that two nodes share, and whoever listens to both nodes."""

    def __init__(self, client: Any) -> None:
        self.client = client
        node = client.node
        cameras = sorted({camera for each in CAMERAS.values() for camera in each})
        self._images = {
            camera: node.create_publisher(Image, f'/{camera}/image_raw', 2) for camera in cameras
        }
        self._infos = {
            camera: node.create_publisher(CameraInfo, f'/{camera}/camera_info', 2)
            for camera in cameras
        }
        client.subscribe(DiagnosticArray, '/diagnostics')
        for node_name, camera in self.outputs():
            client.subscribe(Image, topic(node_name, camera))

    @staticmethod
    def outputs() -> list[tuple[str, str]]:
        return [(name, camera) for name, cameras in CAMERAS.items() for camera in cameras]

    def send(self) -> None:
        """Publish an image of each camera, all stamped now."""
        now_ns = self.client.node.get_clock().now().nanoseconds
        for camera, publisher in self._images.items():
            header = Header(now_ns, camera)
            self._infos[camera].publish(camera_info.to_message(CAMERA, header))
            publisher.publish(images.to_message(PICTURE, header))

    def depths(self, node_name: str, camera: str) -> list[Image]:
        depths: list[Image] = self.client.received[topic(node_name, camera)]
        return depths

    def states(self) -> dict[str, str]:
        """Give the newest message of each status."""
        return {
            status.name: status.message
            for array in self.client.received['/diagnostics']
            for status in array.status
        }


def topic(node_name: str, camera: str) -> str:
    return f'/{node_name}/{camera}/depth/image'


def test_both_deliver_and_nothing_mixes(
    start_node: Callable[..., Any], client: Any, tmp_path: Path
) -> None:
    """Each result is its node's, with its camera's header; one that dies harms no other."""
    rig = Rig(client)
    nodes = {
        name: start_node(
            'perception_node',
            node_name=name,
            model=write_model(tmp_path, name),
            cameras=list(cameras),
            stats_period_s=0.1,
            patience_s=0.5,
        )
        for name, cameras in CAMERAS.items()
    }
    client.publish_until(
        rig.send,
        lambda: all(len(rig.depths(*output)) > 4 for output in rig.outputs()),
        'results of all cameras of both nodes',
    )
    for node_name, camera in rig.outputs():
        for depth in rig.depths(node_name, camera):
            assert depth.header.frame_id == camera
            assert np.frombuffer(depth.data, np.float32) == pytest.approx(SEEN_M[node_name])
    stamps = {
        name: {(each.header.stamp.sec, each.header.stamp.nanosec) for each in
               rig.depths(name, 'middle')}
        for name in CAMERAS
    }
    assert stamps['port'] & stamps['starboard']
    wanted = {f'/{name}: camera {camera}' for name, camera in rig.outputs()}
    client.publish_until(
        rig.send,
        lambda: all('frames/s' in rig.states().get(name, '') for name in wanted),
        'diagnostics without a complaint',
    )
    assert wanted | {f'/{name}: pipeline' for name in CAMERAS} == set(rig.states())

    assert nodes['port'].stop(signal.SIGKILL) == -signal.SIGKILL
    seen = {output: len(rig.depths(*output)) for output in rig.outputs()}
    client.publish_until(
        rig.send,
        lambda: all(
            len(rig.depths('starboard', camera)) > seen['starboard', camera] + 4
            for camera in CAMERAS['starboard']
        ),
        'results of the node that lives',
    )
    assert nodes['starboard'].stop() == 0
    assert 'name_taken' not in nodes['starboard'].log
    assert 'nodes are called' not in nodes['starboard'].log
    assert 'Traceback' not in nodes['starboard'].log
