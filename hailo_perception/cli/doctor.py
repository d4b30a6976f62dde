# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception doctor: what is missing or wrong on this computer, and what to do."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import os
import shutil
import sys
from typing import TextIO

from hailo_perception.doctor import GROUPS

_ABOUT = (
    'Look at this computer, the Hailo, HailoRT, ROS 2 and the cameras, and print one line for '
    'each check: ok, warning or error, the fact, and after -> what to do. Changes nothing and '
    'takes a few seconds. The exit status is 0 without errors, 1 with.'
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the options of the examination."""
    parser = subparsers.add_parser(
        'doctor', help='say what is wrong on this computer', description=_ABOUT
    )
    _add_options(parser)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--json', action='store_true', help='print the findings as JSON')
    parser.add_argument(
        '--only',
        metavar='GROUP',
        action='append',
        choices=GROUPS,
        help=f'examine one group only; may be repeated: {", ".join(GROUPS)}',
    )
    parser.add_argument(
        '--no-color',
        action='store_true',
        help='no colours (without it, only a terminal gets them)',
    )


def run(arguments: argparse.Namespace) -> int:
    """Examine and print; returns 1 where there is an error."""
    from hailo_perception.doctor import report
    from hailo_perception.doctor.examination import examine
    from hailo_perception.doctor.examination import load_groups
    from hailo_perception.doctor.system import System

    chosen = arguments.only or GROUPS
    groups = load_groups(name for name in GROUPS if name in chosen)
    output = sys.stdout
    if arguments.json:
        sections = list(examine(System(), groups))
        _print(report.to_json(sections).rstrip('\n'), output)
        return report.status(sections)
    is_terminal = output.isatty()
    color = is_terminal and not arguments.no_color and 'NO_COLOR' not in os.environ
    width = shutil.get_terminal_size().columns if is_terminal else None
    sections = []
    _print(report.heading(), output)
    for section in examine(System(), groups):
        sections.append(section)
        for line in report.section_lines(section, color=color, width=width):
            _print(line, output)
    _print('', output)
    _print(report.summary(sections), output)
    return report.status(sections)


def _print(line: str, output: TextIO) -> None:
    """Print what the terminal's encoding has, and the rest escaped."""
    encoding = output.encoding or 'ascii'
    print(line.encode(encoding, 'backslashreplace').decode(encoding), file=output, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run as an executable of its own: ``ros2 run hailo_perception doctor``."""
    parser = argparse.ArgumentParser(prog='doctor', description=_ABOUT)
    _add_options(parser)
    try:
        return run(parser.parse_args(argv))
    except KeyboardInterrupt:
        return 130


if __name__ == '__main__':
    raise SystemExit(main())
