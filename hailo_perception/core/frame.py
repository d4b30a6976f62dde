# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A camera frame on its way through the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel

ColorOrder = Literal['bgr', 'rgb']


@dataclass(frozen=True, slots=True)
class Header:
    """Stamp and frame of an image; every output of the frame carries this very header."""

    stamp_ns: int
    frame_id: str


@dataclass(frozen=True, slots=True)
class RawImage:
    """An uncompressed image as it arrived: a view of the message's bytes, not yet checked.

    ``data`` is flat uint8; ``step`` is bytes per row; ``encoding`` a sensor_msgs name.
    """

    encoding: str
    width: int
    height: int
    step: int
    data: NDArray[np.uint8]
    is_bigendian: bool = False


@dataclass(frozen=True, slots=True)
class CompressedImage:
    """A JPEG or PNG as it arrived: ``data`` is flat uint8, ``format`` the message's own words."""

    format: str
    data: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class CameraImage:
    """A camera's newest image as a subscription stores it: nothing decoded, nothing copied.

    ``calibration`` is what the camera model was read from, of which only whoever publishes it
    again knows more; it comes out with the results of this very image.
    """

    camera: str
    header: Header
    image: RawImage | CompressedImage
    camera_model: CameraModel | None = None
    calibration: object = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A decoded frame: ``image`` is (H, W, 3) uint8 with channels in ``color_order``.

    ``image`` may be a smaller copy of the camera's, and where nothing that is wanted shows it not
    even of the same aspect; ``full_size`` (width, height) is then that of the camera's image, to
    which all geometry belongs. ``calibration`` is that of the CameraImage.
    """

    camera: str
    header: Header
    image: NDArray[np.uint8]
    color_order: ColorOrder
    camera_model: CameraModel | None = None
    full_size: tuple[int, int] | None = None
    calibration: object = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the camera's image in pixels."""
        return self.full_size or (self.image.shape[1], self.image.shape[0])
