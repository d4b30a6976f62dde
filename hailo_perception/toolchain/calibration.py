# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Making a calibration set: pictures as the network sees them, in one array file.

The set holds pixels, 0…255, in the network's colour order. What the network expects beyond
that, (pixel − mean) / scale of its manifest, is written into the model script and done on the
chip: one rule, so that set and camera stream are the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
import json
from pathlib import Path
import shutil
from typing import Any

import numpy as np

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import FrameError
from hailo_perception.models.specification import InputSpecification
from hailo_perception.toolchain.array_file import array_bytes
from hailo_perception.toolchain.array_file import ArrayFileWriter
from hailo_perception.toolchain.description import describe_input
from hailo_perception.toolchain.description import description_file
from hailo_perception.toolchain.description import DESCRIPTION_VERSION
from hailo_perception.toolchain.pictures import Picture
from hailo_perception.toolchain.pictures import PictureSequence
from hailo_perception.vision.preprocess import Preprocessor

DEFAULT_COUNT = 256
FEWEST = 32
"""Below it TIER IV measured a loss above 1 % of the average precision, from it on less."""
_SPARE_BYTES = 64 * 1024**2
_MOST_NAMED = 10
"""In a message; the note beside the set names all."""


@dataclass(frozen=True, slots=True)
class CalibrationPlan:
    """What to make: ``count`` pictures for one network's input, written to ``path``.

    ``alignment`` is that of ImageTransform.letterbox. ConfigurationError for a count below 1 or
    a path that cannot be written.
    """

    path: Path
    input: InputSpecification
    model: str
    source: str
    count: int = DEFAULT_COUNT
    alignment: int = 1
    is_uint8: bool = False

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ConfigurationError(f'expected 1 picture or more, got {self.count}')
        if self.path.suffix != '.npy' or not self.path.parent.is_dir():
            raise ConfigurationError(
                f'{self.path}: expected a file ending in .npy in a folder that is there'
            )
        if self.path.is_dir():
            raise ConfigurationError(f'{self.path}: expected a file, found a folder')

    @property
    def row_shape(self) -> tuple[int, int, int]:
        """One picture: (height, width, 3)."""
        return self.input.height, self.input.width, 3

    @property
    def dtype(self) -> np.dtype[Any]:
        """What a pixel is stored as."""
        return np.dtype(np.uint8 if self.is_uint8 else np.float32)


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """What was made: the names of the pictures, and of those that could not be read with why."""

    pictures: tuple[str, ...]
    unreadable: tuple[str, ...]
    size_bytes: int

    def warnings(self, wanted: int) -> tuple[str, ...]:
        """Say what a person should know before compiling with the set."""
        found = []
        if self.unreadable:
            found.append(
                f'left out as not readable, {len(self.unreadable)}: {_listed(self.unreadable)}'
            )
        if len(self.pictures) < wanted:
            found.append(f'{len(self.pictures)} of the {wanted} pictures asked for were found')
        return (*found, *too_few(len(self.pictures)))


def too_few(count: int) -> tuple[str, ...]:
    """Warn of a set below FEWEST pictures."""
    if count >= FEWEST:
        return ()
    return (
        f'a small set ({count}): with fewer than {FEWEST} pictures TIER IV measured a loss of '
        f'more than 1 % of the average precision on LightNetV2, within 1 % from {FEWEST} on, '
        f'and the least (0.14 %) with {DEFAULT_COUNT}',
    )


