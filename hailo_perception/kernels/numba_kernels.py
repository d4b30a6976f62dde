# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The kernels compiled by numba; what each computes is said in ``selection.Kernels``.

Without fast-math: both twins then round alike and find identical sets, and NaN stays NaN.
Without numba's own threads: its default layer aborts the process when two threads enter it.

Code is compiled for the types of its arguments, down to whether an array is read-only and lies
in one piece, and must not be compiled anew in front of a camera. Hence whatever is only read is
handed over read-only and in one piece, however it comes. And named tuples go as plain ones: numba
keeps compiled code under its arguments' types, and could not read it once a class has moved.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.kernels import bird_eye_loops
from hailo_perception.kernels import detection_loops
from hailo_perception.kernels import lane_loops
from hailo_perception.kernels import line_depth_loops
from hailo_perception.kernels import line_paint_loops
from hailo_perception.kernels import map_loops
from hailo_perception.kernels import marks_loops
from hailo_perception.kernels import numpy_kernels
from hailo_perception.kernels import overlay_loops
from hailo_perception.kernels import picture_loops
from hailo_perception.kernels import plane_loops
from hailo_perception.kernels.compilation import compiled
from hailo_perception.kernels.compilation import compiled_together
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
from hailo_perception.kernels.sampling import first_pixels
from hailo_perception.kernels.sampling import nearest_pixels
from hailo_perception.kernels.sampling import rows_between
from hailo_perception.kernels.selection import lowest_score

_find_candidates = compiled(detection_loops.find_candidates)
_select_objects = compiled_together(*detection_loops.IN_ORDER)
_suppress = compiled(detection_loops.suppress)
_halve_width = compiled(picture_loops.halve_width)
_keep_known_ids = compiled(map_loops.keep_known_ids)
_best_class = compiled(map_loops.best_class)
_look_up = compiled(map_loops.look_up)
_scale_depth = compiled(map_loops.scale_depth)
_color_depth = compiled(map_loops.color_depth)
_window_depths = compiled(map_loops.window_depths)
_fill_points = compiled(map_loops.fill_points)
_blend_masks = compiled(overlay_loops.blend_masks)
_mark_objects = compiled_together(*marks_loops.IN_ORDER)
draw_frames = compiled(overlay_loops.draw_frames)
_paste_plates = compiled(overlay_loops.paste_plates)
_fit_plane = compiled_together(*plane_loops.IN_ORDER)
_place_pixels = compiled(bird_eye_loops.place_pixels)
_place_all_pixels = compiled(bird_eye_loops.place_all_pixels)
_show_cells = compiled(bird_eye_loops.show_cells)
_place_lines = compiled_together(*line_depth_loops.IN_ORDER)
_cut_lines = compiled_together(*line_paint_loops.IN_ORDER)
_trace_lines = compiled_together(*lane_loops.IN_ORDER)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view


def _constant(array: NDArray[Any]) -> NDArray[Any]:
    """See an array as contiguous and read-only: one type, compiled once, whoever owns it."""
    array = np.ascontiguousarray(array)
    # Half of the dozens in a frame are tables, which are read-only already.
    return _read_only(array) if array.flags.writeable else array


