# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a data set's class names are in this package's words, read from its file in classes/."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray
import yaml

from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.evaluation.recordings.files import LabelError

IGNORED = 'ignored'
"""Stands in a table for what may be found or not, as this package has no one class for it."""


@dataclass(frozen=True, slots=True)
class ClassNames:
    """One table: the data set's names (or numbers, as text) to ours, IGNORED, or None."""

    origin: str
    table: dict[str, str | None]

    def __getitem__(self, name: object) -> str | None:
        """Translate; LabelError for a name that the table does not have."""
        try:
            return self.table[str(name)]
        except KeyError:
            raise LabelError(
                f"the labels have a class '{name}' that {self.origin} does not; its classes are "
                f'{", ".join(self.table)}'
            ) from None

    def translate(self, numbers: NDArray[Any], labels: LabelSet) -> NDArray[np.uint8]:
        """Carry class numbers 0…255 to the ids of ``labels``, 255 where there is none.

        LabelError for a number that the table does not have.
        """
        ids = np.full(256, UNLABELLED, np.uint8)
        is_known = np.zeros(256, bool)
        for name, ours in self.table.items():
            is_known[int(name)] = True
            if ours is not None and ours != IGNORED:
                ids[int(name)] = labels.id_of(ours)
        unknown = np.flatnonzero(~is_known & (np.bincount(numbers.ravel(), minlength=256) > 0))
        if len(unknown):
            self[int(unknown[0])]
        return ids[numbers]


@lru_cache
def load_class_names(dataset: str, kind: str) -> ClassNames:
    """Read the table of one kind of label from the data set's packaged file."""
    return ClassNames(
        dataset, {str(name): ours for name, ours in load_tables(dataset)[kind].items()}
    )


@lru_cache
def load_tables(dataset: str) -> Any:
    """Read the data set's packaged file."""
    file = resources.files(__package__).joinpath('classes', f'{dataset}.yaml')
    return yaml.safe_load(file.read_text(encoding='utf-8'))
