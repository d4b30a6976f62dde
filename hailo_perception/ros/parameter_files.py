# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Parameter files that a process was started with, and for which nodes they are."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
import re
from typing import Any

import yaml

_PARAMETERS = 'ros__parameters'
_FILE = '--params-file'
_TOKENS = {'**': r'(/\w+)*', '*': r'/\w+'}
"""What stands for any number of names and for one name, as in rcl."""


def foreign_files(node_name: str, arguments: Sequence[str]) -> dict[Path, tuple[str, ...]]:
    """Find the parameter files among a process's arguments that hold nothing for a node.

    ``node_name`` is fully qualified; each file comes with the node names that it has.
    """
    found = {}
    for path in parameter_files(arguments):
        names = tuple(_names_in(path))
        if names and not is_for(node_name, names):
            found[path] = names
    return found


def parameter_files(arguments: Sequence[str]) -> Iterator[Path]:
    """Give the parameter files that stand between ``--ros-args`` and ``--``."""
    is_for_ros = False
    following = iter(arguments)
    for argument in following:
        if argument in ('--ros-args', '--'):
            is_for_ros = argument == '--ros-args'
        elif is_for_ros and argument == _FILE:
            path = next(following, None)
            if path is not None:
                yield Path(path)


def node_names(content: Any, above: str = '') -> Iterator[str]:
    """Give the names below which a parameter file has parameters; a namespace may nest them."""
    if not isinstance(content, Mapping):
        return
    for key, below in content.items():
        if key == _PARAMETERS:
            yield above
        else:
            yield from node_names(below, f'{above}/{key}' if above else str(key))


def is_for(node_name: str, names: Collection[str]) -> bool:
    """Tell whether one of a parameter file's names means a node of this full name."""
    return any(re.fullmatch(_pattern(name), node_name) for name in names)


def _names_in(path: Path) -> Iterator[str]:
    # A pipe was read by ROS and is empty now; a file may have been removed since.
    if not path.is_file():
        return
    try:
        # Of the loaders the one that makes nothing of the values, so that none can be wrong.
        documents = tuple(yaml.load_all(path.read_bytes(), Loader=yaml.BaseLoader))
    except yaml.YAMLError:
        # ROS has a parser of its own and has taken the file: it is not judged here.
        return
    for content in documents:
        yield from node_names(content)


def _pattern(name: str) -> str:
    tokens = name.removeprefix('/').split('/')
    return ''.join(_TOKENS.get(token, f'/{re.escape(token)}') for token in tokens)
