# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Another model may give what the first one could not: its topics come with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

pytest.importorskip('rclpy')

from rcl_interfaces.srv import SetParameters  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from rclpy.qos import qos_profile_sensor_data  # noqa: E402
from rclpy.qos import ReliabilityPolicy  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from hailo_perception.backends.recording import save_recording  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.tensors import TensorInfo  # noqa: E402
from hailo_perception.ros import images  # noqa: E402

SIZE = (96, 64)
PICTURE = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
SCORES = TensorInfo('scores', (32, 48, 2), np.dtype(np.float32))
MASK, CONFIDENCE = (f'/perception/front/semantic/{name}' for name in ('mask', 'confidence'))
RELIABILITY = f'qos_overrides.{CONFIDENCE}.publisher.reliability'


def write_model(folder: Path, **says_scores: str) -> str:
    """Write a model of semantic classes, which says what its scores are or does not."""
    save_recording(
        folder / 'recording.npz', (SCORES,), [{'scores': np.ones(SCORES.shape, np.float32)}]
    )
    name = 'sure' if says_scores else 'unsure'
    semantic = {
        'decoder': 'scores',
        'output': 'scores',
        'classes': ['road', 'sky'],
        **says_scores,
    }
    manifest = {
        'manifest_version': 1,
        'name': name,
        'files': {'replay': 'recording.npz'},
        'input': {'width': SIZE[0], 'height': SIZE[1]},
        'tasks': {'semantic': semantic},
    }
    path = folder / f'{name}.yaml'
    path.write_text(yaml.safe_dump(manifest))
    return str(path)


class Swap:
    """Sends images to a node whose model gives no confidence, and sets another one."""

    def __init__(self, client: Any, folder: Path) -> None:
        self._client = client
        self._image = client.node.create_publisher(Image, '/front/image_raw', 2)
        self._sent = 0
        self.unsure, self.sure = write_model(folder), write_model(folder, scores='logits')
        for topic in (MASK, CONFIDENCE):
            client.subscribe(Image, topic, qos_profile_sensor_data)

    def wait_for(self, topic: str) -> None:
        """Send images until the answer to one of them comes."""
        received = self._client.received[topic]
        count = len(received)
        self._client.publish_until(self._send, lambda: len(received) > count, topic)

    def set_model(self, model: str) -> str:
        """Set it, and give the reason why not."""
        request = SetParameters.Request(
            parameters=[Parameter('model', value=model).to_parameter_msg()]
        )
        answer = self._client.call(SetParameters, '/perception/set_parameters', request)
        return str(answer.results[0].reason)

    def _send(self) -> None:
        self._sent += 1
        self._image.publish(images.to_message(PICTURE, Header(10**9 + 10**7 * self._sent, 'f')))


@pytest.fixture
def swap(client: Any, tmp_path: Path) -> Swap:
    return Swap(client, tmp_path)


@pytest.mark.parametrize('reliability', ['', 'best_effort'])
def test_what_only_the_new_model_gives(
    reliability: str, start_node: Callable[..., Any], client: Any, swap: Swap
) -> None:
    """Its quality of service may be changed as that of every output; it stays with the topic."""
    overrides = {RELIABILITY: reliability} if reliability else {}
    start_node('perception_node', model=swap.unsure, **overrides)
    swap.wait_for(MASK)
    assert client.node.count_publishers(CONFIDENCE) == 0
    for model in (swap.sure, swap.unsure, swap.sure):
        assert swap.set_model(model) == ''
        swap.wait_for(MASK)
    swap.wait_for(CONFIDENCE)
    (publisher,) = client.node.get_publishers_info_by_topic(CONFIDENCE)
    expected = ReliabilityPolicy[reliability.upper() or 'RELIABLE']
    assert publisher.qos_profile.reliability == expected


def test_a_topic_that_cannot_be_made_refuses_the_model(
    start_node: Callable[..., Any], client: Any, swap: Swap
) -> None:
    """The old one works on."""
    node = start_node('perception_node', model=swap.unsure, **{RELIABILITY: 'perhaps'})
    swap.wait_for(MASK)
    assert 'perhaps' in swap.set_model(swap.sure)
    swap.wait_for(MASK)
    assert node.stop() == 0
    assert 'Traceback' not in node.log
