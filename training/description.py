# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A network as a description: plain values read from YAML, from which the modules are built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import Literal

import yaml

from hailo_perception.core.frame import ColorOrder
from hailo_perception.core.image_transform import Anchor
from hailo_perception.core.image_transform import ResizeMode
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.models.specification import Interpolation
from training.consistency import contradictions
from training.form import build
from training.form import DescriptionError
from training.variants import derived
from training.variants import narrowed

NETWORKS = Path(__file__).parent / 'networks'
"""Where the descriptions lie, one YAML file per network."""

ClassMaps = Literal['scores', 'argmax']
"""What a class map leaves the network as: a score per class, or the best class's id."""


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

    @property
    def coarsest_stride(self) -> int:
        """Input pixels per pixel of the last stage."""
        return int(2 ** (len(self.stem) + len(self.stages) - 1))


@dataclass(frozen=True, slots=True)
class Context:
    """What looks far around, at the coarsest stage.

    ``aspp_csp``: one plain branch, and one of ``kernel``×``kernel`` convolutions with
    ``dilations`` in parallel. ``spp``: a 1×1 convolution to half of ``width``, then ``pools``
    maxima over ``kernel``×``kernel`` one after another, all joined by a 1×1 convolution.
    """

    width: int
    kernel: int = 1
    dilations: tuple[int, ...] = (1, 3, 5)
    kind: Literal['aspp_csp', 'spp'] = 'aspp_csp'
    pools: int = 3


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
class DecoupledHead:
    """Detection without anchors, as YOLOX does it; boxes and scores have branches of their own.

    Per scale a 1×1 convolution to ``width``, then ``convolutions`` 3×3 convolutions in each
    branch, then 1×1: the box (raw) and objectness from one branch, the classes from the other.
    Objectness and classes pass a sigmoid.
    """

    width: int
    strides: tuple[int, ...]
    convolutions: int = 2


@dataclass(frozen=True, slots=True)
class DecoderLevel:
    """One step of a dense decoder.

    Upsample to ``stride``, join the maps of ``skips`` (``context``: of the coarsest stage after
    its context), narrow to ``reduce`` channels with a 1×1 convolution (0: keep them), then
    ``block``.
    """

    stride: int
    skips: tuple[Literal['backbone', 'context', 'neck'], ...] = ()
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
class Picture:
    """How a picture becomes the exported network's input; the values of the model manifest."""

    color_order: ColorOrder = 'rgb'
    resize: ResizeMode = 'stretch'
    anchor: Anchor = 'center'
    interpolation: Interpolation = 'linear'


@dataclass(frozen=True, slots=True)
class Narrowing:
    """How far a network is pruned: w channels above ``kept`` become kept·(w / kept)^exponent.

    Rounded to whole eights. Few channels, as in the sensitive first layers, stay; the wide layers
    in the middle, which hold most weights and of which few are needed, shrink most.
    """

    kept: int
    exponent: float


@dataclass(frozen=True, slots=True)
class Published:
    """What was published of the original, to be compared with what is counted.

    ``gflops``: 2·MAC at the description's size, in 10⁹; ``parameters_m``: in 10⁶;
    ``weights_pruned``: share of the unpruned network's weights that is gone.
    """

    source: str
    gflops: float
    parameters_m: float | None = None
    weights_pruned: float | None = None


@dataclass(frozen=True, slots=True)
class NetworkDescription:
    """A whole network; a task it does not have is None.

    ``trunk`` is a decoder part shared by the dense tasks, which continue from its last level.
    ``detection`` and ``decoupled`` are two forms of the same task: one at most.
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
    decoupled: DecoupledHead | None = None
    class_maps: ClassMaps = 'scores'
    picture: Picture = Picture()
    narrowing: Narrowing | None = None
    published: Published | None = None

    @property
    def detection_strides(self) -> tuple[int, ...]:
        """Input pixels per cell of each detection head, whatever its form."""
        head = self.detection or self.decoupled
        return head.strides if head else ()


def load_description(name_or_path: str | Path) -> NetworkDescription:
    """Read a description by its name in ``networks/`` or by its path.

    A file may start from another with ``base: NAME`` and take the class lists of a third with
    ``classes_of: NAME``; its own keys win. Raises DescriptionError when there is none, when it
    does not fit its form, or when its parts contradict each other.
    """
    return _load(_find(name_or_path, NETWORKS), ())


def _find(name_or_path: str | Path, folder: Path) -> Path:
    path = Path(name_or_path)
    if path.suffix not in ('.yaml', '.yml'):
        path = folder / f'{name_or_path}.yaml'
    if not path.is_file():
        known = ', '.join(sorted(p.stem for p in folder.glob('*.yaml')))
        raise DescriptionError(f"no network description '{path}'; there are: {known}")
    return path


def _load(path: Path, waiting: tuple[Path, ...]) -> NetworkDescription:
    if path in waiting:
        circle = ' → '.join(p.name for p in (*waiting, path))
        raise DescriptionError(f'{path.name}: a description cannot start from itself: {circle}')
    content = _read(path)
    others = {
        key: _load(_find(name, path.parent), (*waiting, path))
        for key in ('base', 'classes_of')
        if (name := content.pop(key, None)) is not None
    }
    content = derived(content, others.get('base'), others.get('classes_of'))
    description = narrowed(build(NetworkDescription, content, path.name))
    problems = contradictions(description)
    if problems:
        raise DescriptionError('\n'.join(f'{path.name}: {problem}' for problem in problems))
    return description


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding='utf-8'))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DescriptionError(f'{path.name}: expected YAML, found {error}') from error
    if not isinstance(content, dict):
        raise DescriptionError(f'{path.name}: expected a mapping, got {content!r}')
    return content


def label_set(classes: tuple[ClassDescription, ...]) -> LabelSet:
    """Make the package's label set from described classes."""
    return LabelSet(tuple(Label(i, c.name, c.color, c.members) for i, c in enumerate(classes)))
