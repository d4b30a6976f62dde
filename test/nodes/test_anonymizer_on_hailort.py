# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The anonymiser's two networks on one simulated Hailo-8, through an outage and back."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import pytest
import yaml

pytest.importorskip('rclpy')
hailo_double = pytest.importorskip('hailo_double', reason='the real hailo_platform is there')

from diagnostic_msgs.msg import DiagnosticArray  # noqa: E402
from diagnostic_msgs.msg import DiagnosticStatus  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.image_transform import ImageTransform  # noqa: E402
from hailo_perception.core.tensors import TensorInfo  # noqa: E402
from hailo_perception.models.manifest import load_manifest  # noqa: E402
from hailo_perception.msg import PipelineStats  # noqa: E402
from hailo_perception.ros import images  # noqa: E402
from hailo_perception.scenes.oracle import encode_truth  # noqa: E402
from hailo_perception.scenes.oracle import Truth  # noqa: E402

FAKES = Path(__file__).parents[1] / 'fakes'
SIZE, HEAD_SIZE = (192, 128), (32, 32)
PICTURE = np.random.default_rng(5).integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8)
PERSON = (60, 20, 90, 110)
BOXES = TensorInfo('boxes', (16, 24, 14), np.dtype(np.float32))
PEOPLE_TASK = {
    'detection': {
        'decoder': 'yolo_new_coords',
        'outputs': ['boxes'],
        'anchors': [[[30, 90], [14, 14]]],
        'classes': ['car', 'person'],
    }
}
HEAD_TASK = {
    'semantic': {'decoder': 'argmax', 'output': 'map', 'classes': ['background', 'head']}
}
DEVICE = 'Hailo-8 0000:01:00.0'

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

