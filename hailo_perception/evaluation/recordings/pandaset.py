# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""PandaSet: pictures with LiDAR points of known class, and cuboids about all objects.

A sequence holds, for each camera, ``NN.jpg``, ``intrinsics.json``, ``poses.json`` (of the camera
in the world) and ``lidar/NN.npz`` with the points that the camera sees (``u``, ``v``,
``depth_cm``, ``label``). The cuboids come as ``NN.json`` from ``training/convert_pandaset.py``.
"""

from __future__ import annotations

from functools import cached_property
from functools import partial
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.rigid_transform import RigidTransform
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.labelled import LidarPoints
from hailo_perception.evaluation.labelled import TrueObjects
from hailo_perception.evaluation.recordings.class_names import ClassNames
from hailo_perception.evaluation.recordings.class_names import IGNORED
from hailo_perception.evaluation.recordings.class_names import load_class_names
from hailo_perception.evaluation.recordings.cuboids import Cuboid
from hailo_perception.evaluation.recordings.cuboids import see_cuboids
from hailo_perception.evaluation.recordings.files import existing_folder
from hailo_perception.evaluation.recordings.files import LabelError
from hailo_perception.evaluation.recordings.files import numbered
from hailo_perception.evaluation.recordings.files import pictures_in
from hailo_perception.evaluation.recordings.files import read_json
from hailo_perception.evaluation.recordings.files import read_picture
from hailo_perception.evaluation.recordings.objects import LabelledBox
from hailo_perception.evaluation.recordings.objects import true_objects
from hailo_perception.evaluation.recordings.pandaset_points import read_points
from hailo_perception.evaluation.recordings.recording import Recording
from hailo_perception.evaluation.recordings.recording import RecordingOptions

DATASET = 'pandaset'
CAMERAS = ('front_camera', 'front_left_camera', 'front_right_camera')
LAYOUT = 'a PandaSet sequence: front_camera/NN.jpg, intrinsics.json, poses.json, lidar/NN.npz'
TALLEST_WITHOUT_RIDER_M = 1.35
"""A taller cuboid of a cycle is about its rider too: in our words two objects, in which box?"""
FORWARD_LIDAR = 1
"""Where both LiDARs of the vehicle saw an object, it has a cuboid for each moment."""
_CUBOIDS_BESIDE = 'cuboids_json'
_HOW_TO_CONVERT = (
    'python training/convert_pandaset.py --sequence DIR --output DIR makes it from the pickles'
)


def open_pandaset(data: Path, options: RecordingOptions) -> Recording:
    """Open one camera of a sequence, by default the front camera."""
    options.refuse(DATASET, 'split')
    name = options.camera or CAMERAS[0]
    camera = PandaSetCamera(data, name, options.labels)
    names = {number: f'{name}_{number:02}' for number in camera.numbers}
    return Recording(DATASET, name, names, partial(_read, camera))


def _read(camera: PandaSetCamera, number: int) -> LabelledPicture:
    image = read_picture(camera.picture_path(number))
    lidar = camera.lidar(number)
    if image.shape[1::-1] != camera.camera.size:
        raise CameraInfoError('the picture is not as large as the first one of its camera')
    return LabelledPicture(
        name=f'{camera.folder.name}_{number:02}',
        image=image,
        camera=camera.camera,
        objects=camera.objects(number, lidar),
        lidar=lidar,
    )


class PandaSetCamera:
    """One camera of one sequence."""

    def __init__(self, sequence: Path, camera: str, cuboids: Path | None = None) -> None:
        """Open a sequence's folder; ``cuboids`` is the folder of the JSON files.

        By default that is ``cuboids_json`` in the sequence, if it is there. ConfigurationError
        when the camera's pictures, calibration or poses are missing or broken.
        """
        existing_folder(sequence, LAYOUT)
        self.folder = sequence / camera
        if cuboids is not None:
            existing_folder(cuboids, f'cuboids NN.json; {_HOW_TO_CONVERT}')
        beside = sequence / _CUBOIDS_BESIDE
        self._cuboids = cuboids or (beside if beside.is_dir() else None)
        self._paths = numbered(pictures_in(self.folder, LAYOUT))
        self._poses = read_json(self.folder / 'poses.json', ConfigurationError)
        self._intrinsics = read_json(self.folder / 'intrinsics.json', ConfigurationError)

    @property
    def numbers(self) -> list[int]:
        """The frames that have a picture, in order."""
        return list(self._paths)

    def picture_path(self, number: int) -> Path:
        """Say where a picture is."""
        return self._paths[number]

    @cached_property
    def camera(self) -> CameraModel:
        """The pinhole camera of all its pictures."""
        height, width = read_picture(self.picture_path(self.numbers[0])).shape[:2]
        try:
            fx, fy, cx, cy = (float(self._intrinsics[key]) for key in ('fx', 'fy', 'cx', 'cy'))
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigurationError(
                f'{self.folder / "intrinsics.json"}: expected fx, fy, cx and cy in pixels'
            ) from error
        return CameraModel(width, height, fx, fy, cx, cy)

    def lidar(self, number: int) -> LidarPoints | None:
        """Read the points that a picture shows; None when it has no file of them."""
        path = self.folder / 'lidar' / f'{number:02}.npz'
        if not path.is_file():
            return None
        return read_points(path, DATASET, self.camera.size)

    def objects(self, number: int, lidar: LidarPoints | None) -> TrueObjects | None:
        """Find the objects that a picture shows; None without a file of cuboids."""
        if self._cuboids is None:
            return None
        path = self._cuboids / f'{number:02}.json'
        if not path.is_file():
            return None
        names = load_class_names(DATASET, 'objects')
        shapes = load_class_names(DATASET, 'shapes')
        try:
            to_camera = np.linalg.inv(camera_to_world(self._poses[number]))
            rows = [
                row
                for row in _of_one_moment(json.loads(path.read_text(encoding='utf-8')))
                if names[row['label']] is not None
            ]
            cuboids = [
                Cuboid(
                    shapes[row['label']] or 'box',
                    tuple(row['size_m']),
                    to_camera @ cuboid_to_world(row),
                )
                for row in rows
            ]
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise LabelError('the cuboids or the pose of the camera are broken') from error
        boxes = [
            LabelledBox.of_cuboid(_name_of(row, names), part)
            for row, part in zip(rows, see_cuboids(cuboids, self.camera, lidar), strict=True)
            if part is not None
        ]
        return true_objects(boxes, self.camera.size)


def camera_to_world(pose: dict[str, Any]) -> NDArray[np.float64]:
    """Make the matrix (4, 4) of a pose: ``position`` in metres, ``heading`` a unit quaternion."""
    x, y, z, w = (float(pose['heading'][axis]) for axis in 'xyzw')
    matrix = np.eye(4)
    matrix[:3, :3] = RigidTransform(quaternion=(x, y, z, w)).rotation
    matrix[:3, 3] = [float(pose['position'][axis]) for axis in 'xyz']
    return matrix


def cuboid_to_world(row: dict[str, Any]) -> NDArray[np.float64]:
    """Make the matrix (4, 4) of a cuboid from its middle and its turn about the vertical."""
    sine, cosine = np.sin(row['yaw_rad']), np.cos(row['yaw_rad'])
    matrix = np.eye(4)
    matrix[:2, :2] = ((cosine, -sine), (sine, cosine))
    matrix[:3, 3] = row['position_m']
    return matrix


def _of_one_moment(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the turning LiDAR's cuboid where the forward LiDAR has one of the same object."""
    present = {row['id'] for row in rows}
    return [
        row
        for row in rows
        if row['sensor'] in (-1, FORWARD_LIDAR) or row['sibling'] not in present - {row['id']}
    ]


def _name_of(row: dict[str, Any], names: ClassNames) -> str:
    name = names[row['label']] or IGNORED
    is_ridden = name in ('bike', 'motor') and row['size_m'][2] > TALLEST_WITHOUT_RIDER_M
    return IGNORED if is_ridden else name
