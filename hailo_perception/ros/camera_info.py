# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Camera calibration between sensor_msgs/CameraInfo and CameraModel."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
from numpy.typing import NDArray
from rclpy.serialization import serialize_message
from sensor_msgs.msg import CameraInfo

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.frame import Header
from hailo_perception.ros import headers


def to_camera_model(message: CameraInfo, *, rectified: bool) -> CameraModel:
    """Read a calibration; CameraInfoError when it cannot describe a camera.

    A rectified image is seen by the projection matrix P without distortion, a raw image by K
    and D (sensor_msgs/CameraInfo's own definition).
    """
    if message.width == 0 or message.height == 0:
        raise CameraInfoError(
            f'camera_info has size {message.width}×{message.height}; the driver must fill in '
            'the calibrated image size'
        )
    has_projection = np.any(message.p)
    width, height = _image_size(message)
    matrix = _scaled(
        _projection(message) if rectified and has_projection else _intrinsics(message),
        message,
        (width, height),
    )
    distortion = () if rectified else tuple(message.d)
    return CameraModel(
        width=width,
        height=height,
        fx=float(matrix[0, 0]),
        fy=float(matrix[1, 1]),
        cx=float(matrix[0, 2]),
        cy=float(matrix[1, 2]),
        distortion_model='plumb_bob' if rectified else message.distortion_model or 'plumb_bob',
        # Drivers fill an ideal lens with any number of zeros.
        distortion=distortion if any(distortion) else (),
    )


def scaled_message(message: CameraInfo, size: tuple[int, int], header: Header) -> CameraInfo:
    """Describe the same camera for its whole image resized to (width, height).

    Distortion and rectification stay, K and P scale with half a pixel's shift of the centre;
    binning and region of interest are worked in and cleared. A P or R of zeros, which drivers
    send that never rectify, becomes K and the identity: nobody can project by zeros.
    """
    projection = _projection(message)
    if not projection.any():
        projection[:, :3] = _intrinsics(message)
    return CameraInfo(
        header=headers.to_message(header),
        width=size[0],
        height=size[1],
        distortion_model=message.distortion_model,
        d=message.d,
        k=_scaled(_intrinsics(message), message, size).reshape(-1),
        r=message.r if np.any(message.r) else np.eye(3).reshape(-1),
        p=_scaled(projection, message, size).reshape(-1),
    )


class ReusedCameraInfo:
    """A serialised camera_info, which only its stamp tells from the frame before's."""

    def __init__(self) -> None:
        """Know no calibration yet."""
        self._source: CameraInfo | None = None
        self._form: tuple[tuple[int, int] | None, str] | None = None
        self._message = np.empty(0, np.uint8)

    def fill(
        self, message: CameraInfo, size: tuple[int, int] | None, header: Header
    ) -> NDArray[np.uint8]:
        """Describe the same camera at another size; without one pass its calibration on as it is.

        The message is valid until the next call.

        The calibration must not be changed in place: another one is another message.
        """
        form = size, header.frame_id
        if message is not self._source or form != self._form:
            self._source, self._form = message, form
            described = (
                _relayed(message, header)
                if size is None
                else scaled_message(message, size, header)
            )
            self._message = np.frombuffer(serialize_message(described), np.uint8).copy()
        headers.stamp_serialized(self._message, header.stamp_ns)
        return self._message


def _relayed(message: CameraInfo, header: Header) -> CameraInfo:
    relayed = deepcopy(message)
    headers.fill(relayed.header, header)
    return relayed


def to_message(model: CameraModel, header: Header) -> CameraInfo:
    """Describe a camera model as a message of exactly its size."""
    return CameraInfo(
        header=headers.to_message(header),
        width=model.width,
        height=model.height,
        distortion_model=model.distortion_model,
        d=list(model.distortion) if model.distortion else [0.0] * 5,
        k=[model.fx, 0.0, model.cx, 0.0, model.fy, model.cy, 0.0, 0.0, 1.0],
        r=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
        p=[model.fx, 0.0, model.cx, 0.0, 0.0, model.fy, model.cy, 0.0, 0.0, 0.0, 1.0, 0.0],
    )


def _intrinsics(message: CameraInfo) -> NDArray[np.float64]:
    return np.array(message.k, np.float64).reshape(3, 3)


def _projection(message: CameraInfo) -> NDArray[np.float64]:
    return np.array(message.p, np.float64).reshape(3, 4)


def _region(message: CameraInfo) -> tuple[int, int, int, int]:
    """Offset and size of the part of the sensor that the image shows, before binning."""
    region = message.roi
    if region.width > 0 and region.height > 0:
        return region.x_offset, region.y_offset, region.width, region.height
    return 0, 0, message.width, message.height


def _image_size(message: CameraInfo) -> tuple[int, int]:
    _, _, width, height = _region(message)
    return width // max(message.binning_x, 1), height // max(message.binning_y, 1)


def _scaled(
    matrix: NDArray[np.float64], message: CameraInfo, size: tuple[int, int]
) -> NDArray[np.float64]:
    """Carry a matrix for the full sensor to the image's region resized to ``size``.

    Edge coordinates map linearly and centres lie half a pixel further:
    c' = (c − offset + ½)·s − ½.
    """
    x_offset, y_offset, width, height = _region(message)
    result = matrix.copy()
    for row, offset, scale in ((0, x_offset, size[0] / width), (1, y_offset, size[1] / height)):
        result[row] *= scale
        if matrix[2, 2] == 1:
            result[row, 2] = (matrix[row, 2] - offset + 0.5) * scale - 0.5
    return result
