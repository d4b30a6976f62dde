# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cityscapes: a class for each pixel, and objects told apart.

``leftImg8bit/val/CITY/NAME_leftImg8bit.png``, ``gtFine/val/CITY/NAME_gtFine_labelIds.png`` and
``NAME_gtFine_instanceIds.png``, and where it is there ``camera/val/CITY/NAME_camera.json``.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.recordings.class_names import IGNORED
from hailo_perception.evaluation.recordings.class_names import load_class_names
from hailo_perception.evaluation.recordings.files import existing_folder
from hailo_perception.evaluation.recordings.files import LabelError
from hailo_perception.evaluation.recordings.files import read_json
from hailo_perception.evaluation.recordings.files import read_map
from hailo_perception.evaluation.recordings.files import read_numbers
from hailo_perception.evaluation.recordings.files import read_picture
from hailo_perception.evaluation.recordings.objects import LabelledBox
from hailo_perception.evaluation.recordings.objects import true_objects
from hailo_perception.evaluation.recordings.recording import Recording
from hailo_perception.evaluation.recordings.recording import RecordingOptions
from hailo_perception.scenes import SEMANTIC_LABELS

DATASET = 'cityscapes'
LAYOUT = 'Cityscapes: leftImg8bit/val/CITY/*_leftImg8bit.png and gtFine/val/CITY/'
_DEFAULT_SPLIT = 'val'
_PICTURE = '_leftImg8bit.png'
_INSTANCES_PER_CLASS = 1000
"""An object's number is that of its class times this, and its own."""


def open_cityscapes(data: Path, options: RecordingOptions) -> Recording:
    """Open a split, by default ``val``, of all cities."""
    options.refuse(DATASET, 'camera', 'labels')
    split = options.split or _DEFAULT_SPLIT
    folder = existing_folder(existing_folder(data, LAYOUT) / 'leftImg8bit' / split, LAYOUT)
    existing_folder(data / 'gtFine' / split, LAYOUT)
    paths = sorted(folder.glob(f'*/*{_PICTURE}'))
    if not paths:
        raise ConfigurationError(f'no pictures CITY/*{_PICTURE} in {folder}; expected {LAYOUT}')
    names = {i: path.name.removesuffix(_PICTURE) for i, path in enumerate(paths)}
    return Recording(DATASET, split, names, partial(_read, data, split, paths))


def _read(data: Path, split: str, paths: list[Path], number: int) -> LabelledPicture:
    path = paths[number]
    city, name = path.parent.name, path.name.removesuffix(_PICTURE)
    image = read_picture(path)
    size = (image.shape[1], image.shape[0])
    truth = data / 'gtFine' / split / city
    ids = read_map(truth / f'{name}_gtFine_labelIds.png', size)
    instances = truth / f'{name}_gtFine_instanceIds.png'
    boxes = _boxes(read_numbers(instances, size)) if instances.is_file() else None
    calibration = data / 'camera' / split / city / f'{name}_camera.json'
    return LabelledPicture(
        name=name,
        image=image,
        camera=_camera(calibration, size) if calibration.is_file() else None,
        objects=None if boxes is None else true_objects(boxes, size),
        semantic=load_class_names(DATASET, 'semantic').translate(ids, SEMANTIC_LABELS),
    )


def _boxes(instances: NDArray[np.uint16]) -> list[LabelledBox]:
    """Make a box about the pixels of each object; groups that are not told apart are ignored."""
    names = load_class_names(DATASET, 'objects').table
    boxes = []
    for number in np.unique(instances).tolist():
        class_number = number // _INSTANCES_PER_CLASS or number
        name = names.get(str(class_number))
        if name is None:
            continue
        mask = (instances == number).astype(np.uint8)
        if number >= _INSTANCES_PER_CLASS:
            boxes.append(LabelledBox(name, _corners(cv2.boundingRect(mask))))
            continue
        _, _, parts, _ = cv2.connectedComponentsWithStats(mask)
        boxes += [LabelledBox(IGNORED, _corners(part[:4])) for part in parts[1:]]
    return boxes


def _corners(rectangle: tuple[int, ...]) -> tuple[float, float, float, float]:
    x, y, width, height = (float(value) for value in rectangle)
    return x, y, x + width, y + height


def _camera(path: Path, size: tuple[int, int]) -> CameraModel:
    try:
        intrinsic = read_json(path, LabelError)['intrinsic']
        fx, fy, u0, v0 = (float(intrinsic[key]) for key in ('fx', 'fy', 'u0', 'v0'))
    except (KeyError, TypeError, ValueError) as error:
        raise CameraInfoError('the calibration lacks intrinsic: fx, fy, u0, v0') from error
    return CameraModel(*size, fx, fy, u0, v0)
