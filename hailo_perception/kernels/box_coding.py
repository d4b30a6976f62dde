# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How detection heads write boxes: each coding's formula and its inverse.

Sources: Scaled-YOLOv4's new coordinates (``yolo_new_coords``, used by LightNet) and the
undecoded head of YOLOX (``yolox``).
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Priors:
    """What the predictions of detection heads are relative to, one row per prediction.

    ``cells`` (N, 2) column, row; ``strides`` (N, 2) input pixels per cell; ``anchors`` (N, 2)
    width, height in input pixels; all float32, the order of (rows, columns, anchors) grids.
    """

    cells: NDArray[np.float32]
    strides: NDArray[np.float32]
    anchors: NDArray[np.float32]

    @classmethod
    def of_grid(
        cls,
        grid_size: tuple[int, int],
        input_size: tuple[int, int],
        anchors: Iterable[tuple[float, float]] = (),
    ) -> Priors:
        """Lay a grid (columns, rows) over the input (width, height).

        Without anchors each cell has one prediction, whose anchor is the cell itself.
        """
        columns, rows = grid_size
        stride = np.array((input_size[0] / columns, input_size[1] / rows), np.float32)
        sizes = np.array(tuple(anchors) or (tuple(stride),), np.float32)
        row, column = np.mgrid[:rows, :columns].astype(np.float32)
        cells = np.stack((column, row), axis=-1).reshape(-1, 2)
        return cls(
            cells=np.repeat(cells, len(sizes), axis=0),
            strides=np.tile(stride, (len(cells) * len(sizes), 1)),
            anchors=np.tile(sizes, (len(cells), 1)),
        )

    @classmethod
    def joined(cls, parts: Iterable[Priors]) -> Priors:
        """Put the priors of several heads one after another."""
        cells, strides, anchors = zip(
            *((p.cells, p.strides, p.anchors) for p in parts), strict=True
        )
        return cls(np.concatenate(cells), np.concatenate(strides), np.concatenate(anchors))

    def __len__(self) -> int:
        """Count the predictions."""
        return len(self.cells)

    def take(self, indices: NDArray[Any]) -> Priors:
        """Pick the priors of some predictions."""
        return Priors(self.cells[indices], self.strides[indices], self.anchors[indices])


class BoxCoding(NamedTuple):
    """A formula from raw values to boxes, its inverse, and the limits of its raw values.

    ``decode(raw (N, 4), priors) → (N, 4)`` x_min y_min x_max y_max in input pixels, float32, not
    clipped; values too big for float32 become infinite, silently. ``encode`` leads back and may
    leave the limits.
    """

    decode: Callable[[NDArray[Any], Priors], NDArray[np.float32]]
    encode: Callable[[NDArray[Any], Priors], NDArray[np.float32]]
    raw_limits: tuple[float, float]


def _corners(centres: NDArray[np.float32], sizes: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate((centres - sizes / 2, centres + sizes / 2), axis=1)


def _centres_and_sizes(boxes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    return (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]


def _decode_new_coordinates(raw: NDArray[Any], priors: Priors) -> NDArray[np.float32]:
    with np.errstate(over='ignore', invalid='ignore'):
        doubled = raw * 2
        centres = (priors.cells + doubled[:, :2] - np.float32(0.5)) * priors.strides
        return _corners(centres, priors.anchors * doubled[:, 2:] ** 2)


def _encode_new_coordinates(boxes: NDArray[Any], priors: Priors) -> NDArray[np.float32]:
    centres, sizes = _centres_and_sizes(boxes)
    offsets = (centres / priors.strides - priors.cells + 0.5) / 2
    return np.concatenate((offsets, np.sqrt(sizes / priors.anchors) / 2), axis=1).astype(
        np.float32
    )


def _decode_yolox(raw: NDArray[Any], priors: Priors) -> NDArray[np.float32]:
    with np.errstate(over='ignore', invalid='ignore'):
        centres = (priors.cells + raw[:, :2]) * priors.strides
        return _corners(centres, priors.anchors * np.exp(raw[:, 2:]))


def _encode_yolox(boxes: NDArray[Any], priors: Priors) -> NDArray[np.float32]:
    centres, sizes = _centres_and_sizes(boxes)
    offsets = centres / priors.strides - priors.cells
    return np.concatenate((offsets, np.log(sizes / priors.anchors)), axis=1).astype(np.float32)


BOX_CODINGS: dict[str, BoxCoding] = {
    'yolo_new_coords': BoxCoding(_decode_new_coordinates, _encode_new_coordinates, (0.0, 1.0)),
    'yolox': BoxCoding(_decode_yolox, _encode_yolox, (-np.inf, np.inf)),
}
"""Codings by the manifest's decoder name."""
