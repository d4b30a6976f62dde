# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Camera images out of recordings, without ROS: every storage, encoding and breakage."""

from __future__ import annotations

from collections.abc import Callable
import contextlib
from pathlib import Path
import sqlite3
import struct
import sys

import cv2
import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import EncodingError
from hailo_perception.core.errors import FrameError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.toolchain.bag import BagPictures
from hailo_perception.toolchain.bag import is_bag
from hailo_perception.toolchain.image_message import COMPRESSED_IMAGE
from hailo_perception.toolchain.image_message import IMAGE
from hailo_perception.toolchain.image_message import read_image_message

TOPIC = '/front/image_raw'
Message = tuple[str, str, int, bytes]
"""Topic, type, time in ns, CDR."""


class Cdr:
    """Writes plain CDR, as DDS does."""

    def __init__(self, order: str) -> None:
        self.order = order
        self.body = b''

    def put(self, kind: str, value: int) -> None:
        self.body += bytes(-len(self.body) % struct.calcsize(kind))
        self.body += struct.pack(self.order + kind, value)

    def text(self, value: str) -> None:
        self.put('I', len(value) + 1)
        self.body += value.encode() + b'\0'

    def octets(self, value: bytes) -> None:
        self.put('I', len(value))
        self.body += value

    def done(self) -> bytes:
        return (b'\0\1\0\0' if self.order == '<' else b'\0\0\0\0') + self.body


def header(order: str, frame_id: str) -> Cdr:
    cdr = Cdr(order)
    cdr.put('I', 12)
    cdr.put('I', 34)
    cdr.text(frame_id)
    return cdr


def raw_image(
    shade: int, encoding: str = 'rgb8', *, frame_id: str = 'front', order: str = '<'
) -> bytes:
    cdr = header(order, frame_id)
    cdr.put('I', 4)
    cdr.put('I', 6)
    cdr.text(encoding)
    cdr.put('B', 0)
    cdr.put('I', 18)
    pixels = np.zeros((4, 6, 3), np.uint8)
    pixels[..., 0] = shade
    cdr.octets(pixels.tobytes())
    return cdr.done()


def jpeg_image(shade: int) -> bytes:
    cdr = header('<', 'front')
    cdr.text('jpeg')
    cdr.octets(cv2.imencode('.png', np.full((4, 6, 3), shade, np.uint8))[1].tobytes())
    return cdr.done()


def write_mcap(path: Path, messages: list[Message]) -> Path:
    from mcap.writer import Writer

    with path.open('wb') as file:
        writer = Writer(file)
        writer.start(profile='ros2')
        channels: dict[str, int] = {}
        for topic, message_type, time_ns, data in messages:
            if topic not in channels:
                schema = writer.register_schema(message_type, 'ros2msg', b'')
                channels[topic] = writer.register_channel(topic, 'cdr', schema)
            writer.add_message(channels[topic], time_ns, data, time_ns)
        writer.finish()
    return path


def write_sqlite(path: Path, messages: list[Message]) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(
        'CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT, type TEXT, '
        'serialization_format TEXT, offered_qos_profiles TEXT);'
        'CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER, timestamp INTEGER, '
        'data BLOB);'
    )
    ids: dict[str, int] = {}
    for topic, message_type, time_ns, data in messages:
        if topic not in ids:
            ids[topic] = len(ids) + 1
            connection.execute(
                "INSERT INTO topics VALUES (?, ?, ?, 'cdr', '')", (ids[topic], topic, message_type)
            )
        connection.execute(
            'INSERT INTO messages(topic_id, timestamp, data) VALUES (?, ?, ?)',
            (ids[topic], time_ns, data),
        )
    connection.commit()
    connection.close()
    return path


@pytest.fixture(params=['mcap', 'db3'])
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Path]:
    """Write a recording in either storage."""
    writer = write_mcap if request.param == 'mcap' else write_sqlite

    def make(messages: list[Message], name: str = 'bag') -> Path:
        return writer(tmp_path / f'{name}.{request.param}', messages)

    return make


def images(count: int, first: int = 0) -> list[Message]:
    return [(TOPIC, IMAGE, 1000 * i, raw_image(i)) for i in range(first, first + count)]


def red(pictures: BagPictures) -> list[int]:
    found = []
    for index in range(len(pictures)):
        image, order = pictures.read(index)
        assert order == 'rgb'
        found.append(int(image[..., 0].mean()))
    return found


OTHER: Message = ('/imu', 'sensor_msgs/msg/Imu', 5, b'\0\1\0\0')


def test_images_in_order(write: Callable[..., Path]) -> None:
    pictures = BagPictures(write([OTHER, *images(5)]))
    assert red(pictures) == [0, 1, 2, 3, 4]
    assert pictures.read(2)[0].tolist() == pictures.read(2)[0].tolist()
    assert pictures.label(3) == f'{TOPIC} message 3'


def test_messages_of_one_time_are_told_apart(write: Callable[..., Path]) -> None:
    path = write([(TOPIC, IMAGE, 7, raw_image(shade)) for shade in (10, 20, 30)])
    assert red(BagPictures(path)) == [10, 20, 30]


