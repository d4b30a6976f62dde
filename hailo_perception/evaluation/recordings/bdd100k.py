# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""BDD100K: boxes, classes, drivable area and lane markings, each where it is there.

``images/100k/val/NAME.jpg`` (or ``images/10k/val``), and in ``labels``: ``det_20/det_val.json``
or ``bdd100k_labels_images_val.json``, ``lane/polygons/lane_val.json``, and the folders
``sem_seg``, ``drivable`` and ``lane`` with ``masks/val/NAME.png``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.results import LanePattern
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.labelled import TRUE_LANE_LABELS
from hailo_perception.evaluation.labelled import TrueLine
from hailo_perception.evaluation.recordings.class_names import ClassNames
from hailo_perception.evaluation.recordings.class_names import IGNORED
from hailo_perception.evaluation.recordings.class_names import load_class_names
from hailo_perception.evaluation.recordings.files import existing_folder
from hailo_perception.evaluation.recordings.files import LabelError
from hailo_perception.evaluation.recordings.files import pictures_in
from hailo_perception.evaluation.recordings.files import read_json
from hailo_perception.evaluation.recordings.files import read_map
from hailo_perception.evaluation.recordings.files import read_picture
from hailo_perception.evaluation.recordings.line_edges import Curve
from hailo_perception.evaluation.recordings.line_edges import merged_edges
from hailo_perception.evaluation.recordings.objects import LabelledBox
from hailo_perception.evaluation.recordings.objects import true_objects
from hailo_perception.evaluation.recordings.recording import Recording
from hailo_perception.evaluation.recordings.recording import RecordingOptions
from hailo_perception.scenes import SEMANTIC_LABELS

DATASET = 'bdd100k'
LAYOUT = 'BDD100K: images/100k/val/NAME.jpg (or 10k) and labels/det_20/det_val.json or others'
_DEFAULT_SPLIT = 'val'
_SETS = ('100k', '10k')
_BACKGROUND_BIT = 0x08
_CATEGORY_BITS = 0x07
_ALONG_THE_ROAD = 'parallel'
_PATTERNS = {'solid': LanePattern.SOLID, 'dashed': LanePattern.DASHED}

Frames = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class _Labels:
    """Everything that is labelled of a split; None and missing folders for what is not."""

    boxes: Frames | None
    lines: Frames | None
    semantic: Path
    drivable: Path
    lane: Path


def open_bdd100k(data: Path, options: RecordingOptions) -> Recording:
    """Open a split, by default ``val``, of the 100k pictures, else of the 10k pictures.

    ``--split 10k/val`` takes the latter where both are there.
    """
    options.refuse(DATASET, 'camera', 'labels')
    existing_folder(data, LAYOUT)
    subset, _, split = (options.split or _DEFAULT_SPLIT).rpartition('/')
    folders = [data / 'images' / name / split for name in ((subset,) if subset else _SETS)]
    folder = next((folder for folder in folders if folder.is_dir()), folders[0])
    paths = {path.stem: path for path in pictures_in(folder, LAYOUT)}
    labels = _open_labels(data / 'labels', split)
    names = dict(enumerate(paths))
    return Recording(
        DATASET, f'{folder.parent.name}/{split}', names, partial(_read, labels, paths, names)
    )


def _open_labels(folder: Path, split: str) -> _Labels:
    legacy = _frames(folder / f'bdd100k_labels_images_{split}.json')
    boxes = _frames(folder / 'det_20' / f'det_{split}.json')
    lines = _frames(folder / 'lane' / 'polygons' / f'lane_{split}.json')
    labels = _Labels(
        boxes=legacy if boxes is None else boxes,
        lines=legacy if lines is None else lines,
        semantic=folder / 'sem_seg' / 'masks' / split,
        drivable=folder / 'drivable' / 'masks' / split,
        lane=folder / 'lane' / 'masks' / split,
    )
    has_maps = any(path.is_dir() for path in (labels.semantic, labels.drivable, labels.lane))
    if labels.boxes is None and labels.lines is None and not has_maps:
        raise ConfigurationError(f'no labels of {split} in {folder}; expected {LAYOUT}')
    return labels


