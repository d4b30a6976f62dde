# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception demo: camera, perception and a recording subscriber, three processes."""

from __future__ import annotations

import argparse

from hailo_perception.cli.demo.options import add_options
from hailo_perception.cli.demo.options import read_options


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the demo's options."""
    add_options(
        subparsers.add_parser(
            'demo',
            help='run the nodes, show live numbers, leave a folder of results',
            description='Run camera node and perception node as processes of their own, subscribe '
            'to everything they publish, show live numbers, and leave a folder with a video, '
            'pictures, point clouds and an MCAP recording. Ctrl-C ends it at any moment and '
            'keeps what was written.',
        )
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the demo until its source, its time or the user ends it."""
    options = read_options(arguments)
    from hailo_perception.cli.demo.inputs import check_inputs
    from hailo_perception.cli.demo.interruption import Interruption
    from hailo_perception.cli.demo.requirements import require_parts

    require_parts(options)
    check_inputs(options)
    with Interruption.watch() as interruption:
        from hailo_perception.cli.demo.session import run_session

        return run_session(options, interruption)
