# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Depth that says nothing of the world becomes unknown."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.tasks.depth_validity import forget_own_vehicle
from hailo_perception.tasks.depth_validity import forget_sky
from hailo_perception.tasks.own_vehicle import OwnVehicle

CAMERA = CameraModel(8, 6, 8.0, 8.0, 3.5, 2.5)


def depth_map() -> DepthMap:
    return DepthMap(np.full((6, 8), 5.0, np.float32), CAMERA)


@pytest.mark.parametrize(
    ('labels', 'rows'),
    [
        pytest.param(LabelSet.from_names('road', 'building'), 0, id='no sky'),
        pytest.param(LabelSet.from_names('road', 'sky'), 2, id='sky'),
        pytest.param(
            LabelSet((Label(0, 'road'), Label(1, 'far', members=('sky',)))), 2, id='member'
        ),
    ],
)
@pytest.mark.parametrize('factor', [1, 2, 5])
def test_sky_at_any_resolution(labels: LabelSet, rows: int, factor: int) -> None:
    ids = np.zeros((6 * factor, 8 * factor), np.uint8)
    ids[: 2 * factor] = 1
    depth = depth_map()
    forget_sky(depth, ClassMap(labels, ids))
    assert np.isnan(depth.depth_m[:rows]).all()
    assert (depth.depth_m[rows:] == 5).all()


def test_own_vehicle() -> None:
    depth = depth_map()
    forget_own_vehicle(depth, OwnVehicle.read('', '0,40 80,40 80,60 0,60'), (80, 60))
    assert np.isnan(depth.depth_m[4:]).all() and (depth.depth_m[:4] == 5).all()
