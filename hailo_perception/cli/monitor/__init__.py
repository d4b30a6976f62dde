# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception monitor: what the running nodes say about themselves, in a terminal."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
import sys
from typing import NoReturn
from typing import TYPE_CHECKING

from hailo_perception.cli.json_output import check_json
from hailo_perception.cli.json_output import STDOUT
from hailo_perception.cli.json_output import write_json
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import HailoPerceptionError
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.optional_parts import pip_install

if TYPE_CHECKING:
    from hailo_perception.cli.monitor.listener import Listener
    from hailo_perception.cli.monitor.node_state import NodeState

_REFRESH_S = 0.5
_EXIT_NODE_ERROR = 1


class NothingHeardError(HailoPerceptionError):
    """No node, or not the one that was asked for, says anything."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the monitor's options."""
    parser = subparsers.add_parser(
        'monitor',
        help='show what the running nodes say about themselves',
        description='Listen to ~/stats and /diagnostics of every perception and anonymiser node '
        'of this ROS domain, and show for each camera the frame rate, the drops by cause and what '
        'is missing, with the times of each stage and the state of the device. Ctrl-C ends it.',
    )
    parser.add_argument(
        'nodes',
        metavar='NODE',
        nargs='*',
        help='full names, e.g. /perception or /anonymizer (default: all)',
    )
    parser.add_argument(
        '--once',
        action='store_true',
        help='print one snapshot and end; the status is 1 while a node is in error',
    )
    parser.add_argument(
        '--timeout',
        metavar='S',
        type=float,
        default=10.0,
        help='with --once: longest time to wait for the nodes (default 10)',
    )
    parser.add_argument(
        '--json',
        metavar='FILE',
        help=f"with --once: write the snapshot as JSON; '{STDOUT}' prints it in place of the "
        'tables',
    )


def run(arguments: argparse.Namespace) -> int:
    """Show the nodes once, or until the user ends it."""
    _check(arguments)
    from hailo_perception.cli.monitor.listener import Listener

    with Listener(arguments.nodes) as listener:
        if not arguments.once:
            _show(listener)
        listener.wait(arguments.timeout)
        nodes = listener.nodes()
        _check_heard(nodes, arguments.nodes, arguments.timeout)
    if arguments.json is not None:
        from hailo_perception.cli.monitor.report import to_json

        write_json(arguments.json, to_json(nodes))
    if arguments.json != STDOUT:
        from hailo_perception.cli.monitor.screen import print_nodes

        print_nodes(nodes)
    return _EXIT_NODE_ERROR if any(node.level == 'ERROR' for node in nodes) else 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse before anything is started what cannot work."""
    # Written so that NaN fails too.
    if not arguments.timeout > 0:
        raise ConfigurationError(f'--timeout must be above 0 s, got {arguments.timeout:g}')
    unusual = [name for name in arguments.nodes if not name.startswith('/')]
    if unusual:
        raise ConfigurationError(
            f"NODE must be a full name, which starts with '/', got {unusual[0]}; "
            f'try /{unusual[0]}'
        )
    if arguments.json is not None and not arguments.once:
        raise ConfigurationError('--json writes one snapshot: give --once too')
    if not arguments.once and not sys.stdout.isatty():
        raise ConfigurationError('the live view needs a terminal; --once prints one snapshot')
    check_json(arguments.json)
    if arguments.json != STDOUT and find_spec('rich') is None:
        raise MissingDependencyError(
            'rich', 'to draw tables', f"{pip_install('rich')}, or take --once --json -"
        )
    from hailo_perception.ros.requirements import require_ros

    require_ros()


def _check_heard(nodes: tuple[NodeState, ...], wanted: list[str], timeout_s: float) -> None:
    """Raise NothingHeardError when a wanted node, or every node, is silent."""
    silent = [node.name for node in nodes if not node.has_spoken]
    if silent or not nodes:
        what = ', '.join(silent) if wanted else 'any perception or anonymiser node'
        raise NothingHeardError(
            f'nothing was heard of {what} within {timeout_s:g} s; check that it runs and that '
            'ROS_DOMAIN_ID is the same here and there (the demo prints the one that it chose)'
        )


def _show(listener: Listener) -> NoReturn:
    from hailo_perception.cli.monitor.screen import Screen

    with Screen() as screen:
        while True:
            listener.listen(_REFRESH_S)
            screen.show(listener.nodes())
