# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Distances that a person measured with a tape: of detected objects, or of pixels."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
import csv
from dataclasses import dataclass
import math
from pathlib import Path

import numpy as np

from hailo_perception.calibration.depth_fit import CalibrationError
from hailo_perception.calibration.depth_pairs import DepthPairs
from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.tasks.surface_depth import surface_depths

COLUMNS = ('image', 'x_px', 'y_px', 'distance_m')
"""Of a file of measured pixels; pixels are image pixels, whole numbers at their centres."""


@dataclass(frozen=True, slots=True)
class MeasuredObject:
    """An object of a class stands ``distance_m`` from the lens, in a straight line."""

    class_name: str
    distance_m: float

    @classmethod
    def parse(cls, text: str) -> MeasuredObject:
        """Read CLASS:METRES; CalibrationError when it is not that."""
        name, separator, number = text.rpartition(':')
        distance_m = _distance_m(number)
        if not separator or not name or distance_m is None:
            raise CalibrationError(
                f'--measured {text}: expected CLASS:METRES, such as car:12.5'
            )
        return cls(name, distance_m)


@dataclass(frozen=True, slots=True)
class MeasuredPixel:
    """What the pixel (x, y) shows stands ``distance_m`` from the lens, in a straight line."""

    x_px: float
    y_px: float
    distance_m: float


def read_measured_pixels(path: Path) -> dict[Path, list[MeasuredPixel]]:
    """Read a CSV file with the columns image, x_px, y_px, distance_m: pixels by picture.

    Pictures are named relative to the file. CalibrationError names the line that is wrong.
    """
    try:
        with path.open(newline='', encoding='utf-8-sig') as file:
            rows = list(csv.DictReader(file, skipinitialspace=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CalibrationError(f'{path} cannot be read: {error}') from error
    pixels: dict[Path, list[MeasuredPixel]] = {}
    for line, row in enumerate(rows, 2):
        x_px, y_px, distance_m = (_number(row.get(name)) for name in COLUMNS[1:])
        distance_m = _distance_m(row.get('distance_m'))
        image = row.get('image')
        if not image or x_px is None or y_px is None or distance_m is None:
            raise CalibrationError(
                f'{path}, line {line}: expected {",".join(COLUMNS)} with numbers and a distance '
                f'above 0, got {",".join(str(value) for value in row.values())}'
            )
        pixels.setdefault(path.parent / image, []).append(MeasuredPixel(x_px, y_px, distance_m))
    if not pixels:
        raise CalibrationError(f'{path} has no measured pixel below {",".join(COLUMNS)}')
    return pixels


def pairs_of_pixels(
    depth: DepthMap, pixels: Sequence[MeasuredPixel], camera: CameraModel
) -> DepthPairs:
    """Look a depth map up at measured pixels; CalibrationError for one outside the image."""
    for pixel in pixels:
        if not (
            -0.5 <= pixel.x_px < camera.width - 0.5 and -0.5 <= pixel.y_px < camera.height - 0.5
        ):
            raise CalibrationError(
                f'the pixel {pixel.x_px:g}, {pixel.y_px:g} is outside the image of '
                f'{camera.width}×{camera.height}'
            )
    places = np.array([(pixel.x_px, pixel.y_px) for pixel in pixels]).reshape(-1, 2)
    height, width = depth.depth_m.shape
    columns, rows = ((places + 0.5) * np.divide((width, height), camera.size)).astype(np.intp).T
    distances_m = np.array([pixel.distance_m for pixel in pixels])
    return DepthPairs.of(
        depth.depth_m[rows, columns], distances_m / _ray_lengths(camera, places)
    )


def pairs_of_objects(
    detections: Detections,
    depth: DepthMap,
    semantic: ClassMap | None,
    measured: Iterable[MeasuredObject],
    camera: CameraModel,
) -> DepthPairs:
    """Match measured objects to found ones of their class: the nearest to the nearest.

    CalibrationError when a class has not as many found objects as measured ones.
    """
    depths_m = surface_depths(detections, depth, semantic, camera.size)
    names = np.array([detections.labels.name_of(int(i)) for i in detections.class_ids], object)
    centres = (detections.xyxy[:, :2] + detections.xyxy[:, 2:]) / 2 - 0.5
    lengths = _ray_lengths(camera, centres)
    by_class: dict[str, list[float]] = {}
    for one in measured:
        by_class.setdefault(one.class_name, []).append(one.distance_m)
    parts = []
    for name, distances_m in by_class.items():
        found = np.flatnonzero((names == name) & np.isfinite(depths_m))
        if len(found) != len(distances_m):
            raise CalibrationError(
                f'{len(distances_m)} of {name} measured, {len(found)} found with a depth (found: '
                f'{_listed(names, depths_m * lengths)}); measure all that are found, raise '
                '--score-threshold, or name pixels in a file instead'
            )
        found = found[np.argsort(depths_m[found] * lengths[found])]
        parts.append(DepthPairs.of(depths_m[found], np.sort(distances_m) / lengths[found]))
    return DepthPairs.joined(parts)


def _ray_lengths(camera: CameraModel, pixels: np.ndarray) -> np.ndarray:
    """Length of the rays that reach depth 1, for pixels (N, 2) in centre coordinates."""
    return np.sqrt(1 + (camera.unproject(pixels) ** 2).sum(axis=-1))


def _listed(names: np.ndarray, distances_m: np.ndarray) -> str:
    listed = [
        f'{name} {distance_m:.1f} m' for name, distance_m in zip(names, distances_m, strict=True)
    ]
    return ', '.join(listed) or 'nothing'


def _number(text: str | None) -> float | None:
    try:
        number = float(text or '')
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _distance_m(text: str | None) -> float | None:
    number = _number(text)
    return number if number is not None and number > 0 else None
