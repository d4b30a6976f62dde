# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The anonymiser as its users meet it: images in, covered images out, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest
import yaml

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import CompressedImage  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from hailo_perception.anonymization.regions import heads_by_proportion  # noqa: E402
from hailo_perception.anonymization.settings import HeadSettings  # noqa: E402
from hailo_perception.anonymization.settings import LONGEST_WAIT_S  # noqa: E402
from hailo_perception.backends.recording import save_recording  # noqa: E402
from hailo_perception.core.camera_model import CameraModel  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.image_transform import ImageTransform  # noqa: E402
from hailo_perception.core.tensors import TensorInfo  # noqa: E402
from hailo_perception.models.manifest import load_manifest  # noqa: E402
from hailo_perception.msg import PipelineStats  # noqa: E402
from hailo_perception.nodes.model_session import STOP_TIMEOUT_S  # noqa: E402
from hailo_perception.pipeline.anonymization import HEADS_SHARE_OF_STOP  # noqa: E402
from hailo_perception.ros import camera_info  # noqa: E402
from hailo_perception.ros import headers  # noqa: E402
from hailo_perception.ros import images  # noqa: E402
from hailo_perception.scenes.oracle import encode_truth  # noqa: E402
from hailo_perception.scenes.oracle import Truth  # noqa: E402
from hailo_perception.vision.jpeg import encode_jpeg  # noqa: E402

SIZE = (192, 128)
CAMERA = CameraModel(*SIZE, 150, 150, 96, 64)
CALIBRATION = camera_info.to_message(CAMERA, Header(0, ''))
PICTURE = np.random.default_rng(5).integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8)
PERSON = np.array([[60, 20, 90, 110]], np.float32)
HEAD = np.array([[70, 22, 82, 36]], np.float32)
WHOLE_NETWORK_INPUT = ImageTransform.stretch(SIZE, SIZE)
MANIFEST: dict[str, Any] = {
    'manifest_version': 1,
    'name': 'people',
    'files': {'replay': 'people.npz'},
    'input': {'width': SIZE[0], 'height': SIZE[1]},
    'tasks': {
        'detection': {
            'decoder': 'yolo_new_coords',
            'outputs': ['boxes'],
            'anchors': [[[30, 90], [14, 14]]],
            'classes': ['car', 'person'],
        }
    },
}
HEAD_MANIFEST: dict[str, Any] = {
    'manifest_version': 1,
    'name': 'heads',
    'files': {'replay': 'heads.npz'},
    'input': {'width': 32, 'height': 32},
    'tasks': {
        'semantic': {'decoder': 'argmax', 'output': 'map', 'classes': ['background', 'head']}
    },
}
BOXES = TensorInfo('boxes', (16, 24, 14), np.dtype(np.float32))
MAP = TensorInfo('map', (16, 16, 1), np.dtype(np.uint8))
TOPICS = {'image': Image, 'image/compressed': CompressedImage, 'camera_info': CameraInfo}


def write_model(folder: Path, *frames: NDArray[Any] | None) -> str:
    """Write a model that finds these people in turn; None is an answer of a broken network."""
    path = folder / 'people.yaml'
    path.write_text(yaml.safe_dump(MANIFEST))
    (folder / 'people.npz').touch()
    answers = []
    for boxes in frames:
        truth = Truth(boxes=PERSON if boxes is None else boxes, class_ids=np.array([1]))
        save_recording(folder / 'people.npz', (BOXES,), [{'boxes': np.zeros(BOXES.shape, 'f4')}])
        tensors = encode_truth(truth, load_manifest(path), [BOXES], WHOLE_NETWORK_INPUT)
        if boxes is None:
            tensors['boxes'] = np.full_like(tensors['boxes'], np.nan)
        answers.append(tensors)
    save_recording(folder / 'people.npz', (BOXES,), answers)
    return str(path)


def write_head_model(folder: Path, ids: NDArray[np.uint8]) -> str:
    """Write a model that sees this class map in every crop."""
    path = folder / 'heads.yaml'
    path.write_text(yaml.safe_dump(HEAD_MANIFEST))
    save_recording(folder / 'heads.npz', (MAP,), [{'map': ids[..., None]}])
    return str(path)


