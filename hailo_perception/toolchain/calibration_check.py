# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whether a calibration set is what a network needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.models.specification import InputSpecification
from hailo_perception.toolchain.calibration import spread
from hailo_perception.toolchain.calibration import too_few
from hailo_perception.toolchain.description import describe_input
from hailo_perception.toolchain.description import read_described_input

_DTYPES = (np.float32, np.uint8)
_SAMPLED_PICTURES = 16
_BRIGHTEST = 255.0
_NORMALISED_BELOW = 2.0
"""Pictures of a camera reach far above it, normalised ones do not."""


@dataclass(frozen=True, slots=True)
class CheckedSet:
    """How many pictures a set has, what is wrong with it, and what one should know."""

    count: int
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def check_calibration_set(path: Path, input: InputSpecification) -> CheckedSet:
    """Compare a set with a network's input; looks at shape, note and a sample of the pixels."""
    try:
        array = np.load(path, mmap_mode='r', allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        return CheckedSet(
            0,
            (
                f'calibration set {path}: expected an array file (.npy), found one that cannot '
                f'be read ({error}); make it with "hailo-perception calibrate"',
            ),
        )
    count = len(array) if array.ndim else 0
    return CheckedSet(count, tuple(_problems(path, array, input)), too_few(count))


def _problems(path: Path, array: np.ndarray, input: InputSpecification) -> Iterator[str]:
    expected = (input.height, input.width, 3)
    if array.ndim != 4 or array.shape[1:] != expected or array.dtype not in _DTYPES:
        yield (
            f'calibration set {path}: expected N×{"×".join(map(str, expected))} float32 or '
            f'uint8, found {"×".join(map(str, array.shape))} {array.dtype}; make it for this '
            'model with "hailo-perception calibrate"'
        )
        return
    if not len(array):
        yield f'calibration set {path}: expected pictures, found none'
        return
    yield from _pixel_problems(path, array)
    yield from _note_problems(path, input)


def _pixel_problems(path: Path, array: np.ndarray) -> Iterator[str]:
    sample = array[spread(len(array), _SAMPLED_PICTURES)]
    low, high = float(sample.min()), float(sample.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        yield f'calibration set {path}: expected pixels, found NaN or infinity; make it again'
    elif low < 0 or high > _BRIGHTEST or high < _NORMALISED_BELOW:
        yield (
            f'calibration set {path}: expected pixels within 0…255, found {low:g}…{high:g} in '
            f'{len(sample)} pictures: normalised values, or black pictures; the normalisation '
            'is done on the chip, the set holds the pixels as they are'
        )


def _note_problems(path: Path, input: InputSpecification) -> Iterator[str]:
    try:
        described = read_described_input(path)
    except ConfigurationError as error:
        yield str(error)
        return
    if described is None:
        return
    wanted = describe_input(input)
    differing = [key for key in wanted | described if wanted.get(key) != described.get(key)]
    if differing:
        yield (
            f'calibration set {path} was made for another input: '
            + ', '.join(
                f'{key} {described.get(key)} instead of {wanted.get(key)}' for key in differing
            )
            + '; make it again for this model'
        )
