# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Make the 8-bit model that ships for CPUs, and see what it costs and what it brings.

``python -m training.quantize lightnet_compact.onnx --scenes DIR --output int8.onnx``
"""

from __future__ import annotations

import argparse
from contextlib import closing
import json
import math
import os
from pathlib import Path
import statistics

import numpy as np

from hailo_perception.evaluation.network import Network
from hailo_perception.models.binding import bind
from hailo_perception.models.manifest import load_manifest
from hailo_perception.models.specification import ModelManifest
from training.dataset import Scenes
from training.judging import judge
from training.judging import open_onnx
from training.quantization import calibrate
from training.quantization import GRANULARITIES
from training.quantization import METHODS
from training.quantization import QuantizationError
from training.quantization import read_pictures
from training.quantization import write_int8

SHOWN = (
    'ap50_car', 'map50', 'miou_semantic', 'iou_road', 'miou_lane', 'iou_white_line',
    'depth_absrel', 'depth_delta_1_25',
)  # fmt: skip
THREADS = (1, 2)
_WARM_UP_ROUNDS = 3
_QUIET_LOAD = 1.5
"""Processes that run on the average of the last minute, this one among them."""


def measure_latencies_ms(
    manifest: ModelManifest, networks: dict[str, Path], threads: int, rounds: int
) -> dict[str, list[float]]:
    """Run the networks in turns, one inference each, so that what disturbs disturbs all."""
    backends = {name: open_onnx(manifest, path, threads) for name, path in networks.items()}
    try:
        opened = {
            name: Network(bind(manifest, backend.inputs, backend.outputs), backend)
            for name, backend in backends.items()
        }
        durations_ms: dict[str, list[float]] = {name: [] for name in networks}
        for turn in range(_WARM_UP_ROUNDS + rounds):
            for name, network in opened.items():
                (duration_s,) = network.measure_inference_s(1)
                if turn >= _WARM_UP_ROUNDS:
                    durations_ms[name].append(1e3 * duration_s)
        return durations_ms
    finally:
        for backend in backends.values():
            backend.close()


def judge_networks(
    manifest: ModelManifest, networks: dict[str, Path], folder: Path
) -> dict[str, dict[str, float]]:
    """Compute each network's figures on all scenes of a folder, as this processor runs it."""
    scenes = Scenes(folder)
    figures = {}
    for name, path in networks.items():
        with closing(open_onnx(manifest, path, 1)) as backend:
            figures[name] = judge(manifest, backend, (scenes[i] for i in range(len(scenes))))
    return figures


def main() -> None:
    """Quantise, check, judge and measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('network', type=Path, help='the float ONNX file')
    parser.add_argument(
        '--manifest', type=Path, help='the model manifest (default: beside the network)'
    )
    parser.add_argument(
        '--scenes', type=Path, required=True, help='folder of shards to calibrate with'
    )
    parser.add_argument('--output', type=Path, required=True, help='the 8-bit ONNX file')
    parser.add_argument('--pictures', type=int, default=32, help='to calibrate with (32)')
    # With minmax the rarest extreme sets each range, and depth lost ten times as much.
    parser.add_argument('--method', choices=METHODS, default='entropy', help='(entropy)')
    parser.add_argument('--granularity', choices=GRANULARITIES, default='per_channel')
    parser.add_argument(
        '--float-outputs', nargs='*', default=[], metavar='NAME', help='outputs that stay float'
    )
    parser.add_argument(
        '--reduce-range', action='store_true', help='7-bit weights, for x86 without VNNI'
    )
    parser.add_argument(
        '--validation', type=Path, help='folder of other shards to judge both networks on'
    )
    parser.add_argument('--rounds', type=int, default=60, help='inferences to measure (60)')
    parser.add_argument('--json', type=Path, help='write figures and latencies there')
    arguments = parser.parse_args()
    manifest = load_manifest(arguments.manifest or arguments.network.with_suffix('.yaml'))
    pictures = read_pictures(arguments.scenes, arguments.pictures)
    ((_, ranges),) = calibrate(
        arguments.network, manifest.input, pictures, arguments.method, [arguments.pictures]
    )
    write_int8(
        arguments.network,
        ranges,
        arguments.output,
        arguments.granularity,
        float_outputs=arguments.float_outputs,
        reduce_range=arguments.reduce_range,
    )
    networks = {'float32': arguments.network, 'int8': arguments.output}
    with closing(open_onnx(manifest, arguments.output, 1)) as backend:
        print(f'{arguments.output} serves {manifest.path}:')
        print('  ' + ', '.join(map(str, backend.outputs)))
    for name, path in networks.items():
        print(f'{name}: {path.stat().st_size / 1e6:.2f} MB')
    report: dict[str, object] = {}
    if arguments.validation:
        figures = judge_networks(manifest, networks, arguments.validation)
        report['figures'] = figures
        print(f'{"":18}{"float32":>9}{"int8":>9}{"change":>9}{"of it":>8}')
        for name in (shown for shown in SHOWN if shown in figures['float32']):
            before, after = figures['float32'][name], figures['int8'][name]
            change = after - before
            share = change / before if before else math.nan
            print(f'{name:18}{before:9.4f}{after:9.4f}{change:+9.4f}{share:+8.1%}')
    load = os.getloadavg()[0]
    if load > _QUIET_LOAD:
        print(f'others keep {load:.1f} cores busy: the latencies below say little')
    latencies: dict[str, dict[str, list[float]]] = {}
    for threads in THREADS:
        durations = measure_latencies_ms(manifest, networks, threads, arguments.rounds)
        for name, values in durations.items():
            print(
                f'{name:8} on {threads} thread{"s" * (threads > 1)}: median '
                f'{statistics.median(values):.1f} ms, 10th percentile '
                f'{np.percentile(values, 10):.1f} ms, of {len(values)} in turns'
            )
        latencies[str(threads)] = durations
    report['latencies_ms'] = latencies
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + '\n', encoding='utf-8')


if __name__ == '__main__':
    try:
        main()
    except QuantizationError as error:
        raise SystemExit(f'training.quantize: {error}') from error