class Camera:
    """Publishes one picture with rising stamps."""

    def __init__(
        self,
        client: Any,
        picture: NDArray[np.uint8] = PICTURE,
        name: str = 'front',
        info: CameraInfo | None = CALIBRATION,
    ) -> None:
        self.sent: list[int] = []
        self._picture = picture
        self._name = name
        self._calibration = info
        self._info = client.node.create_publisher(CameraInfo, f'/{name}/camera_info', 2)
        self._image = client.node.create_publisher(Image, f'/{name}/image_raw', 2)
        self._compressed = client.node.create_publisher(
            CompressedImage, f'/{name}/image_raw/compressed', 2
        )

    def header(self) -> Header:
        self.sent.append(1_000_000_000 + 100_000_003 * len(self.sent))
        return Header(self.sent[-1], f'{self._name}_optical_frame')

    def send(self) -> None:
        """Publish calibration and picture."""
        header = self.header()
        if self._calibration is not None:
            self._calibration.header = headers.to_message(header)
            self._info.publish(self._calibration)
        self._image.publish(images.to_message(self._picture, header))

    def send_compressed(self) -> None:
        """Publish the picture as a JPEG."""
        data = encode_jpeg(self._picture, 100)
        self._compressed.publish(images.to_compressed_message(data, self.header()))


def subscribe(client: Any) -> dict[str, list[Any]]:
    """Listen to all topics of the camera front."""
    for name, message_type in TOPICS.items():
        client.subscribe(message_type, f'/anonymizer/front/{name}')
    client.subscribe(PipelineStats, '/anonymizer/stats')
    return {name: client.received[f'/anonymizer/front/{name}'] for name in TOPICS}


def stamp_of(message: Any) -> int:
    return int(message.header.stamp.sec * 10**9 + message.header.stamp.nanosec)


def pixels_of(message: Image) -> NDArray[np.uint8]:
    channels = () if message.encoding == 'mono8' else (3,)
    data = np.frombuffer(message.data, np.uint8)
    return data.reshape(message.height, message.width, *channels)


def counted(client: Any, kind: str, cause: str) -> int:
    """Read a counter of the newest statistics; kind is drop or problem."""
    stats = client.received['/anonymizer/stats']
    if not stats:
        return 0
    (camera,) = stats[-1].cameras
    causes, counts = getattr(camera, f'{kind}_causes'), getattr(camera, f'{kind}_counts')
    return int(dict(zip(causes, counts, strict=True)).get(cause, 0))


def is_covered(picture: NDArray[np.uint8], region: NDArray[Any]) -> bool:
    """Tell whether neighbours are alike nearly everywhere: the picture itself is noise."""
    left, top, right, bottom = region.astype(int)
    part = picture[top:bottom, left:right].astype(int)
    return bool((np.diff(part, axis=1) == 0).mean() > 0.7)


def test_a_head_is_covered_and_nothing_else(
    tmp_path: Path, start_node: Callable[..., Any], client: Any
) -> None:
    """Picture, JPEG and calibration come with the image's own header and the calibration."""
    start_node('anonymizer_node', model=write_model(tmp_path, PERSON), stats_period_s=0.1)
    received = subscribe(client)
    client.subscribe(DiagnosticArray, '/diagnostics')
    camera = Camera(client)
    client.publish_until(camera.send, lambda: all(received.values()), 'all topics')
    newest = {name: messages[-1] for name, messages in received.items()}
    for message in newest.values():
        assert message.header.frame_id == 'front_optical_frame'
        assert stamp_of(message) in camera.sent
    image = newest['image']
    assert (image.encoding, image.width, image.height) == ('bgr8', *SIZE)
    picture = pixels_of(image)
    (head,) = heads_by_proportion(PERSON, SIZE, HeadSettings())
    assert is_covered(picture, head)
    assert np.array_equal(picture[100:], PICTURE[100:])
    assert np.array_equal(picture[:, :40], PICTURE[:, :40])
    info = newest['camera_info']
    expected = camera_info.to_message(CAMERA, Header(stamp_of(info), 'front_optical_frame'))
    assert info == expected
    decoded, expected_jpeg = (
        cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        for data in (newest['image/compressed'].data, encode_jpeg(picture, 85))
    )
    assert np.array_equal(decoded, expected_jpeg)
    told, diagnostics = client.received['/anonymizer/stats'], client.received['/diagnostics']
    client.wait_until(
        lambda: told and told[-1].cameras[0].delivered > 0 and diagnostics, 'the statistics'
    )
    assert told[-1].model == 'people'
    assert diagnostics[-1].status[0].name == '/anonymizer: pipeline'


