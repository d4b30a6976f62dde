# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a reader makes of a data set's folder: its pictures in order, read one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.evaluation.labelled import LabelledPicture


@dataclass(frozen=True, slots=True)
class RecordingOptions:
    """Which part of a data set is read; None for the data set's own default.

    ``labels`` is a folder of labels that are not beside the pictures.
    """

    split: str | None = None
    camera: str | None = None
    labels: Path | None = None

    def refuse(self, dataset: str, *names: str) -> None:
        """ConfigurationError when an option is set that a data set does not have."""
        for name in names:
            if getattr(self, name) is not None:
                raise ConfigurationError(f'--{name}: the data set {dataset} has no such choice')


@dataclass(frozen=True, slots=True)
class Recording:
    """Pictures of a data set.

    ``origin`` says what of it; ``names`` are those of the pictures by frame number, in order;
    ``read`` gives the picture of a number, or FrameError for one that cannot be judged.
    """

    dataset: str
    origin: str
    names: dict[int, str]
    read: Callable[[int], LabelledPicture]

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self.names)

    def between(self, first: int | None, end: int | None) -> Recording:
        """Keep the frames first … end − 1; ConfigurationError when there are none."""
        numbers = [
            number
            for number in self.names
            if (first is None or number >= first) and (end is None or number < end)
        ]
        if not numbers:
            raise ConfigurationError(
                f'no frame of {self.dataset} {self.origin} is within --frames '
                f'{"" if first is None else first}:{"" if end is None else end}; they are '
                f'{min(self.names)} to {max(self.names)}'
            )
        return replace(self, names={number: self.names[number] for number in numbers})
