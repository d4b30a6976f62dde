# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Each data set's folder layout, made up with pictures of a few pixels."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from hailo_perception.evaluation.labelled import ANY_CLASS
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.labelled import TRUE_LANE_LABELS
from hailo_perception.evaluation.recordings.catalog import open_recording
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
