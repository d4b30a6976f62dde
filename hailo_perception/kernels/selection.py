# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The kernels' signatures, and the choice between their two implementations."""

from __future__ import annotations

from functools import cache
import importlib
from typing import Any
from typing import cast
from typing import Literal
from typing import NamedTuple
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.labels import UNLABELLED

Choice = Literal['auto', 'numpy', 'numba']


class Candidates(NamedTuple):
    """What passed the score threshold of a detection grid, in the grid's own order.

    ``indices`` (N,) int64 into the flattened (rows, columns, anchors) grid; ``raw`` (N, 4)
    float32 undecoded box values; ``scores`` (N,) float32; ``classes`` (N,) int64 class channels.
    ``non_finite`` counts predictions thrown away because they were NaN or infinite.
    """

    indices: NDArray[np.int64]
    raw: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]
    non_finite: int

    @classmethod
    def none(cls) -> Candidates:
        """Make the result of a grid in which nothing passes."""
        return cls(
            indices=np.empty(0, np.int64),
            raw=np.empty((0, 4), np.float32),
            scores=np.empty(0, np.float32),
            classes=np.empty(0, np.int64),
            non_finite=0,
        )


class Kernels(Protocol):
    """The functions that exist twice; a module with these names is an implementation."""

    def find_candidates(
        self,
        grid: NDArray[Any],
        threshold_code: float,
        threshold: float,
        scale: float,
        zero_point: float,
    ) -> Candidates:
        """Find the predictions of a grid that may be objects.

        ``grid`` (rows, columns, anchors, 5 + classes) uint8, uint16 or float32, any strides:
        four box values, objectness, class scores; real value = (code − zero_point)·scale.
        Kept: objectness code ≥ ``threshold_code`` and objectness · best class > ``threshold``.
        Only what passes the first test is ever dequantised.
        """

    def suppress(
        self,
        boxes: NDArray[np.float32],
        groups: NDArray[np.int32],
        iou_threshold: float,
        maximum: int,
    ) -> NDArray[np.int64]:
        """Greedy non-maximum suppression: indices of the boxes that stay, at most ``maximum``.

        ``boxes`` (N, 4) float32 x_min y_min x_max y_max, the best first, finite. A box goes when
        its IoU with a kept one of the same group (N,) exceeds the threshold.
        """

    def look_up(self, codes: NDArray[Any], table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Replace each code of (H, W) uint8 or uint16 by its entry in (256,) or (65536,)."""

    def best_class(self, scores: NDArray[Any]) -> NDArray[np.uint8]:
        """Find each pixel's best of at most 255 channels: (H, W, C) → (H, W) uint8.

        The first of equals wins; NaN never wins; 255 where no score exceeds −∞.
        """

    def fill_points(
        self,
        points: NDArray[np.void],
        depth_m: NDArray[np.float32],
        rays: NDArray[np.float32],
        range_m: tuple[float, float],
        image: NDArray[np.uint8],
        image_pixels: tuple[NDArray[np.intp], NDArray[np.intp]],
        red_channel: int,
        ids: NDArray[np.uint8],
        id_pixels: tuple[NDArray[np.intp], NDArray[np.intp]],
    ) -> None:
        """Fill ``points`` (H, W) of POINT_DTYPE, C-contiguous: x, y, z, colour and label.

        ``depth_m`` (H, W); ``rays`` (H, W, 2) x/z, y/z; ``image`` (·, ·, 3) and ``ids`` (·, ·)
        are read at the rows (H,) and columns (W,) given for each. x, y, z are NaN where the
        depth is outside ``range_m`` or the pixel has no ray.
        """


def lowest_score(dtype: np.dtype[Any]) -> tuple[Any, np.uint8]:
    """Give the score that no class beats by having it, and the class id of a pixel without more.

    Of codes 0 is the lowest, an ordinary value: where all are 0 the first class is the best.
    """
    if dtype.kind == 'f':
        return dtype.type(-np.inf), np.uint8(UNLABELLED)
    return dtype.type(np.iinfo(dtype).min), np.uint8(0)


@cache
def load_kernels(choice: Choice = 'auto') -> Kernels:
    """Load an implementation; ``auto`` takes numba where it is installed, else numpy.

    MissingDependencyError when numba is asked for by name and not installed.
    """
    if choice != 'numpy':
        try:
            return _load('numba')
        except ImportError as error:
            if choice == 'numba':
                raise MissingDependencyError(
                    'numba', 'for compiled kernels', "pip install 'hailo_perception[numba]'"
                ) from error
    return _load('numpy')


def _load(name: str) -> Kernels:
    return cast(Kernels, importlib.import_module(f'hailo_perception.kernels.{name}_kernels'))
