# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The picture for people: the image with what was found in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from functools import reduce

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.frame import ColorOrder
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLines
from hailo_perception.tasks.settings import OverlaySettings

_REFERENCE_WIDTH_PX = 960
"""Width at which the sizes below are meant; they grow and shrink with the picture."""
_LINE_PX = 2.0
_LANE_LINE_PX = 3.0
_TEXT_SCALE = 0.45
_SMALLEST_TEXT_SCALE = 0.35
_PLATE_MARGIN_PX = 3.0
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_BLACK = (0, 0, 0)
_WHITE = (255, 255, 255)
_LUMA_BGR = (0.114, 0.587, 0.299)
"""ITU-R BT.601: how bright a colour looks, which decides the colour of text on it."""
_BRIGHT_LUMA = 140
_SUBPIXEL_BITS = 4


def draw_overlay(
    image: NDArray[np.uint8],
    color_order: ColorOrder,
    *,
    semantic: ClassMap | None,
    lane: ClassMap | None,
    lane_background: str | None,
    lane_lines: LaneLines | None,
    detections: Detections | None,
    settings: OverlaySettings,
) -> NDArray[np.uint8]:
    """Draw everything that is known into a new picture, (h, w, 3) uint8 BGR.

    ``image`` (H, W, 3) is left as it is; the picture is at most ``settings.maximum_width``
    wide and keeps the aspect. From below: semantic colours, lane mask, lane lines, boxes from
    far to near, and their labels with the distance where it is known.
    """
    picture = _scaled_bgr(image, color_order, settings.maximum_width)
    scale = picture.shape[1] / image.shape[1], picture.shape[0] / image.shape[0]
    tints = [
        _Tint.of(classes, background, opacity)
        for classes, background, opacity in (
            (semantic, None, settings.semantic_opacity),
            (lane, lane_background, settings.lane_opacity),
        )
        if classes is not None
    ]
    if tints:
        picture = reduce(_Tint.under, tints).over(picture)
    pen = _Pen(picture, picture.shape[1] / _REFERENCE_WIDTH_PX)
    if lane_lines is not None:
        _draw_lane_lines(pen, lane_lines, scale)
    if detections is not None:
        _draw_objects(pen, detections, scale)
    return picture


def _scaled_bgr(
    image: NDArray[np.uint8], color_order: ColorOrder, maximum_width: int
) -> NDArray[np.uint8]:
    """Copy the image as BGR, not wider than asked."""
    height, width = image.shape[:2]
    if width > maximum_width:
        size = (maximum_width, max(round(height * maximum_width / width), 1))
        # Averaging all pixels costs ten times as much and shows only from half the size down.
        is_small = 2 * maximum_width <= width
        interpolation = cv2.INTER_AREA if is_small else cv2.INTER_LINEAR
        picture = np.asarray(cv2.resize(image, size, interpolation=interpolation), np.uint8)
    else:
        picture = image.copy()
    return picture[..., ::-1].copy() if color_order == 'rgb' else picture


