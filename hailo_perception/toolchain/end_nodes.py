# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Where the compiler is to cut the network: one end node for each output that a task uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hailo_perception.core.errors import ManifestError
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.tier4 import CLASS_MAP_MARK

Content = Literal['boxes', 'classes', 'depth']

_WIDE_BITS = 16
BITS: dict[Content, int] = {'boxes': _WIDE_BITS, 'classes': 8, 'depth': _WIDE_BITS}
"""Class ids are small numbers; a box corner or a distance in 256 steps would be too coarse."""


@dataclass(frozen=True, slots=True)
class EndNode:
    """The node at which an output leaves the chip.

    ``name`` is the node's name in the network that is given to the compiler, ``output`` the
    tensor's name in the network of the manifest, ``shape`` (height, width, channels) on the
    device. ``task`` is the manifest's.
    """

    name: str
    output: str
    task: str
    content: Content
    shape: tuple[int, int, int]

    @property
    def bits(self) -> int:
        """Width of one value on its way to the host."""
        return BITS[self.content]

    @property
    def is_wide(self) -> bool:
        """Whether the model script is to ask for 16 bits."""
        return self.bits == _WIDE_BITS


def end_nodes(model: BoundModel) -> tuple[EndNode, ...]:
    """List the end nodes, boxes first; class maps become one id for each pixel.

    ManifestError for boxes that the network decodes or lists by itself, as that part is no
    network of layers.
    """
    detection = model.manifest.detection
    nodes = []
    for info in model.detection:
        is_map = info.height > 1 and info.width > 1
        if detection is None or detection.decoder == 'hailo_nms' or not is_map:
            raise ManifestError(
                f'{model.manifest.path}: tasks.detection: expected heads that are maps, found '
                f'{info}; export the raw heads, one for each stride: boxes are decoded on the '
                'host'
            )
        nodes.append(EndNode(_node_name(info.name), info.name, 'detection', 'boxes', info.shape))
    if model.depth is not None:
        nodes.append(_node('depth', 'depth', model.depth))
    for task, class_map in (('semantic', model.semantic), ('lane', model.lane)):
        if class_map is not None:
            nodes.append(_node(task, 'classes', class_map))
    return tuple(nodes)


def shapes_of(ends: Sequence[EndNode]) -> dict[str, tuple[int, int, int]]:
    """Map each end node to its shape, as an archive is searched."""
    return {end.name: end.shape for end in ends}


def _node(task: str, content: Content, info: TensorInfo) -> EndNode:
    if content != 'classes':
        return EndNode(_node_name(info.name), info.name, task, content, info.shape)
    name = info.name if CLASS_MAP_MARK in info.name else info.name + CLASS_MAP_MARK
    return EndNode(_node_name(name), info.name, task, content, (info.height, info.width, 1))


def _node_name(output: str) -> str:
    # Spaces would split an argument in a script, and a leading slash looks like a path.
    return output.replace(' ', '_').lstrip('/')
