# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the camera node shows: recorded pictures or a drive through the synthetic scene."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
import math
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.scenes import DrivingScene
from hailo_perception.scenes import SceneFrame
from hailo_perception.vision.sources import ImageSource

SCENE_SIZE = (640, 384)
"""Small enough that one core renders it live."""
AS_IT_IS = (0, 0)
"""The wanted size of pictures that keep theirs."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture, (H, W, 3) BGR uint8, its camera, and the truth where it is known."""

    image: NDArray[np.uint8]
    camera_model: CameraModel
    truth: SceneFrame | None = None


class CameraFeed(Protocol):
    """Shots one after another."""

    @property
    def frame_rate_hz(self) -> float | None:
        """The feed's own rate, None where it has none."""

    def read(self) -> Shot | None:
        """Give the next shot, None at the end."""

    def close(self) -> None:
        """Release what the feed holds."""


class PictureFeed:
    """Pictures of a source, looped or not, with a given or an assumed calibration."""

    def __init__(
        self,
        source: ImageSource,
        *,
        loop: bool,
        calibration: CameraModel | None,
        assumed_view_rad: float,
        size: tuple[int, int] = AS_IT_IS,
    ) -> None:
        """Without a calibration the camera is an ideal one of this horizontal field of view.

        ``size`` (width, height) resizes each picture as ``size_for`` says.
        """
        self._source = source
        self._loop = loop
        self._calibration = calibration
        self._assumed_view_rad = assumed_view_rad
        self._size = size
        self._has_read = False
        self.frame_rate_hz = source.frame_rate_hz

    def read(self) -> Shot | None:
        """Give the next picture; after the last one the first again when looping.

        ConfigurationError when none could be read from the first to the last.
        """
        image = self._source.read()
        if image is None and self._has_read and self._loop:
            self._source.rewind()
            self._has_read = False
            image = self._source.read()
        if image is None and not self._has_read:
            raise ConfigurationError(
                f'none of the pictures of {self._source.name} can be read; expected some that '
                'OpenCV can decode'
            )
        if image is None:
            return None
        self._has_read = True
        own_size = (image.shape[1], image.shape[0])
        size = size_for(own_size, self._size)
        if size != own_size:
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        return Shot(image, self._model_for(size))

    def close(self) -> None:
        """Close the source."""
        self._source.close()

    def _model_for(self, size: tuple[int, int]) -> CameraModel:
        if self._calibration is None:
            return ideal_camera(size, self._assumed_view_rad)
        return (
            self._calibration
            if self._calibration.size == size
            else self._calibration.scaled(*size)
        )


class SceneFeed:
    """A drive through the synthetic scene; it has no end."""

    def __init__(
        self,
        seed: int,
        *,
        size: tuple[int, int] = AS_IT_IS,
        rate_hz: float,
        calibration: CameraModel | None = None,
    ) -> None:
        """Mount the scene's own camera, or one with the given calibration.

        ``size`` (width, height) changes that of the camera as ``size_for`` says.
        """
        self._scene = DrivingScene(seed)
        own_size = SCENE_SIZE if calibration is None else calibration.size
        camera = self._scene.random_camera(*size_for(own_size, size))
        self._camera = (
            camera
            if calibration is None
            else replace(camera, model=calibration.scaled(*camera.model.size))
        )
        self.frame_rate_hz: float | None = rate_hz
        self._period_s = 1.0 / rate_hz
        self._shots = 0

    def read(self) -> Shot:
        """Render the next moment."""
        frame = self._scene.render(self._shots * self._period_s, self._camera)
        self._shots += 1
        return Shot(frame.image, frame.camera, frame)

    def close(self) -> None:
        """Nothing is held open."""


def size_for(own: tuple[int, int], wanted: tuple[int, int]) -> tuple[int, int]:
    """Complete a wanted (width, height): a 0 follows from the other side, two keep the size."""
    own_width, own_height = own
    width, height = wanted
    if not width and not height:
        return own
    return (
        width or max(round(own_width * height / own_height), 1),
        height or max(round(own_height * width / own_width), 1),
    )


def ideal_camera(size: tuple[int, int], horizontal_view_rad: float) -> CameraModel:
    """Make an ideal camera from its image size and horizontal field of view."""
    if not 0 < horizontal_view_rad < math.pi:
        raise ConfigurationError(
            f'the field of view must be within 0…180°, got {math.degrees(horizontal_view_rad)}°'
        )
    width, height = size
    focal_px = width / (2 * math.tan(horizontal_view_rad / 2))
    return CameraModel(
        width, height, focal_px, focal_px, (width - 1) / 2, (height - 1) / 2
    )
