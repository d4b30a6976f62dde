# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Each output goes to its topic, only where it is wanted, frame after frame in the same memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')

from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.serialization import deserialize_message  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from hailo_perception.bench.workload import lightnet_manifest  # noqa: E402
from hailo_perception.core.camera_model import CameraModel  # noqa: E402
from hailo_perception.core.errors import MissingDependencyError  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.labels import LabelSet  # noqa: E402
from hailo_perception.core.results import BirdEyeView  # noqa: E402
from hailo_perception.core.results import ClassMap  # noqa: E402
from hailo_perception.core.results import DepthMap  # noqa: E402
from hailo_perception.core.results import Detections  # noqa: E402
from hailo_perception.core.results import LaneLines  # noqa: E402
from hailo_perception.core.results import Output  # noqa: E402
from hailo_perception.core.results import Perception  # noqa: E402
from hailo_perception.core.results import POINT_DTYPE  # noqa: E402
from hailo_perception.core.results import PointCloud  # noqa: E402
from hailo_perception.ros import autoware_messages  # noqa: E402
from hailo_perception.ros import camera_info  # noqa: E402
from hailo_perception.ros import publishers as publishers_module  # noqa: E402
from hailo_perception.ros import qos  # noqa: E402
from hailo_perception.ros import vision_messages  # noqa: E402
from hailo_perception.ros.frame_messages import output_topics  # noqa: E402
from hailo_perception.ros.frame_messages import OutputOptions  # noqa: E402
from hailo_perception.ros.publishers import CameraPublishers  # noqa: E402
from hailo_perception.tasks.autoware_classes import AutowareClasses  # noqa: E402
from hailo_perception.tasks.autoware_classes import AutowareClassesError  # noqa: E402
from hailo_perception.vision.jpeg import decode_jpeg  # noqa: E402

HANG_GUARD_S = 60.0
LABELS = LabelSet.from_names('road', 'car')
CAMERA = CameraModel(32, 24, 20.0, 20.0, 16.0, 12.0)
CALIBRATION = camera_info.to_message(CAMERA, Header(0, 'front'))
MANIFEST = lightnet_manifest(96)


def _perception(value: int = 1) -> Perception:
    """A frame with every result, told apart by a value."""
    ids = np.full((12, 16), value, np.uint8)
    boxes = np.full((1, 4), value, np.float32)
    return Perception(
        camera='front',
        header=Header(value, f'frame{value}'),
        image_size=CAMERA.size,
        camera_model=CAMERA,
        calibration=CALIBRATION,
        detections=Detections.without_positions(LABELS, boxes, np.ones(1), np.zeros(1)),
        semantic=ClassMap(LABELS, ids),
        semantic_confidence=ids,
        lane=ClassMap(LABELS, ids),
        lane_lines=LaneLines(LABELS, ()),
        depth=DepthMap(
            np.full((12, 16), value, np.float32), CameraModel(16, 12, 10.0, 10.0, 8.0, 6.0)
        ),
        depth_color=np.full((12, 16, 3), value, np.uint8),
        point_cloud=PointCloud(np.zeros((12, 16), POINT_DTYPE)),
        point_confidence=ids,
        bird_eye=BirdEyeView(np.full((8, 8, 3), value, np.uint8), 0.1),
        overlay=np.full((24, 32, 3), value, np.uint8),
    )


def _is_serialized(message: Any) -> bool:
    return isinstance(message, (bytes, np.ndarray))


class _Topic:
    """A publisher whose subscriptions are said by the test."""

    def __init__(self, name: str, message_type: type) -> None:
        self.name = name
        self._message_type = message_type
        self.subscriptions = 0
        self.sent: list[Any] = []
        self.memory: np.ndarray | None = None

    def get_subscription_count(self) -> int:
        return self.subscriptions

    def publish(self, message: Any) -> None:
        self.memory = np.frombuffer(message, np.uint8) if _is_serialized(message) else None
        self.sent.append(
            deserialize_message(bytes(message), self._message_type)
            if _is_serialized(message)
            else message
        )


