# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a user reads, pastes and parses."""

from __future__ import annotations

import json

import numpy as np
import pytest
import yaml

from hailo_perception.calibration.depth_fit import fit_depth
from hailo_perception.calibration.depth_pairs import DepthPairs
from hailo_perception.calibration.depth_report import Correction
from hailo_perception.calibration.depth_report import parameter_lines
from hailo_perception.calibration.depth_report import to_json
from hailo_perception.calibration.depth_report import to_text

TRUE_M = np.geomspace(4, 100, 40)
FIT = fit_depth(DepthPairs.of((TRUE_M - 1) / 1.25, TRUE_M))


def test_the_parameter_lines_are_a_parameter_file() -> None:
    document = yaml.safe_load(parameter_lines(Correction(1.25, -0.5), 'rear'))
    assert document == {
        '/**': {
            'ros__parameters': {
                'camera.rear.depth_scale': 1.25,
                'camera.rear.depth_offset_m': -0.5,
            }
        }
    }


def test_corrections_of_a_corrected_depth() -> None:
    raw_m = np.array((5.0, 50.0))
    present, then = Correction(2.0, 0.5), Correction(2.0, 0.5).then(FIT)
    np.testing.assert_allclose(
        then.scale * raw_m + then.offset_m,
        FIT.corrected(present.scale * raw_m + present.offset_m),
    )


def test_text() -> None:
    text = to_text(FIT, Correction().then(FIT), 'front', 'somewhere')
    lines = text.splitlines()
    assert lines[0] == 'somewhere: 40 depths, 4.0 to 100.0 m'
    assert 'true = 1.2500 x found +1.000 m' in text
    assert 'offset fitted: it lowers the misfit by 100.0%' in text
    assert sum(line.endswith(' 0.0%') for line in lines[6:]) == 6
    assert 'camera.front.depth_scale: 1.2500' in text
    assert 'No correction helps' not in text


def test_text_when_nothing_helps() -> None:
    perfect = fit_depth(DepthPairs.of(TRUE_M, TRUE_M))
    assert 'No correction helps' in to_text(perfect, Correction(), 'front', 'somewhere')


def test_json() -> None:
    document = json.loads(to_json(FIT, Correction().then(FIT), 'front', 'somewhere'))
    assert document['parameters']['camera.front.depth_scale'] == pytest.approx(1.25)
    assert document['pairs'] == 40 and document['ranges'][-1]['to_m'] is None
    assert sum(residual['pairs'] for residual in document['ranges']) == 40