def _frames(path: Path) -> Frames | None:
    """Read a file of labels by the pictures' names; None when it is not there."""
    if not path.is_file():
        return None
    try:
        return {
            Path(frame['name']).stem: frame.get('labels') or []
            for frame in read_json(path, ConfigurationError)
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f'{path}: expected a list of frames with name, labels') from error


def _read(
    labels: _Labels, paths: dict[str, Path], names: dict[int, str], number: int
) -> LabelledPicture:
    name = names[number]
    image = read_picture(paths[name])
    size = (image.shape[1], image.shape[0])
    boxes = None if labels.boxes is None else labels.boxes.get(name)
    lines = None if labels.lines is None else labels.lines.get(name)
    try:
        objects = None if boxes is None else true_objects(_boxes(boxes), size)
        lane_lines = None if lines is None else _lines(lines, size)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LabelError(
            'expected labels with category and box2d or poly2d, as in the format of BDD100K'
        ) from error
    return LabelledPicture(
        name=name,
        image=image,
        objects=objects,
        semantic=_semantic(labels, name, size),
        lane=_lane(labels.lane / f'{name}.png', size),
        lane_lines=lane_lines,
    )


def _boxes(labels: list[dict[str, Any]]) -> list[LabelledBox]:
    names = load_class_names(DATASET, 'objects')
    boxes = []
    for label in labels:
        name = names[label['category']]
        if name is None:
            continue
        corners = label['box2d']
        is_crowd = bool((label.get('attributes') or {}).get('crowd'))
        left, top, right, bottom = (float(corners[key]) for key in ('x1', 'y1', 'x2', 'y2'))
        # The last pixel of a box belongs to it.
        box = (left, top, right + 1, bottom + 1)
        boxes.append(LabelledBox(IGNORED if is_crowd else name, box))
    return boxes


def _lines(labels: list[dict[str, Any]], size: tuple[int, int]) -> tuple[TrueLine, ...]:
    """Find the lines along the road: each is labelled by its edges."""
    names = load_class_names(DATASET, 'lines')
    curves = []
    for label in labels:
        attributes = label.get('attributes') or {}
        name = _line_name(label, attributes, names)
        if name is None or attributes.get('laneDirection', _ALONG_THE_ROAD) != _ALONG_THE_ROAD:
            continue
        curves += [
            Curve(
                TRUE_LANE_LABELS.id_of(name),
                np.array(part['vertices'], np.float64).reshape(-1, 2),
                str(part['types']),
                _PATTERNS.get(str(attributes.get('laneStyle')), LanePattern.UNKNOWN),
            )
            for part in label['poly2d']
        ]
    return merged_edges(curves, size)


def _line_name(label: dict[str, Any], attributes: dict[str, Any], names: ClassNames) -> str | None:
    category = str(label['category']).removeprefix('lane/')
    if category == 'lane':
        category = str(attributes.get('laneTypes', attributes.get('laneType')))
    elif category not in names.table:
        # In the file of 2018 lines stand among objects.
        load_class_names(DATASET, 'objects')[label['category']]
        return None
    return names[category]


def _semantic(labels: _Labels, name: str, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """Read the classes of the pixels, or else which are road because they can be driven on."""
    for folder, kind in ((labels.semantic, 'semantic'), (labels.drivable, 'drivable')):
        path = folder / f'{name}.png'
        if path.is_file():
            names = load_class_names(DATASET, kind)
            return names.translate(read_map(path, size), SEMANTIC_LABELS)
    return None


def _lane(path: Path, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    if not path.is_file():
        return None
    values = read_map(path, size)
    names = load_class_names(DATASET, 'lane_numbers')
    ids = names.translate(values & _CATEGORY_BITS, TRUE_LANE_LABELS)
    is_background = (values & _BACKGROUND_BIT) > 0
    background = TRUE_LANE_LABELS.id_of('background')
    return np.where(is_background, np.uint8(background), ids).astype(np.uint8)
