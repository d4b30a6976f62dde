# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A network as a description: plain values read from YAML, from which the modules are built."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
import types
from typing import Any
from typing import get_args
from typing import get_origin
from typing import get_type_hints
from typing import Literal
from typing import TypeVar
from typing import Union

import yaml

from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet

T = TypeVar('T')

NETWORKS = Path(__file__).parent / 'networks'
"""Where the descriptions lie, one YAML file per network."""


class DescriptionError(ValueError):
    """A description that does not fit its form; names the place, the expected and the found."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stack of convolutions that keeps the resolution.

    ``elan``: two 1×1 branches of ``branch`` channels, the second continued by one 3×3
    convolution per entry of ``dilations``; both branches and every ``tap``-th of the
    convolutions are joined by a 1×1 convolution to ``width`` channels.
    ``plain``: one ``kernel``×``kernel`` convolution to ``width`` channels per entry of
    ``dilations``.
    """

    kind: Literal['elan', 'plain']
    width: int
    branch: int = 0
    dilations: tuple[int, ...] = (1,)
    tap: int = 1
    kernel: int = 3


@dataclass(frozen=True, slots=True)
class Backbone:
    """``stem``: widths of the 3×3 stride-2 convolutions that lead to 1/4 of the input.

    ``stages``: one block at 1/4, 1/8, 1/16, …, each reached by a 3×3 stride-2 convolution that
    keeps the width.
    """

    stem: tuple[int, ...]
    stages: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """ASPP-CSP at the coarsest stage: one plain branch, one of ``dilations`` in parallel."""

    width: int
    kernel: int = 1
    dilations: tuple[int, ...] = (1, 3, 5)


@dataclass(frozen=True, slots=True)
class Neck:
    """A path aggregation neck: fine-going then coarse-going.

    ``laterals`` are the widths of the 1×1 convolutions before each join and ``down`` the blocks
    after it, from the second coarsest stride to the finest; ``up`` the blocks on the way back.
    """

    laterals: tuple[int, ...]
    down: tuple[Block, ...]
    up: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class AnchorHead:
    """Detection with anchors: a 3×3 convolution per scale, then one 1×1 to all channels.

    ``anchors`` (width, height) in input pixels per scale, finest first. Every channel passes a
    sigmoid (LightNet's ``new_coords``).
    """

    widths: tuple[int, ...]
    strides: tuple[int, ...]
    anchors: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class DecoderLevel:
    """One step of a dense decoder.

    Upsample to ``stride``, join the maps of ``skips``, narrow to ``reduce`` channels with a 1×1
    convolution (0: keep them), then ``block``.
    """

    stride: int
    skips: tuple[Literal['backbone', 'neck'], ...] = ()
    reduce: int = 0
    block: Block | None = None


@dataclass(frozen=True, slots=True)
class Decoder:
    """A dense output: levels from coarse to fine, then a ``kernel``×``kernel`` convolution."""

    levels: tuple[DecoderLevel, ...]
    kernel: int = 1
    activation: Literal['none', 'sigmoid'] = 'none'


@dataclass(frozen=True, slots=True)
class ClassDescription:
    """One class: its name, display colour and the scene label names it gathers."""

    name: str
    color: tuple[int, int, int]
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DepthRange:
    """What a depth value v means: minimum_m·(maximum_m / minimum_m)^v at ``focal_length_px``."""

    minimum_m: float
    maximum_m: float
    focal_length_px: float
    valid_range_m: tuple[float, float]


@dataclass(frozen=True, slots=True)
class NetworkDescription:
    """A whole network; a task it does not have is None.

    ``trunk`` is a decoder part shared by the dense tasks, which continue from its last level.
    """

    name: str
    summary: str
    width: int
    height: int
    backbone: Backbone
    neck: Neck
    context: Context | None = None
    detection: AnchorHead | None = None
    trunk: tuple[DecoderLevel, ...] = ()
    semantic: Decoder | None = None
    lane: Decoder | None = None
    depth: Decoder | None = None
    detection_classes: tuple[ClassDescription, ...] = ()
    semantic_classes: tuple[ClassDescription, ...] = ()
    lane_classes: tuple[ClassDescription, ...] = ()
    depth_range: DepthRange | None = None


def load_description(name_or_path: str | Path) -> NetworkDescription:
    """Read a description by its name in ``networks/`` or by its path.

    Raises DescriptionError when there is none, or when it does not fit.
    """
    path = Path(name_or_path)
    if path.suffix not in ('.yaml', '.yml'):
        path = NETWORKS / f'{name_or_path}.yaml'
    if not path.is_file():
        known = ', '.join(sorted(p.stem for p in NETWORKS.glob('*.yaml')))
        raise DescriptionError(f"no network description '{path}'; there are: {known}")
    content = yaml.safe_load(path.read_text(encoding='utf-8'))
    return build(NetworkDescription, content, path.name)


def label_set(classes: tuple[ClassDescription, ...]) -> LabelSet:
    """Make the package's label set from described classes."""
    return LabelSet(tuple(Label(i, c.name, c.color, c.members) for i, c in enumerate(classes)))


def build(kind: type[T], content: Any, where: str) -> T:
    """Make a dataclass from a mapping, checking keys and types all the way down.

    Raises DescriptionError naming the place within ``where``.
    """
    if not isinstance(content, dict):
        raise DescriptionError(f'{where}: expected a mapping, got {content!r}')
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(content) - set(fields))
    if unknown:
        raise DescriptionError(f'{where}: unknown keys {unknown}; known are {sorted(fields)}')
    missing = [
        name
        for name, f in fields.items()
        if f.default is dataclasses.MISSING and name not in content
    ]
    if missing:
        raise DescriptionError(f'{where}: missing keys {missing}')
    hints = get_type_hints(kind)
    return kind(
        **{key: _convert(hints[key], value, f'{where}: {key}') for key, value in content.items()}
    )


def _convert(hint: Any, value: Any, where: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _convert(next(a for a in arguments if a is not type(None)), value, where)
    if origin is tuple:
        return _convert_tuple(arguments, value, where)
    if origin is Literal:
        if value not in arguments:
            raise DescriptionError(f'{where}: expected one of {arguments}, got {value!r}')
        return value
    if dataclasses.is_dataclass(hint):
        return build(hint, value, where)  # type: ignore[arg-type]
    accepted = (int, float) if hint is float else (hint,)
    if isinstance(value, bool) or not isinstance(value, accepted):
        raise DescriptionError(f'{where}: expected {hint.__name__}, got {value!r}')
    return hint(value)


def _convert_tuple(arguments: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise DescriptionError(f'{where}: expected a list, got {value!r}')
    if arguments[-1] is Ellipsis:
        arguments = (arguments[0],) * len(value)
    if len(value) != len(arguments):
        raise DescriptionError(f'{where}: expected {len(arguments)} values, got {len(value)}')
    return tuple(_convert(a, v, f'{where}[{i}]') for i, (a, v) in enumerate(zip(arguments, value)))