@pytest.mark.parametrize('info', [None, CameraInfo(), CameraInfo(width=7, height=5)])
def test_no_calibration_is_needed(
    info: CameraInfo | None, tmp_path: Path, start_node: Callable[..., Any], client: Any
) -> None:
    """None, one of zeros or one of another size: pictures come out, and nobody is warned."""
    node = start_node(
        'anonymizer_node',
        model=write_model(tmp_path, PERSON),
        stats_period_s=0.1,
        patience_s=0.1,
    )
    received = subscribe(client)
    client.subscribe(DiagnosticArray, '/diagnostics')
    camera = Camera(client, info=info)
    client.publish_until(camera.send, lambda: len(received['image']) > 3, 'pictures')
    diagnostics = client.received['/diagnostics']
    seen = len(diagnostics)
    client.publish_until(camera.send, lambda: len(diagnostics) > seen + 3, 'diagnostics')
    assert bool(received['camera_info']) == (info is not None)
    (status,) = (each for each in diagnostics[-1].status if 'front' in each.name)
    assert 'camera_info' not in str(status)
    assert 'camera_info' not in node.log


@pytest.mark.parametrize(
    ('picture', 'encoding'), [(PICTURE[..., 0], 'mono8'), (PICTURE, 'bgr8')], ids=['grey', 'jpeg']
)
def test_the_kind_of_image(
    picture: NDArray[np.uint8],
    encoding: str,
    tmp_path: Path,
    start_node: Callable[..., Any],
    client: Any,
) -> None:
    """Grey stays grey, and a compressed camera is as good as a raw one."""
    is_jpeg = encoding != 'mono8'
    topic = '/front/image_raw/compressed' if is_jpeg else '/front/image_raw'
    start_node(
        'anonymizer_node', model=write_model(tmp_path, PERSON), camera__front__image_topic=topic
    )
    received = subscribe(client)
    camera = Camera(client, np.ascontiguousarray(picture))
    send = camera.send_compressed if is_jpeg else camera.send
    client.publish_until(send, lambda: received['image'], 'an image')
    image = received['image'][-1]
    assert image.encoding == encoding
    assert is_covered(pixels_of(image), PERSON[0] * [1, 1, 1, 0.4])


@pytest.mark.parametrize('on_failure', ['drop', 'solid'])
def test_it_fails_closed(
    on_failure: str, tmp_path: Path, start_node: Callable[..., Any], client: Any
) -> None:
    """Of a network that breaks every other time no frame comes out uncovered."""
    start_node(
        'anonymizer_node',
        model=write_model(tmp_path, PERSON, None),
        on_failure=on_failure,
        stats_period_s=0.1,
    )
    received = subscribe(client)['image']
    camera = Camera(client)
    kind = 'drop' if on_failure == 'drop' else 'problem'
    client.publish_until(
        camera.send,
        lambda: len(received) >= 4 and counted(client, kind, 'network_output') >= 2,
        'good frames and bad ones',
    )
    pictures = [pixels_of(message) for message in received]
    black = [not picture.any() for picture in pictures]
    assert any(black) == (on_failure == 'solid')
    assert not all(black)
    (head,) = heads_by_proportion(PERSON, SIZE, HeadSettings())
    assert all(is_covered(picture, head) for picture in pictures)
    stamps = [stamp_of(message) for message in received]
    assert len(set(stamps)) == len(stamps)


def test_a_network_that_never_answers_in_full_publishes_nothing(
    tmp_path: Path, start_node: Callable[..., Any], client: Any
) -> None:
    node = start_node('anonymizer_node', model=write_model(tmp_path, None), stats_period_s=0.1)
    received = subscribe(client)
    camera = Camera(client)
    client.publish_until(
        camera.send, lambda: counted(client, 'drop', 'network_output') >= 5, 'five bad frames'
    )
    assert not any(received.values())
    assert client.received['/anonymizer/stats'][-1].cameras[0].delivered == 0
    assert 'NaN or infinite' in node.log


def test_two_networks(tmp_path: Path, start_node: Callable[..., Any], client: Any) -> None:
    """The head that the second network marks is covered, and the shoulders are not."""
    ids = np.zeros((16, 16), np.uint8)
    ids[2:4, 5:11] = 1
    start_node(
        'anonymizer_node',
        model=write_model(tmp_path, PERSON),
        head_model=write_head_model(tmp_path, ids),
        head_backend='replay',
        head__crop_margin=0.0,
        cover__margin=0.0,
    )
    received = subscribe(client)['image']
    camera = Camera(client)
    client.publish_until(camera.send, lambda: received, 'an image')
    picture = pixels_of(received[-1])
    # A sixteenth of the person is 1.9 by 5.6 pixels.
    assert is_covered(picture, np.array([69, 31, 81, 43]))
    outside = np.ones(SIZE[::-1], bool)
    outside[31:43, 69:81] = False
    assert np.array_equal(picture[outside], PICTURE[outside])


