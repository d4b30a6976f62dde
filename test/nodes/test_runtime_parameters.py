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
from rcl_interfaces.srv import SetParametersAtomically  # noqa: E402
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
        ('model', 'other', "no model 'other'"),
        ('model', 'lightnet_compact', ''),
        ('backend', 'replay', 'fixed while the node is configured'),
        ('backend', 'auto', ''),
        ('autostart', False, 'fixed'),
    ],
)
def test_parameters_while_it_runs(
    name: str, value: Any, complaint: str, running_node: Any, module_client: Any
) -> None:
    """A legal value is taken, another one is refused with the reason and nothing changes."""
    before = module_client.call(
        GetParameters, '/perception/get_parameters', GetParameters.Request(names=[name])
    ).values[0]
    wanted = Parameter(name, value=value).to_parameter_msg()
    answer = module_client.call(
        SetParameters, '/perception/set_parameters', SetParameters.Request(parameters=[wanted])
    ).results[0]
    after = module_client.call(
        GetParameters, '/perception/get_parameters', GetParameters.Request(names=[name])
    ).values[0]
    assert answer.successful == (not complaint)
    assert complaint.lower() in answer.reason.lower()
    assert plain(after) == plain(wanted.value if answer.successful else before)


@pytest.mark.parametrize(
    ('values', 'complaint'),
    [
        ({'bird_eye.metres_per_cell': 0.02, 'bird_eye.forward_range_m': 20.0}, ''),
        ({'bird_eye.forward_range_m': 400.0, 'bird_eye.lateral_range_m': 100.0}, 'cells'),
        ({'camera.front.pitch_rad': 0.1, 'lane.maximum_lines': 5}, ''),
        ({'lane.maximum_lines': 3, 'point_cloud.stride': 99}, '99'),
        ({'lane.maximum_lines': 3, 'depth.valid_range_m': [9.0, 2.0]}, 'low to high'),
        ({'lane.maximum_lines': 3, 'camera.front.own_vehicle_mask': '/nowhere.png'}, 'nowhere'),
        ({'lane.maximum_lines': 3, 'model': 'other'}, "no model 'other'"),
    ],
)
def test_changes_sent_together(
    values: dict[str, Any], complaint: str, running_node: Any, module_client: Any
) -> None:
    """All of them are taken, or none, across groups and where only the pair is legal."""

    def held() -> list[Any]:
        request = GetParameters.Request(names=list(values))
        answer = module_client.call(GetParameters, '/perception/get_parameters', request)
        return [plain(value) for value in answer.values]

    before = held()
    request = SetParametersAtomically.Request(
        parameters=[
            Parameter(name, value=value).to_parameter_msg() for name, value in values.items()
        ]
    )
    answer = module_client.call(
        SetParametersAtomically, '/perception/set_parameters_atomically', request
    ).result
    assert answer.successful == (not complaint), answer.reason
    assert complaint in answer.reason
    assert held() == (before if complaint else list(values.values()))


def plain(value: ParameterValue) -> Any:
    """Read a parameter value of any type."""
    return {
        ParameterType.PARAMETER_BOOL: value.bool_value,
        ParameterType.PARAMETER_DOUBLE: value.double_value,
        ParameterType.PARAMETER_INTEGER: value.integer_value,
        ParameterType.PARAMETER_STRING: value.string_value,
        ParameterType.PARAMETER_DOUBLE_ARRAY: list(value.double_array_value),
    }[value.type]
