# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.pipeline.camera_schedule import CameraSchedule


def test_by_default_nothing_is_limited():
    assert CameraSchedule() == CameraSchedule(rate_hz=0.0, priority=1, stale_after_s=0.0)


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        ({'rate_hz': -1.0}, 'rate_hz must be 0 .no limit. or more, got -1.0'),
        ({'rate_hz': math.nan}, 'rate_hz'),
        ({'rate_hz': math.inf}, 'rate_hz'),
        ({'priority': 0}, '1…10, got 0'),
        ({'priority': 11}, '1…10, got 11'),
        ({'priority': 1.5}, 'whole number'),
        ({'stale_after_s': -0.1}, 'stale_after_s must be 0 .never. or more'),
        ({'stale_after_s': math.nan}, 'stale_after_s'),
    ],
)
def test_what_cannot_be_is_refused(wrong, message):
    with pytest.raises(ConfigurationError, match=message):
        CameraSchedule(**wrong)
