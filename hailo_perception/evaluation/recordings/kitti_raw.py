# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""KITTI raw: a drive with its LiDAR scans and, where it is labelled, cuboids.

``DATE/DATE_drive_NNNN_sync/image_02/data/NNNNNNNNNN.png``, ``velodyne_points/data/*.bin`` and
``tracklet_labels.xml``; the calibration ``calib_cam_to_cam.txt`` and ``calib_velo_to_cam.txt``
lies in the folder of the date or in that of the drive.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.labelled import LidarPoints
from hailo_perception.evaluation.labelled import TrueObjects
from hailo_perception.evaluation.recordings.class_names import load_class_names
from hailo_perception.evaluation.recordings.cuboids import Cuboid
from hailo_perception.evaluation.recordings.cuboids import see_cuboids
from hailo_perception.evaluation.recordings.cuboids import size_around
from hailo_perception.evaluation.recordings.files import existing_folder
from hailo_perception.evaluation.recordings.files import numbered
from hailo_perception.evaluation.recordings.files import pictures_in
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

DATASET = 'kitti_raw'
LAYOUT = (
    'a drive of KITTI raw: image_02/data/NNNNNNNNNN.png, velodyne_points/data/, and the '
    'calibration there or in the folder above'
)
_CAMERAS = ('image_02', 'image_03')
_TRACKLETS = 'tracklet_labels.xml'
_TO_FRONT = np.array(((0.0, 1, 0), (-1, 0, 0), (0, 0, 1)))
"""From a cuboid's axes (right, front, up) to KITTI's (front, left, up)."""


@dataclass(frozen=True, slots=True)
class Tracklet:
    """One object over its frames: ``poses`` (N, 4) are x, y, z of its underside and its turn.

    Metres and radians about the vertical, in the LiDAR's frame, from ``first_frame`` on.
    """

    label: str
    size_m: tuple[float, float, float]
    first_frame: int
    poses: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Drive:
    folder: Path
    paths: dict[int, Path]
    projection: NDArray[np.float64]
    lidar_to_camera_0: NDArray[np.float64]
    tracklets: tuple[Tracklet, ...] | None


def open_kitti_raw(data: Path, options: RecordingOptions) -> Recording:
    """Open a drive's folder and one of its colour cameras, by default ``image_02``."""
    options.refuse(DATASET, 'split', 'labels')
    camera = options.camera or _CAMERAS[0]
    if camera not in _CAMERAS:
        raise ConfigurationError(f'--camera {camera}: {DATASET} has {", ".join(_CAMERAS)}')
    folder = existing_folder(data, LAYOUT)
    paths = numbered(pictures_in(folder / camera / 'data', LAYOUT))
    cameras = _calibration(folder, 'calib_cam_to_cam.txt')
    velodyne = _calibration(folder, 'calib_velo_to_cam.txt')
    try:
        to_camera = rigid(cameras['R_rect_00']) @ rigid(
            np.column_stack((velodyne['R'].reshape(3, 3), velodyne['T'])).ravel()
        )
        projection = cameras[f'P_rect_{camera[-2:]}'].reshape(3, 4)
    except (KeyError, ValueError) as error:
        raise ConfigurationError(
            f'the calibration of {folder} lacks R_rect_00, P_rect_{camera[-2:]}, R or T'
        ) from error
    tracklets = folder / _TRACKLETS
    drive = _Drive(
        folder,
        paths,
        projection,
        to_camera,
        read_tracklets(tracklets) if tracklets.is_file() else None,
    )
    names = {number: path.stem for number, path in paths.items()}
    return Recording(DATASET, f'{folder.name}/{camera}', names, partial(_read, drive))


def read_tracklets(path: Path) -> tuple[Tracklet, ...]:
    """Read the labels of a drive; ConfigurationError when they are broken."""
    try:
        items = ElementTree.parse(path).getroot().findall('./tracklets/item')
        return tuple(
            Tracklet(
                label=_text(item, 'objectType'),
                size_m=(_number(item, 'w'), _number(item, 'l'), _number(item, 'h')),
                first_frame=int(_number(item, 'first_frame')),
                poses=np.array(
                    [
                        [_number(pose, name) for name in ('tx', 'ty', 'tz', 'rz')]
                        for pose in item.findall('./poses/item')
                    ]
                ).reshape(-1, 4),
            )
            for item in items
        )
    except (OSError, ElementTree.ParseError, ValueError) as error:
        raise ConfigurationError(f'{path} is no file of tracklets: {error}') from error


def _read(drive: _Drive, number: int) -> LabelledPicture:
    path = drive.paths[number]
    image = read_picture(path)
    camera, from_camera_0 = rectified_camera(drive.projection, (image.shape[1], image.shape[0]))
    to_camera = from_camera_0 @ drive.lidar_to_camera_0
    scan = drive.folder / 'velodyne_points' / 'data' / f'{path.stem}.bin'
    lidar = project_points(read_scan(scan), to_camera, camera) if scan.is_file() else None
    objects = None
    if drive.tracklets is not None:
        objects = _objects(drive.tracklets, number, to_camera, camera, lidar)
    return LabelledPicture(
        name=path.stem, image=image, camera=camera, objects=objects, lidar=lidar
    )


def _objects(
    tracklets: tuple[Tracklet, ...],
    number: int,
    to_camera: NDArray[np.float64],
    camera: CameraModel,
    lidar: LidarPoints | None,
) -> TrueObjects:
    names = load_class_names(DATASET, 'objects')
    shapes = load_class_names(DATASET, 'shapes')
    present = [
        (tracklet.label, tracklet.size_m, tracklet.poses[number - tracklet.first_frame])
        for tracklet in tracklets
        if 0 <= number - tracklet.first_frame < len(tracklet.poses)
    ]
    cuboids = [
        Cuboid(shape, size_around(shape, size_m), to_camera @ _to_lidar(pose, size_m[2]))
        for label, size_m, pose in present
        for shape in (shapes[label] or 'box',)
    ]
    seen = see_cuboids(cuboids, camera, lidar)
    boxes = [
        LabelledBox.of_cuboid(name, part)
        for (label, _, _), part in zip(present, seen, strict=True)
        if part is not None and (name := names[label]) is not None
    ]
    return true_objects(boxes, camera.size)


def _to_lidar(pose: NDArray[np.float64], height_m: float) -> NDArray[np.float64]:
    x, y, z, turn = pose
    sine, cosine = np.sin(turn), np.cos(turn)
    matrix = np.eye(4)
    matrix[:3, :3] = np.array(((cosine, -sine, 0), (sine, cosine, 0), (0, 0, 1))) @ _TO_FRONT
    matrix[:3, 3] = (x, y, z + height_m / 2)
    return matrix


def _calibration(folder: Path, name: str) -> dict[str, NDArray[np.float64]]:
    for place in (folder, folder.resolve().parent):
        if (place / name).is_file():
            return read_calibration(place / name)
    raise ConfigurationError(f'no calibration {name} in {folder} or the folder above; {LAYOUT}')


def _text(item: ElementTree.Element, name: str) -> str:
    text = item.findtext(name)
    if text is None:
        raise ValueError(f'no {name} in {item.tag}')
    return text.strip()


def _number(item: ElementTree.Element, name: str) -> float:
    return float(_text(item, name))
