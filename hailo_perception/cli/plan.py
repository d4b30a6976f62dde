# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception plan: will this board carry this network and these cameras."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from hailo_perception.cli.json_output import put_out
from hailo_perception.cli.json_output import STDOUT

if TYPE_CHECKING:
    from hailo_perception.planning.boards import Board
    from hailo_perception.planning.boards import BoardLink

_DEFAULT_MODEL = 'lightnet_compact'


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the options of a plan."""
    parser = subparsers.add_parser(
        'plan',
        help='estimate what a board with a Hailo can do for a model',
        description='Count the bytes that cross PCIe with each frame and the arithmetic of the '
        'network, look up what others published about similar networks, and say how many frames '
        'and cameras may fit. Nothing is measured and no device is needed.',
    )
    parser.add_argument(
        '--model',
        default=_DEFAULT_MODEL,
        help=f'packaged model, or path of a model manifest (default {_DEFAULT_MODEL})',
    )
    parser.add_argument(
        '--chip', default='hailo8', choices=('hailo8', 'hailo8l'), help='default hailo8'
    )
    parser.add_argument(
        '--board',
        metavar='NAME',
        help='raspberry_pi_5, rock_5b, x86, jetson_orin or coral (default: all with a Hailo)',
    )
    parser.add_argument(
        '--link',
        metavar='GENxLANES',
        help='a PCIe link of your own in place of those of the boards, such as 3x1',
    )
    parser.add_argument(
        '--cameras', metavar='N', type=int, default=1, help='on one chip (default 1)'
    )
    parser.add_argument(
        '--rate', metavar='HZ', type=float, default=30.0, help='of each camera (default 30)'
    )
    parser.add_argument(
        '--contexts',
        choices=('one', 'several'),
        help='into how many parts the compiler cut the network, if you know (default: from the '
        'executable, else any)',
    )
    parser.add_argument(
        '--output-bits',
        metavar='BITS',
        type=int,
        default=16,
        help='of boxes and depth as compiled, 8 or 16, where no executable tells (default 16)',
    )
    parser.add_argument(
        '--efficiency',
        metavar='SHARE',
        type=float,
        default=None,
        help='share of the link that carries tensors, above 0 and at most 1 (default 0.8)',
    )
    parser.add_argument(
        '--json',
        metavar='FILE',
        help=f"write the plan as JSON; '{STDOUT}' prints it in place of the tables",
    )


def run(arguments: argparse.Namespace) -> int:
    """Plan and print; returns 0 whatever the verdict is."""
    from hailo_perception.models.catalog import find_model
    from hailo_perception.models.manifest import load_manifest
    from hailo_perception.planning.boards import find_board
    from hailo_perception.planning.boards import load_boards
    from hailo_perception.planning.links import PROTOCOL_EFFICIENCY
    from hailo_perception.planning.network import describe_network
    from hailo_perception.planning.plan import Demand
    from hailo_perception.planning.plan import make_plan
    from hailo_perception.planning.published import load_published
    from hailo_perception.planning.report import board_text
    from hailo_perception.planning.report import board_to_json
    from hailo_perception.planning.report import to_json
    from hailo_perception.planning.report import to_text

    board = find_board(arguments.board) if arguments.board else None
    if board is not None and not board.links and arguments.link is None:
        put_out(arguments.json, lambda: board_to_json(board), lambda: board_text(board) + '\n')
        return 0
    published, boards = load_published(), load_boards()
    plan = make_plan(
        describe_network(load_manifest(find_model(arguments.model)), arguments.output_bits),
        published.networks,
        arguments.chip,
        _links([board] if board else list(boards.values()), arguments.link),
        Demand(arguments.cameras, arguments.rate),
        contexts=arguments.contexts,
        efficiency=PROTOCOL_EFFICIENCY if arguments.efficiency is None else arguments.efficiency,
    )
    put_out(
        arguments.json,
        lambda: to_json(plan),
        lambda: to_text(plan, published.sources, boards.values()),
    )
    return 0


def _links(boards: list[Board], own: str | None) -> list[tuple[Board | None, BoardLink]]:
    from hailo_perception.planning.boards import BoardLink
    from hailo_perception.planning.links import Link

    if own is not None:
        return [(None, BoardLink(Link.parse(own), 'as given'))]
    return [(board, link) for board in boards for link in board.links]
