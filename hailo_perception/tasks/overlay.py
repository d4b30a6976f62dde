# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The picture for people: the image with what was found in it."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.frame import ColorOrder
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.message_room import empty_with_room
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLines
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.sampling import resized_ids
from hailo_perception.tasks.plates import Lettering
from hailo_perception.tasks.plates import plate_letters
from hailo_perception.tasks.settings import OverlaySettings

_REFERENCE_WIDTH_PX = 960
"""Width at which the sizes below are meant; they grow and shrink with the picture."""
_LINE_PX = 3.0
_LANE_LINE_PX = 3.0
_BLACK = (0, 0, 0)
_SUBPIXEL_BITS = 4
_NO_LETTERS = np.empty(0, np.intp)


def draw_overlay(
    picture: NDArray[np.uint8],
    *,
    semantic: ClassMap | None,
    lane: ClassMap | None,
    lane_background: str | None,
    lane_lines: LaneLines | None,
    detections: Detections | None,
    settings: OverlaySettings,
    image_size: tuple[int, int] | None = None,
    kernels: Kernels | None = None,
) -> NDArray[np.uint8]:
    """Draw everything that is known into a picture, (h, w, 3) uint8 BGR, C-contiguous; give it.

    ``image_size`` (width, height) is what lines and boxes belong to, where the picture is of
    another size. From below: semantic colours, lane mask, lane lines, boxes from far to near,
    and, with ``settings.show_names``, their labels with the distance where it is known.
    """
    kernels = kernels or load_kernels()
    if semantic is not None or lane is not None:
        _blend(picture, semantic, lane, lane_background, settings, kernels)
    width, height = image_size or (picture.shape[1], picture.shape[0])
    scale = picture.shape[1] / width, picture.shape[0] / height
    pen_scale = picture.shape[1] / _REFERENCE_WIDTH_PX
    if lane_lines is not None:
        _draw_lane_lines(picture, lane_lines, scale, pen_scale)
    if detections is not None:
        _draw_objects(picture, detections, scale, pen_scale, settings.show_names, kernels)
    return picture


def overlay_size(image_size: tuple[int, int], maximum_width: int) -> tuple[int, int]:
    """Say how large, width and height, the picture of an image becomes."""
    width, height = image_size
    if width <= maximum_width:
        return image_size
    return maximum_width, max(round(height * maximum_width / width), 1)


def box_thickness(picture_width: int) -> int:
    """Say how many pixels wide the lines of boxes are, without their dark rims of one pixel."""
    return _thickness(_LINE_PX, picture_width / _REFERENCE_WIDTH_PX)


def make_backdrop(
    image: NDArray[np.uint8], color_order: ColorOrder, maximum_width: int
) -> NDArray[np.uint8]:
    """Copy an image (H, W, 3) as what is drawn on: BGR, C-contiguous, not too wide.

    At most ``maximum_width`` wide, of the image's aspect; with room around it for a message.
    """
    size = overlay_size((image.shape[1], image.shape[0]), maximum_width)
    backdrop = empty_with_room((size[1], size[0], 3), np.uint8)
    is_reduced = size != (image.shape[1], image.shape[0])
    if color_order == 'rgb':
        picture = _reduced(image, size) if is_reduced else image
        cv2.cvtColor(picture, cv2.COLOR_RGB2BGR, backdrop)
    elif is_reduced:
        _reduced(image, size, backdrop)
    else:
        np.copyto(backdrop, image)
    return backdrop


