# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The camera node: every source, calibration, ground truth, and its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml

pytest.importorskip('rclpy')

from rosgraph_msgs.msg import Clock  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import CompressedImage  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from hailo_perception.msg import ObjectArray  # noqa: E402

CALIBRATION = {
    'image_width': 320,
    'image_height': 192,
    'camera_name': 'front',
    'distortion_model': 'plumb_bob',
    'camera_matrix': {'rows': 3, 'cols': 3, 'data': [250, 0, 160, 0, 251, 96, 0, 0, 1]},
    'distortion_coefficients': {'rows': 1, 'cols': 5, 'data': [-0.1, 0.02, 0, 0, 0]},
}


def picture(value: int, size: tuple[int, int] = (64, 48)) -> np.ndarray:
    """Make a grey picture."""
    return np.full((size[1], size[0], 3), value, np.uint8)


def write_folder(folder: Path) -> Path:
    """Write three pictures of two sizes."""
    folder.mkdir()
    for index, size in enumerate([(64, 48), (64, 48), (96, 64)]):
        cv2.imwrite(str(folder / f'{index}.png'), picture(50 * (index + 1), size))
    return folder


def write_video(path: Path) -> Path:
    """Write a short video."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'mp4v'), 20, (64, 48))
    for value in (40, 80, 120):
        writer.write(picture(value))
    writer.release()
    return path


def test_scene_with_ground_truth(start_node: Callable[..., Any], client: Any) -> None:
    """Image, calibration and truth of one moment carry one header."""
    start_node('camera_node', width=320, height=192, rate_hz=20.0, ground_truth=True, seed=4)
    topics = {
        '/front/image_raw': Image,
        '/front/camera_info': CameraInfo,
        '/front/ground_truth/objects': ObjectArray,
        '/front/ground_truth/semantic/mask': Image,
        '/front/ground_truth/lane/mask': Image,
        '/front/ground_truth/depth/image': Image,
    }
    for topic, message_type in topics.items():
        client.subscribe(message_type, topic)

    def stamps(topic: str) -> set[tuple[int, int]]:
        return {(m.header.stamp.sec, m.header.stamp.nanosec) for m in client.received[topic]}

    client.wait_until(
        lambda: set.intersection(*(stamps(topic) for topic in topics)), 'one whole moment'
    )
    image = client.received['/front/image_raw'][-1]
    assert (image.width, image.height, image.encoding) == (320, 192, 'bgr8')
    assert image.header.frame_id == 'front_optical_frame'
    assert client.received['/front/camera_info'][-1].width == 320
    assert client.received['/front/ground_truth/depth/image'][-1].encoding == '32FC1'


def test_scene_through_a_given_lens(
    tmp_path: Path, start_node: Callable[..., Any], client: Any
) -> None:
    """The scene is rendered through the calibration that is given."""
    path = tmp_path / 'camera.yaml'
    path.write_text(yaml.safe_dump(CALIBRATION))
    start_node('camera_node', calibration_file=str(path), rate_hz=20.0)
    client.subscribe(CameraInfo, '/front/camera_info')
    client.subscribe(Image, '/front/image_raw')
    client.wait_until(
        lambda: client.received['/front/image_raw'] and client.received['/front/camera_info'],
        'an image and its calibration',
    )
    info = client.received['/front/camera_info'][-1]
    assert (info.k[0], info.k[4], list(info.d)) == (250, 251, [-0.1, 0.02, 0, 0, 0])
    assert client.received['/front/image_raw'][-1].width == 320


@pytest.mark.parametrize('kind', ['folder', 'video'])
def test_recorded_source_ends(
    kind: str, tmp_path: Path, start_node: Callable[..., Any], client: Any
) -> None:
    """Without looping every picture comes once, in order, and the node ends with status 0."""
    source = (
        write_folder(tmp_path / 'pictures')
        if kind == 'folder'
        else write_video(tmp_path / 'drive.mp4')
    )
    client.subscribe(Image, '/rear/image_raw')
    client.subscribe(CameraInfo, '/rear/camera_info')
    node = start_node(
        'camera_node',
        source=str(source),
        camera='rear',
        loop=False,
        rate_hz=30.0,
        wait_for_subscribers=1,
    )
    received, infos = client.received['/rear/image_raw'], client.received['/rear/camera_info']
    client.wait_until(lambda: len(received) == len(infos) == 3, 'three images, each calibrated')
    assert node.wait() == 0
    values = [int(np.frombuffer(message.data, np.uint8).mean()) for message in received]
    assert values == sorted(values)
    assert [(i.width, i.height) for i in infos] == [(m.width, m.height) for m in received]
    assert 'assuming an ideal camera' in node.log


def test_compressed_and_resized(
    tmp_path: Path, start_node: Callable[..., Any], client: Any
) -> None:
    """Looped pictures can be resized and sent as JPEG."""
    start_node(
        'camera_node',
        source=str(write_folder(tmp_path / 'pictures')),
        transport='compressed',
        rate_hz=30.0,
        width=32,
        height=24,
    )
    client.subscribe(CompressedImage, '/front/image_raw/compressed')
    received = client.received['/front/image_raw/compressed']
    client.wait_until(lambda: len(received) > 4, 'more images than there are pictures')
    decoded = cv2.imdecode(np.frombuffer(received[-1].data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape == (24, 32, 3)


@pytest.mark.parametrize(
    ('source', 'calibration', 'wanted', 'size'),
    [
        ('scene', None, {}, (640, 384)),
        ('scene', None, {'width': 320}, (320, 192)),
        ('scene', None, {'height': 96}, (160, 96)),
        ('scene', CALIBRATION, {'height': 96}, (160, 96)),
        ('scene', CALIBRATION, {'width': 160, 'height': 160}, (160, 160)),
        ('pictures', None, {'width': 16}, (16, 12)),
        ('pictures', CALIBRATION, {'height': 24}, (32, 24)),
    ],
)
def test_sizes(
    source: str,
    calibration: Any,
    wanted: dict[str, int],
    size: tuple[int, int],
    tmp_path: Path,
    start_node: Callable[..., Any],
    client: Any,
) -> None:
    """Of a size of which one side is given the other follows, and the calibration from both."""
    if source == 'pictures':
        folder = write_folder(tmp_path / 'pictures')
        (folder / '2.png').unlink()
        source = str(folder)
    parameters: dict[str, Any] = {'source': source, 'rate_hz': 20.0, **wanted}
    if calibration is not None:
        path = tmp_path / 'camera.yaml'
        path.write_text(yaml.safe_dump(calibration))
        parameters['calibration_file'] = str(path)
    start_node('camera_node', **parameters)
    client.subscribe(CameraInfo, '/front/camera_info')
    client.subscribe(Image, '/front/image_raw')
    images, infos = client.received['/front/image_raw'], client.received['/front/camera_info']
    client.wait_until(lambda: images and infos, 'an image and its calibration')
    assert (images[0].width, images[0].height) == (infos[0].width, infos[0].height) == size
    if calibration is not None:
        assert infos[0].k[0] == pytest.approx(250 * size[0] / 320)
        assert infos[0].k[4] == pytest.approx(251 * size[1] / 192)


@pytest.mark.parametrize(
    ('parameters', 'message'),
    [
        ({'source': '/nowhere.mp4'}, '/nowhere.mp4'),
        ({'source': '.', 'ground_truth': True}, 'ground_truth'),
        ({'calibration_file': '/nowhere.yaml'}, '/nowhere.yaml'),
        ({'transport': 'pigeon'}, 'raw | compressed | both'),
        ({'rate_hz': -1.0}, '0…240'),
        ({'field_of_view_deg': 180.0}, '1…179'),
        ({'camera': ''}, "camera: '' cannot be a topic"),
        ({'camera': 'a b'}, "camera: 'a b' cannot be a topic"),
        ({'camera': 'front/'}, "camera: 'front/' cannot be a topic"),
        ({'camera': '7up'}, "camera: '7up' cannot be a topic"),
    ],
)
def test_bad_parameter(
    parameters: dict[str, Any], message: str, start_node: Callable[..., Any]
) -> None:
    """What cannot work ends the node with one line."""
    node = start_node('camera_node', **parameters)
    assert node.wait() == 2
    assert message in node.log
    assert 'Traceback' not in node.log


@pytest.mark.parametrize('loop', [False, True])
def test_pictures_that_are_all_broken(
    loop: bool, tmp_path: Path, start_node: Callable[..., Any]
) -> None:
    """A round is tried and told in one line, then the node ends."""
    folder = write_folder(tmp_path / 'pictures')
    for path in folder.iterdir():
        path.write_bytes(b'no picture')
    node = start_node('camera_node', source=str(folder), loop=loop, rate_hz=100.0)
    assert node.wait() == 2
    assert sum('image_data: cannot read' in line for line in node.log.splitlines()) == 1
    assert f'none of the pictures of {folder} can be read' in node.log


def test_simulated_time_that_does_not_come(
    start_node: Callable[..., Any], client: Any
) -> None:
    """It is told once, with what to do; with the first time images come."""
    node = start_node('camera_node', use_sim_time=True, rate_hz=20.0)
    client.wait_until(lambda: 'no time has come on /clock' in node.log, 'the warning')
    assert 'play the bag with --clock, or set use_sim_time to false' in node.log
    clock = client.node.create_publisher(Clock, '/clock', 1)
    client.subscribe(Image, '/front/image_raw')
    now = Clock()

    def tick() -> None:
        now.clock.sec += 1
        clock.publish(now)

    client.publish_until(tick, lambda: client.received['/front/image_raw'], 'an image')
    assert node.log.count('no time has come') == 1


def test_a_name_that_no_parameter_has(start_node: Callable[..., Any], client: Any) -> None:
    node = start_node('camera_node', widht=320, rate_hz=20.0)
    client.subscribe(Image, '/front/image_raw')
    client.wait_until(lambda: client.received['/front/image_raw'], 'an image')
    lines = [line for line in node.log.splitlines() if 'widht' in line]
    assert len(lines) == 1
    assert 'parameter widht is not known and has no effect; did you mean width?' in lines[0]
