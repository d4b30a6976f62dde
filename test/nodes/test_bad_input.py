# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a camera or a user gets wrong: one clear message, counted, and the node lives on."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

pytest.importorskip('rclpy')

from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import CompressedImage  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from hailo_perception.backends.recording import save_recording  # noqa: E402
from hailo_perception.core.camera_model import CameraModel  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.tensors import TensorInfo  # noqa: E402
from hailo_perception.msg import ObjectArray  # noqa: E402
from hailo_perception.msg import PipelineStats  # noqa: E402
from hailo_perception.ros import camera_info  # noqa: E402
from hailo_perception.ros import images  # noqa: E402

SIZE = (96, 64)
CAMERA = CameraModel(*SIZE, 80, 80, 48, 32)
PICTURE = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
MANIFEST: dict[str, Any] = {
    'manifest_version': 1,
    'name': 'small',
    'files': {'replay': 'small.npz'},
    'input': {'width': 96, 'height': 64},
    'tasks': {
        'detection': {
            'decoder': 'yolo_new_coords',
            'outputs': ['head'],
            'anchors': [[[20, 20]]],
            'classes': ['car'],
        },
        'depth': {
            'decoder': 'linear',
            'output': 'depth',
            'maximum_m': 100,
            'valid_range_m': [0.5, 100],
        },
    },
}
INFOS = (
    TensorInfo('head', (8, 12, 6), np.dtype(np.float32)),
    TensorInfo('depth', (32, 48, 1), np.dtype(np.float32)),
)


def write_model(
    folder: Path, *, manifest: dict[str, Any] | None = None, head: float = 0.0, depth: float = 0.2
) -> Path:
    """Write a manifest and a recording whose tensors hold these values."""
    tensors = {
        'head': np.full(INFOS[0].shape, head, np.float32),
        'depth': np.full(INFOS[1].shape, depth, np.float32),
    }
    save_recording(folder / 'small.npz', INFOS, [tensors])
    path = folder / 'small.yaml'
    path.write_text(yaml.safe_dump(manifest or MANIFEST))
    return path


class Camera:
    """Publishes what a test tells it to, with rising stamps."""

    def __init__(self, client: Any) -> None:
        self._stamp_ns = 1_000_000_000
        self.client = client
        self.info = client.node.create_publisher(CameraInfo, '/front/camera_info', 2)
        self.image = client.node.create_publisher(Image, '/front/image_raw', 2)
        self.compressed = client.node.create_publisher(
            CompressedImage, '/front/image_raw/compressed', 2
        )
        client.subscribe(ObjectArray, '/perception/front/objects')
        client.subscribe(PipelineStats, '/perception/stats')

    @property
    def objects(self) -> list[ObjectArray]:
        """Object messages so far."""
        return self.client.received['/perception/front/objects']

    def count(self, kind: str, cause: str) -> int:
        """Read a counter of the newest statistics; kind is drop or problem."""
        stats = self.client.received['/perception/stats']
        if not stats:
            return 0
        (camera,) = stats[-1].cameras
        causes, counts = getattr(camera, f'{kind}_causes'), getattr(camera, f'{kind}_counts')
        return dict(zip(causes, counts, strict=True)).get(cause, 0)

    def header(self, step_ns: int = 10_000_000) -> Header:
        """Give the next stamp."""
        self._stamp_ns += step_ns
        return Header(self._stamp_ns, 'front')

    def send(self, **changes: Any) -> None:
        """Publish a calibrated picture with some fields of the image changed."""
        header = self.header()
        self.info.publish(camera_info.to_message(CAMERA, header))
        message = images.to_message(PICTURE, header)
        for name, value in changes.items():
            if name == 'data':
                del message.data[:]
                message.data.frombytes(value)
            else:
                setattr(message, name, value)
        self.image.publish(message)


@pytest.fixture
def camera(client: Any) -> Iterator[Camera]:
    """Give the test a camera."""
    yield Camera(client)


