# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The perception node as its users meet it: topics, services, parameters, several cameras."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import signal
from typing import Any

import numpy as np
import pytest
import yaml

pytest.importorskip('rclpy')
pytest.importorskip('onnxruntime')

from diagnostic_msgs.msg import DiagnosticArray  # noqa: E402
from rclpy.qos import QoSProfile  # noqa: E402
from rclpy.qos import ReliabilityPolicy  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import CompressedImage  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402
from sensor_msgs.msg import PointCloud2  # noqa: E402
from std_srvs.srv import SetBool  # noqa: E402
from visualization_msgs.msg import MarkerArray  # noqa: E402

from hailo_perception.core.camera_model import CameraModel  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.msg import LaneArray  # noqa: E402
from hailo_perception.msg import ObjectArray  # noqa: E402
from hailo_perception.msg import PipelineStats  # noqa: E402
from hailo_perception.ros import camera_info  # noqa: E402
from hailo_perception.ros import images  # noqa: E402

SIZE = (320, 192)
CAMERA = CameraModel(*SIZE, 250, 250, 160, 96)
PICTURE = np.random.default_rng(5).integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8)
BEST_EFFORT = QoSProfile(depth=2, reliability=ReliabilityPolicy.BEST_EFFORT)
TOPICS = {
    'objects': ObjectArray,
    'semantic/mask': Image,
    'semantic/confidence': Image,
    'lane/mask': Image,
    'lanes': LaneArray,
    'depth/image': Image,
    'depth/camera_info': CameraInfo,
    'depth/color': Image,
    'points': PointCloud2,
    'points/mask': Image,
    'points/confidence': Image,
    'bird_eye': Image,
    'markers': MarkerArray,
    'overlay': Image,
    'overlay/compressed': CompressedImage,
}


class Camera:
    """Publishes pictures with rising stamps under a camera's name."""

    def __init__(self, client: Any, name: str, profile: QoSProfile | int = 2) -> None:
        self.name = name
        self.sent: list[int] = []
        self._info = client.node.create_publisher(CameraInfo, f'/{name}/camera_info', 2)
        self._image = client.node.create_publisher(Image, f'/{name}/image_raw', profile)

    def send(self) -> None:
        """Publish calibration and picture."""
        self.sent.append(1_000_000_000 + 1_000_003 * len(self.sent))
        header = Header(self.sent[-1], f'{self.name}_optical_frame')
        self._info.publish(camera_info.to_message(CAMERA, header))
        self._image.publish(images.to_message(PICTURE, header))


def header_of(message: Any) -> Any:
    """Find a message's header; markers carry it each."""
    return message.markers[0].header if isinstance(message, MarkerArray) else message.header


def test_every_topic_arrives_with_the_images_header(
    start_node: Callable[..., Any], client: Any
) -> None:
    """All outputs of the packaged model come, in the sizes and encodings that are promised."""
    start_node('perception_node', stats_period_s=0.1)
    camera = Camera(client, 'front')
    prefix = '/perception/front'
    for name, message_type in TOPICS.items():
        client.subscribe(message_type, f'{prefix}/{name}')
    client.subscribe(PipelineStats, '/perception/stats')
    client.subscribe(DiagnosticArray, '/diagnostics')
    received = {name: client.received[f'{prefix}/{name}'] for name in TOPICS}
    client.publish_until(camera.send, lambda: all(received.values()), 'all topics')
    newest = {name: messages[-1] for name, messages in received.items()}
    for message in newest.values():
        header = header_of(message)
        assert header.frame_id == 'front_optical_frame'
        assert header.stamp.sec * 10**9 + header.stamp.nanosec in camera.sent
    assert newest['semantic/mask'].encoding == newest['lane/mask'].encoding == 'mono8'
    assert newest['depth/image'].encoding == '32FC1'
    assert newest['overlay'].encoding == newest['bird_eye'].encoding == 'bgr8'
    assert (newest['overlay'].width, newest['overlay'].height) == SIZE
    assert bytes(newest['overlay/compressed'].data[:2]) == b'\xff\xd8'
    depth, cloud = newest['depth/image'], newest['points']
    assert (cloud.width, cloud.height) == (depth.width, depth.height)
    for labels, confidence in (('semantic/mask', 'semantic/confidence'),
                               ('points/mask', 'points/confidence')):
        one, other = newest[labels], newest[confidence]
        assert (one.height, one.width) == (other.height, other.width)
        assert other.encoding == 'mono8' and max(other.data) > 0
    info = newest['depth/camera_info']
    assert (info.width, info.height) == (depth.width, depth.height)
    assert info.k[0] == pytest.approx(CAMERA.fx * depth.width / SIZE[0])
    told, diagnostics = client.received['/perception/stats'], client.received['/diagnostics']
    client.wait_until(
        lambda: told and told[-1].cameras[0].delivered > 0 and diagnostics,
        'statistics and diagnostics',
    )
    stats = told[-1]
    assert stats.backend == 'onnx'
    assert {stage.stage for stage in stats.stages} > {'decode', 'inference', 'publish', 'total'}
    pipeline = diagnostics[-1].status[0]
    assert pipeline.name == '/perception: pipeline'
    assert {'fps', 'processing_time_ms', 'dropped_frames'} < {each.key for each in pipeline.values}


