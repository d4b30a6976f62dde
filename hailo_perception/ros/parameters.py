# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Declared parameters: type, range, unit and meaning in one row each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rcl_interfaces.msg import FloatingPointRange
from rcl_interfaces.msg import IntegerRange
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.exceptions import InvalidParameterTypeException
from rclpy.exceptions import InvalidParameterValueException
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter

from hailo_perception.core.errors import ConfigurationError

_TYPES = {
    bool: ('true or false', 'write true or false without quotes'),
    int: ('a whole number', 'write it without a point'),
    float: ('a number with a decimal point', 'write 1.0, not 1'),
    str: ('a text', 'write it in quotes'),
}


class ParameterError(ConfigurationError):
    """A parameter's value has the wrong type or is not a legal one."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of a parameter table.

    ``minimum`` and ``maximum`` bound a number, or each number of an array; ``choices`` are the
    only values of a text, or of each text of an array; a read-only parameter is set at start and
    never changes.
    """

    name: str
    default: Any
    description: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    read_only: bool = True
    unit: str = ''

    @property
    def type_name(self) -> str:
        """Name of the value's type as ROS names it, e.g. double or string_array."""
        return _ROS_TYPES[self._kind] + ('_array' if isinstance(self.default, list) else '')

    @property
    def _kind(self) -> type:
        """Type of the value, or of each value of an array; an empty one holds texts."""
        if not isinstance(self.default, list):
            return type(self.default)
        return type(self.default[0]) if self.default else str

    @property
    def constraint(self) -> str:
        """The legal values in words, empty where everything of the type goes."""
        if self.choices:
            return ' | '.join(self.choices)
        if self.minimum is None and self.maximum is None:
            return ''
        unit = f' {self.unit}' if self.unit else ''
        return f'{_limit(self.minimum)}…{_limit(self.maximum)}{unit}'

    def check(self, value: Any) -> None:
        """Raise ParameterError naming parameter, what it takes, and the value."""
        is_list = isinstance(value, Iterable) and not isinstance(value, str)
        if isinstance(self.default, list) and not is_list:
            raise ParameterError(f'{self.name} must be a list, got {value!r}')
        if is_list and not len(value) and self._kind is not str:
            raise ParameterError(
                f'{self.name} must not be an empty list, got []; leave it out, or write it as '
                f'{self.default}'
            )
        for part in value if isinstance(self.default, list) else (value,):
            self._check_part(part, value)

    def _check_part(self, part: Any, value: Any) -> None:
        words, remedy = _TYPES[self._kind]
        has_type = type(part) is self._kind
        if not has_type:
            raise ParameterError(f'{self.name} must be {words}, got {value!r}; {remedy}')
        if self.choices:
            is_legal = part in self.choices
        else:
            # Written so that NaN fails too.
            is_legal = (self.minimum is None or part >= self.minimum) and (
                self.maximum is None or part <= self.maximum
            )
        if not is_legal:
            raise ParameterError(f'{self.name} must be {self.constraint}, got {value!r}')

    def descriptor(self) -> ParameterDescriptor:
        """Describe the parameter to ROS tools."""
        unit = f' [{self.unit}]' if self.unit else ''
        descriptor = ParameterDescriptor(
            description=f'{self.description}{unit}', read_only=self.read_only
        )
        if self.choices:
            descriptor.additional_constraints = f'one of: {self.constraint}'
        elif isinstance(self.default, list):
            descriptor.additional_constraints = self.constraint
        elif self.minimum is not None and self.maximum is not None:
            if isinstance(self.default, float):
                descriptor.floating_point_range = [
                    FloatingPointRange(from_value=self.minimum, to_value=self.maximum)
                ]
            else:
                descriptor.integer_range = [
                    IntegerRange(from_value=int(self.minimum), to_value=int(self.maximum), step=1)
                ]
        return descriptor


def _limit(bound: float | None) -> str:
    return '' if bound is None else f'{bound:.10g}'


_ROS_TYPES = {bool: 'bool', int: 'integer', float: 'double', str: 'string'}


def declare(node: Node, table: Iterable[Parameter]) -> dict[str, Any]:
    """Declare a table's parameters and return their values by name.

    ParameterError when a given value has the wrong type or is not legal.
    """
    values = {}
    for row in table:
        value = _declare_one(node, row)
        row.check(value if not isinstance(row.default, list) else list(value))
        values[row.name] = value
    return values


def _declare_one(node: Node, row: Parameter) -> Any:
    given = given_parameters(node)
    # ROS knows no type of an empty list, and gives nothing in its place.
    if row.name in given and given[row.name] is None and not node.has_parameter(row.name):
        row.check([])
        return _declare_empty(node, row)
    try:
        return node.declare_parameter(row.name, row.default, row.descriptor()).value
    except (InvalidParameterTypeException, InvalidParameterValueException) as error:
        if row.name in given:
            row.check(given[row.name])
        raise ParameterError(f'{row.name}: {error}') from error


def _declare_empty(node: Node, row: Parameter) -> list[str]:
    """Declare an array of texts that has none, which rclpy takes as a change alone.

    So a read-only one can only be of a ManagedNode.
    """
    node.declare_parameter(row.name, row.default, row.descriptor(), ignore_override=True)
    (result,) = node.set_parameters(
        [RosParameter(row.name, RosParameter.Type.STRING_ARRAY, [])]
    )
    if not result.successful:
        raise ParameterError(f'{row.name} cannot be an empty list: {result.reason}')
    return []


def given_parameters(node: Node) -> dict[str, Any]:
    """Give the values that the parameter file and the command line have for a node, by name.

    rclpy has no public way to them, from Humble to Rolling; a distribution that keeps them
    elsewhere gives none.
    """
    overrides = getattr(node, '_parameter_overrides', {})
    return {name: parameter.value for name, parameter in overrides.items()}
