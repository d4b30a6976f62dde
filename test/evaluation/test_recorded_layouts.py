# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Each data set's folder layout, made up with pictures of a few pixels."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import FrameError
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.results import LanePattern
from hailo_perception.evaluation.labelled import ANY_CLASS
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.labelled import TRUE_LANE_LABELS
from hailo_perception.evaluation.recordings.catalog import open_recording
from hailo_perception.evaluation.recordings.catalog import READERS
from hailo_perception.evaluation.recordings.class_names import load_class_names
from hailo_perception.evaluation.recordings.class_names import load_tables
from hailo_perception.evaluation.recordings.recording import Recording
from hailo_perception.evaluation.recordings.recording import RecordingOptions
from hailo_perception.scenes import OBJECT_LABELS
from hailo_perception.scenes import SEMANTIC_LABELS

WIDTH, HEIGHT = 40, 20
ROAD, SKY, CAR = (SEMANTIC_LABELS.id_of(name) for name in ('road', 'sky', 'car'))
BACKGROUND, MARKING, WHITE, YELLOW = (
    TRUE_LANE_LABELS.id_of(name) for name in ('background', 'marking', 'white_line', 'yellow_line')
)

# A camera at the LiDAR's place that looks where it looks (x ahead, y left, z up).
IDENTITY = '1 0 0 0 1 0 0 0 1'
LIDAR_TO_CAMERA = '0 -1 0 0 0 -1 1 0 0'
PROJECTION = '20 0 19.5 0 0 20 9.5 0 0 0 1 0'
AHEAD_M = ((10, 0, 0), (20, 4, 1), (-10, 0, 0), (10, 50, 0))
"""Points of a scan: two in the picture, one behind, one beside."""


def picture(path: Path, suffix: str = '') -> Path:
    return image(path, np.full((HEIGHT, WIDTH, 3), 90, np.uint8), suffix)


def image(path: Path, values: np.ndarray, suffix: str = '') -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(suffix or path.suffix, values)[1].tobytes())
    return path


def text(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding='utf-8')
    return path


