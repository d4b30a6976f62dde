# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The MCAP recording: schemas, bytes, the thread that writes."""

from __future__ import annotations

import importlib
from pathlib import Path
from threading import Event
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('hailo_perception.msg')
reader = pytest.importorskip('mcap.reader')

from builtin_interfaces.msg import Time  # noqa: E402
from diagnostic_msgs.msg import DiagnosticArray  # noqa: E402
from rclpy.qos import QoSProfile  # noqa: E402
from rclpy.serialization import deserialize_message  # noqa: E402
from rclpy.serialization import serialize_message  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import PointCloud2  # noqa: E402
from sensor_msgs.msg import PointField  # noqa: E402
from std_msgs.msg import Header  # noqa: E402
from std_msgs.msg import String  # noqa: E402
from visualization_msgs.msg import MarkerArray  # noqa: E402

from hailo_perception.cli.demo.arrival import Arrival  # noqa: E402
from hailo_perception.cli.demo.arrival import leading_stamp_ns  # noqa: E402
from hailo_perception.cli.demo.recording import Recording  # noqa: E402
from hailo_perception.cli.demo.schema import field_type  # noqa: E402
from hailo_perception.cli.demo.schema import schema_text  # noqa: E402
from hailo_perception.cli.demo.schema import type_name  # noqa: E402
from hailo_perception.cli.demo.topics import Content  # noqa: E402
from hailo_perception.cli.demo.topics import Topic  # noqa: E402
from hailo_perception.cli.demo.writer import BackgroundWriter  # noqa: E402
from hailo_perception.msg import ObjectArray  # noqa: E402


@pytest.mark.parametrize(
    ('idl', 'expected'),
    [
        ('boolean', ('bool', '')),
        ('octet', ('byte', '')),
        ('double[9]', ('float64', '[9]')),
        ('sequence<uint8>', ('uint8', '[]')),
        ('sequence<float, 3>', ('float32', '[<=3]')),
        ('string<10>', ('string<=10', '')),
        ('sequence<string<10>, 3>', ('string<=10', '[<=3]')),
        ('sequence<geometry_msgs/Point>', ('geometry_msgs/Point', '[]')),
        ('std_msgs/Header', ('std_msgs/Header', '')),
    ],
)
def test_idl_types_become_msg_types(idl: str, expected: tuple[str, str]) -> None:
    assert field_type(idl) == expected


def test_the_schema_of_a_plain_message() -> None:
    assert type_name(String) == 'std_msgs/msg/String'
    assert schema_text(String) == 'string data\n'


def test_the_schema_contains_each_dependency_once() -> None:
    separator = '=' * 80
    assert schema_text(Header) == (
        f'builtin_interfaces/Time stamp\nstring frame_id\n{separator}\n'
        'MSG: builtin_interfaces/Time\nint32 sec\nuint32 nanosec\n'
    )
    for message_type in (ObjectArray, MarkerArray, PointCloud2, DiagnosticArray, CameraInfo):
        names = [
            line for line in schema_text(message_type).splitlines() if line.startswith('MSG: ')
        ]
        assert len(names) == len(set(names)) > 0


@pytest.mark.parametrize('stamp', [(0, 0), (1, 2), (2_000_000_000, 999_999_999), (-1, 5)])
def test_the_stamp_is_read_without_decoding(stamp: tuple[int, int]) -> None:
    header = Header(stamp=Time(sec=stamp[0], nanosec=stamp[1]), frame_id='front')
    for message in (CameraInfo(header=header), ObjectArray(header=header)):
        assert leading_stamp_ns(serialize_message(message)) == stamp[0] * 10**9 + stamp[1]


def decoded(path: Path) -> list[tuple[str, Any]]:
    messages = []
    with path.open('rb') as file:
        for schema, channel, message in reader.make_reader(file).iter_messages():
            package, _, name = schema.name.split('/')
            message_type = getattr(importlib.import_module(f'{package}.msg'), name)
            assert channel.message_encoding == 'cdr'
            assert schema.encoding == 'ros2msg'
            messages.append((channel.topic, deserialize_message(message.data, message_type)))
    return messages


