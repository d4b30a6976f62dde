# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What KITTI's data sets share: calibration files and LiDAR scans."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.evaluation.recordings.files import LabelError

_VALUES_OF_A_POINT = 4


def read_calibration(path: Path) -> dict[str, NDArray[np.float64]]:
    """Read lines ``name: numbers``; OSError when there is no file, others are left out."""
    rows: dict[str, NDArray[np.float64]] = {}
    for line in path.read_text(encoding='utf-8').splitlines():
        name, _, values = line.partition(':')
        try:
            rows[name.strip()] = np.array(values.split(), np.float64)
        except ValueError:
            # Dates and the like.
            continue
    return rows


def rectified_camera(
    projection: NDArray[np.float64], size: tuple[int, int]
) -> tuple[CameraModel, NDArray[np.float64]]:
    """Take a projection P (12,) apart: the camera, and the way (4, 4) from camera 0 to it.

    P = K [I | t] projects points of the rectified camera 0 into a picture (width, height).
    """
    matrix = projection.reshape(3, 4)
    intrinsics = matrix[:, :3]
    to_camera = np.eye(4)
    to_camera[:3, 3] = np.linalg.solve(intrinsics, matrix[:, 3])
    camera = CameraModel(
        *size, intrinsics[0, 0], intrinsics[1, 1], intrinsics[0, 2], intrinsics[1, 2]
    )
    return camera, to_camera


def rigid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Complete a rotation (9,) or a rotation with translation (12,) to a matrix (4, 4)."""
    matrix = np.eye(4)
    rows = values.reshape(3, -1)
    matrix[:3, : rows.shape[1]] = rows
    return matrix


def read_scan(path: Path) -> NDArray[np.float32]:
    """Read a Velodyne scan: points (N, 3) in metres; LabelError when it is none."""
    try:
        values = np.fromfile(path, np.float32)
    except OSError as error:
        raise LabelError(f'the LiDAR scan cannot be read: {type(error).__name__}') from error
    if len(values) % _VALUES_OF_A_POINT:
        raise LabelError('the LiDAR scan does not consist of points of four 32-bit numbers')
    return values.reshape(-1, _VALUES_OF_A_POINT)[:, :3]
