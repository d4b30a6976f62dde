# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Covering regions of a picture: nothing of what was there is left but means of blocks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.anonymization.regions import at_least
from hailo_perception.anonymization.regions import grown
from hailo_perception.anonymization.regions import Regions
from hailo_perception.anonymization.regions import whole_pixels
from hailo_perception.anonymization.settings import CoverSettings
from hailo_perception.kernels.picture_numpy import resize
from hailo_perception.kernels.sampling import nearest_pixels


def cover(picture: NDArray[np.uint8], regions: Regions, settings: CoverSettings) -> None:
    """Cover regions of a picture (H, W) or (H, W, 3) uint8 in place, whatever its colour order.

    Regions are (N, 4) in the picture's pixels; they are widened by the margin, and to a block at
    least. A block's side is a share of the region's shorter side, so that a head shows as many
    blocks near as far; blocks never become smaller than the least side, but a region smaller than
    one block becomes one. ``blur`` blends the means of the same blocks, so that it tells no more
    than they do. Where regions overlap the later one takes what the earlier one has left.
    ValueError for NaN.
    """
    height, width = picture.shape[:2]
    wide = at_least(grown(regions, settings.margin), settings.minimum_block_px)
    for left, top, right, bottom in whole_pixels(wide, (width, height)).tolist():
        patch = picture[top:bottom, left:right]
        if not patch.size:
            continue
        if settings.method == 'solid':
            patch[...] = 0
        else:
            _average(patch, settings)


def _average(patch: NDArray[np.uint8], settings: CoverSettings) -> None:
    """Replace a patch by the means of its blocks."""
    height, width = patch.shape[:2]
    side = max(settings.block_share * min(width, height), float(settings.minimum_block_px))
    columns, rows = max(int(width / side), 1), max(int(height / side), 1)
    blocks = np.empty((rows, columns, *patch.shape[2:]), np.uint8)
    resize(patch, blocks, cv2.INTER_AREA)
    if settings.method == 'blur':
        resize(blocks, patch, cv2.INTER_LINEAR)
    else:
        # OpenCV's nearest pixel is now and then that of the neighbouring block.
        wide = blocks.take(nearest_pixels(width, columns), axis=1)
        wide.take(nearest_pixels(height, rows), axis=0, out=patch, mode='clip')
