# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""CamVid: a class for each pixel, in one of its usual layouts.

``701_StillsRaw_full/NAME.png`` with ``LabeledApproved_full/NAME_L.png``; ``images`` with
``labels``; or split folders ``val`` with ``val_labels`` (colours) or ``valannot`` (numbers, as for
SegNet).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.labelled import TRUE_LANE_LABELS
from hailo_perception.evaluation.recordings.class_names import load_class_names
from hailo_perception.evaluation.recordings.class_names import load_tables
from hailo_perception.evaluation.recordings.files import existing_folder
from hailo_perception.evaluation.recordings.files import LabelError
from hailo_perception.evaluation.recordings.files import pictures_in
from hailo_perception.evaluation.recordings.files import read_color_map
from hailo_perception.evaluation.recordings.files import read_map
from hailo_perception.evaluation.recordings.files import read_picture
from hailo_perception.evaluation.recordings.recording import Recording
from hailo_perception.evaluation.recordings.recording import RecordingOptions
from hailo_perception.scenes import SEMANTIC_LABELS

DATASET = 'camvid'
LAYOUT = (
    'CamVid: 701_StillsRaw_full and LabeledApproved_full, images and labels, or with --split val '
    'the folders val and val_labels or valannot'
)
_WHOLE = (('701_StillsRaw_full', 'LabeledApproved_full'), ('images', 'labels'))
_DEFAULT_SPLIT = 'val'
_NUMBERS = 'annot'
"""Ending of a folder whose labels are numbers and not colours."""
_UNKNOWN_COLOR = 255


@dataclass(frozen=True, slots=True)
class _Folders:
    pictures: Path
    labels: Path


def open_camvid(data: Path, options: RecordingOptions) -> Recording:
    """Open all pictures, or those of a split where the folder is split (by default ``val``)."""
    options.refuse(DATASET, 'camera', 'labels')
    folders = _folders(existing_folder(data, LAYOUT), options.split)
    paths = pictures_in(folders.pictures, LAYOUT)
    names = {i: path.stem for i, path in enumerate(paths)}
    return Recording(DATASET, folders.pictures.name, names, partial(_read, folders, paths))


def _folders(data: Path, split: str | None) -> _Folders:
    name = split or _DEFAULT_SPLIT
    pairs = ((name, f'{name}_labels'), (name, f'{name}{_NUMBERS}'))
    for pictures, labels in (*(_WHOLE if split is None else ()), *pairs):
        if (data / pictures).is_dir() and (data / labels).is_dir():
            return _Folders(data / pictures, data / labels)
    raise ConfigurationError(f'{data} has not the layout of {LAYOUT}')


def _read(folders: _Folders, paths: list[Path], number: int) -> LabelledPicture:
    path = paths[number]
    image = read_picture(path)
    size = (image.shape[1], image.shape[0])
    labels = [
        folders.labels / name
        for name in (f'{path.stem}_L.png', f'{path.stem}.png')
        if (folders.labels / name).is_file()
    ]
    if not labels:
        raise LabelError(f'no label map NAME_L.png or NAME.png in {folders.labels.name}')
    if folders.labels.name.endswith(_NUMBERS):
        ids = read_map(labels[0], size)
        names = load_class_names(DATASET, 'numbers')
        return LabelledPicture(
            name=path.stem, image=image, semantic=names.translate(ids, SEMANTIC_LABELS)
        )
    indices = _indices(read_color_map(labels[0], size))
    semantic, lane = _ids_of_indices()
    return LabelledPicture(
        name=path.stem, image=image, semantic=semantic[indices], lane=lane[indices]
    )


def _indices(colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Find the row in the table of colours for each pixel (H, W, 3) RGB: (H, W)."""
    indices = _index_of_color()[_packed(colors)]
    unknown = indices == _UNKNOWN_COLOR
    if unknown.any():
        red, green, blue = colors[unknown][0].tolist()
        raise LabelError(
            f'the labels have a colour ({red}, {green}, {blue}) that is no class of {DATASET}'
        )
    return indices


def _packed(colors: NDArray[np.uint8]) -> NDArray[np.int32]:
    red, green, blue = np.moveaxis(colors.astype(np.int32), -1, 0)
    return np.asarray(red << 16 | green << 8 | blue)


@lru_cache
def _index_of_color() -> NDArray[np.uint8]:
    table = np.full(1 << 24, _UNKNOWN_COLOR, np.uint8)
    colors = np.array(list(load_tables(DATASET)['colors'].values()), np.uint8)
    table[_packed(colors)] = np.arange(len(colors))
    return table


@lru_cache
def _ids_of_indices() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Map rows of the table of colours to the ids of SEMANTIC_LABELS and TRUE_LANE_LABELS."""
    tables = load_tables(DATASET)
    semantic = [tables['semantic'][name] for name in tables['colors']]
    markings = [tables['markings'].get(name, 'background') for name in tables['colors']]
    return _ids(SEMANTIC_LABELS, semantic), _ids(TRUE_LANE_LABELS, markings)


def _ids(labels: LabelSet, names: list[str | None]) -> NDArray[np.uint8]:
    return np.array([UNLABELLED if n is None else labels.id_of(n) for n in names], np.uint8)
