# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Class labels: ids, names, colours, and the translation between two label sets."""

from __future__ import annotations

from collections.abc import Iterator
import colorsys
from dataclasses import dataclass
from dataclasses import field
from functools import cache
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError

UNLABELLED = 255
"""Class id of a pixel without a label (vision_msgs' convention for 8-bit masks)."""
UNLABELLED_NAME = 'unlabelled'


PAINT_COLORS = ('white', 'yellow', 'orange', 'red', 'blue', 'green')
"""What lane lines are painted in, somewhere in the world."""

_GOLDEN_RATIO = (5**0.5 - 1) / 2


def distinct_color(class_id: int) -> tuple[int, int, int]:
    """Choose an RGB colour that differs from those of the neighbouring class ids.

    Hues that are the golden ratio apart never come close to an earlier one for long.
    """
    hue = class_id * _GOLDEN_RATIO % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.75, 0.95)
    return round(red * 255), round(green * 255), round(blue * 255)


@cache
def color_in(name: str) -> str:
    """Find the paint's colour in the name of a lane class, such as white_line; '' for none."""
    words = name.lower().replace('-', '_').split('_')
    return next((color for color in PAINT_COLORS if color in words), '')


@dataclass(frozen=True, slots=True)
class Label:
    """One class of a label set.

    ``members`` are the names that other label sets use for what this class contains, e.g.
    car, truck and bus for a class vehicle; the class's own name always counts as a member,
    even where another class has it among its ``members``.
    """

    id: int
    name: str
    color_rgb: tuple[int, int, int] = (128, 128, 128)
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class LabelSet:
    """An ordered set of classes whose ids are unique and within 0…254."""

    labels: tuple[Label, ...]
    _by_id: dict[int, Label] = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse ids outside 0…254, duplicate ids or names, and members of two classes."""
        ids = [str(label.id) for label in self.labels]
        names = [label.name for label in self.labels]
        members = [member for label in self.labels for member in dict.fromkeys(label.members)]
        outside = [label.id for label in self.labels if not 0 <= label.id < UNLABELLED]
        if outside:
            raise ConfigurationError(f'class ids must be within 0…254, got {outside}')
        for what, values in (('ids', ids), ('names', names), ('members', members)):
            double = sorted({value for value in values if values.count(value) > 1})
            if double:
                raise ConfigurationError(f'class {what} must be unique, got {double} twice')
        object.__setattr__(self, '_by_id', {label.id: label for label in self.labels})
        # Every frame looks tables up by it, and there may be a hundred classes.
        object.__setattr__(self, '_hash', hash(self.labels))

    @classmethod
    def from_names(cls, *names: str) -> LabelSet:
        """Make a label set with ids 0, 1, … and a colour of its own for each class."""
        return cls(tuple(Label(i, name, distinct_color(i)) for i, name in enumerate(names)))

    def __hash__(self) -> int:
        """Hash the classes."""
        return self._hash

    def __reduce__(self) -> tuple[type[LabelSet], tuple[tuple[Label, ...]]]:
        """Pickle the classes alone: texts hash differently in each process."""
        return type(self), (self.labels,)

    def __len__(self) -> int:
        """Count the classes."""
        return len(self.labels)

    def __iter__(self) -> Iterator[Label]:
        """Iterate over the classes in their order."""
        return iter(self.labels)

    def __contains__(self, class_id: object) -> bool:
        """Tell whether a class id belongs to the set."""
        return class_id in self._by_id

    def __getitem__(self, class_id: int) -> Label:
        """Look a class up by its id; KeyError when the set has none."""
        return self._by_id[class_id]

    @property
    def names(self) -> tuple[str, ...]:
        """Class names in their order."""
        return tuple(label.name for label in self.labels)

    def name_of(self, class_id: int) -> str:
        """Name a class id; ids outside the set are called ``unlabelled``."""
        label = self._by_id.get(int(class_id))
        return label.name if label else UNLABELLED_NAME

    def id_of(self, name: str) -> int:
        """Find the id of a class name; ConfigurationError lists the names when there is none."""
        for label in self.labels:
            if label.name == name:
                return label.id
        raise ConfigurationError(f"no class '{name}'; the classes are {', '.join(self.names)}")

    def color_table_bgr(self) -> NDArray[np.uint8]:
        """Colours for all 256 mask values, (256, 3) BGR uint8, read-only; black is no class."""
        return _color_table_bgr(self)

    def translation_from(self, source: LabelSet) -> NDArray[np.uint8]:
        """Map another set's ids to this set's, shape (256,) uint8; 255 where nothing fits."""
        ids = {name: label.id for label in self.labels for name in label.members}
        ids.update({label.name: label.id for label in self.labels})
        table = np.full(256, UNLABELLED, np.uint8)
        for label in source:
            table[label.id] = ids.get(label.name, UNLABELLED)
        return table


@lru_cache(maxsize=32)
def _color_table_bgr(labels: LabelSet) -> NDArray[np.uint8]:
    table = np.zeros((256, 3), np.uint8)
    for label in labels:
        table[label.id] = label.color_rgb[::-1]
    table.flags.writeable = False
    return table
