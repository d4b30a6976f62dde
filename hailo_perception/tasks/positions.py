# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Where objects stand, and how surely: by their depth, by their foot on the ground, or by both."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.tasks.ground_plane import MountedGround
from hailo_perception.tasks.own_vehicle import OwnVehicle
from hailo_perception.tasks.settings import PositionSettings
from hailo_perception.tasks.surface_depth import surface_depths

LARGEST_GROUND_ERROR = 0.5
"""Relative standard deviation beyond which the ground says nothing: its errors are no longer
small, and the distance to the horizon is not distributed around any value."""
BORDER_SHARE = 0.01
"""Of the image's height: a box that ends so near to the lower border, or to the own vehicle, is
cut off by it."""
_LEAST_REACH_PX = 2.0
"""How much lower than its box a foot may be at least, and be hidden there."""


@dataclass(frozen=True, slots=True)
class _Measured:
    """Depths along the optical axis (N,) with their standard deviations, NaN where unknown."""

    depth_m: NDArray[np.float64]
    deviation_m: NDArray[np.float64]

    @classmethod
    def nothing(cls, count: int) -> _Measured:
        """Make measurements that nobody made."""
        return cls(np.full(count, np.nan), np.full(count, np.nan))


def with_positions(
    detections: Detections,
    camera_model: CameraModel,
    *,
    depth: DepthMap | None = None,
    semantic: ClassMap | None = None,
    ground: MountedGround | None = None,
    own_vehicle: OwnVehicle | None = None,
    settings: PositionSettings | None = None,
) -> Detections:
    """Give each object the position of its visible side, in the camera's optical frame.

    The position lies on the ray of the box's centre, at a depth along the optical axis that is
    measured in two ways: as the depth of the object's surface (see surface_depth), and as that
    of the place where the ray of the box's lower edge meets the ground. What is measured in
    both ways is the mean weighted by the inverse of their covariance; where the two contradict
    each other, the variance grows with their disagreement (Birge's ratio). Objects that do not
    stand on the ground, or whose foot is cut off, hidden by a nearer box or by the own vehicle,
    have their depth alone. The distance is the position's length. NaN where neither is known.

    Boxes are in pixels of ``camera_model``'s image, which the maps cover whole.
    """
    if not len(detections):
        return detections
    settings = settings or PositionSettings()
    # Boxes are in edge coordinates, rays in centre coordinates.
    corners = detections.xyxy.astype(np.float64).reshape(-1, 2, 2)
    sizes = corners[:, 1] - corners[:, 0]
    centres = corners.mean(axis=1)
    feet = np.column_stack((centres[:, 0], corners[:, 1, 1]))
    rays = camera_model.unproject(centres - 0.5)
    errors_px = settings.box_error * sizes
    ray_errors = camera_model.ray_changes(centres - 0.5) * errors_px[:, None]
    by_depth = by_ground = _Measured.nothing(len(detections))
    if depth is not None:
        depths_m = surface_depths(detections, depth, semantic, camera_model.size)
        by_depth = _Measured(depths_m, settings.depth_error * depths_m)
    if ground is not None:
        foot_rays = camera_model.unproject(feet - 0.5)
        foot_rays[~_has_foot(detections, feet, camera_model.size, own_vehicle, settings)] = np.nan
        foot_errors = camera_model.ray_changes(feet - 0.5) * errors_px[:, None]
        down_deviations = np.linalg.norm(foot_errors[:, 1], axis=1)
        by_ground = _on_ground(ground, foot_rays, down_deviations, settings)
    together = _combine(by_depth, by_ground, settings.error_correlation)
    directions = np.column_stack((rays, np.ones(len(rays))))
    positions_m = directions * together.depth_m[:, None]
    unknown = ~np.isfinite(positions_m).all(axis=1)
    positions_m[unknown] = np.nan
    covariances_m2 = _covariances(together, directions, ray_errors)
    covariances_m2[unknown] = np.nan
    return replace(
        detections,
        distances_m=np.linalg.norm(positions_m, axis=1).astype(np.float32),
        positions_m=positions_m.astype(np.float32),
        position_covariances_m2=covariances_m2.astype(np.float32),
    )