def test_a_recording_split_over_files(write: Callable[..., Path], tmp_path: Path) -> None:
    write(images(3), 'bag_0')
    write(images(2, first=3), 'bag_1')
    (tmp_path / 'metadata.yaml').write_text('rosbag2_bagfile_information: {}')
    assert is_bag(tmp_path)
    assert red(BagPictures(tmp_path)) == [0, 1, 2, 3, 4]


def test_compressed_images(write: Callable[..., Path]) -> None:
    path = write([('/front/compressed', COMPRESSED_IMAGE, 1, jpeg_image(99))])
    image, order = BagPictures(path).read(0)
    assert (image.shape, order, int(image.mean())) == ((4, 6, 3), 'bgr', 99)


def test_a_topic_can_be_chosen(write: Callable[..., Path]) -> None:
    path = write([*images(1), ('/rear/image_raw', IMAGE, 9, raw_image(77))])
    assert red(BagPictures(path, '/rear/image_raw')) == [77]


@pytest.mark.parametrize(
    ('messages', 'topic', 'expected'),
    [
        ([OTHER], None, 'it has no image topic; its topics are /imu'),
        ([OTHER], '/imu', 'no image topic /imu; it has no image topic'),
        (
            [*images(1), ('/rear', IMAGE, 9, raw_image(7))],
            None,
            'its image topics are /front/image_raw, /rear; choose one with --topic',
        ),
        (images(1), '/front', 'no image topic /front; its image topics are /front/image_raw'),
    ],
)
def test_topics_that_are_not_clear(
    write: Callable[..., Path], messages: list[Message], topic: str | None, expected: str
) -> None:
    with pytest.raises(ConfigurationError, match=expected):
        BagPictures(write(messages), topic)


def test_a_broken_message_costs_itself_only(write: Callable[..., Path]) -> None:
    cut = raw_image(1)[:-20]
    path = write(
        [(TOPIC, IMAGE, 1, cut), (TOPIC, IMAGE, 2, raw_image(2, '16UC1')), *images(1, first=3)]
    )
    pictures = BagPictures(path)
    with pytest.raises(ImageDataError, match='was the recording cut off'):
        pictures.read(0)
    with pytest.raises(EncodingError):
        pictures.read(1)
    assert int(pictures.read(2)[0][..., 0].mean()) == 3


@pytest.mark.parametrize('name', ['bag.mcap', 'bag.db3'])
@pytest.mark.parametrize('content', [b'', b'this is no recording of any kind' * 9])
def test_files_that_are_no_recordings(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=f'{name}: expected a'):
        BagPictures(tmp_path / name)


def test_a_cut_mcap_is_said(tmp_path: Path) -> None:
    path = write_mcap(tmp_path / 'bag.mcap', images(20))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ConfigurationError, match='"mcap recover" can repair it'):
        BagPictures(path)


def test_no_broken_byte_of_an_mcap_is_a_traceback(tmp_path: Path) -> None:
    whole = write_mcap(tmp_path / 'bag.mcap', images(2)).read_bytes()
    path = tmp_path / 'broken.mcap'
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with contextlib.suppress(ConfigurationError, FrameError):
            pictures = BagPictures(path)
            for number in range(len(pictures)):
                pictures.read(number)


def test_a_compressed_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / 'bag_0.db3.zstd').write_bytes(b'(')
    with pytest.raises(ConfigurationError, match='bag_0.db3.zstd is compressed as a whole'):
        BagPictures(tmp_path)


def test_an_empty_folder_is_no_recording(tmp_path: Path) -> None:
    assert not is_bag(tmp_path)
    with pytest.raises(ConfigurationError, match='no recording at'):
        BagPictures(tmp_path)


def test_without_its_library_mcap_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_mcap(tmp_path / 'bag.mcap', images(1))
    for module in ('mcap', 'mcap.reader', 'mcap.exceptions'):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDependencyError, match='pip install mcap$'):
        BagPictures(path)


@pytest.mark.parametrize('frame_id', ['', 'a', 'front', 'camera_1'])
@pytest.mark.parametrize('order', ['<', '>'])
def test_alignment_and_byte_order(frame_id: str, order: str) -> None:
    image = read_image_message(IMAGE, raw_image(9, frame_id=frame_id, order=order))
    assert (image.encoding, image.width, image.height, image.step) == ('rgb8', 6, 4, 18)
    assert image.data.size == 72


@pytest.mark.parametrize('data', [b'', b'\0', b'\7\7\0\0abc', b'\0\1\0\0'])
def test_bytes_that_are_no_message(data: bytes) -> None:
    with pytest.raises(ImageDataError, match='was the recording cut off'):
        read_image_message(IMAGE, data)


def test_what_ros_itself_writes() -> None:
    messages = pytest.importorskip('sensor_msgs.msg')
    serialization = pytest.importorskip('rclpy.serialization')
    message = messages.Image(height=4, width=6, encoding='bgr8', step=18, data=bytes(range(72)))
    message.header.frame_id = 'front_camera'
    image = read_image_message(IMAGE, serialization.serialize_message(message))
    assert (image.encoding, image.width, image.height, image.step) == ('bgr8', 6, 4, 18)
    assert image.data.tolist() == list(range(72))
