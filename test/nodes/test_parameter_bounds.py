# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Every parameter of every table at its bounds and beyond, where it is declared and while it runs.

The cases follow from the tables themselves, so a new parameter is tested as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
import math
from typing import Any

import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('onnxruntime')

from rcl_interfaces.msg import ParameterType  # noqa: E402
from rcl_interfaces.srv import GetParameters  # noqa: E402
from rcl_interfaces.srv import SetParameters  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter as RosParameter  # noqa: E402

from hailo_perception.core.errors import ConfigurationError  # noqa: E402
from hailo_perception.models.catalog import find_model  # noqa: E402
from hailo_perception.models.manifest import load_manifest  # noqa: E402
from hailo_perception.nodes import camera_node  # noqa: E402
from hailo_perception.nodes import camera_parameters  # noqa: E402
from hailo_perception.nodes import perception_parameters  # noqa: E402
from hailo_perception.nodes.pipeline_node import AUTOSTART  # noqa: E402
from hailo_perception.ros.parameters import declare  # noqa: E402
from hailo_perception.ros.parameters import Parameter  # noqa: E402
from hailo_perception.ros.settings_parameters import settings_of  # noqa: E402
from hailo_perception.ros.settings_parameters import settings_parameters  # noqa: E402
from hailo_perception.tasks.settings import CameraSettings  # noqa: E402
from hailo_perception.tasks.settings import PostprocessSettings  # noqa: E402

MODEL = 'lightnet_compact'
DEFAULTS = PostprocessSettings.for_model(load_manifest(find_model(MODEL)))
SETTINGS = settings_parameters(DEFAULTS)
CAMERA_SETTINGS = camera_parameters.camera_settings_parameters('front')
AT_START = (
    AUTOSTART,
    *perception_parameters.GENERAL,
    *camera_parameters.camera_parameters('front'),
)
TABLE = (*AT_START, *SETTINGS, *CAMERA_SETTINGS)
FIXED = tuple(row for row in TABLE if row.read_only)
FREE = tuple(row for row in TABLE if not row.read_only and row.name != 'model')
Case = tuple[Parameter, Any]

NEEDS_MORE = {
    ('bird_eye.metres_per_cell', 0.01): 'raise metres_per_cell',
}
"""What is legal by itself and not beside the other defaults, with what the refusal says."""


def legal(row: Parameter) -> list[Any]:
    """List a parameter's values at its bounds; every choice, and both of true and false."""
    if isinstance(row.default, bool):
        return [True, False]
    if row.choices:
        return [[choice] if isinstance(row.default, list) else choice for choice in row.choices]
    if isinstance(row.default, str) or row.minimum is None:
        return [row.default]
    bounds = [row.minimum, row.maximum]
    if isinstance(row.default, list):
        kind = type(row.default[0])
        is_pair = len(row.default) == 2
        parts = [kind(bound) for bound in bounds if bound is not None]
        return [parts] if is_pair else [[part] for part in parts]
    return [type(row.default)(bound) for bound in bounds if bound is not None]


def beyond(row: Parameter) -> list[Any]:
    """List values of the right type that are just outside, far outside, or no number at all."""
    if isinstance(row.default, bool):
        return []
    if row.choices:
        wrong = ['', 'nonsense', row.choices[0].upper() + ' ']
        return [[each] if isinstance(row.default, list) else each for each in wrong]
    if row.minimum is None and row.maximum is None:
        return []
    kind = type(row.default[0] if isinstance(row.default, list) else row.default)
    numbers: list[Any] = []
    for bound, outwards in ((row.minimum, -1), (row.maximum, 1)):
        if bound is not None:
            numbers += [kind(bound + outwards), kind(bound + outwards * 10**9)]
    if kind is float:
        numbers += [math.nan, math.inf, -math.inf]
    if not isinstance(row.default, list):
        return numbers
    if len(row.default) != 2:
        return [[number] for number in numbers]
    low, high = row.minimum, row.maximum
    misfits = [[low], [low, high, high], [high, low], [low, low]]
    return [*([number, number + 1] for number in numbers), *misfits]


def of_wrong_type(row: Parameter) -> list[Any]:
    """List values that ROS can carry and the parameter cannot be."""
    wrong: list[Any] = [True, 1, 1.5, 'text', ['text'], [1, 2], [1.5, 2.5], [True]]
    kind = row.type_name
    return [value for value in wrong if RosParameter('x', value=value).type_.name != ros(kind)]


