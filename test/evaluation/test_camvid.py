# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""CamVid's folders with labels in colours and in numbers, made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recording_layouts import built
from recording_layouts import camvid_colors
from recording_layouts import first
from recording_layouts import HEIGHT
from recording_layouts import image
from recording_layouts import MARKING
from recording_layouts import opened
from recording_layouts import picture
from recording_layouts import ROAD
from recording_layouts import SKY
from recording_layouts import WIDTH

from hailo_perception.core.errors import FrameError
from hailo_perception.core.labels import UNLABELLED


@pytest.mark.parametrize('layout', ['whole', 'split'])
def test_camvid_in_colours(layout: str, tmp_path: Path) -> None:
    if layout == 'whole':
        recording = built('camvid', tmp_path)
    else:
        picture(tmp_path / 'test/x.png')
        image(tmp_path / 'test_labels/x_L.png', camvid_colors())
        recording = opened('camvid', tmp_path, split='test')
    found = first(recording)
    assert np.unique(found.semantic[:10]).tolist() == [SKY]
    assert np.unique(found.semantic[15:]).tolist() == [ROAD]
    assert np.unique(found.semantic[12:14, 30]).tolist() == [UNLABELLED]
    assert np.flatnonzero(found.lane[16] == MARKING).tolist() == [10]
    assert found.objects is None and found.camera is None


def test_camvid_in_numbers_has_no_markings(tmp_path: Path) -> None:
    picture(tmp_path / 'val/x.png')
    image(tmp_path / 'valannot/x.png', np.full((HEIGHT, WIDTH), 3, np.uint8))
    found = first(opened('camvid', tmp_path))
    assert np.unique(found.semantic).tolist() == [ROAD] and found.lane is None
    image(tmp_path / 'valannot/x.png', np.full((HEIGHT, WIDTH), 77, np.uint8))
    with pytest.raises(FrameError, match="class '77'"):
        first(opened('camvid', tmp_path))
    image(tmp_path / 'valannot/x.png', np.full((HEIGHT, WIDTH + 1), 3, np.uint8))
    with pytest.raises(FrameError, match='41×20 pixels, the picture 40×20'):
        first(opened('camvid', tmp_path))


def test_camvid_with_a_colour_of_no_class_or_without_labels(tmp_path: Path) -> None:
    recording = built('camvid', tmp_path)
    label = tmp_path / 'LabeledApproved_full/x_L.png'
    image(label, np.full((HEIGHT, WIDTH, 3), (3, 2, 1), np.uint8))
    with pytest.raises(FrameError, match=r'colour \(1, 2, 3\)'):
        first(recording)
    label.unlink()
    with pytest.raises(FrameError, match='no label map'):
        first(recording)