def test_an_empty_recording_is_a_valid_file(tmp_path: Path) -> None:
    Recording(tmp_path / 'a.mcap').close()
    assert decoded(tmp_path / 'a.mcap') == []


def test_what_is_recorded_comes_out_again(tmp_path: Path) -> None:
    messages = {
        '/text': String(data='grüße'),
        '/points': PointCloud2(fields=[PointField(name='x')], data=b'123'),
        '/info': CameraInfo(width=5, d=[1.0, 2.0]),
        '/objects': ObjectArray(image_width=7),
    }
    recording = Recording(tmp_path / 'a.mcap')
    for number, (topic, message) in enumerate(messages.items()):
        recording.write(
            topic,
            type(message),
            serialize_message(message),
            received_ns=number + 10,
            stamp_ns=number,
        )
    recording.close()
    assert dict(recording.counts) == dict.fromkeys(messages, 1)
    assert decoded(tmp_path / 'a.mcap') == list(messages.items())


def test_a_foreign_decoder_understands_the_schemas(tmp_path: Path) -> None:
    """Decode by the schema text alone, as Foxglove does."""
    decoder = pytest.importorskip('mcap_ros2.decoder')
    recording = Recording(tmp_path / 'a.mcap')
    matrix = [float(number) for number in range(9)]
    message = CameraInfo(height=3, distortion_model='plumb_bob', d=[0.5], k=matrix)
    recording.write(
        '/info', CameraInfo, serialize_message(message), received_ns=1, stamp_ns=1
    )
    recording.close()
    with (tmp_path / 'a.mcap').open('rb') as file:
        opened = reader.make_reader(file, decoder_factories=[decoder.DecoderFactory()])
        found = [each.decoded_message for each in opened.iter_decoded_messages()]
    assert [each.height for each in found] == [3]
    assert list(found[0].k) == matrix
    assert list(found[0].d) == [0.5]


def arrival(name: str, size: int = 1) -> Arrival:
    topic = Topic(name, String, Content.OTHER_RESULT, QoSProfile(depth=1))
    return Arrival(topic, bytes(size), 0, None, is_recorded=True, is_pictured=False)


def test_a_writer_with_nothing_to_do_ends() -> None:
    writer = BackgroundWriter(lambda each: None)
    writer.finish()
    assert writer.join(30.0)
    assert not writer.dropped


def test_the_writer_keeps_the_order_and_writes_all() -> None:
    written: list[str] = []
    writer = BackgroundWriter(lambda each: written.append(each.topic.name))
    for number in range(100):
        writer.put(arrival(str(number)))
    writer.finish()
    assert writer.join(30.0)
    assert written == [str(number) for number in range(100)]
    assert writer.waiting_bytes == 0


def test_what_does_not_fit_is_counted() -> None:
    may_go_on, is_writing = Event(), Event()

    def write(each: Arrival) -> None:
        is_writing.set()
        may_go_on.wait(30.0)

    writer = BackgroundWriter(write, capacity_bytes=10)
    writer.put(arrival('first'))
    is_writing.wait(30.0)
    for name in ('fits', 'fits too', 'too much'):
        writer.put(arrival(name, size=5))
    assert writer.dropped == {'too much': 1}
    writer.abandon()
    writer.put(arrival('too late'))
    may_go_on.set()
    assert writer.join(30.0)
    assert writer.dropped == {'too much': 1, 'fits': 1, 'fits too': 1, 'too late': 1}


def test_one_message_larger_than_the_queue_still_goes_through() -> None:
    written: list[int] = []
    writer = BackgroundWriter(lambda each: written.append(len(each.data)), capacity_bytes=10)
    writer.put(arrival('large', size=100))
    writer.finish()
    assert writer.join(30.0)
    assert written == [100]


def test_a_failing_disk_ends_the_writer_and_nothing_is_lost_silently() -> None:
    def write(each: Arrival) -> None:
        raise OSError('disk full')

    writer = BackgroundWriter(write)
    writer.put(arrival('a'))
    assert writer.join(30.0)
    assert str(writer.error) == 'disk full'
    writer.put(arrival('b'))
    assert writer.dropped == {'a': 1, 'b': 1}
