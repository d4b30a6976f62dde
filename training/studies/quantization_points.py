# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The points of a quantisation study, and the CSV that keeps them."""

from __future__ import annotations

import csv
from dataclasses import asdict
from dataclasses import astuple
from dataclasses import dataclass
from dataclasses import field
import os
from pathlib import Path
from typing import TypeVar

from training.digest import digest_file
from training.digest import digest_files
from training.quantization import GRANULARITIES
from training.quantization import Granularity
from training.quantization import Method
from training.quantization import METHODS
from training.quantization import QuantizationError

T = TypeVar('T', bound=str)

_COLUMNS = ('network', 'calibration', 'judged', 'scenes', 'pictures', 'method', 'granularity')


@dataclass(frozen=True, slots=True)
class Setting:
    """How a network was quantised; without pictures and method: not at all."""

    pictures: int
    method: Method | None
    granularity: Granularity | None

    def __str__(self) -> str:
        """Print as a row's name."""
        if self.method is None:
            return 'float32'
        return f'{self.pictures} pictures, {self.method}, {self.granularity}'


FLOAT = Setting(0, None, None)


@dataclass(frozen=True, slots=True)
class Point:
    """A setting and what the network then does, by the names of a manifest's metrics."""

    setting: Setting
    figures: dict[str, float]


@dataclass(frozen=True, slots=True)
class Origin:
    """What points come from: digests of the network and of both folders' shards.

    ``scenes`` of those in the second folder, ``judged``, were judged.
    """

    network: str
    calibration: str
    judged: str
    scenes: int

    @classmethod
    def of(cls, network: Path, calibration: Path, judged: Path, scenes: int) -> Origin:
        """Digest a network's file, a folder to calibrate with, and one whose scenes are judged."""
        first, second = (
            digest_files(sorted(folder.glob('*.npz'))) for folder in (calibration, judged)
        )
        return cls(digest_file(network), first, second, scenes)


@dataclass(slots=True)
class PointFile:
    """A CSV of points of one origin."""

    path: Path
    origin: Origin
    points: list[Point] = field(default_factory=list)

    @classmethod
    def open(cls, path: Path, origin: Origin) -> PointFile:
        """Read the points that are there; those of another origin, or of none, are left out.

        QuantizationError when the file is not one of these.
        """
        found = cls(path, origin)
        if not path.is_file():
            return found
        with path.open(newline='', encoding='utf-8') as file:
            rows = list(csv.DictReader(file))
        own = {name: str(value) for name, value in asdict(origin).items()}
        try:
            points = [(row, _point(row)) for row in rows]
        except (KeyError, TypeError, ValueError) as error:
            raise QuantizationError(
                f'{path}: expected the points of this study, found another file ({error!r}); '
                'move it away or name another --output'
            ) from error
        found.points = [point for row, point in points if own.items() <= row.items()]
        return found

    def add(self, point: Point) -> None:
        """Keep a point; the file is replaced as a whole, so that it is never half a row."""
        self.points.append(point)
        names = list(dict.fromkeys(name for p in self.points for name in p.figures))
        partial = self.path.with_suffix('.partial')
        with partial.open('w', newline='', encoding='utf-8') as file:
            writer = csv.writer(file, lineterminator='\n')
            writer.writerow((*_COLUMNS, *names))
            for each in self.points:
                setting = each.setting
                writer.writerow(
                    (
                        *astuple(self.origin),
                        setting.pictures,
                        setting.method or '',
                        setting.granularity or '',
                        *(f'{each.figures.get(name, float("nan")):.5f}' for name in names),
                    )
                )
        os.replace(partial, self.path)


def _point(row: dict[str, str]) -> Point:
    setting = Setting(
        int(row['pictures']),
        _one_of(METHODS, row['method']),
        _one_of(GRANULARITIES, row['granularity']),
    )
    figures = {name: float(value) for name, value in row.items() if name not in _COLUMNS}
    return Point(setting, figures)


def _one_of(known: tuple[T, ...], text: str) -> T | None:
    """Find a word among those that are known; nothing for none, ValueError for another."""
    return known[known.index(text)] if text else None
