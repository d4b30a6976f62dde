# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The recording for the Rerun viewer: what becomes of each message, and the file."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

rr = pytest.importorskip('rerun')
pytest.importorskip('rclpy')
pytest.importorskip('hailo_perception.msg')

from builtin_interfaces.msg import Time  # noqa: E402
from geometry_msgs.msg import Point32  # noqa: E402
from rclpy.serialization import deserialize_message  # noqa: E402
from rclpy.serialization import serialize_message  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import CompressedImage  # noqa: E402
from sensor_msgs.msg import PointCloud2  # noqa: E402
from std_msgs.msg import Header  # noqa: E402
from visualization_msgs.msg import MarkerArray  # noqa: E402

from hailo_perception.cli.demo.arrival import Arrival  # noqa: E402
from hailo_perception.cli.demo.options import DemoOptions  # noqa: E402
from hailo_perception.cli.demo.options import SourceKind  # noqa: E402
from hailo_perception.cli.demo.rerun_data import annotation_context  # noqa: E402
from hailo_perception.cli.demo.rerun_data import converted  # noqa: E402
from hailo_perception.cli.demo.rerun_recording import RerunRecording  # noqa: E402
from hailo_perception.cli.demo.results_folder import ResultsFolder  # noqa: E402
from hailo_perception.cli.demo.topics import demo_topics  # noqa: E402
from hailo_perception.core.frame import Header as FrameHeader  # noqa: E402
from hailo_perception.core.labels import distinct_color  # noqa: E402
from hailo_perception.core.results import POINT_DTYPE  # noqa: E402
from hailo_perception.core.results import PointCloud  # noqa: E402
from hailo_perception.msg import Lane  # noqa: E402
from hailo_perception.msg import LaneArray  # noqa: E402
from hailo_perception.msg import Object  # noqa: E402
from hailo_perception.msg import ObjectArray  # noqa: E402
from hailo_perception.msg import PipelineStats  # noqa: E402
from hailo_perception.msg import StageTiming  # noqa: E402
from hailo_perception.ros import images  # noqa: E402
from hailo_perception.ros.results import ReusedPointCloud  # noqa: E402

FRONT = '/perception/front'
HEADER = FrameHeader(1_700_000_000_123_456_789, 'front')
UNKNOWN = Point32(x=math.nan, y=math.nan, z=math.nan)


def logged(topic: str, message: Any) -> dict[str, Any]:
    return dict(converted(topic, message))


def column(archetype: Any, name: str) -> list[Any]:
    return getattr(archetype, name).as_arrow_array().to_pylist()


def cloud_message(cloud: PointCloud, header: FrameHeader) -> PointCloud2:
    return deserialize_message(ReusedPointCloud().fill(cloud, header).tobytes(), PointCloud2)


def test_no_objects_clear_the_former_ones() -> None:
    found = logged(f'{FRONT}/objects', ObjectArray())
    assert column(found[f'{FRONT}/objects/boxes'], 'centers') == []
    assert column(found[f'{FRONT}/objects/positions'], 'positions') == []


def test_no_lanes_clear_the_former_ones() -> None:
    found = logged(f'{FRONT}/lanes', LaneArray())
    assert column(found[f'{FRONT}/lanes/lines'], 'strips') == []
    assert column(found[f'{FRONT}/lanes/points'], 'strips') == []


def test_an_empty_cloud() -> None:
    message = cloud_message(PointCloud(np.zeros((0, 4), POINT_DTYPE)), HEADER)
    assert column(logged('/points', message)['/points'], 'positions') == []


def test_what_says_nothing_new_is_left_out() -> None:
    assert not logged(f'{FRONT}/markers', MarkerArray())


