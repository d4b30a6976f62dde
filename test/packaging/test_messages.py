# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The messages: every field explained in the source, and all of it survives the wire."""

from __future__ import annotations

import math
from pathlib import Path
import re

import pytest

MESSAGE_DIR = Path(__file__).parents[2] / 'msg'
MESSAGES = sorted(path.stem for path in MESSAGE_DIR.glob('*.msg'))
FIELD = re.compile(r'^(?P<type>[\w/]+(\[\d*\])?) (?P<name>[a-z][a-z0-9_]*) +# (?P<comment>.+)$')
CONSTANT = re.compile(r'^\w+ [A-Z][A-Z0-9_]*=\S+ +# \w.+$')
COMMENT = re.compile(r'^\w.* \[(?P<unit>px|s|ms|m|m2|Hz|W|degC|frames|1|text|list)\]$')
UNIT_OF_SUFFIX = {'_px': 'px', '_ms': 'ms', '_m': 'm', '_s': 's', '_w': 'W', '_c': 'degC'}


def lines_with_fields(message: str) -> list[str]:
    lines = (MESSAGE_DIR / f'{message}.msg').read_text(encoding='utf-8').splitlines()
    return [line for line in lines if line and line[0] != '#' and not is_constant(line)]


def is_constant(line: str) -> bool:
    return '=' in line.partition('#')[0]


def test_messages_are_the_documented_set():
    assert MESSAGES == [
        'CameraStats', 'Lane', 'LaneArray', 'Object', 'ObjectArray', 'PipelineStats', 'StageTiming'
    ]


@pytest.mark.parametrize('message', MESSAGES)
def test_message_starts_with_its_purpose(message):
    first = (MESSAGE_DIR / f'{message}.msg').read_text(encoding='utf-8').splitlines()[0]
    assert re.match(r'^# [A-Z].{20,}\.$', first), first


@pytest.mark.parametrize('message', MESSAGES)
def test_every_field_has_a_meaning_and_a_unit(message):
    lines = lines_with_fields(message)
    assert lines
    for line in lines:
        field = FIELD.match(line)
        assert field, f'{message}: no comment in {line!r}'
        comment = COMMENT.match(field['comment'])
        assert comment, f'{message}: the comment has to end with a unit in brackets: {line!r}'
        suffix = next((end for end in UNIT_OF_SUFFIX if field['name'].endswith(end)), None)
        if suffix is not None:
            assert comment['unit'] == UNIT_OF_SUFFIX[suffix], line


@pytest.mark.parametrize('message', MESSAGES)
def test_every_constant_has_a_meaning(message):
    for line in (MESSAGE_DIR / f'{message}.msg').read_text(encoding='utf-8').splitlines():
        if is_constant(line):
            assert CONSTANT.match(line), f'{message}: no comment in {line!r}'


@pytest.fixture(scope='module')
def msg():
    pytest.importorskip('rclpy', reason='ROS 2 is not installed')
    return pytest.importorskip(
        'hailo_perception.msg', reason='the messages are not built; scripts/test builds them'
    )


def through_the_wire(message):
    from rclpy.serialization import deserialize_message
    from rclpy.serialization import serialize_message

    return deserialize_message(serialize_message(message), type(message))


@pytest.mark.parametrize('message', MESSAGES)
def test_generated_fields_are_those_of_the_source(msg, message):
    written = [FIELD.match(line)['name'] for line in lines_with_fields(message)]
    assert list(getattr(msg, message).get_fields_and_field_types()) == written


@pytest.mark.parametrize('message', MESSAGES)
def test_empty_message_round_trip(msg, message):
    empty = getattr(msg, message)()
    assert through_the_wire(empty) == empty


def test_object_array_round_trip(msg):
    from geometry_msgs.msg import Point32

    array = msg.ObjectArray(image_width=1280, image_height=960)
    array.header.stamp.sec = 2**31 - 1
    array.header.stamp.nanosec = 999_999_999
    array.header.frame_id = 'front_optical'
    array.objects.append(
        msg.Object(
            x_min=0.5, y_min=-1.25, x_max=1280.0, y_max=960.0, class_id=65535, class_name='Straße',
            score=0.75, distance_m=12.5, position=Point32(x=1.0, y=-2.0, z=12.25),
            position_covariance=[1.0, 0.0, 0.5, 0.0, 2.0, 0.25, 0.5, 0.25, 4.0],
            track_id=2**32 - 1,
        )
    )
    received = through_the_wire(array)
    assert received == array
    assert received.objects[0].class_name == 'Straße'
    assert received.objects[0].position_covariance[7] == 0.25


def test_unknown_distance_stays_nan(msg):
    unknown = msg.Object(distance_m=math.nan)
    unknown.position.z = math.nan
    received = through_the_wire(unknown)
    assert math.isnan(received.distance_m)
    assert math.isnan(received.position.z)


def test_lane_array_round_trip(msg):
    from geometry_msgs.msg import Point32

    lane = msg.Lane(class_id=3, class_name='white solid', score=0.5)
    lane.x_px = [100.0, 110.5]
    lane.y_px = [479.0, 300.25]
    lane.points = [Point32(x=-1.5, y=1.25, z=4.0), Point32(x=-1.5, y=1.25, z=30.0)]
    array = msg.LaneArray(image_width=640, image_height=480, lanes=[lane])
    assert through_the_wire(array) == array


def test_pipeline_stats_round_trip(msg):
    stats = msg.PipelineStats(
        model='lightnet', backend='onnx', device='cpu', window_s=2.0, fps=29.5,
        device_temperature_c=61.25, device_power_w=2.5,
    )
    stats.stages = [
        msg.StageTiming(
            stage='inference', count=59, mean_ms=20.5, p50_ms=20.0, p95_ms=23.0, p99_ms=24.5,
            max_ms=31.0,
        )
    ]
    camera = msg.CameraStats(name='front', fps=29.5, received=2**64 - 1, delivered=2**63)
    camera.drop_causes = ['replaced', 'image_data']
    camera.drop_counts = [7, 2**64 - 1]
    stats.cameras = [camera]
    assert through_the_wire(stats) == stats