def ros(type_name: str) -> str:
    """Name a type as rclpy's enumeration does."""
    return type_name.upper()


def rounds(cases: Sequence[Case]) -> Iterator[dict[str, Case]]:
    """Deal cases out so that each round has at most one of a parameter."""
    left = list(cases)
    while left:
        once = {row.name: (row, value) for row, value in reversed(left)}
        yield once
        left = [case for case in left if case is not once[case[0].name] and not same(case, once)]


def same(case: Case, once: Mapping[str, Case]) -> bool:
    row, value = case
    return once[row.name][1] is value


@contextmanager
def node_with(values: Mapping[str, Any]) -> Iterator[Node]:
    """Make a node that was started with these parameters, in a graph of its own."""
    context = Context()
    rclpy.init(context=context, domain_id=92)
    overrides = [RosParameter(name, value=value) for name, value in values.items()]
    node = rclpy.create_node(
        'bounds', context=context, parameter_overrides=overrides, start_parameter_services=False
    )
    yield node
    node.destroy_node()
    context.try_shutdown()


def read(node: Node, row: Parameter) -> Any:
    """Declare one parameter as the nodes do, and put a setting where it belongs."""
    value = declare(node, (row,))[row.name]
    if row in SETTINGS:
        settings_of({row.name: value}, DEFAULTS)
    elif row in CAMERA_SETTINGS:
        camera_parameters.camera_settings_of({row.name: value}, {'front': CameraSettings()})
    return value


def plain(value: Any) -> Any:
    """Make an array a list."""
    return value if isinstance(value, bool | int | float | str) else list(value)


@pytest.mark.parametrize('table', [TABLE, camera_node.PARAMETERS], ids=['perception', 'camera'])
def test_bounds_are_accepted_at_start(table: Sequence[Parameter]) -> None:
    cases = [(row, value) for row in table for value in legal(row)]
    assert {row.name for row, _ in cases} == {row.name for row in table}
    for once in rounds(cases):
        with node_with({name: value for name, (_, value) in once.items()}) as node:
            for row, value in once.values():
                complaint = NEEDS_MORE.get((row.name, value)) if is_hashable(value) else None
                if complaint:
                    with pytest.raises(ConfigurationError, match=complaint):
                        read(node, row)
                else:
                    assert plain(read(node, row)) == value, row.name


@pytest.mark.parametrize('values_of', [beyond, of_wrong_type])
@pytest.mark.parametrize('table', [TABLE, camera_node.PARAMETERS], ids=['perception', 'camera'])
def test_what_is_beyond_is_refused_at_start(table: Sequence[Parameter], values_of: Any) -> None:
    """The reason names the parameter, what it takes, and the value."""
    cases = [(row, value) for row in table for value in values_of(row)]
    assert len(cases) > len(table)
    for once in rounds(cases):
        with node_with({name: value for name, (_, value) in once.items()}) as node:
            for row, value in once.values():
                with pytest.raises(ConfigurationError) as refused:
                    read(node, row)
                reason = str(refused.value)
                last_name = row.name.rpartition('.')[2]
                assert last_name in reason
                assert 'must' in reason
                assert says(reason, value), reason


def test_empty_lists_at_start() -> None:
    """ROS gives no value in their place: of names there may be none, of numbers not."""
    # A managed node keeps by itself what is fixed.
    rows = [replace(row, read_only=False) for row in TABLE if isinstance(row.default, list)]
    assert {row.type_name for row in rows} >= {'string_array', 'integer_array', 'double_array'}
    with node_with(dict.fromkeys(row.name for row in rows)) as node:
        for row in rows:
            if row.type_name == 'string_array':
                assert declare(node, (row,)) == {row.name: []}
                stored = node.get_parameter(row.name)
                assert (stored.type_, stored.value) == (RosParameter.Type.STRING_ARRAY, [])
            else:
                with pytest.raises(ConfigurationError, match='must not be an empty list'):
                    declare(node, (row,))


def says(reason: str, value: Any) -> bool:
    """Tell whether a reason holds the value, lists in either bracket."""
    written = repr(value).replace('[', '').replace(']', '')
    return written in reason or str(value) in reason


def is_hashable(value: Any) -> bool:
    return not isinstance(value, list)


