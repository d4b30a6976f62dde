# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Pictures of recordings lie as their labels do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from hailo_perception.core.errors import ImageDataError
from hailo_perception.evaluation.recordings.files import read_picture


@pytest.mark.parametrize('content', [b'', b'no picture'])
def test_what_is_no_picture(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / 'front.jpg'
    path.write_bytes(content)
    with pytest.raises(ImageDataError, match='no PNG or JPEG'):
        read_picture(path)


def test_a_picture_lies_as_the_sensor_has_it(
    tmp_path: Path, turned_jpeg: Callable[[bytes], bytes]
) -> None:
    """Labels and calibration know nothing of how the camera was held."""
    path = tmp_path / 'front.jpg'
    path.write_bytes(turned_jpeg(cv2.imencode('.jpg', np.zeros((48, 64), np.uint8))[1].tobytes()))
    assert cv2.imread(str(path)).shape == (64, 48, 3)
    assert read_picture(path).shape == (48, 64, 3)
