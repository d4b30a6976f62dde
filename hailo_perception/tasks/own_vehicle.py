# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which part of a camera's image shows the vehicle that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
import re

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import TABLES_OF_CAMERAS
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.user_path import user_path
from hailo_perception.kernels.sampling import nearest_pixels

_CORNER = re.compile(r'(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)')
_GRID_SIZE = (256, 192)
"""Cells, across and down, in which boxes are compared with the vehicle."""


class OwnVehicleError(ConfigurationError):
    """The own vehicle's outline cannot be read."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnVehicle:
    """The own vehicle's outline in one camera's image: a picture, a polygon, or both together.

    ``picture`` (H, W) bool covers the whole image at any resolution; ``polygon_px`` (N, 2)
    holds its corners in edge coordinates of the image.
    """

    picture: NDArray[np.bool_] | None = None
    polygon_px: NDArray[np.float64] | None = None

    @classmethod
    def read(cls, picture: str, polygon: str) -> OwnVehicle | None:
        """Read a picture file and a polygon 'x,y x,y …'; None when both are empty texts.

        Every pixel of the picture that is not black is the vehicle. OwnVehicleError when one
        cannot be read.
        """
        if not picture and not polygon:
            return None
        return cls(
            _read_picture(user_path(picture)) if picture else None,
            _read_polygon(polygon) if polygon else None,
        )

    def mask(self, map_size: tuple[int, int], image_size: tuple[int, int]) -> NDArray[np.bool_]:
        """Tell the pixels of a map that covers the image: (H, W) bool, read-only.

        A pixel counts by its centre. Sizes are (width, height).
        """
        return _mask(self, map_size, image_size)

    def coverage(
        self, xyxy: NDArray[np.floating], image_size: tuple[int, int]
    ) -> NDArray[np.float64]:
        """Find the share (N,) of each box (N, 4), in image pixels, that shows the vehicle."""
        table = _summed(self, image_size)
        grid = np.array(_GRID_SIZE)
        cells = np.asarray(xyxy, np.float64).reshape(-1, 2, 2) * (grid / image_size)
        low = np.clip(np.floor(cells[:, 0]), 0, grid - 1).astype(np.intp)
        high = np.clip(np.ceil(cells[:, 1]), low + 1, grid).astype(np.intp)
        (left, top), (right, bottom) = low.T, high.T
        inside = (
            table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
        )
        share: NDArray[np.float64] = inside / ((right - left) * (bottom - top))
        return share


@lru_cache(maxsize=2 * TABLES_OF_CAMERAS)
def _mask(
    vehicle: OwnVehicle, map_size: tuple[int, int], image_size: tuple[int, int]
) -> NDArray[np.bool_]:
    width, height = map_size
    mask = np.zeros((height, width), np.bool_)
    if vehicle.picture is not None:
        rows = nearest_pixels(height, vehicle.picture.shape[0])
        columns = nearest_pixels(width, vehicle.picture.shape[1])
        mask |= vehicle.picture[rows[:, None], columns]
    if vehicle.polygon_px is not None:
        x = (np.arange(width) + 0.5) * image_size[0] / width
        y = (np.arange(height) + 0.5) * image_size[1] / height
        mask |= _inside(vehicle.polygon_px, x, y)
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=2 * TABLES_OF_CAMERAS)
def _summed(vehicle: OwnVehicle, image_size: tuple[int, int]) -> NDArray[np.int64]:
    """Sum the vehicle's cells above and left of each corner of the grid."""
    table = np.zeros((_GRID_SIZE[1] + 1, _GRID_SIZE[0] + 1), np.int64)
    table[1:, 1:] = vehicle.mask(_GRID_SIZE, image_size).cumsum(axis=0).cumsum(axis=1)
    return table


def _inside(
    polygon: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell which points of a grid lie inside: an odd number of edges lies to their right."""
    inside = np.zeros((len(y), len(x)), np.bool_)
    for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0)):
        crossed = np.flatnonzero((y1 <= y) != (y2 <= y))
        at = x1 + (y[crossed] - y1) * (x2 - x1) / (y2 - y1) if len(crossed) else np.empty(0)
        inside[crossed] ^= x < at[:, None]
    return inside


def _read_picture(path: Path) -> NDArray[np.bool_]:
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise OwnVehicleError(
            f'own_vehicle_mask {path} cannot be read: {error.strerror}; correct the path, or '
            'clear the parameter'
        ) from error
    # As of the camera's pictures, an EXIF orientation is not applied.
    flags = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
    picture = cv2.imdecode(data, flags) if len(data) else None
    if picture is None:
        raise OwnVehicleError(
            f'own_vehicle_mask {path} is no picture; draw the own vehicle white on black and '
            'save it as PNG'
        )
    return np.asarray(picture > 0)


def _read_polygon(text: str) -> NDArray[np.float64]:
    corners = [_CORNER.fullmatch(part) for part in text.split()]
    if len(corners) < 3 or not all(corners):
        raise OwnVehicleError(
            "own_vehicle_polygon must be three or more corners in image pixels, 'x,y x,y x,y', "
            f'got {text!r}'
        )
    return np.array([corner.groups() for corner in corners if corner is not None], np.float64)
