# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Names that cannot be topics are refused with the parameter and the rule."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

rclpy = pytest.importorskip('rclpy')

from hailo_perception.core.errors import ConfigurationError  # noqa: E402
from hailo_perception.ros.camera_subscription import CameraTopics  # noqa: E402
from hailo_perception.ros.topic_names import check_topic_names  # noqa: E402


@pytest.fixture(scope='module')
def node() -> Iterator[rclpy.node.Node]:
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('names', context=context)
    yield node
    node.destroy_node()
    rclpy.shutdown(context=context)


def test_no_camera_has_no_wrong_name(node: rclpy.node.Node) -> None:
    check_topic_names(node, [])


@pytest.mark.parametrize('name', ['/a', 'a/b', '~/cam/image', '{node}/image'])
def test_names_that_can_be_topics(name: str, node: rclpy.node.Node) -> None:
    check_topic_names(node, [CameraTopics('front', name), CameraTopics('rear', '/a', name)])


@pytest.mark.parametrize(
    ('topics', 'what'),
    [
        (CameraTopics('front-left', '/a'), "cameras: '~/front-left'"),
        (CameraTopics('front', ''), "camera.front.image_topic: ''"),
        (CameraTopics('front', 'front image'), "camera.front.image_topic: 'front image'"),
        (CameraTopics('front', '/a//b'), "camera.front.image_topic: '/a//b'"),
        (CameraTopics('front', '/a', '/1'), "camera.front.camera_info_topic: '/1'"),
    ],
)
def test_names_that_cannot(topics: CameraTopics, what: str, node: rclpy.node.Node) -> None:
    with pytest.raises(ConfigurationError, match='must not') as caught:
        check_topic_names(node, [topics])
    assert str(caught.value).startswith(f'{what} cannot be a topic: ')
