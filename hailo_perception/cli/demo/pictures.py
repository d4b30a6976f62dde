# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Messages as arrays, and lists of objects as text."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ImageDataError
from hailo_perception.core.results import POINT_DTYPE


def depth_array_m(message: Any) -> NDArray[np.float32]:
    """View a 32FC1 depth image message as (H, W) float32 metres."""
    if message.encoding != '32FC1':
        raise ImageDataError(f'expected a 32FC1 depth image, got {message.encoding}')
    rows = np.frombuffer(message.data, np.uint8).reshape(message.height, message.step)
    return rows[:, : message.width * 4].view(np.float32)


def cloud_array(message: Any) -> NDArray[np.void]:
    """View a cloud message of this package as an array of POINT_DTYPE."""
    if message.point_step != POINT_DTYPE.itemsize:
        raise ImageDataError(
            f'expected points of {POINT_DTYPE.itemsize} bytes, got {message.point_step}'
        )
    return np.frombuffer(message.data, POINT_DTYPE)


def objects_line(message: Any, frame_number: int) -> str:
    """Write an ObjectArray as one line of JSON; what is unknown is null."""
    header = message.header
    return json.dumps(
        {
            'frame': frame_number,
            'stamp': f'{header.stamp.sec}.{header.stamp.nanosec:09d}',
            'frame_id': header.frame_id,
            'image_size': [message.image_width, message.image_height],
            'objects': [
                {
                    'class': each.class_name,
                    'score': round(each.score, 4),
                    'box': [round(v, 2) for v in (each.x_min, each.y_min, each.x_max, each.y_max)],
                    'distance_m': _number(each.distance_m),
                    'position_m': [
                        _number(v) for v in (each.position.x, each.position.y, each.position.z)
                    ],
                }
                for each in message.objects
            ],
        }
    )


def _number(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None
