# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception evaluate: how well a model does on rendered scenes or on recordings."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
import sys
from typing import TYPE_CHECKING

from hailo_perception.cli.json_output import check_json
from hailo_perception.cli.json_output import put_out
from hailo_perception.cli.json_output import STDOUT
from hailo_perception.cli.ranges import frame_range
from hailo_perception.cli.ranges import metre_range
from hailo_perception.cli.ranges import progress
from hailo_perception.core.errors import ConfigurationError

if TYPE_CHECKING:
    from hailo_perception.evaluation.source import Source
    from hailo_perception.evaluation.source import UnreadablePicture

SCENES = 'scenes'
_DEFAULT_MODEL = 'lightnet_compact'
_MOST_WORKERS = 4


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the options of the evaluation."""
    parser = subparsers.add_parser(
        'evaluate',
        help='judge a model on rendered scenes or on a recorded data set',
        description='Run a model as a node would on pictures whose truth is known, rendered ones '
        'that no model was trained on or those of a recorded data set, and compare: average '
        'precision of objects, overlap of semantic and lane classes, lane lines, depth and '
        'pseudo-LiDAR errors, each where it is labelled. The figures are the same each time.',
    )
    parser.add_argument(
        '--dataset',
        default=SCENES,
        help='scenes (rendered, default), bdd100k, camvid, cityscapes, kitti_object, kitti_raw '
        'or pandaset',
    )
    parser.add_argument(
        '--data', metavar='DIR', type=Path, help="the recorded data set's folder, as it is shipped"
    )
    parser.add_argument(
        '--split', metavar='NAME', help='part of a data set that has parts, such as val'
    )
    parser.add_argument(
        '--camera', metavar='NAME', help='camera of a data set with several, such as front_camera'
    )
    parser.add_argument(
        '--labels',
        metavar='DIR',
        type=Path,
        help='labels that do not lie beside the pictures: the cuboids of PandaSet as JSON',
    )
    parser.add_argument(
        '--frames', metavar='A:B', help='of a data set, only the frames A to B-1 (default all)'
    )
    parser.add_argument(
        '--depth-range',
        metavar='A:B',
        help='judge depth where it truly is A to B metres (default 1:80 of scenes, 3:60 of '
        'recordings)',
    )
    parser.add_argument(
        '--scenes',
        metavar='N',
        type=int,
        default=200,
        help='rendered scenes: the seeds 0 to N-1 (default 200)',
    )
    parser.add_argument(
        '--width',
        metavar='PX',
        type=int,
        default=960,
        help='of the rendered pictures (default 960)',
    )
    parser.add_argument(
        '--height',
        metavar='PX',
        type=int,
        default=576,
        help='of the rendered pictures (default 576)',
    )
    parser.add_argument(
        '--model',
        default=_DEFAULT_MODEL,
        help=f'packaged model, or path of a model manifest (default {_DEFAULT_MODEL})',
    )
    parser.add_argument(
        '--backend', default='auto', help='auto, hailort, onnx or replay (default auto)'
    )
    parser.add_argument(
        '--threads',
        metavar='N',
        type=int,
        default=0,
        help='for one inference on the CPU (default: half of the cores)',
    )
    parser.add_argument(
        '--workers',
        metavar='N',
        type=int,
        default=None,
        help=f'processes that render, 0 = none of its own (default: the cores, at most '
        f'{_MOST_WORKERS})',
    )
    parser.add_argument(
        '--json',
        metavar='FILE',
        help=f"write the report as JSON; '{STDOUT}' prints it in place of the tables",
    )
    parser.add_argument(
        '--images-out', metavar='DIR', type=Path, help='write pictures: found above truth'
    )
    parser.add_argument(
        '--images-count',
        metavar='K',
        type=int,
        default=12,
        help='how many pictures, the first ones, are written (default 12)',
    )


def run(arguments: argparse.Namespace) -> int:
    """Judge the model and print; returns 0 whatever the figures are."""
    from hailo_perception.backends.selection import BackendOptions
    from hailo_perception.backends.selection import open_backend
    from hailo_perception.evaluation.report import to_json
    from hailo_perception.evaluation.report import to_text
    from hailo_perception.evaluation.runner import evaluate
    from hailo_perception.evaluation.runner import Pictures
    from hailo_perception.models.binding import bind
    from hailo_perception.models.catalog import find_model
    from hailo_perception.models.manifest import load_manifest

    check_json(arguments.json)
    pictures = None
    if arguments.images_out is not None:
        pictures = Pictures(arguments.images_out, arguments.images_count)
    depth_range_m = (
        metre_range('--depth-range', arguments.depth_range) if arguments.depth_range else None
    )
    source = _source(arguments)
    count = len(source)
    workers = arguments.workers
    if workers is None:
        workers = min(_MOST_WORKERS, count, os.cpu_count() or 1)
    manifest = load_manifest(find_model(arguments.model))
    opened = open_backend(arguments.backend, manifest, BackendOptions(threads=arguments.threads))
    try:
        print(opened.reason, file=sys.stderr)
        report = evaluate(
            bind(manifest, opened.backend.inputs, opened.backend.outputs),
            opened.backend,
            source,
            workers=workers,
            depth_range_m=depth_range_m,
            pictures=pictures,
            on_picture=progress(count, 'scenes' if arguments.dataset == SCENES else 'pictures'),
            on_unreadable=_tell_unreadable,
        )
    finally:
        opened.backend.close()
    put_out(arguments.json, lambda: to_json(report), lambda: to_text(report))
    return 0


def _source(arguments: argparse.Namespace) -> Source:
    from hailo_perception.evaluation.recordings.catalog import open_recording
    from hailo_perception.evaluation.recordings.catalog import READERS
    from hailo_perception.evaluation.recordings.recording import RecordingOptions
    from hailo_perception.evaluation.scenes import SceneSet

    if arguments.dataset == SCENES:
        for name in ('data', 'split', 'camera', 'labels', 'frames'):
            if getattr(arguments, name) is not None:
                raise ConfigurationError(
                    f'--{name} is of recorded data sets; name one, such as --dataset kitti_object'
                )
        return SceneSet(arguments.scenes, arguments.width, arguments.height)
    if arguments.data is None and arguments.dataset in READERS:
        raise ConfigurationError(f'--dataset {arguments.dataset} needs its folder: --data DIR')
    options = RecordingOptions(arguments.split, arguments.camera, arguments.labels)
    recording = open_recording(arguments.dataset, arguments.data, options)
    return recording.between(*frame_range('--frames', arguments.frames))


def _tell_unreadable(picture: UnreadablePicture) -> None:
    print(f'{picture.name} is not judged: {picture.reason}', file=sys.stderr, flush=True)