class _Node:
    """As much of a node as publishers need."""

    def __init__(self) -> None:
        self.topics: dict[str, _Topic] = {}
        self.latched: dict[str, _Topic] = {}
        self.context = SimpleNamespace(ok=lambda: True)
        self.destroyed: list[str] = []

    def create_publisher(
        self, message_type: type, name: str, profile: object, **options: object
    ) -> _Topic:
        topics = self.latched if profile is qos.LATCHED else self.topics
        topics[name.removeprefix('~/front/')] = topic = _Topic(name, message_type)
        return topic

    def resolve_topic_name(self, name: str) -> str:
        return name.replace('~', '/perception')

    def destroy_publisher(self, topic: _Topic) -> None:
        self.destroyed.append(topic.name)

    def get_clock(self) -> Any:
        return SimpleNamespace(now=lambda: SimpleNamespace(nanoseconds=0))

    def subscribe(self, *names: str) -> None:
        for name in names:
            self.topics[name].subscriptions = 1


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> _Node:
    # The topics are no publishers of rclpy, whose memory it would look for.
    monkeypatch.setattr(publishers_module, 'publish_message', _Topic.publish)
    return _Node()


def _publishers(
    node: Any,
    outputs: frozenset[Output] = frozenset(output_topics()),
    **options: Any,
) -> CameraPublishers:
    return CameraPublishers(
        node,
        'front',
        MANIFEST,
        outputs=outputs,
        options=OutputOptions(**options),
    )


@pytest.fixture
def publishers(node: _Node) -> Iterator[CameraPublishers]:
    made = _publishers(node)
    yield made
    made.destroy()


def test_nobody_listens(node: _Node, publishers: CameraPublishers) -> None:
    assert publishers.wanted() == frozenset()
    publishers.publish(_perception())
    assert not any(topic.sent for topic in node.topics.values())


@pytest.mark.parametrize('output', output_topics())
def test_an_output_is_published_when_it_is_wanted(
    output: Output, node: _Node, publishers: CameraPublishers
) -> None:
    names = list(output_topics()[output])
    node.subscribe(names[-1])
    assert publishers.wanted() == {output}
    publishers.publish(_perception())
    assert {name for name, topic in node.topics.items() if topic.sent} == set(names)


def test_every_message_has_the_header_of_its_frame(
    node: _Node, publishers: CameraPublishers
) -> None:
    node.subscribe(*node.topics)
    publishers.publish(_perception(5))
    publishers.publish(_perception(6))
    for name, topic in node.topics.items():
        assert len(topic.sent) == 2
        last = topic.sent[-1]
        if name == 'annotations':
            assert {each.timestamp.nanosec for each in last.points} == {6}
            continue
        header = last.markers[0].header if name == 'markers' else last.header
        assert (header.stamp.nanosec, header.frame_id) == (6, 'frame6'), name


def test_a_result_that_is_not_there_is_not_published(
    node: _Node, publishers: CameraPublishers
) -> None:
    node.subscribe(*node.topics)
    publishers.publish(Perception('front', Header(1, 'front'), (32, 24)))
    assert not any(topic.sent for topic in node.topics.values())


def test_frames_are_written_into_the_same_memory(
    node: _Node, publishers: CameraPublishers
) -> None:
    images = ('overlay', 'depth/image', 'semantic/mask', 'lane/mask', 'bird_eye', 'points')
    node.subscribe(*images)
    publishers.publish(_perception(1))
    before = [node.topics[name].memory for name in images]
    publishers.publish(_perception(2))
    for name, memory in zip(images, before, strict=True):
        assert np.shares_memory(memory, node.topics[name].memory)


def test_the_masks_do_not_share_theirs(node: _Node, publishers: CameraPublishers) -> None:
    node.subscribe('semantic/mask', 'lane/mask')
    lane = ClassMap(LABELS, np.zeros((12, 16), np.uint8))
    publishers.publish(replace(_perception(1), lane=lane))
    assert set(node.topics['semantic/mask'].sent[0].data) == {1}
    assert set(node.topics['lane/mask'].sent[0].data) == {0}


