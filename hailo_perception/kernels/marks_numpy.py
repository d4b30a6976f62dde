# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The marks of objects in numpy; see ``selection.Kernels``."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.kernels.object_marks import BEGIN
from hailo_perception.kernels.object_marks import END
from hailo_perception.kernels.object_marks import FARTHEST_PX
from hailo_perception.kernels.object_marks import FIGURES
from hailo_perception.kernels.object_marks import FIRST_FIGURE
from hailo_perception.kernels.object_marks import LONGEST_M
from hailo_perception.kernels.object_marks import NO_LETTER
from hailo_perception.kernels.object_marks import ObjectMarks
from hailo_perception.kernels.object_marks import WHOLE


def mark_objects(
    boxes: NDArray[np.float32],
    class_ids: NDArray[np.int32],
    distances_m: NDArray[np.float32],
    scale: tuple[float, float],
    colors: NDArray[np.uint8],
    first_letters: NDArray[np.intp],
) -> ObjectMarks:
    """See Kernels.mark_objects."""
    nearness = np.where(np.isfinite(distances_m), -distances_m, -np.inf)
    order = np.lexsort((boxes[:, 3], nearness))
    class_ids = class_ids[order]
    places = np.fmax(np.fmin(boxes[order] * np.array(scale * 2), FARTHEST_PX), -FARTHEST_PX)
    return ObjectMarks(
        np.floor(places).astype(np.int32),
        colors[class_ids],
        _texts(first_letters[class_ids], distances_m[order])
        if first_letters.size
        else np.empty((len(order), 0), np.intp),
    )


def _texts(first: NDArray[np.intp], distances_m: NDArray[np.float32]) -> NDArray[np.intp]:
    # Comparisons with NaN are False: unknown distances are not written.
    figures = [
        f' {abs(distance_m):.1f} m' if abs(distance_m) < LONGEST_M else ''
        for distance_m in distances_m.tolist()
    ]
    length = max(map(len, figures), default=0)
    texts = np.full((len(figures), length + 2), NO_LETTER, np.intp)
    texts[:, 0] = WHOLE
    if length:
        characters = np.array(figures, f'S{length}').view(np.uint8).reshape(-1, length)
        texts[:, 1:-1] = _letter_of_character()[characters]
        has_figures = characters[:, 0] != 0
        texts[has_figures, 0], texts[has_figures, -1] = BEGIN, END
    np.add(texts, first[:, None], out=texts, where=texts != NO_LETTER)
    return texts


@cache
def _letter_of_character() -> NDArray[Any]:
    """Tabulate the letter of a figure: (256,)."""
    letters = np.full(256, NO_LETTER, np.intp)
    letters[list(FIGURES.encode())] = FIRST_FIGURE + np.arange(len(FIGURES))
    letters.flags.writeable = False
    return letters
