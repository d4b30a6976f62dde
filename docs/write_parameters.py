# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Write parameters.md from the tables that the nodes declare: python docs/write_parameters.py."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest
from hailo_perception.nodes import camera_node
from hailo_perception.nodes import perception_parameters
from hailo_perception.ros.parameters import Parameter
from hailo_perception.ros.settings_parameters import settings_parameters
from hailo_perception.tasks.settings import PostprocessSettings

PAGE = Path(__file__).with_name('parameters.md')

INTRODUCTION = """# Parameters

Written by `python docs/write_parameters.py` from the tables that the nodes declare.
A value outside its range is refused with the range and the value: at start the node ends with
status 2, at run time `ros2 param set` prints the reason and nothing changes.
"""


def parameters_page() -> str:
    """Make the page's text."""
    defaults = PostprocessSettings.for_model(load_manifest(find_model('lightnet_compact')))
    sections = (
        ('perception_node, set at start', perception_parameters.GENERAL),
        (
            'perception_node, for each camera (here `front`)',
            perception_parameters.camera_parameters('front'),
        ),
        (
            'perception_node, also while it runs (defaults of `lightnet_compact`)',
            settings_parameters(defaults),
        ),
        ('camera_node, set at start', camera_node.PARAMETERS),
    )
    return INTRODUCTION + ''.join(f'\n## {title}\n\n{_table(rows)}' for title, rows in sections)


def _table(rows: Iterable[Parameter]) -> str:
    lines = ['| parameter | default | range | meaning |', '|---|---|---|---|']
    lines += [
        f'| `{row.name}` | {_value(row.default)} | {_escaped(row.constraint)} '
        f'| {_escaped(row.description)} |'
        for row in rows
    ]
    return '\n'.join(lines) + '\n'


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
