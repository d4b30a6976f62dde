# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A calibration is kept while it is the same; an image that waits for one is never forgotten."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy')

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402

from hailo_perception.core.errors import Cause  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.ros import headers  # noqa: E402
from hailo_perception.ros import images  # noqa: E402
from hailo_perception.ros.camera_subscription import _HAS_MESSAGE_INFO  # noqa: E402
from hailo_perception.ros.camera_subscription import CameraSubscription  # noqa: E402
from hailo_perception.ros.camera_subscription import CameraTopics  # noqa: E402
from hailo_perception.ros.pairing import PairingRule  # noqa: E402

TILT = np.array([[1.0, 0.0, 0.0], [0.0, 0.6, -0.8], [0.0, 0.8, 0.6]])


class _Node:
    """Keeps what is subscribed."""

    def __init__(self) -> None:
        self.callbacks: dict[str, Callable[..., None]] = {}
        self.publishers: list[str] = []
        self.lines: list[str] = []

    def get_logger(self) -> Any:
        return SimpleNamespace(info=self.lines.append)

    def resolve_topic_name(self, name: str, *, only_expand: bool = False) -> str:
        return name

    def create_subscription(
        self, kind: type, name: str, callback: Callable[..., None], *_: Any, **__: Any
    ) -> None:
        self.callbacks[name] = callback

    def destroy_subscription(self, subscription: None) -> None:
        pass

    def get_publishers_info_by_topic(self, name: str) -> list[Any]:
        return [SimpleNamespace(endpoint_gid=each.encode()) for each in self.publishers]


def calibration(**changed: Any) -> CameraInfo:
    message = CameraInfo(width=64, height=48, distortion_model='plumb_bob', d=[0.0] * 5)
    message.k = np.array([[50.0, 0.0, 32.0], [0.0, 50.0, 24.0], [0.0, 0.0, 1.0]]).reshape(-1)
    message.r = np.eye(3).reshape(-1)
    for field, value in changed.items():
        setattr(message, field, value)
    return message


def take_image(node: Any, stamp_ns: int, topic: str = '/front/image_raw') -> None:
    message = images.to_message(np.zeros((48, 64, 3), np.uint8), Header(stamp_ns, 'front'))
    # Humble's rclpy does not tell the number of a message.
    number = {'publication_sequence_number': None}
    node.callbacks[topic](message, *([number] if _HAS_MESSAGE_INFO else []))


@pytest.mark.parametrize(
    ('changed', 'is_new'),
    [
        ({}, False),
        ({'d': [0.1, 0.0, 0.0, 0.0, 0.0]}, True),
        ({'r': TILT.reshape(-1)}, True),
        ({'binning_x': 2}, True),
    ],
    ids=['nothing', 'd', 'r', 'binning'],
)
def test_a_calibration_that_changed_is_taken(changed: dict[str, Any], is_new: bool) -> None:
    node: Any = _Node()
    passed_on: list[Any] = []
    CameraSubscription(
        node,
        CameraTopics('front', '/front/image_raw'),
        callback_group=MutuallyExclusiveCallbackGroup(),
        on_image=passed_on.append,
        on_lost=lambda *_: None,
        report=lambda *_: None,
    )
    first, second = calibration(), calibration(**changed)
    take_image(node, 1)
    for message in (first, second):
        node.callbacks['/front/camera_info'](message)
        take_image(node, 1)
    found = [image.calibration for image in passed_on]
    assert found == [None, first, second if is_new else first]
    assert found[2] is (second if is_new else first)


@pytest.mark.parametrize(
    ('topic', 'rectified', 'distortion', 'is_told', 'distorts'),
    [
        ('/front/image_rect', None, (-0.1, 0.02), True, False),
        ('/front/image_rect', None, (0.0, 0.0), False, False),
        ('/front/image_rect', True, (-0.1, 0.02), False, False),
        ('/front/image_rect', False, (-0.1, 0.02), False, True),
        ('/front/image_raw', None, (-0.1, 0.02), False, True),
        ('/front/image_unrectified', None, (-0.1, 0.02), False, True),
        ('/front/image_corrected', None, (-0.1, 0.02), False, True),
    ],
)
def test_what_the_name_decides_about_a_lens_is_told_once(
    topic: str, rectified: bool | None, distortion: Any, is_told: bool, distorts: bool
) -> None:
    node: Any = _Node()
    passed_on: list[Any] = []
    CameraSubscription(
        node,
        CameraTopics('front', topic, rectified=rectified),
        callback_group=MutuallyExclusiveCallbackGroup(),
        on_image=passed_on.append,
        on_lost=lambda *_: None,
        report=lambda *_: None,
    )
    for further in (0.0, 0.001):
        info = calibration(d=[*distortion, 0.0, 0.0, further * any(distortion)])
        node.callbacks['/front/camera_info'](info)
        take_image(node, 1, topic)
    assert [bool(image.camera_model.distortion) for image in passed_on] == [distorts] * 2
    assert len(node.lines) == is_told
    if is_told:
        assert topic in node.lines[0]
        assert "set camera.front.rectified to 'false'" in node.lines[0]


