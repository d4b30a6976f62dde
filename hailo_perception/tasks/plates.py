# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Name plates for objects: text is drawn once for each class, then copied letter by letter.

Drawing smooth text takes about a hundred times as long as copying it. Names come back in every
frame, distances do not, but their figures do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.labels import UNLABELLED_NAME
from hailo_perception.kernels.object_marks import FIGURES
from hailo_perception.kernels.object_marks import LETTERS

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


@dataclass(frozen=True, slots=True)
class PlateLetters:
    """What the plates of a label set are put together from: for each class all in its colours.

    ``pixels`` (B,) BGR uint8 are names, figures and margins, all of one ``height``, one after
    another as ``Kernels.paste_plates`` takes them with ``starts``; ``first`` (256,) is the number
    at which those of a class id begin. Read-only.
    """

    pixels: NDArray[np.uint8]
    height: int
    starts: NDArray[np.intp]
    first: NDArray[np.intp]


@lru_cache(maxsize=8)
def plate_letters(lettering: Lettering, labels: LabelSet) -> PlateLetters:
    """Draw what the plates of these classes need, and of what is none of them."""
    parts: list[NDArray[np.uint8]] = []
    first = np.full(256, len(labels) * LETTERS, np.intp)
    for number, label in enumerate((*labels, Label(UNLABELLED, UNLABELLED_NAME, _BLACK))):
        first[label.id] = number * LETTERS
        parts += _parts_of(lettering, label.name, label.color_rgb[::-1])
    pixels = np.concatenate([part.reshape(-1) for part in parts])
    starts = np.cumsum([0, *(part.shape[1] for part in parts)])
    for array in (pixels, starts, first):
        array.flags.writeable = False
    return PlateLetters(pixels, len(parts[0]), starts, first)


def _parts_of(lettering: Lettering, name: str, color_bgr: Color) -> list[NDArray[np.uint8]]:
    """Draw a name between its margins, one with what follows, all figures, and the margin."""
    name_part, *figures = (_text(lettering, text, color_bgr) for text in (name, *FIGURES))
    margin = np.empty((len(name_part), lettering.margin_px, 3), np.uint8)
    margin[:] = color_bgr
    begin = np.hstack((margin, name_part))
    return [np.hstack((begin, margin)), begin, *figures, margin]


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
