# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Every setting is a parameter, and a parameter's value becomes a setting again."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip('rclpy')

from hailo_perception.core.errors import ConfigurationError  # noqa: E402
from hailo_perception.ros.parameters import Parameter  # noqa: E402
from hailo_perception.ros.settings_parameters import settings_of  # noqa: E402
from hailo_perception.ros.settings_parameters import settings_parameters  # noqa: E402
from hailo_perception.tasks.settings import PostprocessSettings  # noqa: E402

BASE = PostprocessSettings()
ROWS = {row.name: row for row in settings_parameters(BASE)}


def test_no_values_change_nothing() -> None:
    assert settings_of({}, BASE) == BASE


def test_defaults_are_the_settings() -> None:
    """What a node declares without any file is what it was given."""
    values = {name: row.default for name, row in ROWS.items()}
    assert settings_of(values, BASE) == BASE


@pytest.mark.parametrize('row', ROWS.values(), ids=lambda row: row.name)
def test_every_parameter_is_described(row: Parameter) -> None:
    """Each has a meaning, can change at run time, and its descriptor can be made."""
    assert row.description
    assert not row.descriptor().read_only
    row.check(row.default)


@pytest.mark.parametrize(
    ('name', 'value', 'complaint'),
    [
        ('detection.score_threshold', 1.5, '0…1'),
        ('detection.score_threshold', float('nan'), '0…1'),
        ('point_cloud.stride', 0, '1…64'),
        ('depth.valid_range_m', [5.0, 1.0], 'low to high'),
        ('depth.valid_range_m', [5.0], 'pair'),
    ],
)
def test_illegal_values_are_refused(name: str, value: Any, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        settings_of({name: value}, BASE)


def test_one_value_changes_one_setting() -> None:
    changed = settings_of({'bird_eye.metres_per_cell': 0.5, 'model': 'other'}, BASE)
    assert changed.bird_eye.metres_per_cell == 0.5
    assert changed.detection == BASE.detection
