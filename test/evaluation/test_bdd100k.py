# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""BDD100K's pictures and its label files of 2018 and 2020, made up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from recording_layouts import BACKGROUND
from recording_layouts import built
from recording_layouts import first
from recording_layouts import names_of
from recording_layouts import opened
from recording_layouts import picture
from recording_layouts import ROAD
from recording_layouts import SKY
from recording_layouts import text
from recording_layouts import WHITE
from recording_layouts import YELLOW

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import FrameError
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.results import LanePattern


def test_bdd100k(tmp_path: Path) -> None:
    recording = built('bdd100k', tmp_path)
    found = recording.read(0)
    assert names_of(found) == ['car', 'any', 'any']
    assert found.objects.xyxy[0].tolist() == [2, 3, 12, 13]
    assert found.objects.is_ignored.tolist() == [False, True, True]
    # Both edges of the white line are one line; the kerb and the line across are none.
    assert [line.class_id for line in found.lane_lines] == [WHITE, YELLOW]
    assert {line.pattern for line in found.lane_lines} == {LanePattern.SOLID}
    white = found.lane_lines[0].pixels
    assert white[:, 0] == pytest.approx(10.4 - 0.5)
    assert white[0, 1] > white[-1, 1]
    assert np.unique(found.lane[:, 10]).tolist() == [WHITE]
    assert np.unique(found.lane[:, 30]).tolist() == [YELLOW]
    assert np.unique(found.lane[:, 35]).tolist() == [UNLABELLED]
    assert np.unique(found.lane[:, 0]).tolist() == [BACKGROUND]
    # Where one can drive is road; about the rest nothing is known.
    assert np.unique(found.semantic[10:]).tolist() == [ROAD]
    assert np.unique(found.semantic[:10]).tolist() == [UNLABELLED]
    other = recording.read(1)
    assert names_of(other) == [] and other.lane is None and other.lane_lines is None
    assert np.unique(other.semantic).tolist() == [SKY, UNLABELLED]


def test_bdd100k_of_2018(tmp_path: Path) -> None:
    """Boxes and lines in one file."""
    picture(tmp_path / 'images/100k/val/a.jpg')
    part = {'vertices': [[5, 2], [5, 6], [5, 12], [5, 18]], 'types': 'LCCC', 'closed': False}
    labels = [
        {'category': 'motor', 'box2d': {'x1': 1, 'y1': 1, 'x2': 5, 'y2': 5}},
        {'category': 'drivable area', 'poly2d': [part]},
        {
            'category': 'lane',
            'attributes': {'laneTypes': 'single yellow', 'laneDirection': 'parallel'},
            'poly2d': [part],
        },
    ]
    file = tmp_path / 'labels/bdd100k_labels_images_val.json'
    text(file, json.dumps([{'name': 'a.jpg', 'labels': labels}]))
    found = first(opened('bdd100k', tmp_path))
    assert names_of(found) == ['motor']
    assert [line.class_id for line in found.lane_lines] == [YELLOW]
    labels[0]['category'] = 'hovercraft'
    text(file, json.dumps([{'name': 'a.jpg', 'labels': labels}]))
    with pytest.raises(FrameError, match="class 'hovercraft'"):
        first(opened('bdd100k', tmp_path))
    text(file, json.dumps([{'name': 'a.jpg', 'labels': [{'category': 'car'}]}]))
    with pytest.raises(FrameError, match='box2d or poly2d'):
        first(opened('bdd100k', tmp_path))
    text(file, json.dumps({'a': 1}))
    with pytest.raises(ConfigurationError, match='a list of frames'):
        opened('bdd100k', tmp_path)
    file.unlink()
    with pytest.raises(ConfigurationError, match='no labels of val'):
        opened('bdd100k', tmp_path)