def test_the_compressed_overlay_is_that_of_the_frame(
    node: _Node, publishers: CameraPublishers
) -> None:
    node.subscribe('overlay/compressed', 'overlay')
    for value in (40, 200):
        publishers.publish(_perception(value))
    pictures = [
        decode_jpeg(np.frombuffer(message.data, np.uint8))
        for message in node.topics['overlay/compressed'].sent
    ]
    assert [round(picture.mean()) for picture in pictures] == pytest.approx([40, 200], abs=2)


def test_a_picture_that_cannot_be_encoded_is_told_about(node: _Node) -> None:
    publishers = _publishers(node, jpeg_quality=0)
    node.subscribe('overlay/compressed', 'objects')
    with pytest.raises(ValueError, match='JPEG quality'):
        publishers.publish(_perception())
    assert node.topics['objects'].sent
    publishers.destroy()


def test_depth_in_millimetres(node: _Node) -> None:
    publishers = _publishers(node, depth_encoding='16UC1')
    node.subscribe('depth/image')
    publishers.publish(_perception(3))
    (message,) = node.topics['depth/image'].sent
    assert message.encoding == '16UC1'
    assert set(np.frombuffer(message.data, np.uint16)) == {3000}
    publishers.destroy()


def test_depth_without_a_calibration_comes_alone(
    node: _Node, publishers: CameraPublishers
) -> None:
    node.subscribe('depth/image', 'depth/camera_info')
    publishers.publish(replace(_perception(), calibration=None))
    assert node.topics['depth/image'].sent
    assert not node.topics['depth/camera_info'].sent


def test_depth_has_the_calibration_of_its_own_frame(
    node: _Node, publishers: CameraPublishers
) -> None:
    """That of a zoom lens is another one for every image."""
    node.subscribe('depth/image', 'depth/camera_info')
    for focal_px in (50.0, 100.0, 75.0):
        camera = replace(CAMERA, fx=focal_px)
        calibration = camera_info.to_message(camera, Header(0, 'front'))
        publishers.publish(
            replace(_perception(), camera_model=camera, calibration=calibration)
        )
    scale = 16 / CAMERA.width
    sent = [message.k[0] / scale for message in node.topics['depth/camera_info'].sent]
    assert sent == pytest.approx([50, 100, 75])


def test_only_enabled_outputs_have_topics(node: _Node) -> None:
    publishers = _publishers(node, frozenset((Output.DEPTH,)))
    assert set(node.topics) == {'depth/image', 'depth/camera_info'}
    publishers.destroy()
    assert len(node.destroyed) == len(node.topics) + len(node.latched)


@pytest.mark.parametrize('shape', [(12, 16), (7,)])
def test_the_mask_of_the_points_has_the_shape_of_the_cloud(
    shape: tuple[int, ...], node: _Node, publishers: CameraPublishers
) -> None:
    node.subscribe('points', 'points/mask')
    points = np.zeros(shape, POINT_DTYPE)
    points['label'] = np.arange(points.size, dtype=np.uint8).reshape(shape)
    publishers.publish(replace(_perception(), point_cloud=PointCloud(points)))
    (cloud,), (mask,) = (node.topics[name].sent for name in ('points', 'points/mask'))
    assert (mask.height, mask.width) == (cloud.height, cloud.width)
    assert mask.header == cloud.header
    assert mask.encoding == 'mono8'
    assert mask.data.tolist() == list(range(points.size))


@pytest.mark.skipif(not vision_messages.IS_AVAILABLE, reason='needs vision_msgs')
def test_every_model_is_announced_with_its_classes(
    node: _Node, publishers: CameraPublishers
) -> None:
    publishers.announce(MANIFEST)
    publishers.announce(replace(MANIFEST, name='another'))
    infos = node.latched['vision_info'].sent
    assert [(info.method, info.database_version) for info in infos] == [
        (MANIFEST.name, 1),
        (MANIFEST.name, 1),
        ('another', 2),
    ]
    for name in ('semantic/label_info', 'points/label_info', 'lane/label_info', 'label_info'):
        assert len(node.latched[name].sent) == 3
    assert node.latched['points/label_info'].sent[0].class_map[0].class_id == 0


