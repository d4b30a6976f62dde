# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception calibrate: pictures for the quantisation of a network."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
import sys

from hailo_perception.core.errors import ConfigurationError

_DEFAULT_MODEL = 'lightnet_compact'
DEFAULT_COUNT = 256
_PROGRESS_STEPS = 8


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the options of the calibration set."""
    parser = subparsers.add_parser(
        'calibrate',
        help='collect pictures for compiling a model to a Hailo',
        description='Take pictures evenly from a folder, a video, a recording or the rendered '
        "scene, prepare them exactly as a node does for the model's input, and write them as one "
        'array file (.npy, N×height×width×3). The file holds pixels, 0 to 255: what else the '
        'network wants done to them is written into the model script and done on the chip. Take '
        'pictures like those that the camera will give.',
    )
    parser.add_argument(
        'source',
        help='a folder of pictures, a recording (.mcap, .db3 or its folder), a video file, or '
        "'scene' for rendered driving scenes",
    )
    parser.add_argument(
        '--output', metavar='SET.npy', type=Path, required=True, help='the file to write'
    )
    parser.add_argument(
        '--model',
        default=_DEFAULT_MODEL,
        help=f'packaged model, or path of a model manifest (default {_DEFAULT_MODEL})',
    )
    parser.add_argument(
        '--count',
        metavar='N',
        type=int,
        default=DEFAULT_COUNT,
        help=f'how many pictures, spread evenly over the source (default {DEFAULT_COUNT})',
    )
    parser.add_argument(
        '--topic', help='image topic of a recording (default: the only one there is)'
    )
    parser.add_argument(
        '--uint8',
        action='store_true',
        help='store bytes in place of float32: the same values in a quarter of the space',
    )
    parser.add_argument(
        '--overwrite',
        action='store_true',
        help='replace a set that is there already, and the .json beside it',
    )
    parser.add_argument(
        '--scene-width', metavar='PX', type=int, default=960, help='of a scene (default 960)'
    )
    parser.add_argument(
        '--scene-height', metavar='PX', type=int, default=576, help='of a scene (default 576)'
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the set; returns 0 also where fewer pictures than asked for were found."""
    from hailo_perception.models.catalog import find_model
    from hailo_perception.models.manifest import load_manifest
    from hailo_perception.toolchain.calibration import CalibrationPlan
    from hailo_perception.toolchain.calibration import make_calibration_set
    from hailo_perception.toolchain.description import description_file
    from hailo_perception.toolchain.model_input import letterbox_alignment
    from hailo_perception.toolchain.normalisation import normalisation_note
    from hailo_perception.toolchain.sources import open_pictures

    manifest = load_manifest(find_model(arguments.model))
    plan = CalibrationPlan(
        path=arguments.output,
        input=manifest.input,
        model=manifest.name,
        source=arguments.source,
        count=arguments.count,
        alignment=letterbox_alignment(manifest),
        is_uint8=arguments.uint8,
    )
    for path in (plan.path, description_file(plan.path)):
        if path.exists() and not arguments.overwrite:
            raise ConfigurationError(f'{path} is there already; --overwrite replaces it')
    pictures = open_pictures(
        arguments.source,
        wanted=plan.count,
        scene_size=(arguments.scene_width, arguments.scene_height),
        topic=arguments.topic,
    )
    try:
        report = make_calibration_set(pictures, plan, _progress())
    finally:
        pictures.close()
    for warning in report.warnings(plan.count):
        print(f'warning: {warning}', file=sys.stderr)
    shape = '×'.join(map(str, (len(report.pictures), *plan.row_shape)))
    print(f'{plan.path}: {shape} {plan.dtype}, {report.size_bytes / 1e6:.1f} MB')
    print(normalisation_note(manifest.input))
    return 0


def _progress() -> Callable[[int, int], None]:
    def tell(done: int, planned: int) -> None:
        step = -(-planned // _PROGRESS_STEPS)
        if done % step == 0 or done == planned:
            print(f'{done} of {planned} pictures', file=sys.stderr, flush=True)

    return tell
