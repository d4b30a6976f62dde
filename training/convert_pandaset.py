# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""PandaSet's cuboids from pickled tables to JSON, once.

    python training/convert_pandaset.py --sequence pandaset_002 --output pandaset_002_cuboids

A pickle can run any code while it is read, so only this tool reads them, from a data set that
you trust, and the package reads what it writes. Needs pandas.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
import sys
from typing import Any


def converted(table: Any) -> list[dict[str, object]]:
    """Turn one picture's table of cuboids (a pandas.DataFrame) into plain values.

    Positions and sizes are metres in the world, ``yaw_rad`` turns about its z axis. KeyError
    when the table lacks one of PandaSet's columns.
    """
    return [
        {
            'id': str(row['uuid']),
            'label': str(row['label']),
            'position_m': [float(row[f'position.{axis}']) for axis in 'xyz'],
            'size_m': [float(row[f'dimensions.{axis}']) for axis in 'xyz'],
            'yaw_rad': float(row['yaw']),
            'sensor': int(row['cuboids.sensor_id']),
            'sibling': str(row['cuboids.sibling_id']),
        }
        for _, row in table.iterrows()
    ]


def convert(sequence: Path, output: Path) -> int:
    """Write one JSON file for each table in a sequence's folder ``cuboids``; counts them."""
    import pandas  # type: ignore[import-untyped]

    tables = sorted((sequence / 'cuboids').glob('*.pkl.gz'))
    output.mkdir(parents=True, exist_ok=True)
    for path in tables:
        cuboids = converted(pandas.read_pickle(path))
        name = path.name.removesuffix('.pkl.gz')
        (output / f'{name}.json').write_text(json.dumps(cuboids), encoding='utf-8')
    return len(tables)


def main() -> int:
    """Convert the sequence named on the command line; 1 when it has no cuboids."""
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument(
        '--sequence', type=Path, required=True, help="a sequence's folder, with cuboids/*.pkl.gz"
    )
    parser.add_argument('--output', type=Path, required=True, help='folder for the JSON files')
    arguments = parser.parse_args()
    count = convert(arguments.sequence, arguments.output)
    if not count:
        print(f'no cuboids/*.pkl.gz in {arguments.sequence}', file=sys.stderr)
        return 1
    print(f'{count} files of cuboids in {arguments.output}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
