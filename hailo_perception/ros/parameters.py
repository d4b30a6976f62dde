# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Declared parameters: type, range and meaning in one row each."""

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

from hailo_perception.core.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of a parameter table.

    ``minimum`` and ``maximum`` bound a number, or each number of an array; ``choices`` are the
    only values of a string; a read-only parameter is set at start and never changes.
    """

    name: str
    default: Any
    description: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    read_only: bool = True

    @property
    def constraint(self) -> str:
        """The legal values in words, empty where everything of the type goes."""
        if self.choices:
            return ' | '.join(self.choices)
        if self.minimum is None and self.maximum is None:
            return ''
        lower = '' if self.minimum is None else f'{self.minimum:g}'
        upper = '' if self.maximum is None else f'{self.maximum:g}'
        return f'{lower}…{upper}'

    def check(self, value: Any) -> None:
        """Raise ConfigurationError naming parameter, legal values and value."""
        for part in value if isinstance(self.default, list) else (value,):
            too_small = self.minimum is not None and part < self.minimum
            too_large = self.maximum is not None and part > self.maximum
            if (self.choices and part not in self.choices) or too_small or too_large:
                raise ConfigurationError(f'{self.name} must be {self.constraint}, got {value!r}')

    def descriptor(self) -> ParameterDescriptor:
        """Describe the parameter to ROS tools."""
        descriptor = ParameterDescriptor(description=self.description, read_only=self.read_only)
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


def declare(node: Node, table: Iterable[Parameter]) -> dict[str, Any]:
    """Declare a table's parameters and return their values by name.

    ConfigurationError when a given value has the wrong type or is out of range.
    """
    values = {}
    for row in table:
        try:
            declared = node.declare_parameter(row.name, row.default, row.descriptor())
        except InvalidParameterTypeException as error:
            raise ConfigurationError(
                f'{row.name} must be of type {type(row.default).__name__}: {error}'
            ) from error
        except InvalidParameterValueException as error:
            raise ConfigurationError(
                f'{row.name} must be {row.constraint}: {error}'
            ) from error
        row.check(declared.value)
        values[row.name] = declared.value
    return values