def _reduced(
    picture: NDArray[np.uint8], size: tuple[int, int], out: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """Make a picture smaller without leaving out what is one pixel wide.

    By halves first: means of four pixels are vector instructions, means of any others take three
    times as long. Between neighbours alone one is left out where much more than a third goes.
    """
    height, width = picture.shape[:2]
    while width > 2 * size[0] and not (width % 2 or height % 2):
        width, height = width // 2, height // 2
        picture = np.asarray(
            cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
    interpolation = cv2.INTER_AREA if 2 * width > 3 * size[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, out, interpolation=interpolation), np.uint8)


def _blend(
    picture: NDArray[np.uint8],
    semantic: ClassMap | None,
    lane: ClassMap | None,
    lane_background: str | None,
    settings: OverlaySettings,
    kernels: Kernels,
) -> None:
    """Lay the maps' colours over a picture, at the finer map's resolution."""
    maps = [classes.ids for classes in (semantic, lane) if classes is not None]
    shape = max((ids.shape for ids in maps), key=lambda shape: shape[1])
    maps = [resized_ids(ids, shape) for ids in maps]
    tints = _tints(
        semantic.labels if semantic else None,
        lane.labels if lane else None,
        lane_background,
        settings.semantic_opacity,
        settings.lane_opacity,
    )
    # Where a map is missing any other will do: nothing of it is shown.
    kernels.blend_masks(picture, maps[0], maps[-1], tints)


@lru_cache(maxsize=4)
def _tints(
    semantic: LabelSet | None,
    lane: LabelSet | None,
    lane_background: str | None,
    semantic_opacity: float,
    lane_opacity: float,
) -> NDArray[np.uint32]:
    """Tabulate what each pair of mask values keeps and adds, as kernels take it: (65536,).

    Shown are the classes' colours, but nothing for background and unlabelled pixels.
    """
    under_kept, under_added = _tint(semantic, None, semantic_opacity)
    over_kept, over_added = _tint(lane, lane_background, lane_opacity)
    kept = np.rint(255 * over_kept[:, None] * under_kept)
    added = over_kept[:, None, None] * under_added + over_added[:, None]
    # Both rounded up, they would exceed white.
    bytes_of = np.empty((256, 256, 4), np.uint8)
    bytes_of[..., :3] = np.minimum(np.rint(added), 255 - kept[..., None])
    bytes_of[..., 3] = kept
    table: NDArray[np.uint32] = bytes_of.view('<u4').reshape(-1).astype(np.uint32)
    table.flags.writeable = False
    return table


def _tint(
    labels: LabelSet | None, background: str | None, opacity: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tabulate what one map keeps, (256,) of 1, and adds, (256, 3) of 255."""
    kept, added = np.ones(256), np.zeros((256, 3))
    for label in labels or ():
        if label.name != background:
            kept[label.id] = 1 - opacity
            added[label.id] = np.multiply(label.color_rgb[::-1], opacity)
    return kept, added


def _thickness(reference_px: float, scale: float) -> int:
    return max(round(reference_px * scale), 1)


def _draw_lane_lines(
    picture: NDArray[np.uint8],
    lane_lines: LaneLines,
    scale: tuple[float, float],
    pen_scale: float,
) -> None:
    """Draw smooth lines with a dark rim."""
    colors = lane_lines.labels.color_table_bgr()
    width = _thickness(_LANE_LINE_PX, pen_scale)
    for line in lane_lines.lines:
        points = (line.pixels + 0.5) * np.asarray(scale) - 0.5
        fixed = np.rint(points * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        for stroke, color in ((width + 2, _BLACK), (width, colors[line.class_id].tolist())):
            cv2.polylines(picture, [fixed], False, color, stroke, cv2.LINE_AA, _SUBPIXEL_BITS)


def _draw_objects(
    picture: NDArray[np.uint8],
    detections: Detections,
    scale: tuple[float, float],
    pen_scale: float,
    show_names: bool,
    kernels: Kernels,
) -> None:
    letters = plate_letters(Lettering.of(pen_scale), detections.labels) if show_names else None
    boxes, colors, texts = kernels.mark_objects(
        detections.xyxy,
        detections.class_ids,
        detections.distances_m,
        scale,
        detections.labels.color_table_bgr(),
        letters.first if letters else _NO_LETTERS,
    )
    kernels.draw_frames(picture, boxes, colors, box_thickness(picture.shape[1]))
    if letters:
        # After all boxes, so that no line crosses a text.
        kernels.paste_plates(
            picture, letters.pixels, letters.height, letters.starts, texts, boxes[:, :2]
        )
