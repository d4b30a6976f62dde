# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception: one command, and a sub-command for each thing that a person does."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from importlib import import_module
import sys
from typing import Protocol

from hailo_perception import __version__
from hailo_perception.cli.standard_output import EXIT_USER_ERROR
from hailo_perception.cli.standard_output import with_output
from hailo_perception.core.errors import HailoPerceptionError

_PROGRAM = 'hailo-perception'

COMMANDS = (
    'bench', 'calibrate', 'calibrate-depth', 'compile', 'demo', 'doctor', 'evaluate', 'inspect',
    'monitor', 'plan',
)  # fmt: skip
"""Modules of this package, with _ for -; what they need beyond argparse they import in ``run``."""


class Command(Protocol):
    """A sub-command's module."""

    def add_parser(self, subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
        """Declare name, help and options."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; returns the exit status, raises HailoPerceptionError for what is wrong."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; user errors end with one line and status 2, without a traceback."""
    return with_output(_PROGRAM, partial(_run, argv))


def _run(argv: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM, description='Camera perception for ROS 2 on Hailo, from a shell.'
    )
    parser.add_argument('--version', action='version', version=__version__)
    subparsers = parser.add_subparsers(metavar='COMMAND', required=True, dest='command')
    commands: dict[str, Command] = {
        name: import_module(f'hailo_perception.cli.{name.replace("-", "_")}') for name in COMMANDS
    }
    for command in commands.values():
        command.add_parser(subparsers)
    arguments = parser.parse_args(argv)
    try:
        return commands[arguments.command].run(arguments)
    except HailoPerceptionError as error:
        print(f'{parser.prog} {arguments.command}: {error}', file=sys.stderr)
        return EXIT_USER_ERROR


if __name__ == '__main__':
    raise SystemExit(main())