def test_objects_are_boxes_and_where_known_places() -> None:
    objects = [
        Object(x_max=4.0, y_max=2.0, class_id=3, class_name='bus', score=0.5, position=UNKNOWN),
        Object(class_id=1, class_name='car', distance_m=5.0, position=Point32(y=3.0, z=4.0)),
    ]
    found = logged('/o', ObjectArray(objects=objects))
    boxes, places = found['/o/boxes'], found['/o/positions']
    assert column(boxes, 'centers')[0] == [2.0, 1.0]
    assert column(boxes, 'half_sizes')[0] == [2.0, 1.0]
    assert column(boxes, 'labels') == ['bus 0.50', 'car 0.00']
    assert column(boxes, 'class_ids') == [3, 1]
    assert column(places, 'positions') == [[0.0, 3.0, 4.0]]
    assert column(places, 'labels') == ['car 5.0 m']


def test_lane_lines_move_to_edge_coordinates_and_leave_out_the_unknown() -> None:
    lane = Lane(
        class_name='white_line',
        x_px=[0.0, 2.0],
        y_px=[7.0, 5.0],
        points=[Point32(x=1.0, y=2.0, z=3.0), UNKNOWN],
    )
    found = logged('/l', LaneArray(lanes=[lane]))
    assert column(found['/l/lines'], 'strips') == [[[0.5, 7.5], [2.5, 5.5]]]
    assert column(found['/l/points'], 'strips') == [[[1.0, 2.0, 3.0]]]


def test_a_cloud_keeps_what_is_known_and_its_colours() -> None:
    points = np.zeros((1, 2), POINT_DTYPE)
    points['z'] = [[np.nan, 4]]
    points['rgb'] = 0x112233
    cloud = logged('/p', cloud_message(PointCloud(points), HEADER))['/p']
    assert column(cloud, 'positions') == [[0.0, 0.0, 4.0]]
    assert column(cloud, 'colors') == [0x112233FF]


@pytest.mark.parametrize(
    ('format_', 'media_type'),
    [('jpeg', 'image/jpeg'), ('bgr8; png compressed bgr8', 'image/png')],
)
def test_compressed_images_stay_as_they_are(format_: str, media_type: str) -> None:
    found = logged('/i', CompressedImage(format=format_, data=b'123'))['/i']
    assert column(found, 'media_type') == [media_type]
    assert bytes(column(found, 'blob')[0]) == b'123'


@pytest.mark.parametrize(
    ('image', 'kind'),
    [
        (np.ones((2, 3), np.float32), rr.DepthImage),
        (np.ones((2, 3), np.uint8), rr.SegmentationImage),
        (np.ones((2, 3, 3), np.uint8), rr.Image),
    ],
)
def test_images_by_their_encoding(image: np.ndarray, kind: type) -> None:
    found = logged('/i', images.to_message(image, HEADER))['/i']
    assert isinstance(found, kind)
    buffer = found.buffer.as_arrow_array().to_numpy(zero_copy_only=False)[0]
    assert bytes(np.asarray(buffer, np.uint8)) == image.tobytes()


def test_a_calibration_holds_for_its_siblings_and_zeros_are_none() -> None:
    assert not logged('/c/camera_info', CameraInfo())
    k = [100.0, 0.0, 31.5, 0.0, 200.0, 23.5, 0.0, 0.0, 1.0]
    found = logged('/c/camera_info', CameraInfo(width=64, height=48, k=k))
    # By columns.
    expected = [100.0, 0.0, 0.0, 0.0, 200.0, 0.0, 32.0, 24.0, 1.0]
    assert column(found['/c'], 'image_from_camera') == [expected]
    assert column(found['/c'], 'resolution') == [[64.0, 48.0]]


def test_statistics_become_numbers_where_there_are_any() -> None:
    message = PipelineStats(
        fps=9.5,
        device_temperature_c=math.nan,
        device_power_w=3.0,
        stages=[StageTiming(stage='decode', p50_ms=1.0, p95_ms=2.0)],
    )
    values = {
        entity: column(each, 'scalars') for entity, each in logged('/s', message).items()
    }
    assert values == {
        '/s/fps': [9.5],
        '/s/stages/decode/p50': [1.0],
        '/s/stages/decode/p95': [2.0],
        '/s/device_power_w': [3.0],
    }


