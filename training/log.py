# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a training writes down as it goes: rows of a table, and the means that stand in them."""

from __future__ import annotations

from collections.abc import Mapping
import csv
from pathlib import Path


class Means:
    """The mean of each value since the means were last taken."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._count = 0

    def add(self, values: Mapping[str, float]) -> None:
        """Count one more step's values; every step has the same names."""
        for name, value in values.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
        self._count += 1

    def take(self) -> dict[str, float]:
        """Give the means and begin anew; empty when nothing was added."""
        means = {name: total / self._count for name, total in self._sums.items()}
        self._sums, self._count = {}, 0
        return means


class Log:
    """A CSV file that grows by rows; a value that a row lacks is NaN."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, row: Mapping[str, float]) -> None:
        """Append a row; names that are new become columns of all rows."""
        head, rows = self._read()
        columns = list(dict.fromkeys((*head, *row)))
        if columns != head:
            self._replace(columns, rows)
        with self.path.open('a', newline='', encoding='utf-8') as file:
            writer = csv.DictWriter(file, columns, restval='nan')
            writer.writerow({name: f'{value:.6g}' for name, value in row.items()})

    def _read(self) -> tuple[list[str], list[dict[str, str]]]:
        if not self.path.exists():
            return [], []
        with self.path.open(newline='', encoding='utf-8') as file:
            reader = csv.DictReader(file)
            return list(reader.fieldnames or ()), list(reader)

    def _replace(self, columns: list[str], rows: list[dict[str, str]]) -> None:
        """Write the file anew, complete or not at all."""
        partial = self.path.with_suffix('.partial')
        with partial.open('w', newline='', encoding='utf-8') as file:
            # Values beyond the head, which earlier versions wrote, have no name to keep them by.
            writer = csv.DictWriter(file, columns, restval='nan', extrasaction='ignore')
            writer.writeheader()
            writer.writerows(rows)
        partial.replace(self.path)