def _constants(*arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    return tuple(_constant(array) for array in arrays)


def find_candidates(
    heads: tuple[NDArray[Any], ...],
    first_codes: NDArray[Any],
    layout: HeadLayout,
    threshold: float,
) -> Candidates:
    """See Kernels.find_candidates."""
    rows = tuple(map(_as_rows, heads))
    if len({(each.dtype, each.flags.c_contiguous, each.flags.f_contiguous) for each in rows}) > 1:
        # One compiled type for all; every code is also one of the wider type.
        dtype = np.result_type(*heads)
        rows = tuple(_as_rows(np.ascontiguousarray(head, dtype)) for head in heads)
    return Candidates(
        *_find_candidates(
            rows,
            tuple(head.shape[1:3] for head in heads),
            first_codes,
            layout.scales,
            layout.zero_points,
            layout.strides,
            layout.anchors,
            layout.every_class,
            layout.coding == 'yolox',
            np.float32(threshold),
        )
    )


def _as_rows(head: NDArray[Any]) -> NDArray[Any]:
    """See a head as one row of predictions, or where it is not in one piece a row per cell."""
    rows, columns, anchors, features = head.shape
    in_one_piece = head.flags.c_contiguous
    shape = (1, -1) if in_one_piece else (rows * columns, anchors)
    return _read_only(head.reshape(*shape, features))


def select_objects(
    found: Candidates,
    transform: ImageTransform,
    *,
    per_class: bool,
    iou_threshold: float,
    maximum: int,
) -> Candidates:
    """See Kernels.select_objects."""
    x, y, _, _ = transform.content
    width, height = transform.image_size
    return Candidates(
        *_select_objects(
            *map(np.ascontiguousarray, (found.boxes, found.scores, found.classes)),
            transform.input_size,
            (float(x), float(y)),
            transform.scale,
            (float(width), float(height)),
            per_class,
            np.float32(iou_threshold),
            maximum,
        )
    )


def suppress(
    boxes: NDArray[np.float32], groups: NDArray[Any], iou_threshold: float, maximum: int
) -> NDArray[np.int64]:
    """See Kernels.suppress."""
    order = np.arange(len(boxes))
    groups = groups.astype(np.int64, copy=False)
    kept: NDArray[np.int64] = _suppress(boxes, groups, order, np.float32(iou_threshold), maximum)
    return kept


def halve_width(source: NDArray[np.uint8], result: NDArray[np.uint8]) -> None:
    """See Kernels.halve_width."""
    lines = _constant(source.reshape(len(source), -1))
    first_rows, weights = rows_between(len(result), len(source))
    channels = 1 if result.ndim == 2 else result.shape[2]
    _halve_width(lines, channels, first_rows, weights, result.reshape(len(result), -1))


def keep_known_ids(
    ids: NDArray[np.uint8], table: NDArray[np.uint8], result: NDArray[np.uint8]
) -> None:
    """See Kernels.keep_known_ids."""
    _keep_known_ids(_constant(ids), table, result)


def best_class(scores: NDArray[Any]) -> NDArray[np.uint8]:
    """See Kernels.best_class."""
    if scores.strides[2] != scores.itemsize:
        # numpy's operations on whole planes are as fast as compiled ones.
        return numpy_kernels.best_class(scores)
    ids = np.empty(scores.shape[:2], np.uint8)
    _best_class(_constant(scores), *lowest_score(scores.dtype), ids)
    return ids


def look_up(codes: NDArray[Any], table: NDArray[np.float32], result: NDArray[np.float32]) -> None:
    """See Kernels.look_up."""
    _look_up(_constant(codes), _read_only(table), result)


def scale_depth(codes: NDArray[Any], scale: DepthScale, metres: NDArray[np.float32]) -> int:
    """See Kernels.scale_depth."""
    terms = tuple(np.float32(term) for term in scale)
    return int(_scale_depth(_constant(codes), terms, metres))


def color_depth(
    depth_m: NDArray[np.float32],
    shades_per_m: float,
    colors: NDArray[np.uint32],
    image: NDArray[np.uint8],
) -> None:
    """See Kernels.color_depth."""
    rows = image.reshape(len(image), -1)
    _color_depth(_constant(depth_m), np.float32(shades_per_m), _read_only(colors), rows)


def window_depths(
    depth_m: NDArray[np.float32],
    ids: NDArray[np.uint8],
    windows: NDArray[np.intp],
    own_ids: NDArray[np.intp],
    quantile: float,
    minimum: int,
) -> NDArray[np.float32]:
    """See Kernels.window_depths."""
    arrays = (_constant(each) for each in (depth_m, ids, windows, own_ids))
    found: NDArray[np.float32] = _window_depths(*arrays, quantile, minimum)
    return found


def fill_points(
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
    """See Kernels.fill_points."""
    image_rows, image_columns = image_pixels
    if not image.flags.c_contiguous:
        image, image_rows = image[image_rows], np.arange(len(image_rows))
    _fill_points(
        points.view(np.uint32).reshape(len(points), -1),
        *_constants(depth_m, *rays),
        np.float32(range_m[0]),
        np.float32(range_m[1]),
        _read_only(image),
        *map(_read_only, (image_rows, image_columns)),
        red_channel,
        _constant(ids),
        *map(_read_only, id_pixels),
    )


def blend_masks(
    picture: NDArray[np.uint8],
    lower: NDArray[np.uint8],
    upper: NDArray[np.uint8],
    tints: NDArray[np.uint32],
) -> None:
    """See Kernels.blend_masks."""
    height, width, _ = picture.shape
    _blend_masks(
        picture.reshape(height, -1),
        *_constants(lower, upper, tints),
        nearest_pixels(height, lower.shape[0]),
        first_pixels(width, lower.shape[1]),
    )


def mark_objects(
    boxes: NDArray[np.float32],
    class_ids: NDArray[np.int32],
    distances_m: NDArray[np.float32],
    scale: tuple[float, float],
    colors: NDArray[np.uint8],
    first_letters: NDArray[np.intp],
) -> ObjectMarks:
    """See Kernels.mark_objects."""
    objects = _constants(boxes, class_ids, distances_m)
    factors = float(scale[0]), float(scale[1])
    return ObjectMarks(
        *_mark_objects(*objects, factors, *_constants(colors, first_letters))
    )


def paste_plates(
    picture: NDArray[np.uint8],
    letters: NDArray[np.uint8],
    height: int,
    starts: NDArray[np.intp],
    texts: NDArray[np.intp],
    corners: NDArray[np.int32],
) -> None:
    """See Kernels.paste_plates."""
    arrays = (_constant(each) for each in (starts, texts, corners))
    _paste_plates(picture, _constant(letters), height, *arrays)


def fit_plane(
    depth_m: NDArray[np.float32],
    pixels: NDArray[np.intp],
    rays: NDArray[np.float32],
    shares: NDArray[np.float64],
    tolerance: float,
    limits: PlaneLimits,
    refinements: int,
) -> tuple[tuple[float, float, float], int]:
    """See Kernels.fit_plane."""
    arrays = (_constant(each) for each in (depth_m, pixels, rays, shares))
    numbers = float(tolerance), tuple(map(float, limits)), refinements
    plane, followers = _fit_plane(*arrays, *numbers)
    return plane, int(followers)


def place_pixels(
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
    """See Kernels.place_pixels."""
    _place_pixels(
        *_constants(depth_m, *rays, lower, upper),
        tuple(map(np.float32, plane)),
        tuple(map(np.float32, tolerance)),
        (np.float32(cells_per_m), np.float32(highest_y_m)),
        ground,
        cells,
    )


def place_all_pixels(
    depth_m: NDArray[np.float32],
    rays: tuple[NDArray[np.float32], NDArray[np.float32]],
    lower: NDArray[np.uint8],
    upper: NDArray[np.uint8],
    cells_per_m: float,
    highest_y_m: float,
    cells: NDArray[np.uint16],
) -> None:
    """See Kernels.place_all_pixels."""
    _place_all_pixels(
        *_constants(depth_m, *rays, lower, upper),
        (np.float32(cells_per_m), np.float32(highest_y_m)),
        cells,
    )


def show_cells(
    ground: NDArray[np.uint16],
    size: tuple[int, int],
    lens: NDArray[np.uint32],
    view: CellView,
    colors: NDArray[np.uint32],
    cells: NDArray[np.uint16],
    image: NDArray[np.uint8],
) -> None:
    """See Kernels.show_cells."""
    ground, lens, colors = _constant(ground), _constant(lens), _constant(colors)
    _show_cells(ground, size, lens, tuple(map(float, view)), colors, cells, image)


def trace_lines(ids: NDArray[np.uint8], table: NDArray[np.uint8], limits: LineLimits) -> Polylines:
    """See Kernels.trace_lines."""
    longest_gap, length, coverage, *maximums = limits
    minimums = float(length), float(coverage)
    arrays = map(_constant, (ids, table))
    return Polylines(*_trace_lines(*arrays, float(longest_gap), minimums, tuple(maximums)))


def place_lines(
    depth_m: NDArray[np.float32],
    rays: NDArray[np.float32],
    pixels: NDArray[np.float64],
    offsets: NDArray[np.intp],
    fit: DepthFit,
) -> NDArray[np.float32]:
    """See Kernels.place_lines."""
    arrays = (_constant(each) for each in (depth_m, rays, pixels, offsets))
    points: NDArray[np.float32] = _place_lines(*arrays, tuple(fit))
    return points


def cut_lines(
    pixels: NDArray[np.float64],
    points_m: NDArray[np.float32],
    offsets: NDArray[np.intp],
    own_ids: NDArray[np.intp],
    lane: NDArray[np.uint8],
    semantic: NDArray[np.uint8],
    hiding: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    limits: PaintLimits,
) -> Stretches:
    """See Kernels.cut_lines."""
    given = (pixels, points_m, offsets, own_ids, lane, semantic, *hiding)
    return Stretches(*_cut_lines(*(_constant(each) for each in given), tuple(limits)))
