# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The perception node on a simulated Hailo-8, through an outage of the device and back."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

pytest.importorskip('rclpy')
pytest.importorskip('onnxruntime')
hailo_double = pytest.importorskip('hailo_double', reason='the real hailo_platform is there')

from diagnostic_msgs.msg import DiagnosticArray  # noqa: E402
from diagnostic_msgs.msg import DiagnosticStatus  # noqa: E402
from rcl_interfaces.srv import SetParameters  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402
from std_srvs.srv import SetBool  # noqa: E402

from hailo_perception.core.camera_model import CameraModel  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.models.catalog import find_model  # noqa: E402
from hailo_perception.msg import ObjectArray  # noqa: E402
from hailo_perception.msg import PipelineStats  # noqa: E402
from hailo_perception.ros import camera_info  # noqa: E402
from hailo_perception.ros import images  # noqa: E402

FAKES = Path(__file__).parents[1] / 'fakes'
SIZE = (320, 192)
CAMERA = CameraModel(*SIZE, 250, 250, 160, 96)
PICTURE = np.random.default_rng(5).integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8)
MOST_INSIDE = 4

# Runs in the node's process: the card leaves the bus while the file is there.
SWITCH = """
import pathlib
import threading
import time

def watch(card, flag):
    is_gone = False
    while True:
        if flag.exists() != is_gone:
            is_gone = not is_gone
            (card.vanish if is_gone else card.come_back)()
        time.sleep(0.01)

machine.cards[0].latency_s = 0.005
arguments = (machine.cards[0], pathlib.Path({flag!r}))
threading.Thread(target=watch, args=arguments, daemon=True).start()
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Compile the packaged model for the simulated device; returns the manifest."""
    packaged = find_model('lightnet_compact')
    content = yaml.safe_load(packaged.read_text())
    hailo_double.hef_from_manifest(tmp_path / 'net.hef', packaged)
    onnx = packaged.parent / content['files']['onnx']
    content['files'] = {'hef': 'net.hef', 'onnx': str(onnx)}
    path = tmp_path / 'model.yaml'
    path.write_text(yaml.safe_dump(content))
    return path


