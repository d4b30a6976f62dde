# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How objects are marked in a picture: by frames, and by plates, put together of letters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FIGURES = '0123456789. m'
WHOLE, BEGIN, FIRST_FIGURE = 0, 1, 2
"""Letters of each class: its name as a whole plate, as the begin of one, then the figures."""
POINT, SPACE, METRE = (FIRST_FIGURE + FIGURES.index(figure) for figure in '. m')
END = FIRST_FIGURE + len(FIGURES)
"""The margin behind the figures."""
LETTERS = END + 1
NO_LETTER = -1
LONGEST_M = 1e5
"""What is not nearer has no distance on its plate."""
FARTHEST_PX = 2.0**20
"""Far outside the picture it makes no difference where a line is; what is NaN goes there."""


class ObjectMarks(NamedTuple):
    """Objects in the order in which they are drawn.

    ``boxes`` (N, 4) int32 are left, top, right, bottom pixels, ``colors`` (N, 3) uint8 and
    ``texts`` (N, L) intp the letters of the plates, ``NO_LETTER`` where there is none.
    """

    boxes: NDArray[np.int32]
    colors: NDArray[np.uint8]
    texts: NDArray[np.intp]
