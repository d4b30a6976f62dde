# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cityscapes' pictures with their label ids, instances and calibration, made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recording_layouts import built
from recording_layouts import CAR
from recording_layouts import first
from recording_layouts import names_of
from recording_layouts import opened
from recording_layouts import text

from hailo_perception.core.errors import FrameError


def test_cityscapes(tmp_path: Path) -> None:
    found = first(built('cityscapes', tmp_path))
    assert found.name == 'ulm_1'
    assert names_of(found) == ['any', 'car']
    assert found.objects.xyxy.tolist() == [[30, 0, 36, 2], [4, 3, 12, 10]]
    assert np.unique(found.semantic[3:10, 4:12]).tolist() == [CAR]
    assert (found.camera.fy, found.camera.cx) == (21.0, 19.0)
    text(tmp_path / 'camera/val/ulm/ulm_1_camera.json', '{}')
    with pytest.raises(FrameError, match='intrinsic'):
        first(opened('cityscapes', tmp_path))
