# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Every setting is a parameter, and a parameter's value becomes a setting again."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip('rclpy')

from hailo_perception.core.errors import ConfigurationError  # noqa: E402
from hailo_perception.ros.parameters import Parameter  # noqa: E402
from hailo_perception.ros.settings_parameters import group_of  # noqa: E402
from hailo_perception.ros.settings_parameters import group_parameters  # noqa: E402
from hailo_perception.ros.settings_parameters import settings_of  # noqa: E402
from hailo_perception.ros.settings_parameters import settings_parameters  # noqa: E402
from hailo_perception.tasks.settings import CameraSettings  # noqa: E402
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
        ('point_cloud.stride', -1, '0…64'),
        ('depth.valid_range_m', [5.0, 1.0], 'low to high'),
        ('depth.valid_range_m', [5.0], 'pair'),
        ('depth.valid_range_m', [5.0, 2000.0], '0…1000 m'),
    ],
)
def test_illegal_values_are_refused(name: str, value: Any, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        settings_of({name: value}, BASE)


def test_one_value_changes_one_setting() -> None:
    changed = settings_of({'bird_eye.metres_per_cell': 0.5, 'model': 'other'}, BASE)
    assert changed.bird_eye.metres_per_cell == 0.5
    assert changed.detection == BASE.detection


def test_values_are_taken_together() -> None:
    """Changes of several groups come out of one call, so they are applied at one instant."""
    changed = settings_of(
        {'depth.valid_range_m': [2.0, 50.0], 'point_cloud.stride': 4, 'lane.maximum_lines': 2},
        BASE,
    )
    assert changed.depth.valid_range_m == (2.0, 50.0)
    assert (changed.point_cloud.stride, changed.lane.maximum_lines) == (4, 2)


SMALL_CELLS = {'bird_eye.metres_per_cell': 0.02}
FAR = {'bird_eye.forward_range_m': 400.0, 'bird_eye.lateral_range_m': 100.0}


def test_two_legal_values_may_be_illegal_together() -> None:
    """Each alone fits the default of the other; together they are refused, with a way out."""
    settings_of(SMALL_CELLS, BASE)
    far = settings_of(FAR, BASE)
    with pytest.raises(ConfigurationError, match='raise metres_per_cell to 0.0707 or more'):
        settings_of({**SMALL_CELLS, **FAR}, BASE)
    with pytest.raises(ConfigurationError, match='cells'):
        settings_of(SMALL_CELLS, far)


def test_two_values_may_be_legal_only_together() -> None:
    """In neither order could they be set one after another."""
    current = settings_of({'depth.valid_range_m': [2.0, 50.0], **FAR}, BASE)
    together = {'bird_eye.forward_range_m': 20.0, **SMALL_CELLS}
    with pytest.raises(ConfigurationError):
        settings_of(SMALL_CELLS, current)
    assert settings_of(together, current).bird_eye.metres_per_cell == 0.02


def test_one_illegal_value_refuses_all() -> None:
    """A legal change of another group does not slip in."""
    with pytest.raises(ConfigurationError, match='stride'):
        settings_of({'detection.score_threshold': 0.9, 'point_cloud.stride': 99}, BASE)
    assert BASE.detection.score_threshold == PostprocessSettings().detection.score_threshold


def test_a_group_of_another_kind() -> None:
    """Any object whose fields are declared becomes rows and is read back."""
    base = CameraSettings()
    rows = group_parameters('camera.front', base)
    assert all(row.name.startswith('camera.front.') for row in rows)
    assert group_of('camera.front', {row.name: row.default for row in rows}, base) == base
    values = {'camera.front.depth_scale': 2.0, 'camera.rear.depth_scale': 3.0}
    assert group_of('camera.front', values, base).depth_scale == 2.0
