# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A model's classes in Autoware's words: which file says so, and the tables that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.labels import LabelSet
from hailo_perception.models.document import choice
from hailo_perception.models.document import Node
from hailo_perception.models.document import read_document
from hailo_perception.models.files import file_problem
from hailo_perception.models.specification import ModelManifest

IGNORED = -1
"""In place of an object's label: Autoware is not told of such objects."""
_IGNORE = 'ignore'

OBJECT_LABELS = {
    name: label
    for label, name in enumerate(
        (
            'UNKNOWN',
            'CAR',
            'TRUCK',
            'BUS',
            'TRAILER',
            'MOTORCYCLE',
            'BICYCLE',
            'PEDESTRIAN',
            'ANIMAL',
            'HAZARD',
            'OVER_DRIVABLE',
            'UNDER_DRIVABLE',
        )
    )
}
"""Constants of autoware_perception_msgs/ObjectClassification."""

MASK_CLASSES = {
    name: class_id
    for class_id, name in enumerate(
        (
            'UNKNOWN',
            'BUILDING',
            'WALL',
            'OBSTACLE',
            'TRAFFIC_LIGHT',
            'TRAFFIC_SIGN',
            'PERSON',
            'VEHICLE',
            'BIKE',
            'ROAD',
            'SIDEWALK',
            'ROAD_PAINT',
            'CURBSTONE',
            'CROSSWALK',
            'VEGETATION',
            'SKY',
        )
    )
}
"""Mask values as autoware_image_projection_based_fusion names them (filter_semantic_label_target),
which its segmentation_pointcloud_fusion looks up by their order."""


class AutowareClassesError(ConfigurationError):
    """The file of Autoware's names is wrong, or does not name every class of the model."""


@dataclass(frozen=True, slots=True)
class AutowareClasses:
    """Autoware's label of each object class, and its mask value of each semantic class, by name.

    An object class with the label IGNORED is left out of what Autoware gets.
    """

    path: Path
    objects: Mapping[str, int]
    semantic: Mapping[str, int]

    def check(self, manifest: ModelManifest) -> None:
        """AutowareClassesError lists every class of a model that the file does not name."""
        missing = [
            f'{section}.{name}'
            for section, task, known in (
                ('objects', manifest.detection, self.objects),
                ('semantic', manifest.semantic, self.semantic),
            )
            if task is not None
            for name in task.labels.names
            if name not in known
        ]
        if missing:
            raise AutowareClassesError(
                f'{self.path}: expected a name of Autoware for every class of {manifest.name}, '
                f"found none for {', '.join(missing)}; add them, '{_IGNORE}' for objects that "
                'Autoware shall not get and UNKNOWN for the rest'
            )

    def object_table(self, labels: LabelSet) -> NDArray[np.int16]:
        """Tabulate Autoware's label of all 256 class ids, (256,) int16; UNKNOWN where unnamed."""
        return _table(labels, self.objects, np.dtype(np.int16))

    def mask_table(self, labels: LabelSet) -> NDArray[np.uint8]:
        """Tabulate Autoware's value of all 256 mask values, (256,) uint8; UNKNOWN where unnamed.

        What is unlabelled becomes UNKNOWN too: Autoware has no 255.
        """
        return _table(labels, self.semantic, np.dtype(np.uint8))


def load_autoware_classes(path: Path) -> AutowareClasses:
    """Read a file of Autoware's names; AutowareClassesError names file, key and legal names."""
    problem = file_problem(path)
    if problem:
        raise AutowareClassesError(f'expected a file of Autoware names; {problem}')
    try:
        fields = read_document(path).fields(
            {'objects': _read_objects, 'semantic': _read_semantic}
        )
    except ManifestError as error:
        raise AutowareClassesError(str(error)) from error
    return AutowareClasses(path, **fields)


def _read_objects(node: Node) -> dict[str, int]:
    return _read_names(node, {**OBJECT_LABELS, _IGNORE: IGNORED})


def _read_semantic(node: Node) -> dict[str, int]:
    return _read_names(node, MASK_CLASSES)


def _read_names(node: Node, legal: Mapping[str, int]) -> dict[str, int]:
    read = choice(*legal)
    return {class_name: legal[read(child)] for class_name, child in node.mapping().items()}


def _table(labels: LabelSet, names: Mapping[str, int], dtype: np.dtype) -> NDArray:  # type: ignore[type-arg]
    table = np.zeros(256, dtype)
    for label in labels:
        table[label.id] = names.get(label.name, 0)
    return table
