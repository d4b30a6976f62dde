# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Real recordings, where they are there: what the readers make of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hailo_perception.backends.selection import BackendOptions
from hailo_perception.backends.selection import open_backend
from hailo_perception.core.boxes import pairwise_iou
from hailo_perception.evaluation.recordings.catalog import open_recording
from hailo_perception.evaluation.recordings.kitti import read_calibration
from hailo_perception.evaluation.recordings.kitti import rigid
from hailo_perception.evaluation.recordings.recording import RecordingOptions
from hailo_perception.evaluation.runner import evaluate
from hailo_perception.models.binding import bind
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest
from hailo_perception.scenes import OBJECT_LABELS
from hailo_perception.scenes import SEMANTIC_LABELS
from training.convert_pandaset import convert


@pytest.fixture(scope='module')
def kitti(recorded_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one KITTI frame, in the layout of its data set."""
    source = recorded_data / 'kitti_000114'
    if not source.is_dir():
        pytest.skip('no kitti_000114')
    folder = tmp_path_factory.mktemp('kitti')
    for name, place in (
        ('000114_image.png', 'image_2/000114.png'),
        ('000114_calib.txt', 'calib/000114.txt'),
        ('000114_label.txt', 'label_2/000114.txt'),
        ('000114.bin', 'velodyne/000114.bin'),
    ):
        link = folder / 'training' / place
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(source / name)
    return folder


def test_kitti_labels_and_lidar_agree(kitti: Path) -> None:
    """In each judged box lies a LiDAR point about as far as the label says."""
    recording = open_recording('kitti_object', kitti, RecordingOptions())
    found = recording.read(114)
    assert found.size == found.camera.size
    assert len(found.lidar) > 10_000
    objects = found.objects
    assert len(objects) == 14 and objects.is_region.sum() == 3
    judged = np.flatnonzero(~objects.is_ignored & (objects.visibility > 0.5))
    assert len(judged) == 4
    for i in judged:
        box = objects.xyxy[i]
        inside = (found.lidar.pixels > box[:2]) & (found.lidar.pixels < box[2:])
        depth_m = found.lidar.depth_m[inside.all(axis=1)]
        # The label is of the middle, the LiDAR sees the front.
        assert np.abs(depth_m + 1 - objects.distance_m[i]).min() < 1.5


def test_the_packaged_model_on_kitti(kitti: Path) -> None:
    """A picture 3.3 times as wide as high goes through the manifest's own preprocessing."""
    pytest.importorskip('onnxruntime')
    manifest = load_manifest(find_model('lightnet_compact'))
    recording = open_recording('kitti_object', kitti, RecordingOptions())
    opened = open_backend('onnx', manifest, BackendOptions(threads=1))
    try:
        model = bind(manifest, opened.backend.inputs, opened.backend.outputs)
        report = evaluate(model, opened.backend, recording)
    finally:
        opened.backend.close()
    assert report.pictures == {'objects': 1, 'depth at LiDAR points': 1}
    assert report.withheld == {} and report.semantic is None
    assert report.detection.classes['car'].objects >= 2
    assert 0 < report.depth.abs_rel < 1 and report.depth.coverage > 0.8
    assert all(row.points > 100 for row in report.pseudo_lidar)


def test_cuboids_of_kitti_raw_fit_the_boxes_that_people_drew(kitti: Path, tmp_path: Path) -> None:
    """The frame as a drive: its labels as tracklets in the LiDAR's frame.

    People drew the boxes about whole objects, so those that are hidden in part are left out.
    """
    folder = kitti / 'training'
    rows = read_calibration(folder / 'calib/000114.txt')
    to_camera = rigid(rows['R0_rect']) @ rigid(rows['Tr_velo_to_cam'])
    drawn, items = [], []
    for line in (folder / 'label_2/000114.txt').read_text().splitlines():
        fields = line.split()
        if fields[0] == 'DontCare':
            continue
        height, width, length, x, y, z, turn = (float(value) for value in fields[8:])
        place = np.linalg.inv(to_camera) @ (x, y, z, 1)
        drawn.append([float(value) for value in fields[4:8]])
        items.append(
            f'<item><objectType>{fields[0]}</objectType><h>{height}</h><w>{width}</w>'
            f'<l>{length}</l><first_frame>114</first_frame><poses><item><tx>{place[0]}</tx>'
            f'<ty>{place[1]}</ty><tz>{place[2]}</tz><rz>{-turn - np.pi / 2}</rz></item></poses>'
            '</item>'
        )
    drive = tmp_path / 'drive'
    for place, source in (
        ('image_02/data/0000000114.png', 'image_2/000114.png'),
        ('velodyne_points/data/0000000114.bin', 'velodyne/000114.bin'),
    ):
        (drive / place).parent.mkdir(parents=True)
        (drive / place).symlink_to(folder / source)
    (drive / 'tracklet_labels.xml').write_text(
        f'<boost><tracklets>{"".join(items)}</tracklets></boost>'
    )
    numbers = {name: ' '.join(map(str, rows[name])) for name in ('R0_rect', 'P2')}
    (drive / 'calib_cam_to_cam.txt').write_text(
        f'R_rect_00: {numbers["R0_rect"]}\nP_rect_02: {numbers["P2"]}\n'
    )
    velodyne = rows['Tr_velo_to_cam'].reshape(3, 4)
    rotation, shift = (
        ' '.join(map(str, part.ravel())) for part in (velodyne[:, :3], velodyne[:, 3])
    )
    (drive / 'calib_velo_to_cam.txt').write_text(f'R: {rotation}\nT: {shift}\n')
    objects = open_recording('kitti_raw', drive, RecordingOptions()).read(114).objects
    shown = ~objects.is_ignored & (objects.visibility > 0.9) & ~objects.is_region
    assert shown.sum() >= 3
    overlaps = pairwise_iou(objects.xyxy[shown], np.array(drawn)).max(axis=1)
    assert (overlaps > 0.75).all(), overlaps


@pytest.fixture(scope='module')
def pandaset(recorded_data: Path) -> Path:
    folder = recorded_data / 'pandaset_002'
    if not folder.is_dir():
        pytest.skip('no pandaset_002')
    return folder


@pytest.fixture(scope='module')
def cuboids(pandaset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip('pandas')
    folder = tmp_path_factory.mktemp('cuboids')
    assert convert(pandaset, folder) == 80
    return folder


def test_pandaset_without_cuboids(pandaset: Path) -> None:
    recording = open_recording('pandaset', pandaset, RecordingOptions())
    assert len(recording.between(60, 80)) == 20
    found = recording.read(60)
    assert found.objects is None and found.size == (1920, 1080)
    assert len(found.lidar) == 20_000
    assert (found.lidar.class_ids == SEMANTIC_LABELS.id_of('road')).mean() > 0.2
    assert 0.001 < (found.lidar.lane_ids > 0)[found.lidar.lane_ids < 255].mean() < 0.1
    assert recording.read(71).lidar is None


@pytest.mark.parametrize(
    ('camera', 'number', 'judged'),
    [('front_camera', 0, 10), ('front_left_camera', 8, 5), ('front_right_camera', 4, 2)],
)
def test_pandaset_boxes_are_filled_by_points_of_their_class(
    pandaset: Path, cuboids: Path, camera: str, number: int, judged: int
) -> None:
    """Points that are labelled as car reach over most of the box of a wholly visible car."""
    options = RecordingOptions(camera=camera, labels=cuboids)
    found = open_recording('pandaset', pandaset, options).read(number)
    objects = found.objects
    is_judged = ~objects.is_ignored & (objects.visibility > 0.3)
    assert is_judged.sum() >= judged
    is_car = objects.class_ids == OBJECT_LABELS.id_of('car')
    is_car_point = found.lidar.class_ids == SEMANTIC_LABELS.id_of('car')
    sides = objects.xyxy[:, 2:] - objects.xyxy[:, :2]
    is_wide = (sides[:, 0] > 60) & (sides[:, 0] < 600)
    for i in np.flatnonzero(is_car & (objects.visibility > 0.95) & is_wide & is_judged):
        box = objects.xyxy[i]
        inside = (found.lidar.pixels > box[:2]) & (found.lidar.pixels < box[2:])
        pixels = found.lidar.pixels[inside.all(axis=1) & is_car_point]
        assert (np.ptp(pixels, axis=0) > 0.7 * sides[i]).all()