def test_every_class_has_a_colour_and_known_ones_a_name() -> None:
    classes = column(annotation_context({1: 'car'}), 'context')[0]
    infos = {each['class_id']: each['class_description']['info'] for each in classes}
    assert sorted(infos) == list(range(256))
    assert infos[1]['label'] == 'car'
    assert infos[2]['label'] is None
    red, green, blue = distinct_color(1)
    assert infos[1]['color'] == red << 24 | green << 16 | blue << 8 | 0xFF
    assert infos[255]['color'] == 0


def test_label_infos_name_the_classes_of_their_siblings() -> None:
    vision = pytest.importorskip('vision_msgs.msg')
    classes = [vision.VisionClass(class_id=0, class_name='road')]
    found = logged('/semantic/label_info', vision.LabelInfo(class_map=classes))
    context = column(found['/semantic'], 'context')[0]
    assert context[0]['class_description']['info']['label'] == 'road'


def arrivals() -> list[Arrival]:
    """Make one arrival of each kind, of two frames."""
    depth, mask = np.full((4, 6), 5, np.float32), np.zeros((4, 6), np.uint8)
    k = [10.0, 0.0, 3.0, 0.0, 10.0, 2.0, 0.0, 0.0, 1.0]
    topics = {each.name: each for each in demo_topics(DemoOptions(SourceKind.SCENE, 'scene'))}
    made = []
    for second in (1, 2):
        header = FrameHeader(second * 10**9, 'front')
        stamped = Header(stamp=Time(sec=second))
        cloud = PointCloud(np.ones((2, 2), POINT_DTYPE))
        messages = {
            f'{FRONT}/depth/camera_info': CameraInfo(header=stamped, width=6, height=4, k=k),
            f'{FRONT}/overlay/compressed': CompressedImage(header=stamped, data=b'\xff\xd8'),
            f'{FRONT}/depth/image': images.to_message(depth, header),
            f'{FRONT}/semantic/mask': images.to_message(mask, header),
            f'{FRONT}/points': cloud_message(cloud, header),
            f'{FRONT}/objects': ObjectArray(header=stamped, objects=[Object()]),
            f'{FRONT}/lanes': LaneArray(header=stamped),
            f'{FRONT}/markers': MarkerArray(),
            '/perception/stats': PipelineStats(header=stamped, fps=10.0),
        }
        made += [
            Arrival(
                topics[name],
                serialize_message(message),
                received_ns=second * 10**9,
                stamp_ns=second * 10**9 if topics[name].has_header else None,
                is_recorded=True,
                is_pictured=False,
            )
            for name, message in messages.items()
        ]
    return made


def rerun_command(*words: str) -> str:
    result = subprocess.run(
        [sys.executable, '-m', 'rerun', *words], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_file_is_whole_and_has_every_kind(tmp_path: Path) -> None:
    folder = ResultsFolder(tmp_path, is_recording=False, has_rerun_recording=True)
    for each in arrivals():
        folder.write(each)
    folder.close()
    path = tmp_path / 'recording.rrd'
    assert path in [product.path for product in folder.products()]
    assert path.read_bytes().startswith(b'RRF2')
    rerun_command('rrd', 'verify', str(path))
    entities = set(re.findall(r' - (/perception\S*) - ', rerun_command('rrd', 'print', str(path))))
    names = (
        'depth',
        'depth/image',
        'lanes/lines',
        'lanes/points',
        'objects/boxes',
        'objects/positions',
        'overlay/compressed',
        'points',
        'semantic/mask',
    )
    assert entities == {f'{FRONT}/{name}' for name in names} | {'/perception/stats/fps'} | {
        f'/perception/stats/{name}' for name in ('device_temperature_c', 'device_power_w')
    }


def test_a_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match='Rerun recording'):
        RerunRecording(tmp_path / 'nowhere' / 'recording.rrd')


def test_a_full_disk_is_told(full_disk: None, tmp_path: Path) -> None:
    folder = ResultsFolder(tmp_path, is_recording=False, has_rerun_recording=True)
    # What is written reaches the disk a moment later.
    with pytest.raises(OSError, match='Rerun recording'):
        for each in itertools.cycle(arrivals()):
            folder.write(each)
    with pytest.raises(OSError, match='Rerun recording'):
        folder.close()