def test_several_cameras(tmp_path: Path, start_node: Callable[..., Any], client: Any) -> None:
    """Each comes out under its own name, covered."""
    start_node('anonymizer_node', model=write_model(tmp_path, PERSON), cameras=['left', 'right'])
    cameras = [Camera(client, name=name) for name in ('left', 'right')]
    topics = [f'/anonymizer/{name}/image' for name in ('left', 'right')]
    for topic in topics:
        client.subscribe(Image, topic)
    received = [client.received[topic] for topic in topics]

    def send() -> None:
        for camera in cameras:
            camera.send()

    client.publish_until(send, lambda: all(received), 'both cameras')
    (head,) = heads_by_proportion(PERSON, SIZE, HeadSettings())
    for name, messages in zip(('left', 'right'), received, strict=True):
        assert messages[-1].header.frame_id == f'{name}_optical_frame'
        assert is_covered(pixels_of(messages[-1]), head)


def test_it_is_managed(tmp_path: Path, start_node: Callable[..., Any], client: Any) -> None:
    """Both networks are opened and closed as often as a lifecycle manager asks."""
    from lifecycle_msgs.msg import Transition
    from lifecycle_msgs.srv import ChangeState

    node = start_node(
        'anonymizer_node',
        model=write_model(tmp_path, PERSON),
        head_model=write_head_model(tmp_path, np.ones((16, 16), np.uint8)),
        autostart=False,
    )
    received = subscribe(client)['image']
    camera = Camera(client)

    def change(transition: int) -> bool:
        request = ChangeState.Request(transition=Transition(id=transition))
        return bool(client.call(ChangeState, '/anonymizer/change_state', request).success)

    for _ in range(2):
        assert change(Transition.TRANSITION_CONFIGURE)
        assert change(Transition.TRANSITION_ACTIVATE)
        seen = len(received)
        client.publish_until(camera.send, lambda seen=seen: len(received) > seen, 'an image')
        assert change(Transition.TRANSITION_DEACTIVATE)
        assert change(Transition.TRANSITION_CLEANUP)
    assert node.log.count('head model heads') == 2
    assert node.stop() == 0
    assert 'Traceback' not in node.log


@pytest.mark.parametrize(
    ('given', 'complaint'),
    [
        ({'cover__person_classes': ['dog']}, 'the model has no class dog'),
        ({'cover__whole_classes': ['plate']}, 'the model has no class plate'),
        ({'cover__method': 'paint'}, "cover.method must be mosaic | blur | solid, got 'paint'"),
        ({'head_model': 'nobody'}, "no model 'nobody'"),
    ],
    ids=['person', 'whole', 'method', 'head model'],
)
def test_what_cannot_work_ends_the_node_with_the_reason(
    given: dict[str, Any], complaint: str, tmp_path: Path, start_node: Callable[..., Any]
) -> None:
    node = start_node('anonymizer_node', model=write_model(tmp_path, PERSON), **given)
    assert node.wait() == 2
    assert complaint in node.log


def test_settings_change_while_it_runs(
    tmp_path: Path, start_node: Callable[..., Any], client: Any
) -> None:
    """A class that the model lacks is refused; another way of covering takes effect."""
    from rcl_interfaces.srv import SetParameters
    from rclpy.parameter import Parameter

    start_node('anonymizer_node', model=write_model(tmp_path, PERSON))
    received = subscribe(client)['image']
    camera = Camera(client)
    client.publish_until(camera.send, lambda: received, 'an image')

    def change(name: str, value: Any) -> Any:
        request = SetParameters.Request(
            parameters=[Parameter(name, value=value).to_parameter_msg()]
        )
        return client.call(SetParameters, '/anonymizer/set_parameters', request).results[0]

    refused = change('cover.whole_classes', ['lorry'])
    assert not refused.successful
    assert 'the model has no class lorry' in refused.reason
    assert change('cover.method', 'solid').successful
    (head,) = heads_by_proportion(PERSON, SIZE, HeadSettings()).astype(int)
    seen = len(received)
    client.publish_until(
        camera.send,
        lambda: len(received) > seen
        and not pixels_of(received[-1])[head[1] : head[3], head[0] : head[2]].any(),
        'a black head',
    )


def test_no_frame_waits_longer_for_its_heads_than_a_stop_can() -> None:
    assert LONGEST_WAIT_S <= HEADS_SHARE_OF_STOP * STOP_TIMEOUT_S


def test_shipped_parameter_file(start_node: Callable[..., Any], client: Any) -> None:
    """The shipped file is accepted as it is, with the packaged model."""
    pytest.importorskip('onnxruntime')
    shipped = Path(__file__).parents[2] / 'config' / 'anonymizer.param.yaml'
    parameters = yaml.safe_load(shipped.read_text())['/**']['ros__parameters']
    start_node('anonymizer_node', **parameters)
    received = subscribe(client)
    camera = Camera(client)
    client.publish_until(camera.send, lambda: all(received.values()), 'all topics')