@pytest.fixture
def flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give nodes a machine with one Hailo-8, which is away while this file is there."""
    flag = tmp_path / 'gone'
    setup = tmp_path / 'setup.py'
    setup.write_text(SWITCH.format(flag=str(flag)))
    paths = [str(FAKES), *filter(None, [os.environ.get('PYTHONPATH')])]
    monkeypatch.setenv('PYTHONPATH', os.pathsep.join(paths))
    monkeypatch.setenv(hailo_double.CARDS_VARIABLE, 'HAILO8')
    monkeypatch.setenv(hailo_double.SETUP_VARIABLE, str(setup))
    return flag


class Camera:
    """Publishes one picture again and again with rising stamps."""

    def __init__(self, client: Any) -> None:
        self._count = 0
        self._info = client.node.create_publisher(CameraInfo, '/front/camera_info', 2)
        self._image = client.node.create_publisher(Image, '/front/image_raw', 2)

    def send(self) -> None:
        """Publish calibration and picture."""
        self._count += 1
        header = Header(1_000_000_000 + 1_000_003 * self._count, 'front_optical_frame')
        self._info.publish(camera_info.to_message(CAMERA, header))
        self._image.publish(images.to_message(PICTURE, header))


def latest(messages: list[Any]) -> Any:
    return messages[-1] if messages else None


def values_of(array: Any) -> dict[str, str]:
    return {pair.key: pair.value for pair in array.status[0].values}


def test_device_is_lost_and_found_and_every_frame_is_counted(
    start_node: Callable[..., Any], client: Any, model: Path, flag: Path
) -> None:
    client.subscribe(ObjectArray, '/perception/front/objects')
    client.subscribe(Image, '/perception/front/depth/image')
    client.subscribe(PipelineStats, '/perception/stats')
    client.subscribe(DiagnosticArray, '/diagnostics')
    objects = client.received['/perception/front/objects']
    stats = client.received['/perception/stats']
    diagnostics = client.received['/diagnostics']
    camera = Camera(client)
    node = start_node(
        'perception_node', model=str(model), stats_period_s=0.2, hailort_longest_retry_s=0.2
    )

    client.publish_until(camera.send, lambda: len(objects) > 5, 'objects')
    assert 'backend hailort runs lightnet_compact' in node.log
    assert 'Hailo-8 0000:01:00.0' in node.log
    client.publish_until(
        camera.send, lambda: latest(stats) and latest(stats).device_power_w > 0, 'health'
    )
    assert latest(stats).backend == 'hailort'
    assert latest(stats).device_temperature_c == pytest.approx(47.25)
    values = values_of(latest(diagnostics))
    assert values['device/state'] == 'ready'
    assert values['device/architecture'] == 'HAILO8'
    assert values['device/temperature_0_c'] == '46.5'
    assert values['hailort_version'] == '4.23.0'

    flag.touch()
    client.publish_until(
        camera.send,
        lambda: latest(diagnostics).status[0].level == DiagnosticStatus.ERROR,
        'the outage in the diagnostics',
    )
    client.publish_until(
        camera.send,
        lambda: int(values_of(latest(diagnostics)).get('device/failed_attempts', 0)) > 1,
        'attempts',
    )
    status = latest(diagnostics).status[0]
    assert 'hailort: recovering for' in status.message
    assert 'no Hailo device' in status.message
    assert values_of(latest(diagnostics))['device/state'] == 'recovering'
    for is_enabled in (False, True):
        answer = client.call(SetBool, '/perception/enable', SetBool.Request(data=is_enabled))
        assert answer.success
    assert node.is_alive

    flag.unlink()
    count = len(objects)
    client.publish_until(camera.send, lambda: len(objects) > count + 5, 'objects again')
    client.publish_until(
        camera.send,
        lambda: values_of(latest(diagnostics))['device/state'] == 'ready',
        'the end of the outage in the diagnostics',
    )
    values = values_of(latest(diagnostics))
    assert values['device/recoveries'] == '1'
    assert 'no Hailo device' in values['device/last_error']
    count = len(stats)
    client.wait_until(lambda: len(stats) > count, 'statistics')
    (front,) = latest(stats).cameras
    drops = dict(zip(front.drop_causes, front.drop_counts, strict=True))
    assert drops['device'] >= 1
    inside = front.received - front.delivered - sum(front.drop_counts)
    assert 0 <= inside <= MOST_INSIDE
    assert node.stop() == 0


def test_second_node_without_a_device_of_its_own_runs_on_the_cpu_and_says_why(
    start_node: Callable[..., Any],
    client: Any,
    model: Path,
    flag: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    locks = tmp_path / 'locks'
    locks.mkdir()
    monkeypatch.setenv(hailo_double.LOCKS_VARIABLE, str(locks))
    client.subscribe(PipelineStats, '/perception/stats')
    stats = client.received['/perception/stats']
    first = start_node('perception_node', model=str(model), stats_period_s=0.2)
    client.wait_until(lambda: stats, 'the first node')
    second = start_node('perception_node', model=str(model), stats_period_s=0.2)
    client.wait_until(lambda: {s.backend for s in stats} == {'hailort', 'onnx'}, 'the second')
    assert 'is in use by another process' in second.log
    third = start_node('perception_node', model=str(model), backend='hailort')
    assert third.wait() == 2
    assert 'is in use by another process' in third.log
    assert 'Traceback' not in third.log
    assert first.is_alive


def test_two_models_share_the_device_while_one_takes_over(
    start_node: Callable[..., Any], client: Any, model: Path, flag: Path
) -> None:
    """The new model is opened beside the old one, on the same device, and frames go on."""
    content = yaml.safe_load(model.read_text())
    content['name'] = 'other'
    other = model.with_name('other.yaml')
    other.write_text(yaml.safe_dump(content))
    client.subscribe(ObjectArray, '/perception/front/objects')
    client.subscribe(PipelineStats, '/perception/stats')
    objects = client.received['/perception/front/objects']
    stats = client.received['/perception/stats']
    camera = Camera(client)
    node = start_node('perception_node', model=str(model), stats_period_s=0.2)
    client.publish_until(camera.send, lambda: objects and stats, 'objects')
    wanted = Parameter('model', value=str(other)).to_parameter_msg()
    request = SetParameters.Request(parameters=[wanted])
    (result,) = client.call(SetParameters, '/perception/set_parameters', request).results
    assert (result.successful, result.reason) == (True, '')
    client.wait_until(lambda: stats[-1].model == 'other', 'statistics of the other model')
    assert stats[-1].backend == 'hailort'
    count = len(objects)
    client.publish_until(camera.send, lambda: len(objects) > count + 5, 'objects again')
    assert node.stop() == 0