def scan(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.array([(*point, 0.5) for point in AHEAD_M], np.float32).tofile(path)
    return path


def kitti_object(folder: Path) -> Path:
    picture(folder / 'training/image_2/000007.png')
    calibration = f'P2: {PROJECTION}\nP3: {PROJECTION}\nR0_rect: {IDENTITY}\n'
    rows = LIDAR_TO_CAMERA.split()
    to_camera = ' '.join(' '.join((*rows[i : i + 3], '0')) for i in (0, 3, 6))
    text(folder / 'training/calib/000007.txt', calibration + f'Tr_velo_to_cam: {to_camera}\n')
    rest = '1 1 1 0 0 9.5 0'
    text(
        folder / 'training/label_2/000007.txt',
        f'Car 0.00 0 0 2 3 11 12 {rest}\n'
        f'Van 0.00 1 0 20 3 30 12 {rest}\n'
        f'Pedestrian 0.00 2 0 20 3 30 12 {rest}\n'
        f'Truck 0.00 3 0 20 3 30 12 {rest}\n'
        'DontCare -1 -1 -10 30 0 39 5 -1 -1 -1 -1000 -1000 -1000 -10\n',
    )
    scan(folder / 'training/velodyne/000007.bin')
    return folder


def kitti_raw(folder: Path) -> Path:
    drive = folder / '2011_09_26_drive_0001_sync'
    picture(drive / 'image_02/data/0000000003.png')
    scan(drive / 'velodyne_points/data/0000000003.bin')
    text(
        folder / 'calib_cam_to_cam.txt',
        f'calib_time: 09-Jan-2012 13:57:47\nR_rect_00: {IDENTITY}\nP_rect_02: {PROJECTION}\n',
    )
    text(folder / 'calib_velo_to_cam.txt', f'R: {LIDAR_TO_CAMERA}\nT: 0 0 0\n')
    pose = '<item><tx>11</tx><ty>0</ty><tz>-1</tz><rx>0</rx><ry>0</ry><rz>0</rz></item>'
    text(
        drive / 'tracklet_labels.xml',
        '<boost_serialization><tracklets><count>1</count><item><objectType>Car</objectType>'
        '<h>2</h><w>2</w><l>4</l><first_frame>2</first_frame>'
        f'<poses><count>2</count>{pose}{pose}</poses></item></tracklets></boost_serialization>',
    )
    return drive


def pandaset(folder: Path) -> Path:
    camera = folder / 'front_camera'
    picture(camera / '05.jpg')
    text(camera / 'intrinsics.json', json.dumps({'fx': 20, 'fy': 20, 'cx': 19.5, 'cy': 9.5}))
    # The camera looks along the world's y, as its cuboids' fronts do.
    half = 0.5**0.5
    pose = {
        'position': {'x': 0, 'y': 0, 'z': 0},
        'heading': {'w': half, 'x': -half, 'y': 0, 'z': 0},
    }
    text(camera / 'poses.json', json.dumps([pose] * 6))
    (camera / 'lidar').mkdir()
    np.savez(
        camera / 'lidar/05.npz',
        u=np.array([19, 5], np.uint16),
        v=np.array([9, 15], np.uint16),
        depth_cm=np.array([950, 600], np.uint16),
        label=np.array([13, 8], np.uint8),
    )
    row = {'size_m': [2, 4, 2], 'yaw_rad': 0.0, 'sensor': -1, 'sibling': '-'}
    rows = [
        {**row, 'id': 'a', 'label': 'Car', 'position_m': [0, 11, 0]},
        {**row, 'id': 'b', 'label': 'Car', 'position_m': [-20, 40, 0]},
        {**row, 'id': 'c', 'label': 'Cones', 'position_m': [0, 9, 0]},
        {**row, 'id': 'd', 'label': 'Towed Object', 'position_m': [6, 11, 0]},
        {**row, 'id': 'e', 'label': 'Car', 'position_m': [0, -11, 0]},
    ]
    text(folder / 'cuboids_json/05.json', json.dumps(rows))
    return folder


def bdd100k(folder: Path) -> Path:
    picture(folder / 'images/100k/val/a.jpg')
    picture(folder / 'images/100k/val/b.jpg')
    box = {'x1': 2, 'y1': 3, 'x2': 11, 'y2': 12}
    boxes = [
        {'category': 'car', 'box2d': box, 'attributes': {'occluded': True}},
        {'category': 'pedestrian', 'box2d': box, 'attributes': {'crowd': True}},
        {'category': 'other vehicle', 'box2d': box},
    ]
    frames = [{'name': 'a.jpg', 'labels': boxes}, {'name': 'b.jpg'}]
    text(folder / 'labels/det_20/det_val.json', json.dumps(frames))

    def line(category: str, x: float, direction: str = 'parallel') -> dict[str, object]:
        part = {'vertices': [[x, 2], [x, 18]], 'types': 'LL', 'closed': False}
        attributes = {'laneDirection': direction, 'laneStyle': 'solid'}
        return {'category': category, 'attributes': attributes, 'poly2d': [part]}

    lines = [
        line('single white', 10.0),
        line('single white', 10.8),
        line('double yellow', 30.0),
        line('road curb', 35.0),
        line('single white', 20.0, 'vertical'),
    ]
    lanes = [{'name': 'a.jpg', 'labels': lines}]
    text(folder / 'labels/lane/polygons/lane_val.json', json.dumps(lanes))
    mask = np.full((HEIGHT, WIDTH), 255, np.uint8)
    mask[:, 10], mask[:, 30], mask[:, 35] = 6, 3 | 0x30, 4
    image(folder / 'labels/lane/masks/val/a.png', mask)
    area = np.full((HEIGHT, WIDTH), 2, np.uint8)
    area[10:, :20], area[10:, 20:] = 0, 1
    image(folder / 'labels/drivable/masks/val/a.png', area)
    classes = np.full((HEIGHT, WIDTH), 255, np.uint8)
    classes[:5] = 10
    image(folder / 'labels/sem_seg/masks/val/b.png', classes)
    return folder


def camvid(folder: Path) -> Path:
    picture(folder / '701_StillsRaw_full/x.png')
    image(folder / 'LabeledApproved_full/x_L.png', camvid_colors())
    return folder


def camvid_colors() -> np.ndarray:
    """Sky, road, a marking and a bicyclist, as BGR."""
    rgb = np.full((HEIGHT, WIDTH, 3), (128, 128, 128), np.uint8)
    rgb[10:] = (128, 64, 128)
    rgb[15:, 10] = (128, 0, 192)
    rgb[12:14, 30] = (0, 128, 192)
    return rgb[..., ::-1]


def cityscapes(folder: Path) -> Path:
    picture(folder / 'leftImg8bit/val/ulm/ulm_1_leftImg8bit.png')
    ids = np.full((HEIGHT, WIDTH), 7, np.uint8)
    ids[3:10, 4:12] = 26
    ids[0:2, 30:36] = 24
    image(folder / 'gtFine/val/ulm/ulm_1_gtFine_labelIds.png', ids)
    instances = ids.astype(np.uint16)
    instances[3:10, 4:12] = 26001
    image(folder / 'gtFine/val/ulm/ulm_1_gtFine_instanceIds.png', instances)
    intrinsic = {'intrinsic': {'fx': 20.0, 'fy': 21.0, 'u0': 19.0, 'v0': 9.0}}
    text(folder / 'camera/val/ulm/ulm_1_camera.json', json.dumps(intrinsic))
    return folder


BUILDERS = {
    'bdd100k': bdd100k,
    'camvid': camvid,
    'cityscapes': cityscapes,
    'kitti_object': kitti_object,
    'kitti_raw': kitti_raw,
    'pandaset': pandaset,
}


def opened(dataset: str, data: Path, **options: object) -> Recording:
    return open_recording(dataset, data, RecordingOptions(**options))


def built(dataset: str, folder: Path) -> Recording:
    return opened(dataset, BUILDERS[dataset](folder))


def reopened(dataset: str, folder: Path) -> Recording:
    data = next(folder.glob('*_sync')) if dataset == 'kitti_raw' else folder
    return opened(dataset, data)


def first(recording: Recording) -> LabelledPicture:
    return recording.read(next(iter(recording.names)))


def names_of(found: LabelledPicture) -> list[str]:
    ids = found.objects.class_ids
    return ['any' if i == ANY_CLASS else OBJECT_LABELS.name_of(i) for i in ids]


def test_every_reader_has_a_layout_here() -> None:
    assert READERS.keys() == BUILDERS.keys()


@pytest.mark.parametrize('dataset', BUILDERS)
def test_an_empty_folder_is_one_clear_error(dataset: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='expected|has not the layout'):
        opened(dataset, tmp_path)
    with pytest.raises(ConfigurationError, match='no folder'):
        opened(dataset, tmp_path / 'nowhere')


@pytest.mark.parametrize('dataset', BUILDERS)
def test_a_picture_that_is_none_costs_only_itself(dataset: str, tmp_path: Path) -> None:
    recording = built(dataset, tmp_path)
    assert first(recording).size == (WIDTH, HEIGHT)
    for path in [*tmp_path.rglob('*.png'), *tmp_path.rglob('*.jpg')]:
        path.write_bytes(b'no picture')
    with pytest.raises(FrameError, match='cannot be decoded|can be decoded'):
        first(reopened(dataset, tmp_path))


@pytest.mark.parametrize(
    ('dataset', 'options', 'message'),
    [
        ('camvid', {'camera': 'front'}, 'no such choice'),
        ('cityscapes', {'labels': Path()}, 'no such choice'),
        ('kitti_raw', {'split': 'val'}, 'no such choice'),
        ('kitti_object', {'camera': 'image_9'}, 'image_2, image_3'),
        ('kitti_object', {'split': 'testing'}, 'no folder'),
        ('pandaset', {'camera': 'back_camera'}, 'no folder'),
        ('pandaset', {'labels': Path('nowhere')}, 'convert_pandaset'),
        ('bdd100k', {'split': 'test'}, 'no folder'),
    ],
)
def test_options_that_a_data_set_does_not_have(
    dataset: str, options: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        opened(dataset, BUILDERS[dataset](tmp_path), **options)


def test_an_unknown_data_set() -> None:
    with pytest.raises(ConfigurationError, match="no data set 'waymo'; .* camvid"):
        opened('waymo', Path())


def test_frames_are_chosen_by_their_numbers(tmp_path: Path) -> None:
    recording = built('bdd100k', tmp_path)
    assert recording.names == {0: 'a', 1: 'b'}
    assert recording.between(1, None).names == {1: 'b'}
    assert recording.between(None, 1).names == {0: 'a'}
    with pytest.raises(ConfigurationError, match='within --frames 5:9; they are 0 to 1'):
        recording.between(5, 9)


def test_kitti_object(tmp_path: Path) -> None:
    found = first(built('kitti_object', tmp_path))
    assert found.name == '000007'
    assert names_of(found) == ['car', 'car', 'person', 'truck', 'any']
    assert found.objects.xyxy[0].tolist() == [2, 3, 12, 13]
    assert found.objects.is_ignored.tolist() == [False, False, False, True, True]
    assert (found.objects.visibility[:4] > 0.3).tolist() == [True, True, False, False]
    assert found.objects.distance_m[0] == 9.5
    assert found.camera.matrix.tolist() == [[20, 0, 19.5], [0, 20, 9.5], [0, 0, 1]]
    np.testing.assert_allclose(found.lidar.pixels, [(19.5, 9.5), (15.5, 8.5)], atol=1e-4)
    assert found.lidar.depth_m.tolist() == [10, 20]
    assert (found.semantic, found.lane, found.lane_lines, found.depth_m) == (None,) * 4


def test_kitti_object_without_labels_and_scans(tmp_path: Path) -> None:
    folder = kitti_object(tmp_path) / 'training'
    (folder / 'label_2/000007.txt').unlink()
    (folder / 'velodyne/000007.bin').unlink()
    found = first(opened('kitti_object', folder))
    assert found.objects is None and found.lidar is None and found.camera is not None


@pytest.mark.parametrize(
    ('file', 'content', 'message'),
    [
        ('label_2/000007.txt', 'Spaceship' + 14 * ' 0', "class 'Spaceship'"),
        ('label_2/000007.txt', 'Car 1 2 3', 'lines of 15 fields'),
        ('label_2/000007.txt', 'Car' + 14 * ' x', 'lines of 15 fields'),
        ('calib/000007.txt', 'P0: 1 2 3', 'the calibration lacks'),
        ('velodyne/000007.bin', 'abc', 'points of four'),
    ],
)
def test_kitti_object_with_broken_labels(
    file: str, content: str, message: str, tmp_path: Path
) -> None:
    recording = built('kitti_object', tmp_path)
    text(tmp_path / 'training' / file, content)
    if file.startswith('velodyne'):
        (tmp_path / 'training' / file).write_bytes(b'1234' * 5)
    with pytest.raises(FrameError, match=message):
        first(recording)


def test_kitti_raw(tmp_path: Path) -> None:
    found = first(built('kitti_raw', tmp_path))
    assert names_of(found) == ['car']
    # A body of 2 m ahead with its back at 9 m: about 4.4 pixels wide and high.
    left, top, right, bottom = found.objects.xyxy[0]
    assert (left + right) / 2 == pytest.approx(20, abs=0.2)
    assert 3.5 < right - left < 4.5 and 3 < bottom - top < 4.5
    assert found.lidar.depth_m.tolist() == [10, 20]
    assert not found.objects.is_ignored[0]


def test_kitti_raw_without_calibration_or_with_broken_tracklets(tmp_path: Path) -> None:
    drive = kitti_raw(tmp_path)
    text(drive / 'tracklet_labels.xml', '<tracklets>')
    with pytest.raises(ConfigurationError, match='no file of tracklets'):
        opened('kitti_raw', drive)
    (tmp_path / 'calib_velo_to_cam.txt').unlink()
    with pytest.raises(ConfigurationError, match='no calibration calib_velo_to_cam'):
        opened('kitti_raw', drive)


def test_kitti_raw_frames_outside_a_tracklet_have_no_object(tmp_path: Path) -> None:
    drive = kitti_raw(tmp_path)
    picture(drive / 'image_02/data/0000000004.png')
    assert names_of(opened('kitti_raw', drive).read(4)) == []


def test_pandaset(tmp_path: Path) -> None:
    found = first(built('pandaset', tmp_path))
    assert found.name == 'front_camera_05'
    assert names_of(found) == ['car', 'car', 'any']
    # Measured, hidden or too far to know, of no class of ours.
    assert found.objects.is_ignored.tolist() == [False, True, True]
    left, _, right, _ = found.objects.xyxy[0]
    assert (left + right) / 2 == pytest.approx(20, abs=0.2)
    assert found.objects.distance_m[0] == pytest.approx(9.5)
    assert found.lidar.class_ids.tolist() == [CAR, ROAD]
    assert found.lidar.lane_ids.tolist() == [BACKGROUND, MARKING]


def test_pandaset_without_cuboids_has_no_objects(tmp_path: Path) -> None:
    folder = pandaset(tmp_path)
    (folder / 'cuboids_json/05.json').unlink()
    assert first(opened('pandaset', folder)).objects is None
    (folder / 'front_camera/lidar/05.npz').unlink()
    assert first(opened('pandaset', folder)).lidar is None


@pytest.mark.parametrize(
    ('file', 'content', 'error', 'message'),
    [
        ('front_camera/poses.json', '[', ConfigurationError, 'cannot be read as JSON'),
        ('front_camera/poses.json', '[]', FrameError, 'the pose of the camera'),
        ('front_camera/intrinsics.json', '{"fx": 1}', ConfigurationError, 'fx, fy, cx and cy'),
        ('front_camera/lidar/05.npz', 'x', FrameError, 'no .npz'),
        ('cuboids_json/05.json', '[{"label": "Ufo"}]', FrameError, 'broken'),
    ],
)
def test_pandaset_with_broken_files(
    file: str, content: str, error: type[Exception], message: str, tmp_path: Path
) -> None:
    text(pandaset(tmp_path) / file, content)
    with pytest.raises(error, match=message):
        first(opened('pandaset', tmp_path))


def test_bdd100k(tmp_path: Path) -> None:
    recording = built('bdd100k', tmp_path)
    found = recording.read(0)
    assert names_of(found) == ['car', 'any', 'any']
    assert found.objects.xyxy[0].tolist() == [2, 3, 12, 13]
    assert found.objects.is_ignored.tolist() == [False, True, True]
    # Both edges of the white line are one line; the kerb and the line across are none.
    assert [line.class_id for line in found.lane_lines] == [WHITE, YELLOW]
    assert {line.pattern for line in found.lane_lines} == {LanePattern.SOLID}
    white = found.lane_lines[0].pixels
    assert white[:, 0] == pytest.approx(10.4 - 0.5)
    assert white[0, 1] > white[-1, 1]
    assert np.unique(found.lane[:, 10]).tolist() == [WHITE]
    assert np.unique(found.lane[:, 30]).tolist() == [YELLOW]
    assert np.unique(found.lane[:, 35]).tolist() == [UNLABELLED]
    assert np.unique(found.lane[:, 0]).tolist() == [BACKGROUND]
    # Where one can drive is road; about the rest nothing is known.
    assert np.unique(found.semantic[10:]).tolist() == [ROAD]
    assert np.unique(found.semantic[:10]).tolist() == [UNLABELLED]
    other = recording.read(1)
    assert names_of(other) == [] and other.lane is None and other.lane_lines is None
    assert np.unique(other.semantic).tolist() == [SKY, UNLABELLED]


def test_bdd100k_of_2018(tmp_path: Path) -> None:
    """Boxes and lines in one file."""
    picture(tmp_path / 'images/100k/val/a.jpg')
    part = {'vertices': [[5, 2], [5, 6], [5, 12], [5, 18]], 'types': 'LCCC', 'closed': False}
    labels = [
        {'category': 'motor', 'box2d': {'x1': 1, 'y1': 1, 'x2': 5, 'y2': 5}},
        {'category': 'drivable area', 'poly2d': [part]},
        {
            'category': 'lane',
            'attributes': {'laneTypes': 'single yellow', 'laneDirection': 'parallel'},
            'poly2d': [part],
        },
    ]
    file = tmp_path / 'labels/bdd100k_labels_images_val.json'
    text(file, json.dumps([{'name': 'a.jpg', 'labels': labels}]))
    found = first(opened('bdd100k', tmp_path))
    assert names_of(found) == ['motor']
    assert [line.class_id for line in found.lane_lines] == [YELLOW]
    labels[0]['category'] = 'hovercraft'
    text(file, json.dumps([{'name': 'a.jpg', 'labels': labels}]))
    with pytest.raises(FrameError, match="class 'hovercraft'"):
        first(opened('bdd100k', tmp_path))
    text(file, json.dumps([{'name': 'a.jpg', 'labels': [{'category': 'car'}]}]))
    with pytest.raises(FrameError, match='box2d or poly2d'):
        first(opened('bdd100k', tmp_path))
    text(file, json.dumps({'a': 1}))
    with pytest.raises(ConfigurationError, match='a list of frames'):
        opened('bdd100k', tmp_path)
    file.unlink()
    with pytest.raises(ConfigurationError, match='no labels of val'):
        opened('bdd100k', tmp_path)


@pytest.mark.parametrize('layout', ['whole', 'split'])
def test_camvid_in_colours(layout: str, tmp_path: Path) -> None:
    if layout == 'whole':
        recording = built('camvid', tmp_path)
    else:
        picture(tmp_path / 'test/x.png')
        image(tmp_path / 'test_labels/x_L.png', camvid_colors())
        recording = opened('camvid', tmp_path, split='test')
    found = first(recording)
    assert np.unique(found.semantic[:10]).tolist() == [SKY]
    assert np.unique(found.semantic[15:]).tolist() == [ROAD]
    assert np.unique(found.semantic[12:14, 30]).tolist() == [UNLABELLED]
    assert np.flatnonzero(found.lane[16] == MARKING).tolist() == [10]
    assert found.objects is None and found.camera is None


def test_camvid_in_numbers_has_no_markings(tmp_path: Path) -> None:
    picture(tmp_path / 'val/x.png')
    image(tmp_path / 'valannot/x.png', np.full((HEIGHT, WIDTH), 3, np.uint8))
    found = first(opened('camvid', tmp_path))
    assert np.unique(found.semantic).tolist() == [ROAD] and found.lane is None
    image(tmp_path / 'valannot/x.png', np.full((HEIGHT, WIDTH), 77, np.uint8))
    with pytest.raises(FrameError, match="class '77'"):
        first(opened('camvid', tmp_path))
    image(tmp_path / 'valannot/x.png', np.full((HEIGHT, WIDTH + 1), 3, np.uint8))
    with pytest.raises(FrameError, match='41×20 pixels, the picture 40×20'):
        first(opened('camvid', tmp_path))


def test_camvid_with_a_colour_of_no_class_or_without_labels(tmp_path: Path) -> None:
    recording = built('camvid', tmp_path)
    label = tmp_path / 'LabeledApproved_full/x_L.png'
    image(label, np.full((HEIGHT, WIDTH, 3), (3, 2, 1), np.uint8))
    with pytest.raises(FrameError, match=r'colour \(1, 2, 3\)'):
        first(recording)
    label.unlink()
    with pytest.raises(FrameError, match='no label map'):
        first(recording)


def test_cityscapes(tmp_path: Path) -> None:
    found = first(built('cityscapes', tmp_path))
    assert found.name == 'ulm_1'
    assert names_of(found) == ['any', 'car']
    assert found.objects.xyxy.tolist() == [[30, 0, 36, 2], [4, 3, 12, 10]]
    assert np.unique(found.semantic[3:10, 4:12]).tolist() == [CAR]
    assert (found.camera.fy, found.camera.cx) == (21.0, 19.0)
    text(tmp_path / 'camera/val/ulm/ulm_1_camera.json', '{}')
    with pytest.raises(FrameError, match='intrinsic'):
        first(opened('cityscapes', tmp_path))


@pytest.mark.parametrize('dataset', BUILDERS)
def test_every_name_in_the_tables_is_one_of_ours(dataset: str) -> None:
    labels = {
        'objects': OBJECT_LABELS,
        'points': SEMANTIC_LABELS,
        'semantic': SEMANTIC_LABELS,
        'drivable': SEMANTIC_LABELS,
        'numbers': SEMANTIC_LABELS,
        'markings': TRUE_LANE_LABELS,
        'lines': TRUE_LANE_LABELS,
        'lane_numbers': TRUE_LANE_LABELS,
    }
    tables = load_tables(dataset)
    for kind in tables.keys() - {'shapes', 'colors'}:
        names = set(load_class_names(dataset, kind).table.values()) - {None, 'ignored'}
        assert names and names <= set(labels[kind].names)
    if 'shapes' in tables:
        assert tables['shapes'].keys() == tables['objects'].keys()
    if 'colors' in tables:
        assert tables['semantic'].keys() == tables['colors'].keys() >= tables['markings'].keys()
        assert len({tuple(color) for color in tables['colors'].values()}) == 32
