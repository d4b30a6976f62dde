# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""KITTI object: boxes and a LiDAR scan for each picture.

``training/image_2/NNNNNN.png``, ``calib/NNNNNN.txt``, ``label_2/NNNNNN.txt`` and
``velodyne/NNNNNN.bin``; labels and scans may be missing, as in ``testing``.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.labelled import LidarPoints
from hailo_perception.evaluation.recordings.class_names import ClassNames
from hailo_perception.evaluation.recordings.class_names import IGNORED
from hailo_perception.evaluation.recordings.class_names import load_class_names
from hailo_perception.evaluation.recordings.files import existing_folder
from hailo_perception.evaluation.recordings.files import LabelError
from hailo_perception.evaluation.recordings.files import numbered
from hailo_perception.evaluation.recordings.files import pictures_in
from hailo_perception.evaluation.recordings.files import read_lines
from hailo_perception.evaluation.recordings.files import read_picture
from hailo_perception.evaluation.recordings.kitti import read_calibration
from hailo_perception.evaluation.recordings.kitti import read_scan
from hailo_perception.evaluation.recordings.kitti import rectified_camera
from hailo_perception.evaluation.recordings.kitti import rigid
from hailo_perception.evaluation.recordings.lidar import project_points
from hailo_perception.evaluation.recordings.objects import LabelledBox
from hailo_perception.evaluation.recordings.objects import true_objects
from hailo_perception.evaluation.recordings.recording import Recording
from hailo_perception.evaluation.recordings.recording import RecordingOptions

DATASET = 'kitti_object'
LAYOUT = 'KITTI object: training/image_2/NNNNNN.png, calib/, label_2/, velodyne/'
_DEFAULT_SPLIT = 'training'
_DEFAULT_CAMERA = 'image_2'
_PROJECTIONS = {'image_2': 'P2', 'image_3': 'P3'}
_VISIBILITY = {0: 1.0, 1: 0.6, 2: 0.2}
"""KITTI's fully visible, partly and largely occluded; what it does not know is ignored."""
_FIELDS = 15


def open_kitti_object(data: Path, options: RecordingOptions) -> Recording:
    """Open a split, by default ``training`` (``data`` may be its folder), and a colour camera."""
    options.refuse(DATASET, 'labels')
    camera = options.camera or _DEFAULT_CAMERA
    if camera not in _PROJECTIONS:
        raise ConfigurationError(f'--camera {camera}: {DATASET} has {", ".join(_PROJECTIONS)}')
    folder = existing_folder(data, LAYOUT)
    if options.split is not None or not (folder / camera).is_dir():
        folder = existing_folder(folder / (options.split or _DEFAULT_SPLIT), LAYOUT)
    paths = numbered(pictures_in(folder / camera, LAYOUT))
    existing_folder(folder / 'calib', LAYOUT)
    names = {number: path.stem for number, path in paths.items()}
    return Recording(
        DATASET, f'{folder.name}/{camera}', names, partial(_read, folder, camera, paths)
    )


def _read(folder: Path, camera_name: str, paths: dict[int, Path], number: int) -> LabelledPicture:
    path = paths[number]
    image = read_picture(path)
    size = (image.shape[1], image.shape[0])
    labels = folder / 'label_2' / f'{path.stem}.txt'
    # The labelled boxes are those of the left picture.
    is_labelled = camera_name == _DEFAULT_CAMERA and labels.is_file()
    camera, lidar = _camera_and_lidar(folder, camera_name, path.stem, size)
    return LabelledPicture(
        name=path.stem,
        image=image,
        camera=camera,
        objects=true_objects(_boxes(read_lines(labels)), size) if is_labelled else None,
        lidar=lidar,
    )


def _camera_and_lidar(
    folder: Path, camera_name: str, stem: str, size: tuple[int, int]
) -> tuple[CameraModel, LidarPoints | None]:
    try:
        rows = read_calibration(folder / 'calib' / f'{stem}.txt')
        camera, to_camera = rectified_camera(rows[_PROJECTIONS[camera_name]], size)
        to_camera = to_camera @ rigid(rows['R0_rect']) @ rigid(rows['Tr_velo_to_cam'])
    except (OSError, KeyError, ValueError) as error:
        raise CameraInfoError(
            'the calibration lacks P2, P3, R0_rect or Tr_velo_to_cam, or cannot be read'
        ) from error
    scan = folder / 'velodyne' / f'{stem}.bin'
    lidar = project_points(read_scan(scan), to_camera, camera) if scan.is_file() else None
    return camera, lidar


def _boxes(lines: list[str]) -> list[LabelledBox]:
    names = load_class_names(DATASET, 'objects')
    try:
        return [box for line in lines if (box := _box(line.split(), names)) is not None]
    except (ValueError, IndexError) as error:
        raise LabelError(
            f'expected lines of {_FIELDS} fields: type, truncated, occluded, alpha, box, …'
        ) from error


def _box(fields: list[str], names: ClassNames) -> LabelledBox | None:
    if len(fields) < _FIELDS:
        raise ValueError(f'{len(fields)} fields')
    name, occlusion = names[fields[0]], int(fields[2])
    if name is None:
        return None
    left, top, right, bottom = (float(value) for value in fields[4:8])
    is_region = name == IGNORED
    return LabelledBox(
        name=name,
        # The last pixel of a box belongs to it.
        xyxy=(left, top, right + 1, bottom + 1),
        visibility=1.0 if is_region else _VISIBILITY.get(occlusion, 0.0),
        distance_m=float(fields[13]),
        is_ignored=is_region or occlusion not in _VISIBILITY,
    )
