# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Plain OpenCV in its own process gives the picture, and times itself there."""

from __future__ import annotations

import cv2
import numpy as np

from hailo_perception.bench.plain_process import PlainJpeg
from hailo_perception.bench.timing import time_interleaved
from hailo_perception.vision.jpeg import encode_jpeg


def test_picture_and_times() -> None:
    picture = np.full((40, 60, 3), (10, 200, 90), np.uint8)
    plain = PlainJpeg(np.frombuffer(encode_jpeg(picture, 95), np.uint8), (30, 20))
    resized = plain()
    assert resized.shape == (20, 30, 3)
    assert cv2.absdiff(resized, picture[::2, ::2, ::-1].copy()).max() <= 4
    timing = time_interleaved({'plain': plain}, 2)['plain']
    assert timing.samples == 2
    assert timing.cpu_p10_ms > 0
