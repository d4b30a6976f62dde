# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which numbers of a description are widths, and of which convolutions.

Which convolutions belong to a number is not listed anywhere: networks are built in which half of
the numbers are doubled, a different half each time, until each convolution has told which number
it follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import TypeVar

import torch
from torch import nn
import yaml

from training.description import ClassDescription
from training.description import NetworkDescription
from training.form import plain
from training.network import MultitaskNetwork
from training.pruning.channels import ChannelGraph
from training.pruning.channels import PruningError
from training.pruning.surgery import Group
from training.variants import CHANNELS
from training.variants import PARTS

T = TypeVar('T')

Place = tuple[str | int, ...]
"""Where in a description a value stands: field names and positions in lists."""


@dataclass(frozen=True, slots=True)
class Width:
    """A number of the description and the ``convolutions`` that have so many outputs."""

    place: Place
    value: int
    convolutions: frozenset[str]

    @property
    def name(self) -> str:
        """The place as one reads it: ``backbone.stages[1].branch``."""
        return name_place(self.place)


def name_place(place: Place) -> str:
    """Write a place as text."""
    return ''.join(f'[{p}]' if isinstance(p, int) else f'.{p}' for p in place).removeprefix('.')


def find_widths(description: NetworkDescription) -> tuple[Width, ...]:
    """Find the numbers of a description that set convolutions' widths.

    A number from which some convolutions take another width than itself is left out. Raises
    PruningError for a convolution that several numbers decide together.
    """
    numbers = dict(enumerate(_channel_numbers(description), start=1))
    before = _output_channels(description)
    followed = _find_followed(description, numbers, before)
    doubled = _output_channels(_double(description, numbers.values()))
    found = []
    for index, (place, value) in numbers.items():
        names = frozenset(name for name, number in followed.items() if number == index)
        if names and all(before[n] == value and doubled[n] == 2 * value for n in names):
            found.append(Width(place, value, names))
    return tuple(found)


def group_by_width(graph: ChannelGraph, widths: tuple[Width, ...]) -> tuple[Group, ...]:
    """Make a group of each width whose convolutions, and no others, may be narrowed together."""
    groups = []
    for width in widths:
        spaces = tuple(s for s in graph.spaces if not width.convolutions.isdisjoint(s.makers))
        makers = {maker for space in spaces for maker in space.makers}
        if makers == width.convolutions:
            groups.append(Group(width.name, width.value, spaces))
    return tuple(groups)


def narrow_description(
    description: NetworkDescription, widths: tuple[Width, ...], values: Mapping[str, int]
) -> NetworkDescription:
    """Give the description with other ``values`` of the widths, by name."""
    for width in widths:
        description = replace(description, width.place, values.get(width.name, width.value))
    return description


def list_changes(
    before: NetworkDescription, after: NetworkDescription
) -> dict[str, tuple[int, int]]:
    """Give the whole numbers that differ between two descriptions of one form, by name."""
    pairs = zip(_whole_numbers(before), _whole_numbers(after))
    return {name_place(place): (old, new) for (place, old), (_, new) in pairs if old != new}


def replace(value: T, place: Place, new: Any) -> T:
    """Give a copy of a dataclass or tuple in which ``new`` stands at ``place``."""
    copied: Any = value
    if not place:
        copied = new
    elif isinstance(copied, tuple):
        parts = list(copied)
        parts[int(place[0])] = replace(parts[int(place[0])], place[1:], new)
        copied = tuple(parts)
    else:
        name = str(place[0])
        inner = replace(getattr(copied, name), place[1:], new)
        copied = dataclasses.replace(copied, **{name: inner})
    result: T = copied
    return result


def save_description(description: NetworkDescription, path: Path) -> None:
    """Write a description so that it is read back the same."""
    text = yaml.safe_dump(plain(description), sort_keys=False, default_flow_style=None, width=99)
    path.write_text(text, encoding='utf-8')


def _channel_numbers(description: NetworkDescription) -> Iterator[tuple[Place, int]]:
    for place, value in _whole_numbers(description):
        names = [step for step in place if isinstance(step, str)]
        if names[0] in PARTS and names[-1] in CHANNELS and value > 0:
            yield place, value


def _find_followed(
    description: NetworkDescription,
    numbers: Mapping[int, tuple[Place, int]],
    before: Mapping[str, int],
) -> dict[str, int]:
    """Tell for each convolution, 0 for none, the number its width follows.

    Bit by bit of the numbers' own numbers: those with the bit are doubled, then those without.
    """
    with_bit, without_bit = dict.fromkeys(before, 0), dict.fromkeys(before, 0)
    bits = [1 << bit for bit in range(len(numbers).bit_length())]
    for bit in bits:
        for told, wanted in ((with_bit, bit), (without_bit, 0)):
            chosen = [number for index, number in numbers.items() if index & bit == wanted]
            after = _output_channels(_double(description, chosen))
            for name in before:
                told[name] |= bit if after[name] != before[name] else 0
    for name in before:
        if with_bit[name] & without_bit[name]:
            raise PruningError(f'several numbers of the description decide the width of {name}')
    return with_bit


def _double(
    description: NetworkDescription, numbers: Iterable[tuple[Place, int]]
) -> NetworkDescription:
    for place, value in numbers:
        description = replace(description, place, 2 * value)
    return description


def _output_channels(description: NetworkDescription) -> dict[str, int]:
    with torch.device('meta'):
        network = MultitaskNetwork(description)
    return {
        name: module.out_channels
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d)
    }


def _whole_numbers(value: Any, place: Place = ()) -> Iterator[tuple[Place, int]]:
    if isinstance(value, int) and not isinstance(value, bool):
        yield place, value
    elif isinstance(value, tuple):
        for index, part in enumerate(value):
            yield from _whole_numbers(part, (*place, index))
    elif dataclasses.is_dataclass(value) and not isinstance(value, ClassDescription):
        for field in dataclasses.fields(value):
            yield from _whole_numbers(getattr(value, field.name), (*place, field.name))