@dataclass(frozen=True, slots=True)
class _Tint:
    """Colour to lay over a picture, at a class map's own resolution, where pixels are few.

    What is seen is picture · ``kept`` / 255 + ``added``; both (h, w, 3) uint8.
    """

    kept: NDArray[np.uint8]
    added: NDArray[np.uint8]

    @classmethod
    def of(cls, classes: ClassMap, background: str | None, opacity: float) -> _Tint:
        """Show the classes' colours, but nothing for background and unlabelled pixels."""
        kept, added = _tint_tables(classes.labels, background, opacity)
        return cls(cv2.applyColorMap(classes.ids, kept), cv2.applyColorMap(classes.ids, added))

    def under(self, upper: _Tint) -> _Tint:
        """Put another tint on top; the result has the finer resolution of the two."""
        size = max(self._size, upper._size)
        low, high = self._resized(size), upper._resized(size)
        return _Tint(
            kept=cv2.multiply(low.kept, high.kept, scale=1 / 255),
            added=cv2.add(cv2.multiply(low.added, high.kept, scale=1 / 255), high.added),
        )

    def over(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Lay the tint over a picture of any size; returns ``picture``, which is changed."""
        fitted = self._resized((picture.shape[1], picture.shape[0]))
        cv2.multiply(picture, fitted.kept, picture, scale=1 / 255)
        cv2.add(picture, fitted.added, picture)
        return picture

    @property
    def _size(self) -> tuple[int, int]:
        return self.kept.shape[1], self.kept.shape[0]

    def _resized(self, size: tuple[int, int]) -> _Tint:
        if size == self._size:
            return self
        kept, added = (
            cv2.resize(layer, size, interpolation=cv2.INTER_NEAREST_EXACT)
            for layer in (self.kept, self.added)
        )
        return _Tint(kept, added)


@lru_cache(maxsize=8)
def _tint_tables(
    labels: LabelSet, background: str | None, opacity: float
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Tabulate for each mask value what a tint keeps and adds, (256, 1, 3) each."""
    kept = np.full((256, 1, 3), 255, np.uint8)
    added = np.zeros((256, 1, 3), np.uint8)
    for label in labels:
        if label.name != background:
            kept[label.id] = round(255 * (1 - opacity))
            added[label.id] = np.rint(np.multiply(label.color_rgb[::-1], opacity))
    return kept, added


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws into ``picture`` with sizes that are meant for the reference width."""

    picture: NDArray[np.uint8]
    scale: float

    def thickness(self, reference_px: float) -> int:
        return max(round(reference_px * self.scale), 1)

    def polyline(
        self, points: NDArray[np.float64], color: tuple[int, ...], reference_px: float
    ) -> None:
        """Draw a line through points (N, 2) in centre coordinates, with a dark rim."""
        fixed = np.rint(points * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        width = self.thickness(reference_px)
        for stroke, stroke_color in ((width + 2, _BLACK), (width, color)):
            cv2.polylines(
                self.picture, [fixed], False, stroke_color, stroke, cv2.LINE_AA, _SUBPIXEL_BITS
            )

    def box(self, xyxy: NDArray[np.float64], color: tuple[int, ...]) -> None:
        """Draw a box (4,) given in edge coordinates, with a dark rim."""
        corners = np.rint((xyxy - 0.5) * (1 << _SUBPIXEL_BITS)).astype(np.int32).tolist()
        width = self.thickness(_LINE_PX)
        for stroke, stroke_color in ((width + 2, _BLACK), (width, color)):
            cv2.rectangle(
                self.picture,
                corners[:2],
                corners[2:],
                stroke_color,
                stroke,
                cv2.LINE_AA,
                _SUBPIXEL_BITS,
            )

    def label(self, text: str, xyxy: NDArray[np.float64], color: tuple[int, ...]) -> None:
        """Write text on a filled plate above a box, or in it where there is no room above."""
        text_scale = max(_TEXT_SCALE * self.scale, _SMALLEST_TEXT_SCALE)
        stroke = self.thickness(1.0)
        margin = self.thickness(_PLATE_MARGIN_PX)
        (text_width, ascent), descent = cv2.getTextSize(text, _FONT, text_scale, stroke)
        width, height = text_width + 2 * margin, ascent + descent + 2 * margin
        left, top = round(float(xyxy[0])) - 1, round(float(xyxy[1])) - 1
        left = max(min(left, self.picture.shape[1] - width), 0)
        top = top - height if top >= height else max(top, 0)
        cv2.rectangle(
            self.picture, (left, top), (left + width - 1, top + height - 1), color, cv2.FILLED
        )
        cv2.putText(
            self.picture,
            text,
            (left + margin, top + margin + ascent + descent // 2),
            _FONT,
            text_scale,
            _text_color(color),
            stroke,
            cv2.LINE_AA,
        )


def _text_color(plate: tuple[int, ...]) -> tuple[int, ...]:
    return _BLACK if np.dot(plate, _LUMA_BGR) > _BRIGHT_LUMA else _WHITE


def _draw_lane_lines(pen: _Pen, lane_lines: LaneLines, scale: tuple[float, float]) -> None:
    colors = lane_lines.labels.color_table_bgr()
    for line in lane_lines.lines:
        points = (line.pixels + 0.5) * np.asarray(scale) - 0.5
        pen.polyline(points, tuple(colors[line.class_id].tolist()), _LANE_LINE_PX)


def _draw_objects(pen: _Pen, detections: Detections, scale: tuple[float, float]) -> None:
    colors = detections.labels.color_table_bgr()
    boxes = detections.xyxy * np.tile(scale, 2)
    order = _from_far_to_near(detections)
    for i in order:
        pen.box(boxes[i], tuple(colors[detections.class_ids[i]].tolist()))
    # After all boxes, so that no line crosses a text.
    for i in order:
        text = detections.labels.name_of(detections.class_ids[i])
        if np.isfinite(detections.distances_m[i]):
            text += f' {detections.distances_m[i]:.1f} m'
        pen.label(text, boxes[i], tuple(colors[detections.class_ids[i]].tolist()))


def _from_far_to_near(detections: Detections) -> NDArray[np.intp]:
    """Order by distance; objects of unknown distance first, the higher their foot the earlier."""
    distances_m = np.where(
        np.isfinite(detections.distances_m), detections.distances_m, np.float32(np.inf)
    )
    return np.lexsort((detections.xyxy[:, 3], -distances_m))
