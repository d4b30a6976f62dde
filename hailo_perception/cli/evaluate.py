# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception evaluate: how well a model does on rendered scenes it has never seen."""

from __future__ import annotations

import argparse
from collections.abc import Callable
import os
from pathlib import Path
import sys

from hailo_perception.core.errors import ConfigurationError

STDOUT = '-'
_DEFAULT_MODEL = 'lightnet_compact'
_MOST_WORKERS = 4
_PROGRESS_STEPS = 10


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the options of the evaluation."""
    parser = subparsers.add_parser(
        'evaluate',
        help='judge a model on rendered scenes with exact truth',
        description='Render scenes that no model was trained on, run the model on them as a node '
        'would, and compare with the exact truth: average precision of objects, overlap of '
        'semantic and lane classes, lane lines, depth errors. The figures are the same each '
        'time.',
    )
    parser.add_argument(
        '--scenes', metavar='N', type=int, default=200, help='the seeds 0 to N-1 (default 200)'
    )
    parser.add_argument(
        '--width', metavar='PX', type=int, default=960, help='of the pictures (default 960)'
    )
    parser.add_argument(
        '--height', metavar='PX', type=int, default=576, help='of the pictures (default 576)'
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
        help='for one inference on the CPU (default: one for each core)',
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
        help='how many scenes, the first ones, have a picture (default 12)',
    )


def run(arguments: argparse.Namespace) -> int:
    """Judge the model and print; returns 0 whatever the figures are."""
    from hailo_perception.backends.selection import BackendOptions
    from hailo_perception.backends.selection import open_backend
    from hailo_perception.evaluation.report import to_json
    from hailo_perception.evaluation.report import to_text
    from hailo_perception.evaluation.runner import evaluate
    from hailo_perception.evaluation.runner import Pictures
    from hailo_perception.evaluation.scenes import SceneSet
    from hailo_perception.models.binding import bind
    from hailo_perception.models.catalog import find_model
    from hailo_perception.models.manifest import load_manifest

    json_file = _json_file(arguments.json)
    pictures = None
    if arguments.images_out is not None:
        pictures = Pictures(arguments.images_out, arguments.images_count)
    scenes = SceneSet(arguments.scenes, arguments.width, arguments.height)
    workers = arguments.workers
    if workers is None:
        workers = min(_MOST_WORKERS, scenes.count, os.cpu_count() or 1)
    manifest = load_manifest(find_model(arguments.model))
    opened = open_backend(arguments.backend, manifest, BackendOptions(threads=arguments.threads))
    try:
        print(opened.reason, file=sys.stderr)
        report = evaluate(
            bind(manifest, opened.backend.inputs, opened.backend.outputs),
            opened.backend,
            scenes,
            workers=workers,
            pictures=pictures,
            on_scene=_progress(scenes.count),
        )
    finally:
        opened.backend.close()
    if arguments.json == STDOUT:
        sys.stdout.write(to_json(report))
        return 0
    sys.stdout.write(to_text(report))
    if json_file is not None:
        _write(json_file, to_json(report))
    return 0


def _json_file(name: str | None) -> Path | None:
    """Check before the long work that the report can be written after it."""
    if name is None or name == STDOUT:
        return None
    path = Path(name)
    if path.is_dir() or not path.parent.is_dir():
        raise ConfigurationError(
            f"--json {name}: expected a file in a folder that is there, or '{STDOUT}'"
        )
    return path


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding='utf-8')
    except OSError as error:
        raise ConfigurationError(f'the report cannot be written: {error}') from error


def _progress(count: int) -> Callable[[int], None]:
    """Make a listener that prints about _PROGRESS_STEPS lines."""
    step = -(-count // _PROGRESS_STEPS)

    def tell(done: int) -> None:
        if done % step == 0 or done == count:
            print(f'{done} of {count} scenes', file=sys.stderr, flush=True)

    return tell
