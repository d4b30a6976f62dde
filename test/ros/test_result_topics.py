# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a camera's topic may be confused with: other cameras, not what nodes made of them."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
import time
from types import SimpleNamespace
from typing import Any

import pytest

rclpy = pytest.importorskip('rclpy')

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.node import NodeNameNonExistentError  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import CompressedImage  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from hailo_perception.msg import ObjectArray  # noqa: E402
from hailo_perception.msg import PipelineStats  # noqa: E402
from hailo_perception.ros import input_qos  # noqa: E402
from hailo_perception.ros.frame_messages import output_topics  # noqa: E402
from hailo_perception.ros.result_topics import result_topics  # noqa: E402
from hailo_perception.ros.topic_input import TopicInput  # noqa: E402

HANG_GUARD_S = 60.0
Publish = Callable[[str, dict[str, type]], None]


@pytest.fixture
def node() -> Iterator[Node]:
    """Make the node that looks, in a graph that no other test reaches."""
    context = Context()
    rclpy.init(context=context, domain_id=94)
    node = Node('looking', context=context)
    yield node
    node.destroy_node()
    context.try_shutdown()


@pytest.fixture
def publish(node: Node) -> Iterator[Publish]:
    """Let a node of a name publish topics, and wait until they are seen with that name."""
    with ExitStack() as others:

        def publish(name: str, topics: dict[str, type]) -> None:
            other = Node(name, context=node.context)
            others.callback(other.destroy_node)
            for topic, message_type in topics.items():
                other.create_publisher(message_type, topic, 1)
            deadline_s = time.monotonic() + HANG_GUARD_S
            for topic in map(other.resolve_topic_name, topics):
                while [each.node_name for each in node.get_publishers_info_by_topic(topic)] != [
                    name
                ]:
                    assert time.monotonic() < deadline_s, topic
                    time.sleep(0.01)

        yield publish


def results(node: Node) -> frozenset[str]:
    return result_topics(node, dict(node.get_topic_names_and_types()))


def similar(node: Node, message_type: type, topic: str, *kindred: type) -> tuple[str, ...]:
    """Ask an input whose topic nobody publishes what may have been meant."""
    topic_input = TopicInput(
        node,
        message_type,
        topic,
        lambda message: None,
        input_qos.IMAGE,
        callback_group=MutuallyExclusiveCallbackGroup(),
        kindred_types=kindred,
    )
    topic_input.adapt()
    found = topic_input.facts().similar
    topic_input.destroy()
    return found


def perception_topics() -> dict[str, type]:
    """Name all that a perception node publishes of a camera."""
    return {
        f'~/front/{name}': message_type
        for topics in output_topics().values()
        for name, message_type in topics.items()
    }


def test_nobody_is_there(node: Node) -> None:
    assert not results(node)
    assert not similar(node, Image, '/front/image_raw')


def test_no_output_of_a_perception_node_is_meant(node: Node, publish: Publish) -> None:
    publish('perception', {'~/stats': PipelineStats, **perception_topics()})
    assert results(node) == {
        topic.replace('~', '/perception') for topic in perception_topics()
    }
    assert not similar(node, Image, '/front/image', CompressedImage)
    assert not similar(node, CameraInfo, '/front/camera_info')


def test_what_an_anonymiser_gives_is_meant(node: Node, publish: Publish) -> None:
    publish(
        'anonymizer',
        {
            '~/stats': PipelineStats,
            '~/front/image': Image,
            '~/front/image/compressed': CompressedImage,
            '~/front/camera_info': CameraInfo,
        },
    )
    assert similar(node, Image, '/front/image', CompressedImage) == (
        '/anonymizer/front/image',
        '/anonymizer/front/image/compressed',
    )
    assert similar(node, CameraInfo, '/front/camera_info') == ('/anonymizer/front/camera_info',)


def test_another_programs_depth_camera_is_meant(node: Node, publish: Publish) -> None:
    publish('perception', {'~/stats': PipelineStats, '~/front/depth/image': Image})
    publish('driver', {'/stereo/depth/image': Image})
    assert similar(node, Image, '/front/image_raw') == ('/stereo/depth/image',)


def test_of_a_scene_the_picture_is_meant_and_not_the_truth(node: Node, publish: Publish) -> None:
    publish(
        'camera',
        {
            'rear/image_raw': Image,
            'rear/ground_truth/objects': ObjectArray,
            'rear/ground_truth/semantic/mask': Image,
            'rear/ground_truth/lane/mask': Image,
            'rear/ground_truth/depth/image': Image,
        },
    )
    assert similar(node, Image, '/front/image_raw') == ('/rear/image_raw',)


class _Graph:
    """A graph with one perception node, which may have gone since its topics were listed."""

    def __init__(self, *, is_gone: bool) -> None:
        self.topics = {'/perception/stats': ['hailo_perception/msg/PipelineStats']}
        for camera in range(100):
            self.topics[f'/perception/{camera}/objects'] = ['hailo_perception/msg/ObjectArray']
            self.topics[f'/perception/{camera}/overlay'] = ['sensor_msgs/msg/Image']
        self.questions = 0
        self._is_gone = is_gone

    def get_publishers_info_by_topic(self, topic: str) -> list[SimpleNamespace]:
        self.questions += 1
        return [SimpleNamespace(node_name='perception', node_namespace='/')]

    def get_publisher_names_and_types_by_node(
        self, name: str, namespace: str
    ) -> list[tuple[str, list[str]]]:
        self.questions += 1
        if self._is_gone:
            raise NodeNameNonExistentError
        return list(self.topics.items())


def test_a_node_is_asked_once_however_many_cameras_it_has() -> None:
    """Each camera whose topic is missing asks again, every second."""
    graph: Any = _Graph(is_gone=False)
    assert len(result_topics(graph, graph.topics)) == 200
    assert graph.questions == 2


def test_a_node_that_has_gone_meanwhile() -> None:
    graph: Any = _Graph(is_gone=True)
    assert not result_topics(graph, graph.topics)