def spread(available: int, wanted: int) -> Sequence[int]:
    """Choose ``wanted`` of ``available`` indices, evenly and always the same; all if too few."""
    if wanted >= available:
        # Of scenes there are as many as are wanted: more, it may be, than the memory can list.
        return range(available)
    return [(2 * i + 1) * available // (2 * wanted) for i in range(wanted)]


def make_calibration_set(
    pictures: PictureSequence,
    plan: CalibrationPlan,
    on_picture: Callable[[int, int], None] = lambda done, planned: None,
) -> CalibrationReport:
    """Write the set and, beside it, a description (.json) of what it was made for.

    Pictures are prepared as a node prepares them. In the place of an unreadable one comes the
    nearest that is left. ``on_picture`` hears how many are written of how many planned.
    ConfigurationError when the set cannot be written or no picture can be read.
    """
    chosen = spread(len(pictures), plan.count)
    _check_space(plan, len(chosen))
    reader = _Reader(pictures, chosen)
    try:
        _write(reader, chosen, plan, on_picture)
        report = CalibrationReport(
            tuple(reader.used), tuple(reader.unreadable), plan.path.stat().st_size
        )
        _describe(plan, report)
    except OSError as error:
        raise ConfigurationError(
            f'{plan.path} cannot be written ({error}); choose another place'
        ) from error
    return report


def _write(
    reader: _Reader,
    chosen: Sequence[int],
    plan: CalibrationPlan,
    on_picture: Callable[[int, int], None],
) -> None:
    preprocessor = Preprocessor(plan.input, plan.alignment)
    pixels = np.zeros(plan.row_shape, np.uint8)
    with ArrayFileWriter(plan.path, plan.row_shape, plan.dtype) as file:
        for index in chosen:
            picture = reader.read_near(index)
            if picture is None:
                continue
            preprocessor.prepare(*picture, pixels)
            file.append(pixels)
            on_picture(file.rows, len(chosen))
        if not file.rows:
            raise ConfigurationError(
                f'none of the {len(chosen)} pictures of {plan.source} can be read: '
                f'{_listed(reader.unreadable)}'
            )


class _Reader:
    """Reads pictures, and others in the place of those that cannot be read."""

    def __init__(self, pictures: PictureSequence, chosen: Sequence[int]) -> None:
        self._pictures = pictures
        self._spare = set(range(len(pictures))) - set(chosen)
        self.used: list[str] = []
        self.unreadable: list[str] = []

    def read_near(self, index: int) -> Picture | None:
        """Read the picture, or the nearest spare one that can be read; None without any."""
        for candidate in self._candidates(index):
            try:
                picture = self._pictures.read(candidate)
            except FrameError as error:
                self.unreadable.append(f'{self._pictures.label(candidate)} ({error})')
            else:
                self.used.append(self._pictures.label(candidate))
                return picture
        return None

    def _candidates(self, index: int) -> Iterator[int]:
        yield index
        while self._spare:
            nearest = min(self._spare, key=lambda i: (abs(i - index), i))
            self._spare.remove(nearest)
            yield nearest


def _listed(unreadable: Sequence[str]) -> str:
    more = len(unreadable) - _MOST_NAMED
    shown = '; '.join(unreadable[:_MOST_NAMED])
    return f'{shown}; and {more} more' if more > 0 else shown


def _check_space(plan: CalibrationPlan, count: int) -> None:
    needed = array_bytes(count, plan.row_shape, plan.dtype) + _SPARE_BYTES
    free = shutil.disk_usage(plan.path.parent).free
    if needed > free:
        hint = '' if plan.is_uint8 else ', or take --uint8, which needs a quarter'
        raise ConfigurationError(
            f'{plan.path}: {count} pictures need {needed / 1e9:.2f} GB, the disk has '
            f'{free / 1e9:.2f} GB free; make room, take fewer pictures{hint}'
        )


def _describe(plan: CalibrationPlan, report: CalibrationReport) -> None:
    description = {
        'description_version': DESCRIPTION_VERSION,
        'model': plan.model,
        'input': describe_input(plan.input),
        'source': plan.source,
        'pixels': f'0…255, {plan.input.color_order}, height × width × 3, {plan.dtype}',
        'pictures': list(report.pictures),
        'unreadable': list(report.unreadable),
    }
    text = json.dumps(description, ensure_ascii=False, indent=1)
    description_file(plan.path).write_text(text + '\n', encoding='utf-8')
