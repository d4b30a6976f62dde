# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""PandaSet's tables of cuboids as plain values."""

from __future__ import annotations

from collections.abc import Iterator
import json
from pathlib import Path

import pytest

from training import convert_pandaset

ROW = {
    'uuid': 'a1',
    'label': 'Car',
    'yaw': 0.5,
    'position.x': 1,
    'position.y': 2,
    'position.z': 3,
    'dimensions.x': 1.8,
    'dimensions.y': 4.5,
    'dimensions.z': 1.5,
    'cuboids.sensor_id': 1,
    'cuboids.sibling_id': 'b2',
    'attributes.object_motion': 'Parked',
}


class Table:
    """As much of a DataFrame as is used."""

    def __init__(self, *rows: dict[str, object]) -> None:
        self.rows = rows

    def iterrows(self) -> Iterator[tuple[int, dict[str, object]]]:
        return iter(enumerate(self.rows))


def test_an_empty_table() -> None:
    assert convert_pandaset.converted(Table()) == []


def test_values_are_plain() -> None:
    (row,) = convert_pandaset.converted(Table(ROW))
    assert json.loads(json.dumps(row)) == {
        'id': 'a1',
        'label': 'Car',
        'position_m': [1.0, 2.0, 3.0],
        'size_m': [1.8, 4.5, 1.5],
        'yaw_rad': 0.5,
        'sensor': 1,
        'sibling': 'b2',
    }


def test_another_table_is_refused() -> None:
    with pytest.raises(KeyError, match='uuid'):
        convert_pandaset.converted(Table({'label': 'Car'}))


def test_files_are_converted_one_by_one(tmp_path: Path) -> None:
    pandas = pytest.importorskip('pandas')
    (tmp_path / 'cuboids').mkdir()
    for name in ('00', '07'):
        pandas.DataFrame([ROW]).to_pickle(tmp_path / 'cuboids' / f'{name}.pkl.gz')
    assert convert_pandaset.convert(tmp_path, tmp_path / 'out') == 2
    assert sorted(path.name for path in (tmp_path / 'out').iterdir()) == ['00.json', '07.json']
    assert json.loads((tmp_path / 'out/07.json').read_text())[0]['id'] == 'a1'


def test_no_tables(tmp_path: Path) -> None:
    pytest.importorskip('pandas')
    assert convert_pandaset.convert(tmp_path, tmp_path / 'out') == 0