arguments = (machine.cards[0], pathlib.Path({flag!r}))
threading.Thread(target=watch, args=arguments, daemon=True).start()
"""


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


@pytest.fixture(params=[False, True], ids=['two files', 'one file'])
def models(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """Compile a network that sees one person and one that sees a head in every crop."""
    hefs = ('both.hef', 'both.hef') if request.param else ('people.hef', 'heads.hef')
    people = write_manifest(tmp_path, 'people', hefs[0], SIZE, PEOPLE_TASK)
    heads = write_manifest(tmp_path, 'heads', hefs[1], HEAD_SIZE, HEAD_TASK)
    truth = Truth(boxes=np.array([PERSON], np.float32), class_ids=np.array([1]))
    tensors = encode_truth(
        truth, load_manifest(people), [BOXES], ImageTransform.stretch(SIZE, SIZE)
    )
    ids = np.zeros((16, 16), np.uint8)
    ids[2:4, 5:11] = 1
    boxes = hailo_double.Stream(
        'boxes', BOXES.shape, quantization=hailo_double.Quantization(0.0, 1 / 255)
    )
    networks = [
        (make_group('people', SIZE, boxes), tensors),
        (make_group('heads', HEAD_SIZE, hailo_double.Stream('map', (16, 16), order='NHW')),
         {'map': ids}),
    ]
    parameters = {'model': str(people), 'head_model': str(heads)}
    if request.param:
        hailo_double.write_hef_of_groups(tmp_path / hefs[0], networks)
        return {
            **parameters, 'hailort_network_group': 'people', 'head_network_group': 'heads'
        }
    for hef, network in zip(hefs, networks, strict=True):
        hailo_double.write_hef_of_groups(tmp_path / hef, [network])
    return parameters


def write_manifest(
    folder: Path, name: str, hef: str, size: tuple[int, int], tasks: dict[str, Any]
) -> Path:
    # A manifest names files that are there; what is in this one follows.
    (folder / hef).write_text('not yet')
    path = folder / f'{name}.yaml'
    manifest = {
        'manifest_version': 1,
        'name': name,
        'files': {'hef': hef},
        'input': {'width': size[0], 'height': size[1]},
        'tasks': tasks,
    }
    path.write_text(yaml.safe_dump(manifest))
    return path


def make_group(name: str, size: tuple[int, int], output: Any) -> Any:
    pixels = hailo_double.Quantization(limits=(0.0, 255.0))
    image = hailo_double.Stream('input_layer1', (size[1], size[0], 3), quantization=pixels)
    return hailo_double.make_group(name, [image], [output])


class Operator:
    """Sends one picture with rising stamps, and sees what comes of it."""

    def __init__(self, client: Any) -> None:
        self._count = 0
        self._image = client.node.create_publisher(Image, '/front/image_raw', 2)
        for kind, topic in (
            (Image, '/anonymizer/front/image'),
            (PipelineStats, '/anonymizer/stats'),
            (DiagnosticArray, '/diagnostics'),
        ):
            client.subscribe(kind, topic)
        self.pictures: list[Image] = client.received['/anonymizer/front/image']
        self.stats: list[PipelineStats] = client.received['/anonymizer/stats']
        self._told: list[DiagnosticArray] = client.received['/diagnostics']

    def send(self) -> None:
        self._count += 1
        header = Header(10**9 + 10**7 * self._count, 'front_optical_frame')
        self._image.publish(images.to_message(PICTURE, header))

    def status(self, name: str) -> DiagnosticStatus:
        """Give the newest status of that name; one that says nothing before the first."""
        newest = self._told[-1].status if self._told else []
        found = [each for each in newest if each.name == f'/anonymizer: {name}']
        return found[0] if found else DiagnosticStatus()

    def value(self, name: str, key: str) -> str:
        values = {pair.key: pair.value for pair in self.status(name).values}
        return values.get(key, '')


def pixels_of(message: Image) -> NDArray[np.uint8]:
    return np.frombuffer(message.data, np.uint8).reshape(message.height, message.width, 3)


def is_head_covered(message: Image) -> bool:
    """Tell whether the middle of the head has no noise left, and the rest all of it."""
    picture = pixels_of(message)
    head = picture[34:40, 71:79].astype(int)
    rest = np.ones(PICTURE.shape[:2], bool)
    rest[28:46, 66:84] = False
    is_flat = bool((np.diff(head, axis=1) == 0).mean() > 0.7)
    return is_flat and np.array_equal(picture[rest], PICTURE[rest])


def test_two_networks_on_one_device(
    start_node: Callable[..., Any], client: Any, models: dict[str, Any], flag: Path
) -> None:
    """Lost and found, both networks are there again; what comes out is covered all the time."""
    operator = Operator(client)
    node = start_node(
        'anonymizer_node',
        **models,
        head__crop_margin=0.0,
        cover__margin=0.0,
        stats_period_s=0.1,
        hailort_longest_retry_s=0.2,
    )
    client.publish_until(operator.send, lambda: len(operator.pictures) > 3, 'pictures')
    client.publish_until(
        operator.send,
        lambda: operator.stats and operator.stats[-1].cameras[0].delivered,
        'statistics',
    )
    assert f'head model heads: backend hailort runs heads (the best of all); {DEVICE}' in node.log
    told = operator.stats[-1]
    assert (told.model, told.backend, told.device) == ('people', 'hailort', DEVICE)
    assert told.device_temperature_c == pytest.approx(47.25)
    assert told.device_power_w == pytest.approx(1.75)
    heads = operator.status('head network')
    assert (heads.level, heads.hardware_id) == (DiagnosticStatus.OK, DEVICE)
    assert heads.message == 'heads on hailort is ready'
    for name in ('pipeline', 'head network'):
        assert operator.value(name, 'device/temperature_c') == '47.25'

    flag.touch()
    client.publish_until(
        operator.send,
        lambda: all(
            operator.status(name).level == DiagnosticStatus.ERROR
            for name in ('pipeline', 'head network')
        ),
        'the outage of both networks',
    )
    assert 'recovering for' in operator.status('pipeline').message
    assert 'head network, hailort: recovering for' in operator.status('head network').message

    flag.unlink()
    count = len(operator.pictures)
    client.publish_until(
        operator.send, lambda: len(operator.pictures) > count + 3, 'pictures again'
    )
    client.publish_until(
        operator.send,
        lambda: operator.value('head network', 'device/state') == 'ready',
        'the end of the outage',
    )
    assert int(operator.value('head network', 'device/recoveries')) >= 1
    assert all(map(is_head_covered, operator.pictures))
    assert node.stop() == 0
    assert 'Traceback' not in node.log
