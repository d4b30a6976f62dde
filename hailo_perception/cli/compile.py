# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception compile: from an ONNX network to a Hailo executable."""

from __future__ import annotations

import argparse
from pathlib import Path
import sys

EXIT_NOT_COMPILED = 3
"""All is prepared, but the vendor's compiler is not on this machine."""

ARCHITECTURES = ('hailo8', 'hailo8l', 'hailo8r')


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the options of the compilation."""
    parser = subparsers.add_parser(
        'compile',
        help='compile a model to a Hailo executable (.hef)',
        description='Check that network, manifest and calibration set fit, write the model script '
        "of Hailo's Dataflow Compiler, run its steps (parser, optimize, compiler, profiler) and "
        'write the manifest of the executable. Where the compiler is not installed, the output '
        'folder is made ready to be carried to a machine that has it, with a script, and the '
        f'status is {EXIT_NOT_COMPILED}. Repeated, it goes on after the last step that is done.',
    )
    parser.add_argument('model', help='packaged model, or path of a model manifest')
    parser.add_argument(
        '--calibration',
        metavar='SET.npy',
        type=Path,
        required=True,
        help='the set that "hailo-perception calibrate" wrote for this model',
    )
    parser.add_argument(
        '--hw-arch',
        choices=ARCHITECTURES,
        required=True,
        help='the chip: hailo8 (26 TOPS), hailo8l (13 TOPS, Raspberry Pi AI Kit), hailo8r',
    )
    parser.add_argument(
        '--output',
        metavar='DIR',
        type=Path,
        required=True,
        help='a folder of its own for the executable, its manifest, scripts and logs',
    )
    parser.add_argument(
        '--onnx',
        metavar='FILE',
        type=Path,
        help="the float network, where the manifest's own is quantised for the CPU",
    )
    parser.add_argument(
        '--model-script',
        metavar='FILE',
        type=Path,
        help='a script of your own (.alls) in place of the one that would be written; it must '
        'name the output layers as the parser numbers them',
    )
    parser.add_argument(
        '--optimization-level',
        metavar='L',
        type=int,
        choices=range(5),
        help='0 to 4: how hard the quantisation tries; from 2 on it wants a GPU and many '
        "pictures (default: the vendor's choice for this machine)",
    )
    parser.add_argument(
        '--allow-operator',
        metavar='NAME',
        action='append',
        default=[],
        help='an ONNX operator that your version of the compiler takes although the check does '
        'not know it; may be repeated',
    )


def run(arguments: argparse.Namespace) -> int:
    """Compile; returns 0 with an executable, EXIT_NOT_COMPILED where only the folder is ready."""
    from hailo_perception.models.catalog import find_model
    from hailo_perception.models.manifest import load_manifest
    from hailo_perception.toolchain.compilation import CompilationTask
    from hailo_perception.toolchain.compilation import compile_model
    from hailo_perception.toolchain.hand_over import instructions

    task = CompilationTask(
        manifest=load_manifest(find_model(arguments.model)),
        calibration=arguments.calibration,
        architecture=arguments.hw_arch,
        output=arguments.output,
        onnx=arguments.onnx,
        model_script=arguments.model_script,
        optimization_level=arguments.optimization_level,
        allowed_operators=frozenset(arguments.allow_operator),
    )
    result = compile_model(task, lambda line: print(line, file=sys.stderr, flush=True))
    for warning in result.warnings:
        print(f'warning: {warning}', file=sys.stderr)
    if result.manifest is None:
        print(instructions(result.script, task.calibration, _command(arguments)))
        return EXIT_NOT_COMPILED
    print(f'executable: {result.executable}')
    print(f'manifest:   {result.manifest}')
    return 0


def _command(arguments: argparse.Namespace) -> list[str]:
    command = [
        'hailo-perception', 'compile', arguments.model,
        '--calibration', str(arguments.calibration),
        '--hw-arch', arguments.hw_arch,
        '--output', str(arguments.output),
    ]  # fmt: skip
    if arguments.onnx is not None:
        command += ['--onnx', str(arguments.onnx)]
    if arguments.model_script is not None:
        command += ['--model-script', str(arguments.model_script)]
    if arguments.optimization_level is not None:
        command += ['--optimization-level', str(arguments.optimization_level)]
    for operator in arguments.allow_operator:
        command += ['--allow-operator', operator]
    return command
