# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How much 8 bits cost, by the number of calibration pictures, the method and the granularity.

``python -m training.studies.quantization lightnet_compact.onnx --calibration DIR --scenes DIR``

Each finished point is a row of the CSV; a second run does what is missing, and begins anew when
the network or the shards have changed.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
import os
from pathlib import Path
import tempfile
import time

from hailo_perception.models.manifest import load_manifest
from hailo_perception.models.specification import ModelManifest
from training.dataset import Sample
from training.dataset import Scenes
from training.judging import judge
from training.quantization import calibrate
from training.quantization import GRANULARITIES
from training.quantization import Granularity
from training.quantization import Method
from training.quantization import METHODS
from training.quantization import QuantizationError
from training.quantization import read_pictures
from training.quantization import write_int8
from training.simulation import SimulatedBackend
from training.studies.quantization_page import compare_with_float
from training.studies.quantization_page import draw
from training.studies.quantization_page import write_page
from training.studies.quantization_points import FLOAT
from training.studies.quantization_points import Origin
from training.studies.quantization_points import Point
from training.studies.quantization_points import PointFile
from training.studies.quantization_points import Setting

COUNTS = (1, 4, 8, 16, 32, 64, 128, 256)
NICENESS = 10
DEFAULT_FOLDER = Path('docs/studies')


@dataclass(frozen=True, slots=True)
class Study:
    """What is quantised with what and judged on what."""

    network: Path
    manifest: ModelManifest
    calibration: Path
    samples: Sequence[Sample]


def missing_settings(
    counts: Sequence[int],
    methods: Sequence[Method],
    granularities: Sequence[Granularity],
    done: Sequence[Point],
) -> list[Setting]:
    """List what no point has yet, the float network first."""
    wanted = [FLOAT]
    wanted += [
        Setting(count, method, granularity)
        for method in methods
        for count in sorted(set(counts))
        for granularity in granularities
    ]
    have = {point.setting for point in done}
    return [setting for setting in wanted if setting not in have]


def run(study: Study, missing: Sequence[Setting], points: PointFile) -> None:
    """Make the missing points and keep each as soon as it is there."""
    if FLOAT in missing:
        _keep(study, FLOAT, study.network, points)
    pictures = read_pictures(study.calibration, max((s.pictures for s in missing), default=0))
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / 'int8.onnx'
        for method in METHODS:
            own = [s for s in missing if s.method == method]
            if not own:
                continue
            counts = [setting.pictures for setting in own]
            specification = study.manifest.input
            for count, ranges in calibrate(study.network, specification, pictures, method, counts):
                for setting in (s for s in own if s.pictures == count):
                    assert setting.granularity is not None
                    write_int8(study.network, ranges, output, setting.granularity)
                    _keep(study, setting, output, points)


def _keep(study: Study, setting: Setting, network: Path, points: PointFile) -> None:
    began_s = time.monotonic()
    backend = SimulatedBackend(study.manifest, network)
    figures = judge(study.manifest, backend, study.samples)
    points.add(Point(setting, figures))
    print(f'{setting}: judged in {time.monotonic() - began_s:.0f} s', flush=True)


def main() -> None:
    """Run or finish the study from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('network', type=Path, help='the float ONNX file')
    parser.add_argument(
        '--manifest', type=Path, help='the model manifest (default: beside the network)'
    )
    parser.add_argument(
        '--calibration', type=Path, required=True, help='folder of shards to calibrate with'
    )
    parser.add_argument(
        '--scenes', type=Path, required=True, help='folder of other shards to judge on'
    )
    parser.add_argument('--limit', type=int, help='judge on so many scenes (default: all)')
    parser.add_argument('--pictures', type=int, nargs='+', default=COUNTS, help='counts to try')
    parser.add_argument('--methods', nargs='+', choices=METHODS, default=METHODS)
    parser.add_argument('--granularities', nargs='+', choices=GRANULARITIES, default=GRANULARITIES)
    parser.add_argument(
        '--output', type=Path, default=DEFAULT_FOLDER, help=f'folder ({DEFAULT_FOLDER})'
    )
    arguments = parser.parse_args()
    if min(arguments.pictures) < 1:
        raise QuantizationError('expected counts of 1 picture or more')
    if arguments.calibration.resolve() == arguments.scenes.resolve():
        raise QuantizationError(
            '--calibration and --scenes name one folder; pictures that set the ranges cannot judge'
        )
    os.nice(NICENESS)
    scenes = Scenes(arguments.scenes)
    count = min(len(scenes), arguments.limit or len(scenes))
    if not count:
        raise QuantizationError(f'{arguments.scenes}: expected *.npz shards, found none')
    study = Study(
        arguments.network,
        load_manifest(arguments.manifest or arguments.network.with_suffix('.yaml')),
        arguments.calibration,
        [scenes[i] for i in range(count)],
    )
    arguments.output.mkdir(parents=True, exist_ok=True)
    origin = Origin.of(arguments.network, arguments.calibration, arguments.scenes, count)
    points = PointFile.open(arguments.output / 'quantization.csv', origin)
    missing = missing_settings(
        arguments.pictures, arguments.methods, arguments.granularities, points.points
    )
    print(f'{len(points.points)} points are there, {len(missing)} are missing', flush=True)
    run(study, missing, points)
    losses = compare_with_float(points.points)
    draw(losses, arguments.output / 'quantization.png')
    write_page(points, losses, study.manifest.name, arguments.output / 'quantization.md')


if __name__ == '__main__':
    try:
        main()
    except QuantizationError as error:
        raise SystemExit(f'training.studies.quantization: {error}') from error
