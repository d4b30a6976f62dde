# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The ideal camera behind a real one: polygons are painted straight and looked up bent."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel

_WIDEST_RAY = 3.5

Level = TypeVar('Level', bound=np.generic)


def ideal_camera(
    model: CameraModel, rays: NDArray[np.float32]
) -> tuple[CameraModel, NDArray[np.int32] | None]:
    """Return the camera to paint polygons with, and where each real pixel finds its ray there."""
    if model.is_pinhole:
        return model, None
    pinhole = model.straightened((-_WIDEST_RAY, -_WIDEST_RAY), (_WIDEST_RAY, _WIDEST_RAY))
    at = np.round(rays * (pinhole.fx, pinhole.fy) + (pinhole.cx, pinhole.cy)).astype(np.int32)
    inside = (np.abs(rays) <= _WIDEST_RAY).all(axis=2)
    lookup = np.where(inside, at[..., 1] * pinhole.width + at[..., 0], -1)
    return pinhole, lookup.astype(np.int32)


def looked_up(picture: NDArray[Level], lookup: NDArray[np.int32] | None) -> NDArray[Level]:
    """Return a painted picture as the real camera sees it; 0 where its rays are too oblique."""
    if lookup is None:
        return picture
    return np.where(lookup >= 0, picture.ravel()[np.maximum(lookup, 0)], 0).astype(picture.dtype)