@pytest.mark.parametrize('dense', [False, True])
def test_a_costmap_by_classes_can_match_them_by_stamp(
    dense: bool, start_node: Callable[..., Any], client: Any
) -> None:
    """Mask and confidence of a stamp have a pixel for each point of the cloud, for Nav2."""
    start_node('perception_node', point_cloud__stride=3, point_cloud__dense=dense)
    camera = Camera(client, 'front')
    names = ('points', 'points/mask', 'points/confidence')
    for name in names:
        client.subscribe(TOPICS[name], f'/perception/front/{name}', BEST_EFFORT)

    def matched() -> list[tuple[Any, ...]]:
        by_stamp = [
            {(message.header.stamp.sec, message.header.stamp.nanosec): message for message in each}
            for each in (client.received[f'/perception/front/{name}'] for name in names)
        ]
        stamps = set.intersection(*map(set, by_stamp))
        return [tuple(each[stamp] for each in by_stamp) for stamp in stamps]

    client.publish_until(camera.send, matched, 'three messages of one stamp')
    for cloud, mask, confidence in matched():
        sizes = {(each.height, each.width) for each in (cloud, mask, confidence)}
        assert len(sizes) == 1
        pixels = np.frombuffer(confidence.data, np.uint8)
        assert pixels.size == cloud.height * cloud.width == len(mask.data)
        # The network is sure of something, and never less than the best of its classes may be.
        assert pixels.max() > 128 and pixels.min() >= 255 // 8


def test_cameras_share_the_network(start_node: Callable[..., Any], client: Any) -> None:
    """Each camera gets its own topics; one of another name is not heard."""
    start_node('perception_node', cameras=['left', 'right'])
    left, right, other = (Camera(client, name) for name in ('left', 'right', 'front'))
    for camera in (left, right):
        client.subscribe(ObjectArray, f'/perception/{camera.name}/objects')
    received = [client.received[f'/perception/{name}/objects'] for name in ('left', 'right')]

    def send() -> None:
        for camera in (left, right, other):
            camera.send()

    client.publish_until(send, lambda: all(received), 'both cameras')
    frames = [messages[-1].header.frame_id for messages in received]
    assert frames == ['left_optical_frame', 'right_optical_frame']


def test_best_effort_camera(start_node: Callable[..., Any], client: Any) -> None:
    """A camera that publishes best-effort is heard although images are asked for reliably."""
    node = start_node('perception_node', stats_period_s=0.1)
    camera = Camera(client, 'front', BEST_EFFORT)
    client.subscribe(ObjectArray, '/perception/front/objects')
    client.publish_until(
        camera.send, lambda: client.received['/perception/front/objects'], 'objects'
    )
    assert 'best-effort; subscribed alike' in node.log


def test_nothing_is_computed_for_nobody(start_node: Callable[..., Any], client: Any) -> None:
    """Without a subscriber frames are counted and cost nothing."""
    start_node('perception_node', stats_period_s=0.1)
    camera = Camera(client, 'front')
    client.subscribe(PipelineStats, '/perception/stats')
    stats = client.received['/perception/stats']
    client.publish_until(
        camera.send,
        lambda: stats and 'unwanted' in stats[-1].cameras[0].drop_causes,
        'unwanted frames',
    )
    assert stats[-1].cameras[0].delivered == 0
    assert all(stage.count == 0 for stage in stats[-1].stages)


def test_enable(start_node: Callable[..., Any], client: Any) -> None:
    """Disabled, the node takes nothing; enabled again, it goes on."""
    start_node('perception_node')
    camera = Camera(client, 'front')
    client.subscribe(ObjectArray, '/perception/front/objects')
    objects = client.received['/perception/front/objects']
    client.publish_until(camera.send, lambda: objects, 'objects')
    for _ in range(2):
        answer = client.call(SetBool, '/perception/enable', SetBool.Request(data=False))
        assert (answer.success, answer.message) == (True, 'disabled')
        answer = client.call(SetBool, '/perception/enable', SetBool.Request(data=True))
        assert (answer.success, answer.message) == (True, 'enabled')
    seen = len(objects)
    client.publish_until(camera.send, lambda: len(objects) > seen, 'objects again')


@pytest.mark.parametrize('how', [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(how: int, start_node: Callable[..., Any], client: Any) -> None:
    """A signal in the middle of work ends the node with status 0 and without a complaint."""
    node = start_node('perception_node')
    camera = Camera(client, 'front')
    client.subscribe(Image, '/perception/front/overlay')
    client.publish_until(
        camera.send, lambda: client.received['/perception/front/overlay'], 'overlays'
    )
    camera.send()
    assert node.stop(how) == 0
    assert 'Traceback' not in node.log
    assert 'Failed to publish' not in node.log


def test_parameter_file(start_node: Callable[..., Any], client: Any) -> None:
    """The shipped parameter file is accepted as it is."""
    shipped = Path(__file__).parents[2] / 'config' / 'perception.param.yaml'
    parameters = yaml.safe_load(shipped.read_text())['/**']['ros__parameters']
    node = start_node('perception_node', **parameters)
    camera = Camera(client, 'front')
    client.subscribe(ObjectArray, '/perception/front/objects')
    client.publish_until(
        camera.send, lambda: client.received['/perception/front/objects'], 'objects'
    )
    assert node.is_alive
