# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The start of ROS, which reads the arguments and the parameter files that they name."""

from __future__ import annotations

from collections.abc import Sequence
import re

import rclpy
from rclpy.signals import SignalHandlerOptions

from hailo_perception.core.errors import ConfigurationError

_UNKNOWN_ARGUMENTS = 'UnknownROSArgsError'
_SOURCE_LINE = re.compile(r', at \S+:\d+')
_NOT_UNDERSTOOD = re.compile(r"couldn't parse", re.IGNORECASE)
_NO_LOG_FOLDER = re.compile(r'failed to (create|get) log(ging)? directory', re.IGNORECASE)
_FILE = re.compile(r"params file: '--params-file (?P<path>.*?)'")


class InitializationError(ConfigurationError):
    """ROS did not start; the message has what it said and what to do."""


def initialize(args: Sequence[str] | None, context: rclpy.Context | None = None) -> None:
    """Start ROS without its signal handlers; InitializationError with one line when it refuses.

    ``args`` and ``context`` are as for ``rclpy.init``: None are those of the process.
    """
    try:
        # rclpy's own handling shuts ROS down in a thread of its own while the node still uses it,
        # and ends now and then in a segmentation fault when both free the same context.
        rclpy.init(
            args=args, context=context, signal_handler_options=SignalHandlerOptions.NO
        )
    except RuntimeError as error:
        # rclpy derives what ROS refuses from it and names the types nowhere in public; the plain
        # one is a call that is wrong, such as a second one.
        if type(error) is RuntimeError:
            raise
        raise InitializationError(in_words(type(error).__name__, str(error))) from error


def in_words(kind: str, said: str) -> str:
    """Say in one line what ROS said when it did not start, and what to do."""
    if kind == _UNKNOWN_ARGUMENTS:
        return (
            f'ROS does not know the arguments {said}; after --ros-args it takes -p name:=value, '
            '-r from:=to, --params-file and --log-level, and -- ends them'
        )
    told = ' '.join(_SOURCE_LINE.sub('', said).split())
    file = _FILE.search(told)
    if file:
        remedy = (
            f"see that {file['path']} is there and reads '/**:', below it, indented with blanks "
            "and not with tabs, 'ros__parameters:', and below that 'name: value'"
        )
    elif _NO_LOG_FOLDER.search(told):
        remedy = 'set ROS_LOG_DIR (or HOME) to a folder that can be written'
    elif _NOT_UNDERSTOOD.search(told):
        remedy = 'correct what follows --ros-args; a parameter is given as -p name:=value'
    else:
        remedy = (
            'see that RMW_IMPLEMENTATION and what follows --ros-args fit the installation '
            '(ros2 doctor --report)'
        )
    return f'{told}; {remedy}'
