# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a step of a pruning is made from: kept in its folder, where only the same goes on."""

from __future__ import annotations

from dataclasses import asdict
from dataclasses import dataclass
import json
from pathlib import Path

from training.pruning.channels import PruningError

ORIGIN = 'origin.json'
_REMEDY = 'run it again as before or give another output folder'


@dataclass(frozen=True, slots=True)
class Origin:
    """The share of the MACs that is ``wanted``, and the digest of the ``weights`` before."""

    wanted: float
    weights: str


def claim(folder: Path, origin: Origin) -> None:
    """Make a step's folder and note in it what it is made from.

    PruningError when the folder was begun from something else, or nobody knows from what.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ORIGIN
    if path.exists():
        _compare(folder, Origin(**json.loads(path.read_text(encoding='utf-8'))), origin)
        return
    if any(entry.suffix != '.partial' for entry in folder.iterdir()):
        raise PruningError(
            f'{folder}: expected {ORIGIN}, which says what the step is made from, found other '
            'files only; give another output folder'
        )
    partial = path.with_suffix('.partial')
    partial.write_text(json.dumps(asdict(origin), indent=1) + '\n', encoding='utf-8')
    partial.replace(path)


def _compare(folder: Path, found: Origin, expected: Origin) -> None:
    if found.wanted != expected.wanted:
        raise PruningError(
            f'{folder} was begun for another share of the MACs: expected {expected.wanted:g}, '
            f'found {found.wanted:g}; {_REMEDY}'
        )
    if found.weights != expected.weights:
        raise PruningError(
            f'{folder} was begun from another network or other weights: expected digest '
            f'{expected.weights}, found {found.weights}; {_REMEDY}'
        )
