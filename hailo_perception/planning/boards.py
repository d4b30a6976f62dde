# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The boards of boards.yaml: which links they offer, and what others published about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.models import document
from hailo_perception.models.document import Node
from hailo_perception.planning.links import Link


@dataclass(frozen=True, slots=True)
class BoardLink:
    """A link that a board can have, and under which condition."""

    link: Link
    when: str


@dataclass(frozen=True, slots=True)
class Board:
    """A board; one without links runs no Hailo and has published figures only."""

    name: str
    title: str
    links: tuple[BoardLink, ...]
    notes: tuple[str, ...]
    published: tuple[str, ...]
    source: str


def data_file(name: str) -> Path:
    """Find a data file of this package."""
    return Path(str(resources.files('hailo_perception.planning') / name))


@cache
def load_boards() -> dict[str, Board]:
    """Read the boards, by name."""
    root = document.read_document(data_file('boards.yaml'))
    boards = root.fields(required={'boards': Node.mapping})['boards']
    return {name: _board(name, node) for name, node in boards.items()}


def find_board(name: str) -> Board:
    """Find a board by name; ConfigurationError lists those there are."""
    boards = load_boards()
    if name not in boards:
        hint = document.nearest(name, boards)
        raise ConfigurationError(
            f"no board '{name}'" + (f'; {hint}' if hint else '') + f'; boards: {", ".join(boards)}'
        )
    return boards[name]


def _board(name: str, node: Node) -> Board:
    texts = document.list_of(document.text)
    values = node.fields(
        required={'title': document.name, 'source': document.name},
        optional={'links': document.list_of(_link), 'notes': texts, 'published': texts},
    )
    return Board(
        name,
        links=values.pop('links', ()),
        notes=values.pop('notes', ()),
        published=values.pop('published', ()),
        **values,
    )


def _link(node: Node) -> BoardLink:
    values = node.fields(required={'link': document.name, 'when': document.name})
    return BoardLink(Link.parse(values['link']), values['when'])