def test_another_model_may_give_more(node: _Node) -> None:
    """What it gives besides gets its topics; those of the first model stay as they are."""
    publishers = _publishers(node, frozenset({Output.LANES, Output.DEPTH}))
    before = dict(node.topics)
    assert set(before) == {'lanes', 'depth/image', 'depth/camera_info'}
    publishers.offer(MANIFEST, frozenset({Output.LANES, Output.OBJECTS}))
    assert set(node.topics) == {*before, 'objects'}
    assert all(node.topics[name] is topic for name, topic in before.items())
    node.subscribe('objects', 'lanes')
    assert publishers.wanted() == {Output.OBJECTS, Output.LANES}
    publishers.publish(_perception())
    assert len(node.topics['objects'].sent) == 1
    publishers.destroy()
    assert {f'~/front/{name}' for name in node.topics} <= set(node.destroyed)


def _autoware_classes() -> AutowareClasses:
    assert MANIFEST.detection is not None
    assert MANIFEST.semantic is not None
    return AutowareClasses(
        Path('classes.yaml'),
        objects=dict.fromkeys((*MANIFEST.detection.labels.names, *LABELS.names), 1),
        semantic=dict.fromkeys((*MANIFEST.semantic.labels.names, *LABELS.names), 9),
    )


def test_autoware_gets_nothing_unless_its_names_are_known(node: _Node) -> None:
    _publishers(node, frozenset(Output)).destroy()
    assert node.topics
    assert not [name for name in node.topics if name.startswith('autoware')]


def test_autoware_gets_its_mask(node: _Node) -> None:
    publishers = _publishers(
        node, frozenset((Output.AUTOWARE_MASK,)), autoware=_autoware_classes()
    )
    node.subscribe('autoware/mask')
    publishers.publish(_perception())
    (message,) = node.topics['autoware/mask'].sent
    # One run: value 9, 12 · 16 pixels.
    assert message.data.tolist() == [9, 192, 0, 0, 0]
    publishers.destroy()


@pytest.mark.skipif(
    not autoware_messages.IS_AVAILABLE, reason='needs tier4_perception_msgs'
)
def test_autoware_gets_its_objects(node: _Node) -> None:
    publishers = _publishers(node, frozenset(Output), autoware=_autoware_classes())
    node.subscribe('autoware/objects')
    box = np.array([[1, 2, 5, 9]], np.float32)
    detections = Detections.without_positions(LABELS, box, np.ones(1), np.zeros(1))
    publishers.publish(replace(_perception(), detections=detections))
    (message,) = node.topics['autoware/objects'].sent
    (found,) = message.feature_objects
    assert (found.feature.roi.height, found.object.classification[0].label) == (7, 1)
    publishers.destroy()


def test_autoware_objects_without_their_package_are_refused(
    node: _Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autoware_messages, 'IS_AVAILABLE', False)
    with pytest.raises(MissingDependencyError, match='tier4_perception_msgs'):
        _publishers(node, frozenset(Output), autoware=_autoware_classes())
    assert not node.topics


def test_classes_that_autoware_has_no_name_for_are_refused(node: _Node) -> None:
    classes = replace(_autoware_classes(), objects={})
    with pytest.raises(AutowareClassesError, match=r'objects\.'):
        _publishers(node, frozenset((Output.AUTOWARE_MASK,)), autoware=classes)
    assert not node.topics


def test_a_message_that_is_under_way_is_not_overwritten() -> None:
    """What ``publish`` was given is read when it returns: the next frame may be written."""
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('reuse', context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    received: list[Any] = []
    publishers = _publishers(node, frozenset((Output.SEMANTIC_MASK,)))
    node.create_subscription(Image, '~/front/semantic/mask', received.append, 10)
    deadline_s = time.monotonic() + HANG_GUARD_S
    try:
        while not publishers.wanted():
            assert time.monotonic() < deadline_s
            executor.spin_once(timeout_sec=0.05)
        publishers.publish(_perception(1))
        publishers.publish(_perception(2))
        while len(received) < 2:
            assert time.monotonic() < deadline_s
            executor.spin_once(timeout_sec=0.05)
    finally:
        publishers.destroy()
        executor.shutdown()
        node.destroy_node()
        rclpy.try_shutdown(context=context)
    assert [set(message.data) for message in received] == [{1}, {2}]
    assert [message.header.stamp.nanosec for message in received] == [1, 2]
