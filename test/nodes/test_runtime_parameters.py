# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Parameters that change while the node runs; a module of its own, for its node is shared."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('onnxruntime')

from rcl_interfaces.msg import ParameterType  # noqa: E402
from rcl_interfaces.msg import ParameterValue  # noqa: E402
from rcl_interfaces.srv import GetParameters  # noqa: E402
from rcl_interfaces.srv import SetParameters  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402


@pytest.mark.parametrize(
    ('name', 'value', 'complaint'),
    [
        ('detection.score_threshold', 0.9, ''),
        ('point_cloud.stride', 4, ''),
        ('depth.valid_range_m', [2.0, 50.0], ''),
        ('detection.score_threshold', 1.5, '1.5'),
        ('depth.valid_range_m', [50.0, 2.0], 'low to high'),
        ('point_cloud.stride', 'four', 'type'),
        ('model', 'other', 'read-only'),
    ],
)
def test_parameters_while_it_runs(
    name: str, value: Any, complaint: str, running_node: Any, client: Any
) -> None:
    """A legal value is taken, another one is refused with the reason and nothing changes."""
    before = client.call(
        GetParameters, '/perception/get_parameters', GetParameters.Request(names=[name])
    ).values[0]
    wanted = Parameter(name, value=value).to_parameter_msg()
    answer = client.call(
        SetParameters, '/perception/set_parameters', SetParameters.Request(parameters=[wanted])
    ).results[0]
    after = client.call(
        GetParameters, '/perception/get_parameters', GetParameters.Request(names=[name])
    ).values[0]
    assert answer.successful == (not complaint)
    assert complaint.lower() in answer.reason.lower()
    assert plain(after) == plain(wanted.value if answer.successful else before)


def plain(value: ParameterValue) -> Any:
    """Read a parameter value of any type."""
    return {
        ParameterType.PARAMETER_DOUBLE: value.double_value,
        ParameterType.PARAMETER_INTEGER: value.integer_value,
        ParameterType.PARAMETER_STRING: value.string_value,
        ParameterType.PARAMETER_DOUBLE_ARRAY: list(value.double_array_value),
    }[value.type]
