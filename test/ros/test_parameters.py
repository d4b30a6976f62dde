# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A row of a table: what it takes, what it refuses and how, and what ROS tools are told."""

from __future__ import annotations

from array import array
from typing import Any

import pytest

pytest.importorskip('rclpy')

from hailo_perception.ros.parameters import Parameter  # noqa: E402
from hailo_perception.ros.parameters import ParameterError  # noqa: E402

ANYTHING = Parameter('name', '', 'a text')
COUNT = Parameter('count', 1, 'a count', 0, 9)
RANGE = Parameter('range_m', [0.0, 9.0], 'a range', 0.0, 100.0, unit='m')
TIME = Parameter('time_s', 1.0, 'a time', 0.1, 60.0, unit='s')
MODE = Parameter('mode', 'auto', 'a mode', choices=('auto', 'true'))
OUTPUTS = Parameter('outputs', ['a'], 'some of them', choices=('a', 'b'))
SWITCH = Parameter('switch', False, 'on or off')


@pytest.mark.parametrize(
    ('row', 'value'),
    [
        (ANYTHING, ''), (COUNT, 0), (COUNT, 9), (RANGE, [0.0, 100.0]), (TIME, 0.1),
        (RANGE, array('d', (1.0, 2.0))), (MODE, 'true'), (OUTPUTS, []), (OUTPUTS, ['a', 'b']),
        (SWITCH, True),
    ],
)
def test_legal_values(row: Parameter, value: Any) -> None:
    row.check(value)


@pytest.mark.parametrize(
    ('row', 'value', 'message'),
    [
        (ANYTHING, 3, 'name must be a text, got 3; write it in quotes'),
        (COUNT, 10, 'count must be 0…9, got 10'),
        (COUNT, 1.0, 'count must be a whole number, got 1.0; write it without a point'),
        (COUNT, True, 'count must be a whole number, got True'),
        (TIME, 99.0, 'time_s must be 0.1…60 s, got 99.0'),
        (TIME, 1, 'time_s must be a number with a decimal point, got 1; write 1.0, not 1'),
        (TIME, float('nan'), 'time_s must be 0.1…60 s, got nan'),
        (RANGE, [1.0, 101.0], 'range_m must be 0…100 m, got [1.0, 101.0]'),
        (RANGE, 5.0, 'range_m must be a list, got 5.0'),
        (MODE, 'maybe', "mode must be auto | true, got 'maybe'"),
        (MODE, True, 'mode must be a text, got True; write it in quotes'),
        (OUTPUTS, ['a', 'c'], "outputs must be a | b, got ['a', 'c']"),
        (RANGE, [], 'range_m must not be an empty list, got []; leave it out, or write it'),
        (OUTPUTS, 'a', "outputs must be a list, got 'a'"),
        (SWITCH, 'yes', "switch must be true or false, got 'yes'; write true or false"),
    ],
)
def test_refusals_name_parameter_range_and_value(
    row: Parameter, value: Any, message: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        row.check(value)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ('row', 'kind'),
    [
        (ANYTHING, 'string'), (COUNT, 'integer'), (RANGE, 'double_array'), (TIME, 'double'),
        (OUTPUTS, 'string_array'), (SWITCH, 'bool'), (Parameter('x', [], ''), 'string_array'),
    ],
)
def test_type_names(row: Parameter, kind: str) -> None:
    assert row.type_name == kind


def test_descriptors_carry_unit_and_range() -> None:
    descriptor = TIME.descriptor()
    assert descriptor.description == 'a time [s]'
    assert descriptor.read_only
    (limits,) = descriptor.floating_point_range
    assert (limits.from_value, limits.to_value) == (0.1, 60.0)
    (steps,) = COUNT.descriptor().integer_range
    assert (steps.from_value, steps.to_value) == (0, 9)
    assert RANGE.descriptor().additional_constraints == '0…100 m'
    assert MODE.descriptor().additional_constraints == 'one of: auto | true'
