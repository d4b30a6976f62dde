# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Two cameras over DDS, processed as sets of the same instant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('onnxruntime')

from sensor_msgs.msg import Image  # noqa: E402
from std_srvs.srv import SetBool  # noqa: E402

from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.msg import ObjectArray  # noqa: E402
from hailo_perception.msg import PipelineStats  # noqa: E402
from hailo_perception.ros import images  # noqa: E402

PICTURE = np.random.default_rng(5).integers(0, 255, (96, 160, 3), np.uint8)
SECOND_NS = 1_000_000_000


class Rig:
    """Two cameras whose images the test sends, and what comes back."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._publishers = {
            name: client.node.create_publisher(Image, f'/{name}/image_raw', 4)
            for name in ('left', 'right')
        }
        self.number = 0
        for name in self._publishers:
            client.subscribe(ObjectArray, f'/perception/{name}/objects')
        client.subscribe(PipelineStats, '/perception/stats')

    def send(self, camera: str, offset_ns: int = 0) -> int:
        """Publish a picture of the present instant and give its stamp."""
        stamp_ns = SECOND_NS + self.number * 50_000_000 + offset_ns
        header = Header(stamp_ns, f'{camera}_frame')
        self._publishers[camera].publish(images.to_message(PICTURE, header))
        return stamp_ns

    def stamps(self, camera: str) -> list[int]:
        """List the stamps of the results of a camera."""
        return [
            message.header.stamp.sec * SECOND_NS + message.header.stamp.nanosec
            for message in self._client.received[f'/perception/{camera}/objects']
        ]

    def drops(self, camera: str) -> dict[str, int]:
        """Drops of a camera by cause, as the node told them last."""
        told = self._client.received['/perception/stats']
        cameras = {each.name: each for each in told[-1].cameras} if told else {}
        if camera not in cameras:
            return {}
        one = cameras[camera]
        return dict(zip(one.drop_causes, one.drop_counts, strict=True))


@pytest.fixture
def rig(client: Any) -> Rig:
    return Rig(client)


def test_only_whole_sets_come_out(
    start_node: Callable[..., Any], client: Any, rig: Rig
) -> None:
    """Every result of one camera has its partner of the other; an image alone is counted."""
    start_node(
        'perception_node',
        cameras=['left', 'right'],
        cameras_together='approximate',
        cameras_slop_s=0.01,
        cameras_gone_after_s=60.0,
        stats_period_s=0.1,
    )

    def send() -> None:
        rig.number += 1
        rig.send('left')
        # Every third instant the right camera misses.
        if rig.number % 3:
            rig.send('right', offset_ns=4_000_000)

    client.publish_until(
        send,
        lambda: len(rig.stamps('right')) >= 4 and rig.drops('left').get('no_partner', 0) >= 2,
        'sets of two',
    )
    # Both results of a set are on their way when one is here.
    last_ns = rig.stamps('right')[-1] - 4_000_000
    client.wait_until(lambda: last_ns in rig.stamps('left'), 'the rest of the last set')
    pairs = [stamp_ns - 4_000_000 for stamp_ns in rig.stamps('right')]
    assert pairs == rig.stamps('left')[: len(pairs)]


def test_images_that_wait_for_their_partners_are_counted_when_the_node_is_disabled(
    start_node: Callable[..., Any], client: Any, rig: Rig
) -> None:
    start_node(
        'perception_node',
        cameras=['left', 'right'],
        cameras_together='exact',
        cameras_gone_after_s=60.0,
        stats_period_s=0.1,
    )

    def send() -> None:
        rig.number += 1
        rig.send('left')

    client.publish_until(
        send, lambda: rig.drops('left').get('no_partner'), 'more images than can wait'
    )
    assert client.call(SetBool, '/perception/enable', SetBool.Request(data=False)).success
    client.wait_until(lambda: rig.drops('left').get('shutdown'), 'the images that waited')


def test_a_camera_that_dies_is_left_out_and_taken_back(
    start_node: Callable[..., Any], client: Any, rig: Rig
) -> None:
    node = start_node(
        'perception_node',
        cameras=['left', 'right'],
        cameras_together='exact',
        cameras_gone_after_s=0.7,
        stats_period_s=0.1,
    )
    is_alive = True

    def send() -> None:
        rig.number += 1
        rig.send('left')
        if is_alive:
            rig.send('right')

    client.publish_until(send, lambda: rig.stamps('right'), 'a set of two')
    is_alive = False
    client.wait_until(lambda: rig.stamps('left'), 'its other half')
    died_ns = SECOND_NS + rig.number * 50_000_000
    client.publish_until(
        send, lambda: rig.stamps('left')[-1] > died_ns, 'the left camera alone'
    )
    assert 'right: no image for 0.7 s; the sets of cameras go on without it' in node.log
    assert 'no_partner' in rig.drops('left')
    is_alive = True
    client.publish_until(
        send, lambda: rig.stamps('right')[-1] > died_ns, 'the right camera again'
    )
    assert 'right: images come again' in node.log


def test_different_rates_are_refused(start_node: Callable[..., Any]) -> None:
    node = start_node(
        'perception_node',
        cameras=['left', 'right'],
        cameras_together='exact',
        camera__left__rate_hz=5.0,
    )
    assert node.wait() == 2
    assert 'need the same camera.<name>.rate_hz, got left 5, right 0' in node.log
