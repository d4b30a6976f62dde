# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A scripted session of misconfigurations: what the node says to each, and after how long.

``python benchmarks/misconfigurations.py``: misconfigures real nodes over DDS, more than fifty
times (misconfigured_cameras.py, misconfigured_starts.py), with the parameters as they are by
default, and prints for each when a line of the log and a status of /diagnostics named what was
seen and what to do. Seconds count from the moment that the node is active, that it is asked to
configure itself, or that the camera stops; ``ends`` is from the start of a process that cannot
work to its end with status 2. ``--messages`` prints what was said, too, ``--json FILE`` writes
everything to a file.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
import os
from pathlib import Path
import tempfile

from misconfiguration_question import Answered
from misconfiguration_session import Session

from hailo_perception.bench.machine import describe_machine
from hailo_perception.bench.machine import LIBRARIES
from hailo_perception.bench.tables import number
from hailo_perception.bench.tables import table
from hailo_perception.bench.tables import to_json
from hailo_perception.cli.demo.graph_domain import choose_domain


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the session and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--messages', action='store_true', help='print what was said, too')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write everything to a file')
    options = parser.parse_args(arguments)
    choose_domain(is_shared=False, process_id=os.getpid())
    machine = describe_machine(LIBRARIES)
    with tempfile.TemporaryDirectory() as folder:
        answers = [
            replace(each, message=each.message.replace(folder, '/…'))
            for each in Session(Path(folder)).run()
        ]
    print(machine, end='\n\n')
    print(
        table(
            ('misconfiguration', 'console', '/diagnostics', 'ends'),
            [_row(each) for each in answers],
        )
    )
    slowest = max(answers, key=lambda each: max(each.console_s, each.diagnostics_s))
    print(
        f'\n{len(answers)} misconfigurations, the slowest answer after '
        f'{max(slowest.console_s, slowest.diagnostics_s):.1f} s ({slowest.what})'
    )
    if options.messages:
        print(*(f'\n{each.what}\n    {each.message}' for each in answers), sep='\n')
    if options.json:
        options.json.write_text(to_json('misconfigurations', machine, answers), encoding='utf-8')
    return 0


def _row(answered: Answered) -> tuple[str, ...]:
    return (
        answered.what,
        number(answered.console_s, 1, ' s'),
        number(answered.diagnostics_s, 1, ' s'),
        number(answered.end_s, 1, ' s'),
    )


if __name__ == '__main__':
    raise SystemExit(main())