def _has_foot(
    detections: Detections,
    feet: NDArray[np.float64],
    image_size: tuple[int, int],
    own_vehicle: OwnVehicle | None,
    settings: PositionSettings,
) -> NDArray[np.bool_]:
    """Tell which boxes end where their object touches the ground, in sight of the camera."""
    floating = [
        label.id for label in detections.labels if label.name in settings.off_ground_classes
    ]
    stands = ~np.isin(detections.class_ids, floating)
    stands &= feet[:, 1] < image_size[1] * (1 - BORDER_SHARE)
    left, top, right, bottom = detections.xyxy.T
    x, y = feet[:, :1], feet[:, 1:]
    # What hides a foot cuts the box off where it begins itself, give or take the box's error.
    reach = np.maximum(settings.box_error * (bottom - top), _LEAST_REACH_PX)[:, None]
    # A box that reaches lower than a foot which it contains is a nearer object before it.
    hidden = (left < x) & (x < right) & (top < y + reach) & (y < bottom)
    stands &= ~hidden.any(axis=1)
    if own_vehicle is not None:
        mask = own_vehicle.mask(image_size, image_size)
        last = np.array(image_size) - 1
        for lower_px in (0.0, max(BORDER_SHARE * image_size[1], _LEAST_REACH_PX)):
            columns, rows = np.clip((feet + (0.0, lower_px)).astype(np.intp), 0, last).T
            stands &= ~mask[rows, columns]
    return stands


def _on_ground(
    ground: MountedGround,
    foot_rays: NDArray[np.float64],
    ray_deviations: NDArray[np.float64],
    settings: PositionSettings,
) -> _Measured:
    depth_m = ground.depth_of(foot_rays)
    deviation_m = ground.depth_deviation(
        foot_rays,
        ray_deviation=ray_deviations,
        pitch_deviation_rad=settings.pitch_error_rad,
        height_deviation=settings.height_error,
    )
    depth_m[~(deviation_m <= LARGEST_GROUND_ERROR * depth_m)] = np.nan
    return _Measured(depth_m, deviation_m)


def _combine(one: _Measured, other: _Measured, correlation: float) -> _Measured:
    """Weigh two measurements by the inverse of their joint covariance; one alone stays as it is.

    A weight below 0, which the correlation gives to the much less sure one, becomes 0.
    """
    variance, other_variance = one.deviation_m**2, other.deviation_m**2
    shared = correlation * one.deviation_m * other.deviation_m
    # The variance of the difference of the two.
    apart = variance + other_variance - 2 * shared
    weight = np.clip((other_variance - shared) / apart, 0.0, 1.0)
    mean_m = weight * one.depth_m + (1 - weight) * other.depth_m
    mean_variance = (
        weight**2 * variance
        + (1 - weight) ** 2 * other_variance
        + 2 * weight * (1 - weight) * shared
    )
    birge = np.maximum((one.depth_m - other.depth_m) ** 2 / apart, 1.0)
    deviation_m = np.sqrt(mean_variance * birge)
    for alone, missing in ((one, other), (other, one)):
        is_alone = np.isnan(missing.depth_m)
        mean_m[is_alone] = alone.depth_m[is_alone]
        deviation_m[is_alone] = alone.deviation_m[is_alone]
    return _Measured(mean_m, deviation_m)


def _covariances(
    measured: _Measured, directions: NDArray[np.float64], ray_errors: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Propagate the errors of depth and ray to the position: (N, 3, 3).

    ``ray_errors`` (N, 2, 2) are those of the ray by the box's independent errors across and down.
    """
    along = np.einsum('ni,nj->nij', directions, directions)
    covariances: NDArray[np.float64] = along * (measured.deviation_m**2)[:, None, None]
    sideways_m = ray_errors * measured.depth_m[:, None, None]
    covariances[:, :2, :2] += sideways_m @ np.swapaxes(sideways_m, 1, 2)
    return covariances
