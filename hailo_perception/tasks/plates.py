# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Name plates for objects: text is drawn once for each letter, then copied.

Drawing smooth text takes about a hundred times as long as copying it. Names come back in every
frame, distances do not, but their figures do.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Color = tuple[int, int, int]

_TEXT_SCALE = 0.45
_SMALLEST_TEXT_SCALE = 0.35
_MARGIN_PX = 3.0
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_BLACK: Color = (0, 0, 0)
_WHITE: Color = (255, 255, 255)
_LUMA_BGR = (0.114, 0.587, 0.299)
"""ITU-R BT.601: how bright a colour looks, which decides the colour of text on it."""
_BRIGHT_LUMA = 140


class Lettering(NamedTuple):
    """Size of the text: OpenCV's scale of its font, strokes and margins in pixels."""

    text_scale: float
    stroke_px: int
    margin_px: int

    @classmethod
    def of(cls, scale: float) -> Lettering:
        """Grow and shrink with the picture, but stay readable; 1 at the reference width."""
        return cls(
            max(_TEXT_SCALE * scale, _SMALLEST_TEXT_SCALE),
            max(round(scale), 1),
            max(round(_MARGIN_PX * scale), 1),
        )

    def size_of(self, text: str) -> tuple[int, int, int]:
        """Measure width, height above and height below the base line; heights are the font's."""
        (width, ascent), descent = cv2.getTextSize(text, _FONT, self.text_scale, self.stroke_px)
        return width, ascent, descent


@lru_cache(maxsize=512)
def name_plate(
    lettering: Lettering, name: str, figures: str, color_bgr: Color
) -> NDArray[np.uint8]:
    """Make a plate (h, w, 3) with a name and, where there are any, figures after it. Read-only."""
    parts = [_text(lettering, name, color_bgr)]
    if figures:
        parts += [_text(lettering, letter, color_bgr) for letter in f' {figures}']
    margin = np.empty((len(parts[0]), lettering.margin_px, 3), np.uint8)
    margin[:] = color_bgr
    plate = np.hstack((margin, *parts, margin))
    plate.flags.writeable = False
    return plate


@lru_cache(maxsize=1024)
def _text(lettering: Lettering, text: str, color_bgr: Color) -> NDArray[np.uint8]:
    """Draw text over the plate's colour, as wide as it moves what follows."""
    width, ascent, descent = lettering.size_of(text)
    height = ascent + descent + 2 * lettering.margin_px
    picture = np.empty((height, max(width - lettering.stroke_px, 1), 3), np.uint8)
    picture[:] = color_bgr
    is_bright = np.dot(color_bgr, _LUMA_BGR) > _BRIGHT_LUMA
    cv2.putText(
        picture,
        text,
        (0, lettering.margin_px + ascent + descent // 2),
        _FONT,
        lettering.text_scale,
        _BLACK if is_bright else _WHITE,
        lettering.stroke_px,
        cv2.LINE_AA,
    )
    return picture


def paste_plate(
    picture: NDArray[np.uint8], plate: NDArray[np.uint8], corner: tuple[int, int]
) -> None:
    """Copy a plate above the left upper corner (x, y) of a box, or into it where room is lacking.

    The plate stays in the picture, as far as it fits.
    """
    height, width = plate.shape[:2]
    left, top = corner[0] - 1, corner[1] - 1
    left = max(min(left, picture.shape[1] - width), 0)
    top = top - height if top >= height else max(top, 0)
    place = picture[top : top + height, left : left + width]
    place[:] = plate[: place.shape[0], : place.shape[1]]
