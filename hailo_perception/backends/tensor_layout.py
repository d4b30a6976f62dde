# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which axes of a network's tensors are rows, columns and channels, and views in that order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ManifestError
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import Claim

View = Callable[[NDArray[Any]], NDArray[Any]]
Shape = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class OutputLayout:
    """An output as the package sees it, and how to see it so.

    ``info`` is uint8 for class ids and float32 for all else.
    """

    info: TensorInfo
    view: View

    def read(self, tensor: NDArray[Any]) -> NDArray[Any]:
        """View a network's tensor as (H, W, C); copies only to change the dtype."""
        return self.view(tensor).astype(self.info.dtype, copy=False)


def output_layout(
    name: str,
    shape: tuple[int, ...],
    claim: Claim | None,
    input_size: tuple[int, int],
) -> OutputLayout:
    """Decide how to read an output of the given raw shape.

    The channels that the manifest asks for decide, then the grid of the input (width, height).
    ManifestError when the tensor has no such axes or can be read in two ways.
    """
    readings = _readings(shape)
    if not readings:
        raise ManifestError(
            f"output '{name}': expected shape 1×C×H×W, 1×H×W×C, 1×H×W, 1×N×C or 1×C, found "
            f'{"×".join(map(str, shape))}; export the network for one image'
        )
    wanted = claim.channels if claim else None
    fitting = [reading for reading in readings if wanted in (None, reading[0][2])] or readings
    if claim is None or claim.is_map:
        fitting = [r for r in fitting if _lies_on_grid(r[0], input_size)] or fitting
    # A single value reads the same both ways; equal axes do not, although their shapes agree.
    if wanted is not None and claim is not None and len(fitting) > 1 and max(shape) > 1:
        candidates = ' or '.join('×'.join(map(str, reading)) for reading, _ in fitting)
        raise ManifestError(
            f"{claim.key}: output '{name}' of shape {'×'.join(map(str, shape))} can be read as "
            f'H×W×C = {candidates}; expected {wanted} channels to tell; export it so that only '
            'one reading fits'
        )
    chosen, view = fitting[0]
    is_class_ids = claim is not None and claim.is_class_ids
    dtype = np.dtype(np.uint8 if is_class_ids else np.float32)
    return OutputLayout(TensorInfo(name, chosen, dtype), view)


def is_channels_first(name: str, shape: tuple[int | str | None, ...]) -> bool:
    """Tell an image input 1×3×H×W from 1×H×W×3; the batch axis may be open.

    ManifestError for any other shape and for an open height or width.
    """
    printed = '×'.join('?' if not isinstance(n, int) else str(n) for n in shape)
    if len(shape) != 4 or shape[0] not in (1, None) and isinstance(shape[0], int):
        raise ManifestError(
            f"input '{name}': expected 1×3×H×W or 1×H×W×3, found {printed}; export the network "
            'for one colour image'
        )
    if not all(isinstance(length, int) and length > 0 for length in shape[1:]):
        raise ManifestError(
            f"input '{name}': expected a fixed height and width, found the open shape {printed}; "
            'export the network without dynamic axes'
        )
    if shape[1] == 3:
        return True
    if shape[3] == 3:
        return False
    raise ManifestError(
        f"input '{name}': expected three channels, found {printed}; export the network for "
        'colour images'
    )


def _readings(shape: tuple[int, ...]) -> list[tuple[Shape, View]]:
    """List the ways to read a raw shape as (H, W, C), the most common first."""
    if not shape or shape[0] != 1 or 0 in shape:
        return []
    if len(shape) == 4:
        _, a, b, c = shape
        return [
            ((b, c, a), lambda tensor: tensor[0].transpose(1, 2, 0)),
            ((a, b, c), lambda tensor: tensor[0]),
        ]
    if len(shape) == 3:
        _, a, b = shape
        return [((a, b, 1), lambda tensor: tensor[0, :, :, None]), ((1, a, b), lambda t: t)]
    if len(shape) == 2:
        return [((1, 1, shape[1]), lambda tensor: tensor[None])]
    return []


def _lies_on_grid(shape: Shape, input_size: tuple[int, int]) -> bool:
    height, width, _ = shape
    if input_size[0] % width or input_size[1] % height:
        return False
    return input_size[0] // width == input_size[1] // height
