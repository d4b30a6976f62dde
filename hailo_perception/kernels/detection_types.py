# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the kernels of object detection take and give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class HeadLayout(NamedTuple):
    """How K detection heads are to be read.

    ``coding`` is a name of ``BOX_CODINGS``; ``scales`` and ``zero_points`` (K,) float32 of the
    codes; ``strides`` (K, 2) float32 input pixels per cell; ``anchors`` (N, 2) float32 width,
    height in input pixels, those of each head after those of the one before. With
    ``every_class`` a prediction is one object for each class that passes, else for its best.
    """

    coding: str
    scales: NDArray[np.float32]
    zero_points: NDArray[np.float32]
    strides: NDArray[np.float32]
    anchors: NDArray[np.float32]
    every_class: bool = False


class Candidates(NamedTuple):
    """Objects, or what may be some.

    ``boxes`` (N, 4) float32 x_min y_min x_max y_max; ``scores`` (N,) float32; ``classes`` (N,)
    int64 class channels; ``non_finite`` counts predictions thrown away because they were NaN or
    infinite.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[Any]
    non_finite: int

    @classmethod
    def joined(cls, parts: Sequence[Candidates]) -> Candidates:
        """Put the candidates of several heads, at least one, one after another."""
        boxes, scores, classes, non_finite = zip(*parts, strict=True)
        return cls(
            np.concatenate(boxes), np.concatenate(scores), np.concatenate(classes), sum(non_finite)
        )
