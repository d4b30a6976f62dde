# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception doctor: what is missing or wrong on this computer, and what to do."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import os
import shutil
import sys

from hailo_perception.cli.standard_output import with_output
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
    if arguments.json:
        sections = list(examine(System(), groups))
        print(report.to_json(sections).rstrip('\n'), flush=True)
        return report.status(sections)
    is_terminal = sys.stdout.isatty()
    color = is_terminal and not arguments.no_color and 'NO_COLOR' not in os.environ
    width = shutil.get_terminal_size().columns if is_terminal else None
    sections = []
    print(report.heading(), flush=True)
    for section in examine(System(), groups):
        sections.append(section)
        for line in report.section_lines(section, color=color, width=width):
            print(line, flush=True)
    print(f'\n{report.summary(sections)}', flush=True)
    return report.status(sections)


def main(argv: Sequence[str] | None = None) -> int:
    """Run as an executable of its own: ``ros2 run hailo_perception doctor``."""
    parser = argparse.ArgumentParser(prog='doctor', description=_ABOUT)
    _add_options(parser)
    return with_output(parser.prog, lambda: run(parser.parse_args(argv)))


if __name__ == '__main__':
    raise SystemExit(main())