class Running:
    """The running node's parameters, set one after another in one request."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def get(self, rows: Sequence[Parameter]) -> dict[str, Any]:
        request = GetParameters.Request(names=[row.name for row in rows])
        answer = self._client.call(GetParameters, '/perception/get_parameters', request)
        return {row.name: value for row, value in zip(rows, answer.values, strict=True)}

    def set(self, changes: Sequence[tuple[str, Any]]) -> list[Any]:
        """Set one after another, not all together; an empty list keeps its parameter's type."""
        request = SetParameters.Request(
            parameters=[RosParameter(name, value=value).to_parameter_msg() for name, value in
                        changes]
        )
        answer = self._client.call(SetParameters, '/perception/set_parameters', request)
        return list(answer.results)


@pytest.fixture
def running(running_node: Any, module_client: Any) -> Running:
    return Running(module_client)


def test_bounds_are_accepted_while_it_runs(running: Running) -> None:
    """Each by itself, and the default again after it."""
    before = running.get(FREE)
    cases = [(row, value) for row in FREE for value in legal(row)]
    changes = [
        (row.name, each) for row, value in cases for each in (value, plain_value(before[row.name]))
    ]
    results = running.set(changes)
    for (row, value), result in zip(cases, results[::2], strict=True):
        complaint = NEEDS_MORE.get((row.name, value), '') if is_hashable(value) else ''
        if row.name == 'tracking.enabled' and value and not result.successful:
            complaint = 'tracking'
        assert result.successful == (not complaint), (row.name, value, result.reason)
        assert complaint in result.reason
    assert all(result.successful for result in results[1::2])
    assert running.get(FREE) == before


@pytest.mark.parametrize('values_of', [beyond, of_wrong_type])
def test_what_is_beyond_is_refused_while_it_runs(running: Running, values_of: Any) -> None:
    """With the value, or its type where ROS itself refuses, and nothing changes."""
    before = running.get(TABLE)
    cases = [(row, value) for row in TABLE for value in values_of(row)]
    results = running.set([(row.name, value) for row, value in cases])
    for (row, value), result in zip(cases, results, strict=True):
        assert not result.successful, (row.name, value)
        kind = RosParameter('x', value=value).type_.name
        assert says(result.reason, value) or kind in result.reason or 'fixed' in result.reason
    assert running.get(TABLE) == before


def test_fixed_parameters_stay_while_it_runs(running: Running) -> None:
    """Each legal value but its own is refused with what to do first."""
    before = running.get(FIXED)
    cases = [
        (row, value)
        for row in FIXED
        for value in legal(row)
        if value != plain_value(before[row.name])
    ]
    assert len(cases) > len(FIXED) / 2
    for (row, _), result in zip(
        cases, running.set([(row.name, value) for row, value in cases]), strict=True
    ):
        assert not result.successful
        assert f'{row.name} is fixed' in result.reason
        assert 'clean up' in result.reason
    assert all(
        result.successful
        for result in running.set(
            [(name, plain_value(value)) for name, value in before.items()]
        )
    )
    assert running.get(FIXED) == before


def test_empty_lists_and_texts_while_it_runs(running: Running) -> None:
    """No names are legal, half a pair is not, and a file that is not there is named."""
    before = running.get(FREE)
    empty = [
        RosParameter(row.name, getattr(RosParameter.Type, ros(row.type_name)), [])
        for row in FREE
        if isinstance(row.default, list)
    ]
    request = SetParameters.Request(parameters=[each.to_parameter_msg() for each in empty])
    results = running._client.call(
        SetParameters, '/perception/set_parameters', request
    ).results
    for parameter, result in zip(empty, results, strict=True):
        is_names = parameter.type_ == RosParameter.Type.STRING_ARRAY
        assert result.successful == is_names
        assert is_names or 'must not be an empty list' in result.reason
    (refused,) = running.set([('model', '')])
    assert not refused.successful
    assert "no model ''" in refused.reason
    changes = [(name, plain_value(value)) for name, value in before.items()]
    assert all(result.successful for result in running.set(changes))
    assert running.get(FREE) == before


def plain_value(value: Any) -> Any:
    """Read a parameter value of any type."""
    field = {
        ParameterType.PARAMETER_BOOL: 'bool_value',
        ParameterType.PARAMETER_DOUBLE: 'double_value',
        ParameterType.PARAMETER_INTEGER: 'integer_value',
        ParameterType.PARAMETER_STRING: 'string_value',
        ParameterType.PARAMETER_DOUBLE_ARRAY: 'double_array_value',
        ParameterType.PARAMETER_INTEGER_ARRAY: 'integer_array_value',
        ParameterType.PARAMETER_STRING_ARRAY: 'string_array_value',
    }[value.type]
    return plain(getattr(value, field))
