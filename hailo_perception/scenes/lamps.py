# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Light from the own headlamps and from street lamps after dark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.scenes.chunk import LAMP_ALONG_M
from hailo_perception.scenes.ground import lateral_offset
from hailo_perception.scenes.lighting import Lighting
from hailo_perception.scenes.road import RoadCourse
from hailo_perception.scenes.viewpoint import Viewpoint

_POOL_ACROSS_M = 6.0
_POOL_ALONG_M = 8.0
_POOL_LEVEL = 0.42
_BEAM_LEVEL = 0.95

Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class StreetLamps:
    """Where the pools of light lie: lateral offsets, and how far apart along y (0: no lamps)."""

    offsets_m: tuple[float, ...]
    every_m: float


def lamp_light(
    rays: Image,
    depth: Image,
    view: Viewpoint,
    lighting: Lighting,
    lamps: StreetLamps,
    course: RoadCourse,
    origin_y: float,
) -> Image:
    """Return the factor (H, W) by which lamps brighten what the rays (H, W, 2) meet."""
    distance = np.minimum(depth, np.float32(400.0))
    light = np.float32(_BEAM_LEVEL * lighting.headlights) * _beam(rays, distance)
    if lamps.every_m:
        columns = view.rotation.astype(np.float32)
        east, north = (
            columns[0, k] * rays[..., 0] + columns[1, k] * rays[..., 1] + columns[2, k]
            for k in range(2)
        )
        world_x = np.float32(view.position[0]) + distance * east
        along = np.float32(view.position[1]) + distance * north
        offset = lateral_offset(world_x, along, course, origin_y, float(view.position[1]))
        shift = np.float32(origin_y % lamps.every_m - LAMP_ALONG_M + 0.5 * lamps.every_m)
        from_lamp = np.mod(along + shift, np.float32(lamps.every_m))
        from_lamp -= np.float32(0.5 * lamps.every_m)
        pool = sum(
            np.exp(-(((offset - np.float32(at)) / np.float32(_POOL_ACROSS_M)) ** 2))
            for at in lamps.offsets_m
        )
        pool = pool * np.exp(-((from_lamp / np.float32(_POOL_ALONG_M)) ** 2))
        light += np.float32(_POOL_LEVEL * lighting.lamps) * pool
    light[np.isinf(depth)] = 0.0
    return np.asarray(1.0 + light * np.float32(1.0 / max(float(lighting.ambient.mean()), 0.02)))


def _beam(rays: Image, distance: Image) -> Image:
    """Return the dipped beam: below the horizon, ahead, fading with the distance."""
    height = rays[..., 1] * distance
    beam = np.exp(-((rays[..., 0] / np.float32(0.5)) ** 2))
    low = np.clip((height + np.float32(0.6)) * np.float32(0.9), 0.05, 1.0)
    reach = np.clip(distance / np.float32(6.0), 0.0, 1.0) * np.exp(-distance / np.float32(30.0))
    return np.asarray(beam * low * reach)
