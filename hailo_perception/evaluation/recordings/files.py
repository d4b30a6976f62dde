# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Pictures, maps and labels from files, with errors that a user understands.

What is wrong with one picture's files is a FrameError without its name, so that equal reasons
can be counted; what is wrong with the whole data set is a ConfigurationError.
"""

from __future__ import annotations

from collections.abc import Iterable
import json
from pathlib import Path
from typing import Any
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import FrameError
from hailo_perception.core.errors import ImageDataError

Value = TypeVar('Value', bound=np.generic)

PICTURE_SUFFIXES = ('.png', '.jpg', '.jpeg')


class LabelError(FrameError):
    """A picture's labels are missing, broken, or of a class that nobody knows."""

    cause = Cause.IMAGE_DATA


def existing_folder(path: Path, what: str) -> Path:
    """Give the folder back; ConfigurationError that says what it should hold when it is none."""
    if not path.is_dir():
        raise ConfigurationError(f'no folder {path}; expected {what}')
    return path


def pictures_in(folder: Path, what: str) -> list[Path]:
    """List the pictures of a folder by name; ConfigurationError when there are none."""
    existing_folder(folder, what)
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    if not found:
        raise ConfigurationError(f'no pictures (.png, .jpg) in {folder}; expected {what}')
    return found


def numbered(paths: Iterable[Path]) -> dict[int, Path]:
    """Order files by the numbers that are their names; ConfigurationError for another name."""
    numbers: dict[int, Path] = {}
    for path in paths:
        if not path.stem.isdigit():
            raise ConfigurationError(f'expected a number as the name of the picture {path}')
        numbers[int(path.stem)] = path
    return dict(sorted(numbers.items()))


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read a picture as (H, W, 3) uint8 BGR; ImageDataError when it is none."""
    return _decoded(path, cv2.IMREAD_COLOR, 'the picture')


def read_map(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Read a map of class ids as (H, W) uint8; LabelError when it does not fit the picture.

    ``size`` is the picture's width and height.
    """
    ids = _decoded(path, cv2.IMREAD_UNCHANGED, 'the label map')
    if ids.ndim != 2 or ids.dtype != np.uint8:
        raise LabelError('the label map is not a picture of one channel with 8 bits')
    return _of_size(ids, size)


def read_numbers(path: Path, size: tuple[int, int]) -> NDArray[np.uint16]:
    """Read a map of objects' numbers as (H, W) uint16; LabelError when it does not fit."""
    numbers = _decoded(path, cv2.IMREAD_UNCHANGED, 'the map of objects')
    if numbers.ndim != 2 or numbers.dtype not in (np.uint8, np.uint16):
        raise LabelError('the map of objects is not a picture of one channel')
    return _of_size(numbers, size).astype(np.uint16)


def read_color_map(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Read a map of class colours as (H, W, 3) uint8 RGB; LabelError when it does not fit."""
    colors = _of_size(_decoded(path, cv2.IMREAD_COLOR, 'the label map'), size)
    return np.ascontiguousarray(colors[..., ::-1])


def read_json(path: Path, error: type[Exception]) -> Any:
    """Read a JSON file; an ``error`` when it is missing or broken."""
    try:
        return json.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError) as reason:
        raise error(f'{path} cannot be read as JSON: {reason}') from reason


def read_lines(path: Path) -> list[str]:
    """Read a text file's lines that are not empty; LabelError when it cannot be read."""
    try:
        text = path.read_text(encoding='utf-8')
    except (OSError, ValueError) as reason:
        raise LabelError(f'the labels cannot be read: {type(reason).__name__}') from reason
    return [line for line in text.splitlines() if line.strip()]


def _decoded(path: Path, flags: int, what: str) -> NDArray[Any]:
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise ImageDataError(f'{what} cannot be read: {type(error).__name__}') from error
    # Labels and calibrations belong to the sensor's pixels, however the camera was held.
    image = cv2.imdecode(data, flags | cv2.IMREAD_IGNORE_ORIENTATION) if len(data) else None
    if image is None:
        raise ImageDataError(f'{what} is no PNG or JPEG that can be decoded')
    return np.asarray(image)


def _of_size(values: NDArray[Value], size: tuple[int, int]) -> NDArray[Value]:
    if values.shape[1::-1] != size:
        raise LabelError(
            f'the label map has {values.shape[1]}×{values.shape[0]} pixels, the picture '
            f'{size[0]}×{size[1]}'
        )
    return values
