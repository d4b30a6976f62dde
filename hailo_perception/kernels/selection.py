# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The kernels' signatures, and the choice between their two implementations."""

from __future__ import annotations

from functools import cache
import importlib
from typing import Any
from typing import cast
from typing import Literal
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.optional_parts import pip_install
from hailo_perception.kernels.depth_coding import DepthScale
from hailo_perception.kernels.detection_types import Candidates
from hailo_perception.kernels.detection_types import HeadLayout
from hailo_perception.kernels.lane_types import LineLimits
from hailo_perception.kernels.lane_types import Polylines
from hailo_perception.kernels.line_types import DepthFit
from hailo_perception.kernels.line_types import PaintLimits
from hailo_perception.kernels.line_types import Stretches
from hailo_perception.kernels.object_marks import ObjectMarks
from hailo_perception.kernels.plane_limits import CellView
from hailo_perception.kernels.plane_limits import PlaneLimits

Choice = Literal['auto', 'numpy', 'numba']


class Kernels(Protocol):
    """The functions that exist twice; a module with these names is an implementation."""

    def find_candidates(
        self,
        heads: tuple[NDArray[Any], ...],
        first_codes: NDArray[Any],
        layout: HeadLayout,
        threshold: float,
    ) -> Candidates:
        """Find the predictions of all heads that may be objects, in the heads' order.

        ``heads`` (rows, columns, anchors, 5 + classes) uint8, uint16 or float32, any strides:
        four box values, objectness, class scores; real value = (code − zero_point)·scale.
        Kept: objectness code ≥ the head's of ``first_codes`` (K,), int64 or, for float32 heads,
        float32, and objectness · best class > ``threshold``. Only what passes the first test is
        ever dequantised. Boxes are in input pixels, not clipped, possibly infinite.
        """

    def select_objects(
        self,
        found: Candidates,
        transform: ImageTransform,
        *,
        per_class: bool,
        iou_threshold: float,
        maximum: int,
    ) -> Candidates:
        """Carry candidates from the input to the image and suppress what covers the same.

        The best first, equals in the order of ``found``. Boxes are clipped to the image; what
        has no area in it is dropped, what is not finite is dropped and counted.
        """

    def suppress(
        self,
        boxes: NDArray[np.float32],
        groups: NDArray[Any],
        iou_threshold: float,
        maximum: int,
    ) -> NDArray[np.int64]:
        """Greedy non-maximum suppression: indices of the boxes that stay, at most ``maximum``.

        ``boxes`` (N, 4) float32 x_min y_min x_max y_max, the best first, finite. A box goes when
        its IoU with a kept one of the same group (N,), integers, exceeds the threshold.
        """

    def halve_width(self, source: NDArray[np.uint8], result: NDArray[np.uint8]) -> None:
        """Resize a picture linearly: ``result`` (h, w) from ``source`` (H, 2·w), or (…, 1 to 3).

        Means of two pixels across; down between the nearest two rows, as they are near, with half
        a pixel for centres. ``source`` may have padded rows. Twins differ by at most two levels,
        and by more than one only between black and white: their weights have 7 and 11 bits.
        """

    def keep_known_ids(
        self, ids: NDArray[np.uint8], table: NDArray[np.uint8], result: NDArray[np.uint8]
    ) -> None:
        """Fill ``result`` (H, W) with the ids that are classes, and 255 where they are none.

        ``table`` (256,) holds the id of each class at its own place, 255 everywhere else.
        """

    def look_up(
        self, codes: NDArray[Any], table: NDArray[np.float32], result: NDArray[np.float32]
    ) -> None:
        """Fill ``result`` with the entries, (256,) or (65536,), of codes (H, W) uint8 or uint16.

        ``result`` is C-contiguous, as are the results of all kernels that fill one.
        """

    def scale_depth(
        self, codes: NDArray[Any], scale: DepthScale, metres: NDArray[np.float32]
    ) -> int:
        """Fill ``metres`` (H, W) from codes or float32 values; count what is NaN or infinite."""

    def color_depth(
        self,
        depth_m: NDArray[np.float32],
        shades_per_m: float,
        colors: NDArray[np.uint32],
        image: NDArray[np.uint8],
    ) -> None:
        """Fill ``image`` (H, W, 3) BGR with the colour of each pixel's depth, 0 m and more.

        ``colors`` (257,) are 0x00RRGGBB: of ⌊depth · shades_per_m⌋, at most 255, and in the last
        place that of unknown depth.
        """

    def window_depths(
        self,
        depth_m: NDArray[np.float32],
        ids: NDArray[np.uint8],
        windows: NDArray[np.intp],
        own_ids: NDArray[np.intp],
        quantile: float,
        minimum: int,
    ) -> NDArray[np.float32]:
        """Find a quantile of the known depths in windows of a map, each of one class: (N,) metres.

        ``windows`` (N, 6) are first row, last row + 1, step, first column, last + 1, step, all
        within the map; of each only pixels with ``own_ids`` (N,) in ``ids`` (H, W) count, all of
        them where that is negative. The value of rank ⌊quantile · (count − 1)⌋; NaN where fewer
        than ``minimum`` are known.
        """

    def best_class(self, scores: NDArray[Any]) -> NDArray[np.uint8]:
        """Find each pixel's best of at most 255 channels: (H, W, C) → (H, W) uint8.

        The first of equals wins; NaN never wins; 255 where no score exceeds −∞.
        """

    def fill_points(
        self,
        points: NDArray[np.void],
        depth_m: NDArray[np.float32],
        rays: tuple[NDArray[np.float32], NDArray[np.float32]],
        range_m: tuple[float, float],
        image: NDArray[np.uint8],
        image_pixels: tuple[NDArray[np.intp], NDArray[np.intp]],
        red_channel: int,
        ids: NDArray[np.uint8],
        id_pixels: tuple[NDArray[np.intp], NDArray[np.intp]],
    ) -> None:
        """Fill ``points`` (H, W) of POINT_DTYPE, C-contiguous: x, y, z, colour and label.

        ``depth_m`` (H, W); ``rays`` x/z and y/z, (1, W) and (H, 1), or both (H, W); ``image``
        (·, ·, 3) and ``ids`` (·, ·) are read at the rows (H,) and columns (W,) given for each.
        x, y, z are NaN where the depth is outside ``range_m`` or the pixel has no ray.
        """

    def blend_masks(
        self,
        picture: NDArray[np.uint8],
        lower: NDArray[np.uint8],
        upper: NDArray[np.uint8],
        tints: NDArray[np.uint32],
    ) -> None:
        """Lay two class maps over a picture, which becomes picture · kept / 255 + added, rounded.

        ``picture`` (H, W, 3), C-contiguous. ``lower`` and ``upper`` (h, w) are read at its
        ``nearest_pixels``.
        ``tints`` (65536,) by lower + 256 · upper: added to the three channels in the lower
        bytes, the first lowest, and kept in the uppermost; no added exceeds 255 - kept.
        """

    def mark_objects(
        self,
        boxes: NDArray[np.float32],
        class_ids: NDArray[np.int32],
        distances_m: NDArray[np.float32],
        scale: tuple[float, float],
        colors: NDArray[np.uint8],
        first_letters: NDArray[np.intp],
    ) -> ObjectMarks:
        """Lay out the marks of objects, from far to near, those of unknown distance first.

        Of equally far ones that one comes first whose foot is higher. ``boxes`` (N, 4) are x_min
        y_min x_max y_max, and ``scale`` (x, y) leads from them to the picture. ``class_ids`` (N,)
        lead to ``colors`` (256, 3), and in ``first_letters`` (256,) to the first of each class's
        letters, which ``object_marks`` numbers. ``distances_m`` (N,) are written with one decimal
        where they are shorter than ``LONGEST_M``. Without letters, (0,), nothing is written.
        """

    def draw_frames(
        self,
        picture: NDArray[np.uint8],
        boxes: NDArray[np.int32],
        colors: NDArray[np.uint8],
        thickness: int,
    ) -> None:
        """Draw boxes into a picture (H, W, 3), each with a black rim of one pixel, in order.

        ``picture`` is C-contiguous. ``boxes`` (N, 4) are left, top, right, bottom pixels on which
        the lines are centred, and may lie outside; ``colors`` (N, 3).
        """

    def paste_plates(
        self,
        picture: NDArray[np.uint8],
        letters: NDArray[np.uint8],
        height: int,
        starts: NDArray[np.intp],
        texts: NDArray[np.intp],
        corners: NDArray[np.int32],
    ) -> None:
        """Write plates into a picture (H, W, 3), C-contiguous, one after another.

        ``letters`` (B,) are all letters one after another, letter i with ``height`` rows of
        ``starts[i + 1] - starts[i]`` pixels, 3 bytes each; before it come ``starts[i]`` columns.
        ``texts`` (N, L) are those that make up each plate; negative is none. A plate
        goes above the left upper corner of a box, ``corners`` (N, 2) as (x, y), or into it where
        room is lacking, and stays in the picture as far as it fits.
        """

    def fit_plane(
        self,
        depth_m: NDArray[np.float32],
        pixels: NDArray[np.intp],
        rays: NDArray[np.float32],
        shares: NDArray[np.float64],
        tolerance: float,
        limits: PlaneLimits,
        refinements: int,
    ) -> tuple[tuple[float, float, float], int]:
        """Fit a plane p·t = 1 to most of the points t: RANSAC, then least squares.

        The points are those of known depth under ``pixels`` (N,), flat indices into a depth map
        (H, W), on ``rays`` (2, N), x/z and y/z. ``shares`` (P, 3) of 0…1 of them, rounded down,
        are triples of points. Of the planes through these that one is taken which most points
        follow: |p·t - 1| < ``tolerance``, computed in float32 from left to right; of equals the
        first. So many times as ``refinements`` says it is then fitted in float64 to those that
        follow it. Also given is how many followed the first, 0 where no plane within ``limits``
        has a follower. NaN where those that follow do not make up a plane.
        """

    def place_pixels(
        self,
        depth_m: NDArray[np.float32],
        rays: tuple[NDArray[np.float32], NDArray[np.float32]],
        lower: NDArray[np.uint8],
        upper: NDArray[np.uint8],
        plane: tuple[float, float, float],
        tolerance: tuple[float, float],
        cells_per_m: float,
        highest_y_m: float,
        ground: NDArray[np.uint16],
        cells: NDArray[np.uint16],
    ) -> None:
        """Part the pixels of a depth map (H, W) into the ground and what stands on it.

        Written are pairs of ids, lower + 256 · upper of these maps (H, W), at most 65534;
        65535 is unseen. ``rays`` are x/z and y/z, (H, W) or (1, W) and (H, 1). A pixel lies on
        the plane y = height_m + slope_x·x + slope_z·z (``plane``) when
        |z·b - height_m| < tolerance[0] + tolerance[1]·b, its ray falling by b > 0 towards the
        plane. ``ground`` (H·W + 1,) gets the pixels on it, and unseen at the end; ``cells``
        (rows, columns), with the camera at the middle of the lower edge, the others of known
        depth below ``highest_y_m``, the upper of two pixels before the lower, then the left one.
        """

    def place_all_pixels(
        self,
        depth_m: NDArray[np.float32],
        rays: tuple[NDArray[np.float32], NDArray[np.float32]],
        lower: NDArray[np.uint8],
        upper: NDArray[np.uint8],
        cells_per_m: float,
        highest_y_m: float,
        cells: NDArray[np.uint16],
    ) -> None:
        """Put all pixels of a depth map into ``cells``, as ``place_pixels`` does what stands."""

    def show_cells(
        self,
        ground: NDArray[np.uint16],
        size: tuple[int, int],
        lens: NDArray[np.uint32],
        view: CellView,
        colors: NDArray[np.uint32],
        cells: NDArray[np.uint16],
        image: NDArray[np.uint8],
    ) -> None:
        """Colour all ``cells`` (rows, columns), having looked the unseen ones up in the ground.

        ``view`` tells where an ideal lens shows a cell in a picture of ``size`` (W, H), along
        ``view.across`` and ``view.down``; the nearest pixel counts. ``ground`` (H·W + 1,) are its
        values, the last one for what is outside; where it is empty nothing is looked up. Where
        ``lens`` (H·W + 1,) is not empty, it leads from there to the index in ``ground``, which
        then may have any length. ``colors`` (65536,) 0x00RRGGBB, of unseen cells 0, fill
        ``image`` (rows, columns, 3) as BGR.
        """

    def trace_lines(
        self, ids: NDArray[np.uint8], table: NDArray[np.uint8], limits: LineLimits
    ) -> Polylines:
        """Trace the painted lines of a map of classes (H, W), at least one pixel.

        ``table`` (256,) gives each class's value, 0 where it is no line. The map's strokes are
        joined from near to far: a stroke continues the line of its value whose far end points at
        it, within an error that grows with the gap. Stop lines and specks start none.
        """

    def place_lines(
        self,
        depth_m: NDArray[np.float32],
        rays: NDArray[np.float32],
        pixels: NDArray[np.float64],
        offsets: NDArray[np.intp],
        fit: DepthFit,
    ) -> NDArray[np.float32]:
        """Place the vertices of lines in metres: (N, 3), NaN where the depth is not known.

        ``pixels`` (N, 2) are columns and rows of the depth map (H, W) in centre coordinates, of
        each line one or more, whose rows never increase; line i owns ``offsets[i]`` …
        ``offsets[i + 1]`` - 1. ``rays`` (H, W, 2) are x/z and y/z, NaN where the lens has none.
        Along a line 1/z is quadratic in y/z.
        """

    def cut_lines(
        self,
        pixels: NDArray[np.float64],
        points_m: NDArray[np.float32],
        offsets: NDArray[np.intp],
        own_ids: NDArray[np.intp],
        lane: NDArray[np.uint8],
        semantic: NDArray[np.uint8],
        hiding: tuple[NDArray[np.bool_], NDArray[np.bool_]],
        limits: PaintLimits,
    ) -> Stretches:
        """Cut lines into stretches of paint and the gaps between these that are seen.

        ``pixels`` (N, 2) are columns and rows of the ``lane`` map (H, W) in centre coordinates,
        ``points_m`` (N, 3) the same in metres, NaN where unknown; line i owns ``offsets[i]`` …
        ``offsets[i + 1]`` - 1, at least one. Its paint has ``own_ids[i]``, 0…255, in the lane
        map. A line is hidden beside the lane ids for which ``hiding[0]`` (256,) is true, and
        where those of ``semantic`` (h, w), which shows the same extent, are true in
        ``hiding[1]``. Neither map is empty.
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
                    'numba', 'for compiled kernels', pip_install('numba')
                ) from error
    return _load('numpy')


def _load(name: str) -> Kernels:
    return cast(Kernels, importlib.import_module(f'hailo_perception.kernels.{name}_kernels'))
