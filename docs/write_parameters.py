# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Write parameters.md from the tables that the nodes declare: python docs/write_parameters.py."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hailo_perception.anonymization.settings import AnonymizationSettings
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest
from hailo_perception.nodes import anonymizer_parameters
from hailo_perception.nodes import camera_node
from hailo_perception.nodes import camera_parameters
from hailo_perception.nodes import perception_parameters
from hailo_perception.nodes.pipeline_node import AUTOSTART
from hailo_perception.ros.parameters import Parameter
from hailo_perception.ros.settings_parameters import settings_parameters
from hailo_perception.tasks.settings import PostprocessSettings

PAGE = Path(__file__).with_name('parameters.md')

INTRODUCTION = """# Parameters

Written by `python docs/write_parameters.py` from the tables that the nodes declare.

* A value outside its range is refused with the range and the value: at start the node ends with
  status 2, at run time `ros2 param set` prints the reason and nothing changes. A whole number is
  not taken for a `double`: write `1.0`. A text that reads like something else needs quotes:
  `rectified: 'true'`.
* Changes sent together (the service `~/set_parameters_atomically`) are taken together or not at
  all, so of two values that are legal only together each is. `ros2 param load` and the service
  `~/set_parameters` send them one by one.
* A name that no table has is warned about at start, with the nearest name that there is. So is a
  parameter file that is for other nodes only: below `/**:` its parameters are for every node that
  gets the file, below `/robot/perception:` for the node of that full name.
* A parameter file that ROS cannot read, or arguments that it does not know, end the node with
  status 2 and a line that says what is wrong.
* ROS's own `qos_overrides.<topic>.publisher.` with `reliability`, `history` and `depth` change
  how an output is sent ([topics.md](topics.md)).
"""


def parameters_page() -> str:
    """Make the page's text."""
    defaults = PostprocessSettings.for_model(load_manifest(find_model('lightnet_compact')))
    at_start, live = 'fixed from configure to cleanup', 'may change at any time'
    sections = (
        (f'perception_node: {at_start}', (AUTOSTART, *_fixed(perception_parameters.GENERAL))),
        (
            f'perception_node, for each camera (here `front`): {at_start}',
            camera_parameters.camera_parameters('front'),
        ),
        (
            f'perception_node: {live} (defaults of `lightnet_compact`)',
            (*_changing(perception_parameters.GENERAL), *settings_parameters(defaults)),
        ),
        (
            f'perception_node, for each camera (here `front`): {live}',
            camera_parameters.camera_settings_parameters('front'),
        ),
        (
            f'anonymizer_node, beside those for each camera as above: {at_start}',
            (AUTOSTART, *anonymizer_parameters.GENERAL),
        ),
        (f'anonymizer_node: {live}', settings_parameters(AnonymizationSettings())),
        ('camera_node: set at start', camera_node.PARAMETERS),
    )
    return INTRODUCTION + ''.join(f'\n## {title}\n\n{_table(rows)}' for title, rows in sections)


def _fixed(rows: Iterable[Parameter]) -> Iterator[Parameter]:
    return (row for row in rows if row.read_only)


def _changing(rows: Iterable[Parameter]) -> Iterator[Parameter]:
    return (row for row in rows if not row.read_only)


def _table(rows: Iterable[Parameter]) -> str:
    lines = ['| parameter | type | default | range | meaning |', '|---|---|---|---|---|']
    lines += [
        f'| `{row.name}` | {row.type_name} | {_default(row)} | {_escaped(row.constraint)} '
        f'| {_escaped(row.description)} |'
        for row in rows
    ]
    return '\n'.join(lines) + '\n'


def _default(row: Parameter) -> str:
    is_everything = isinstance(row.default, list) and row.default == list(row.choices)
    return 'all of them' if is_everything else _value(row.default)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ', '.join(_value(part) for part in value)
    if isinstance(value, bool):
        return str(value).lower()
    return f'`{value}`' if value != '' else 'empty'


def _escaped(text: str) -> str:
    return text.replace('|', '\\|')


if __name__ == '__main__':
    PAGE.write_text(parameters_page(), encoding='utf-8')
