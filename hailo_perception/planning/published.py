# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The networks of published.yaml: what others published about their rates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import get_args
from typing import Literal

from hailo_perception.models import document
from hailo_perception.models.document import Node
from hailo_perception.planning.boards import data_file

Chip = Literal['hailo8', 'hailo8l']
Contexts = Literal['one', 'several']
Layers = Literal['convolution', 'matrix']

CHIPS: tuple[Chip, ...] = get_args(Chip)
CONTEXTS: tuple[Contexts, ...] = get_args(Contexts)

_SAME_RATE = 1.05
"""Eight frames at once that are this much faster than one by one say nothing yet."""


@dataclass(frozen=True, slots=True)
class PublishedRate:
    """Frames/s at batch 1, and into how many contexts the compiler cut the network."""

    fps: float
    contexts: Contexts


@dataclass(frozen=True, slots=True)
class PublishedNetwork:
    """A known network; input (width, height) in pixels, parameters in millions."""

    name: str
    source: str
    layers: Layers
    input_size: tuple[int, int]
    gflops: float
    parameters_m: float
    rates: dict[Chip, PublishedRate]


@dataclass(frozen=True, slots=True)
class Published:
    """All known networks, and where their figures come from."""

    sources: dict[str, str]
    networks: tuple[PublishedNetwork, ...]


@cache
def load_published() -> Published:
    """Read the published figures."""
    root = document.read_document(data_file('published.yaml'))
    values = root.fields(required={'sources': Node.mapping, 'networks': Node.mapping})
    return Published(
        sources={name: document.name(node) for name, node in values['sources'].items()},
        networks=tuple(
            _network(source, item)
            for source, node in values['networks'].items()
            for item in node.items(at_least=1)
        ),
    )


def _network(source: str, node: Node) -> PublishedNetwork:
    values = node.fields(
        required={
            'name': document.name,
            'layers': document.choice(*get_args(Layers)),
            'input': document.list_of(document.integer(1, 1 << 14), exactly=2),
            'gflops': document.positive,
            'parameters_m': document.positive,
            'rates': _rates,
        }
    )
    return PublishedNetwork(source=source, input_size=values.pop('input'), **values)


def _rates(node: Node) -> dict[Chip, PublishedRate]:
    rates = node.fields(required={}, optional={chip: _rate for chip in CHIPS})
    return {chip: rates[chip] for chip in CHIPS if chip in rates}


def _rate(node: Node) -> PublishedRate:
    values = node.fields(
        required={'fps': document.positive},
        optional={'fps_batch_8': document.positive, 'contexts': document.integer(1, 100)},
    )
    fps = values['fps']
    if 'contexts' in values:
        return PublishedRate(fps, 'one' if values['contexts'] == 1 else 'several')
    if 'fps_batch_8' not in values:
        raise node.error('contexts or fps_batch_8', 'neither')
    # A batch shares the cost of changing contexts; where there is one, there is nothing to share.
    return PublishedRate(fps, 'one' if values['fps_batch_8'] <= _SAME_RATE * fps else 'several')