@pytest.mark.parametrize('pairing', [PairingRule(), PairingRule('exact')], ids=lambda it: it.name)
def test_an_image_keeps_the_calibration_that_it_came_with(pairing: PairingRule) -> None:
    """Also one that cannot be used: whoever passes it on is not to judge."""
    node: Any = _Node()
    passed_on: list[Any] = []
    CameraSubscription(
        node,
        CameraTopics('front', '/front/image_raw', pairing=pairing),
        callback_group=MutuallyExclusiveCallbackGroup(),
        on_image=passed_on.append,
        on_lost=lambda *_: None,
        report=lambda *_: None,
    )
    sent = [
        calibration(header=headers.to_message(Header(stamp_ns, 'front')), width=width)
        for stamp_ns, width in ((1, 64), (2, 0), (3, 32))
    ]
    for message in sent:
        node.callbacks['/front/camera_info'](message)
        take_image(node, headers.from_message(message.header).stamp_ns)
    assert [image.calibration for image in passed_on] == sent
    assert [image.camera_model is not None for image in passed_on] == [True, False, True]


def test_a_calibration_that_is_not_needed_is_passed_on_whatever_it_is() -> None:
    node: Any = _Node()
    passed_on: list[Any] = []
    told: list[Any] = []
    camera = CameraSubscription(
        node,
        CameraTopics('front', '/front/image_raw'),
        callback_group=MutuallyExclusiveCallbackGroup(),
        on_image=passed_on.append,
        on_lost=lambda *_: None,
        report=lambda *what: told.append(what),
        needs_calibration=False,
    )
    assert not camera.calibration_facts().is_needed
    info = calibration(width=0)
    node.callbacks['/front/camera_info'](info)
    take_image(node, 1)
    assert [image.calibration for image in passed_on] == [info]
    assert not camera.calibration_facts().is_needed
    assert told == []


@pytest.mark.parametrize('end', ['give_up_waiting', 'destroy'])
@pytest.mark.parametrize(
    ('pairing', 'lost'),
    [
        (PairingRule(), []),
        (PairingRule('exact'), [('front', 2, Cause.SHUTDOWN)]),
        (PairingRule('approximate'), [('front', 2, Cause.SHUTDOWN)]),
    ],
    ids=lambda value: getattr(value, 'name', ''),
)
def test_images_that_wait_at_the_end_are_counted_once(
    pairing: PairingRule, lost: list[tuple[str, int, Cause]], end: str
) -> None:
    """Nor do they come out with a calibration that is just on its way in."""
    node: Any = _Node()
    passed_on: list[Any] = []
    counted: list[tuple[str, int, Cause]] = []
    camera = CameraSubscription(
        node,
        CameraTopics('front', '/front/image_raw', pairing=pairing),
        callback_group=MutuallyExclusiveCallbackGroup(),
        on_image=passed_on.append,
        on_lost=lambda *what: counted.append(what),
        report=lambda *_: None,
    )
    take_info = node.callbacks['/front/camera_info']
    for stamp_ns in (10**9, 2 * 10**9):
        take_image(node, stamp_ns)
    seen = len(passed_on)
    for _ in range(2):
        getattr(camera, end)()
    take_info(calibration(header=headers.to_message(Header(2 * 10**9, 'front'))))
    assert (counted, camera.waiting_images, len(passed_on)) == (lost, 0, seen)
    # One that another thread was just about to store.
    take_image(node, 3 * 10**9)
    assert camera.waiting_images == 0
    if pairing.by_stamp:
        assert counted == [*lost, ('front', 1, Cause.SHUTDOWN)]
        camera.wait_again()
        take_image(node, 4 * 10**9)
        assert camera.waiting_images == 1


@pytest.mark.skipif(not _HAS_MESSAGE_INFO, reason='rclpy does not tell the number of a message')
@pytest.mark.parametrize(
    ('publishers', 'numbers', 'lost'),
    [
        (['camera'], (1, 2, 5, 6), [('front', 2, Cause.TRANSPORT)]),
        (['camera', 'bag'], (200, 1, 201, 2, 202, 3), []),
        (['camera', 'bag'], (1, 200, 2, 201), []),
    ],
)
def test_lost_images_are_those_of_one_publisher(
    publishers: list[str], numbers: tuple[int, ...], lost: list[tuple[str, int, Cause]]
) -> None:
    """A second one counts from where it is; nobody has looked at the graph since it came."""
    node: Any = _Node()
    counted: list[tuple[str, int, Cause]] = []
    CameraSubscription(
        node,
        CameraTopics('front', '/front/image_raw'),
        callback_group=MutuallyExclusiveCallbackGroup(),
        on_image=lambda image: None,
        on_lost=lambda *what: counted.append(what),
        report=lambda *_: None,
    )
    node.publishers = publishers
    message = images.to_message(np.zeros((48, 64, 3), np.uint8), Header(1, 'front'))
    for number in numbers:
        node.callbacks['/front/image_raw'](message, {'publication_sequence_number': number})
    assert counted == lost
