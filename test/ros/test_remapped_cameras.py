# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Rules of remapping are applied to a camera's topics once, to what is asked of the graph too."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

rclpy = pytest.importorskip('rclpy')

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.node import Node  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from hailo_perception.ros.camera_subscription import CameraSubscription  # noqa: E402
from hailo_perception.ros.camera_subscription import CameraTopics  # noqa: E402
from hailo_perception.ros.topic_input import lone_publisher  # noqa: E402

NodeWith = Callable[..., Node]
EXCHANGED = (
    '/left/image_raw:=/right/image_raw',
    '/right/image_raw:=/left/image_raw',
    '/left/camera_info:=/right/camera_info',
    '/right/camera_info:=/left/camera_info',
)


@pytest.fixture
def node_with() -> Iterator[NodeWith]:
    """Make nodes with rules of remapping, in a graph that no other test reaches."""
    context = Context()
    rclpy.init(context=context, domain_id=93)
    with ExitStack() as nodes:

        def make(*rules: str, name: str = 'looking') -> Node:
            arguments = [part for rule in rules for part in ('-r', rule)]
            node = Node(name, context=context, cli_args=['--ros-args', *arguments])
            nodes.callback(node.destroy_node)
            return node

        yield make
    context.try_shutdown()


def subscribe(node: Node, topics: CameraTopics) -> CameraSubscription:
    return CameraSubscription(
        node,
        topics,
        callback_group=MutuallyExclusiveCallbackGroup(),
        on_image=lambda image: None,
        on_lost=lambda *_: None,
        report=lambda *_: None,
    )


@pytest.mark.parametrize(
    ('rules', 'topics', 'image', 'camera_info'),
    [
        ((), CameraTopics('left', '/left/image_raw'), '/left/image_raw', '/left/camera_info'),
        (
            ('/left/image_raw:=/cam/image',), CameraTopics('left', '/left/image_raw'),
            '/cam/image', '/cam/camera_info',
        ),
        (
            ('left/image_raw:=/cam/image',), CameraTopics('left', 'left/image_raw'),
            '/cam/image', '/cam/camera_info',
        ),
        (
            ('/left/camera_info:=/given',), CameraTopics('left', '/left/image_raw'),
            '/left/image_raw', '/given',
        ),
        (
            ('/left/image_raw:=/cam/image', '/left/camera_info:=/given'),
            CameraTopics('left', '/left/image_raw'),
            '/cam/image', '/given',
        ),
        (
            ('/left/image_raw:=/cam/image', '/cam/camera_info:=/given'),
            CameraTopics('left', '/left/image_raw'),
            '/cam/image', '/given',
        ),
        (
            ('/left/image_raw:=/cam/image', '/named:=/given'),
            CameraTopics('left', '/left/image_raw', '/named'),
            '/cam/image', '/given',
        ),
        (
            EXCHANGED, CameraTopics('left', '/left/image_raw'),
            '/right/image_raw', '/right/camera_info',
        ),
        (
            EXCHANGED, CameraTopics('right', '/right/image_raw'),
            '/left/image_raw', '/left/camera_info',
        ),
        (
            ('/a/image:=/b/image', '/b/image:=/c/image'), CameraTopics('a', '/a/image'),
            '/b/image', '/b/camera_info',
        ),
    ],
    ids=[
        'none', 'image', 'relative', 'info', 'both', 'found-info', 'named-info', 'left', 'right',
        'chain',
    ],
)
def test_rules_are_applied_once(
    rules: tuple[str, ...],
    topics: CameraTopics,
    image: str,
    camera_info: str,
    node_with: NodeWith,
) -> None:
    """What is told of a camera is what is subscribed to."""
    node = node_with(*rules)
    before = {each.topic_name for each in node.subscriptions}
    camera = subscribe(node, topics)
    taken = {each.topic_name for each in node.subscriptions} - before
    assert taken == {image, camera_info}
    assert (camera.image.name, camera.camera_info.name) == (image, camera_info)


def test_the_graph_is_asked_about_the_topic_that_is_taken(node_with: NodeWith) -> None:
    """The publishers of the images of ``right`` are those of the camera ``left``."""
    node, driver = node_with(*EXCHANGED), node_with(name='driver')
    driver.create_publisher(Image, '/right/image_raw', 1)
    driver.create_publisher(CameraInfo, '/right/camera_info', 1)
    left, right = (
        subscribe(node, CameraTopics(camera, f'/{camera}/image_raw'))
        for camera in ('left', 'right')
    )
    for camera in (left, right):
        camera.adapt_to_publishers()
    for topic in (left.image, left.camera_info):
        assert [offer.node for offer in topic.facts().offers] == ['/driver']
    for topic in (right.image, right.camera_info):
        assert topic.facts().offers == ()
    assert lone_publisher(node, '/left/image_raw') is not None
    assert lone_publisher(node, '/right/image_raw') is None