@pytest.mark.parametrize(
    ('changes', 'cause', 'message'),
    [
        ({'encoding': 'mystery8'}, 'encoding', "'mystery8'"),
        ({'data': b'\0' * 1000}, 'image_data', '1000'),
        ({'width': 0, 'height': 0, 'step': 0, 'data': b''}, 'image_data', '0×0'),
        ({'step': 7}, 'image_data', 'step'),
        ({'encoding': 'nv12', 'width': 95, 'step': 96}, 'image_data', 'divisible by 2'),
    ],
    ids=['encoding', 'short', 'zero-size', 'small-step', 'odd-nv12'],
)
def test_bad_image(
    changes: dict[str, Any],
    cause: str,
    message: str,
    tmp_path: Path,
    start_node: Callable[..., Any],
    camera: Camera,
    client: Any,
) -> None:
    """A bad image is dropped with its cause; a good one after it comes through."""
    node = start_node(
        'perception_node',
        model=str(write_model(tmp_path)),
        stats_period_s=0.1,
    )
    client.publish_until(
        lambda: camera.send(**changes),
        lambda: camera.count('drop', cause) > 1,
        f'a drop counted as {cause}',
    )
    client.publish_until(camera.send, lambda: camera.objects, 'objects of a good image')
    lines = [line for line in node.log.splitlines() if f'front: {cause}' in line]
    assert len(lines) == 1
    assert message in lines[0]
    assert 'Traceback' not in node.log


def test_broken_jpeg(
    tmp_path: Path, start_node: Callable[..., Any], camera: Camera, client: Any
) -> None:
    """A JPEG that is none is dropped with its cause."""
    node = start_node(
        'perception_node',
        model=str(write_model(tmp_path)),
        stats_period_s=0.1,
        camera__front__image_topic='/front/image_raw/compressed',
    )

    def send() -> None:
        camera.compressed.publish(
            images.to_compressed_message(b'\xff\xd8\xff\xe0 broken', camera.header())
        )

    client.publish_until(send, lambda: camera.count('drop', 'image_data') > 1, 'the drop')
    assert node.is_alive
    assert 'front: image_data' in node.log


@pytest.mark.parametrize(
    ('model', 'message'),
    [
        (None, 'no usable camera_info'),
        (CameraModel(192, 64, 80, 80, 48, 32), '192×64'),
        ('zero focal length', 'is the camera calibrated'),
    ],
    ids=['missing', 'other-size', 'zero-focal-length'],
)
def test_bad_camera_info(
    model: CameraModel | str | None,
    message: str,
    tmp_path: Path,
    start_node: Callable[..., Any],
    camera: Camera,
    client: Any,
) -> None:
    """Without a usable calibration objects still come, depth does not, and it is said why."""
    node = start_node(
        'perception_node', model=str(write_model(tmp_path)), stats_period_s=0.1
    )
    client.subscribe(Image, '/perception/front/depth/image')

    def send() -> None:
        header = camera.header()
        if isinstance(model, CameraModel):
            camera.info.publish(camera_info.to_message(model, header))
        elif model is not None:
            camera.info.publish(CameraInfo(width=SIZE[0], height=SIZE[1]))
        camera.image.publish(images.to_message(PICTURE, header))

    client.publish_until(
        send,
        lambda: camera.count('problem', 'camera_info') and camera.objects and message in node.log,
        'the problem and its message',
    )
    assert not client.received['/perception/front/depth/image']
    client.publish_until(
        camera.send, lambda: client.received['/perception/front/depth/image'], 'depth'
    )


def test_time_going_backwards(
    tmp_path: Path, start_node: Callable[..., Any], camera: Camera, client: Any
) -> None:
    """A bag that starts over is noticed once and played on."""
    node = start_node(
        'perception_node', model=str(write_model(tmp_path)), stats_period_s=0.1
    )
    client.publish_until(camera.send, lambda: camera.objects, 'objects')
    camera.header(-900_000_000)
    seen = len(camera.objects)
    client.publish_until(camera.send, lambda: len(camera.objects) > seen, 'objects again')
    client.wait_until(lambda: camera.count('problem', 'time_jump') == 1, 'the time jump')
    assert node.log.count('time_jump') == 1


@pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf])
def test_non_finite_network_output(
    value: float, tmp_path: Path, start_node: Callable[..., Any], camera: Camera, client: Any
) -> None:
    """NaN and infinity cost what they touch, are counted, and never reach a message's box."""
    node = start_node(
        'perception_node',
        model=str(write_model(tmp_path, head=value, depth=value)),
        stats_period_s=0.1,
    )
    client.subscribe(Image, '/perception/front/depth/image')
    depth = client.received['/perception/front/depth/image']
    client.publish_until(
        camera.send,
        lambda: camera.count('problem', 'network_output') and camera.objects and depth,
        'the problem',
    )
    assert not camera.objects[-1].objects
    assert np.isnan(np.frombuffer(depth[-1].data, np.float32)).all()
    assert node.log.count('network_output') == 1


def without(*path: str) -> dict[str, Any]:
    """Copy the manifest without one key."""
    manifest: dict[str, Any] = yaml.safe_load(yaml.safe_dump(MANIFEST))
    *parents, last = path
    place = manifest
    for name in parents:
        place = place[name]
    del place[last]
    return manifest


def changed(value: Any, *path: str) -> dict[str, Any]:
    """Copy the manifest with one key set."""
    manifest: dict[str, Any] = yaml.safe_load(yaml.safe_dump(MANIFEST))
    *parents, last = path
    place = manifest
    for name in parents:
        place = place[name]
    place[last] = value
    return manifest


@pytest.mark.parametrize(
    ('manifest', 'message'),
    [
        (changed(1, 'tasks', 'detection', 'treshold'), 'treshold'),
        (changed([[[20, 20], [9]]], 'tasks', 'detection', 'anchors'), 'anchors'),
        (changed(['head', 'gone'], 'tasks', 'detection', 'outputs'), 'anchors'),
        (changed('gone', 'tasks', 'depth', 'output'), "'gone'"),
        (changed(['car', 'bus'], 'tasks', 'detection', 'classes'), 'head'),
        (without('input', 'width'), 'width'),
    ],
    ids=['unknown-key', 'anchors', 'outputs', 'output-missing', 'shape', 'missing-key'],
)
def test_bad_manifest(
    manifest: dict[str, Any], message: str, tmp_path: Path, start_node: Callable[..., Any]
) -> None:
    """The node ends with status 2 and one line that names the key."""
    node = start_node('perception_node', model=str(write_model(tmp_path, manifest=manifest)))
    assert node.wait() == 2
    assert message in node.log
    assert 'Traceback' not in node.log


@pytest.mark.parametrize(
    ('parameters', 'message'),
    [
        ({'model': '/nowhere/model.yaml'}, '/nowhere/model.yaml'),
        ({'model': 'lightnet_compat'}, 'lightnet_compact'),
        ({'backend': 'tpu'}, 'auto | hailort | onnx | replay'),
        ({'in_flight': 99}, '0…8'),
        ({'in_flight': 'two'}, 'in_flight'),
        ({'cameras': []}, 'different names'),
        ({'cpu_affinity': []}, 'cpu_affinity must not be an empty list'),
        ({'cameras': ['a', 'a']}, 'different names'),
        ({'outputs': ['objets']}, 'objets'),
        ({'detection__score_threshold': 1.5}, '0…1'),
        ({'detection__score_threshold': 1}, 'write 1.0, not 1'),
        ({'camera__front__image_topic': 'front image'}, 'front image'),
        ({'camera__front__rectified': True}, 'write it in quotes'),
        ({'camera__front__own_vehicle_mask': '/nowhere.png'}, '/nowhere.png'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else '',
)
def test_bad_parameter(
    parameters: dict[str, Any], message: str, start_node: Callable[..., Any]
) -> None:
    """A parameter that cannot work ends the node with its name, legal values and value."""
    node = start_node('perception_node', **parameters)
    assert node.wait() == 2
    assert message in node.log
    assert 'Traceback' not in node.log
