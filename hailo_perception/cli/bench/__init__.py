# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception bench: what the package costs on this machine."""

from __future__ import annotations

import argparse
from collections.abc import Callable
import sys

from hailo_perception.cli.bench.numbers import read_size
from hailo_perception.cli.bench.scenario import add_options
from hailo_perception.cli.bench.scenario import to_scenario
from hailo_perception.cli.json_output import check_json
from hailo_perception.cli.json_output import put_out
from hailo_perception.cli.json_output import STDOUT
from hailo_perception.core.errors import ConfigurationError

EXIT_DIFFERENT_RESULTS = 1
_DEFAULT_MODEL = 'lightnet_compact'


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the benchmarks and their options."""
    parser = subparsers.add_parser(
        'bench',
        help='measure speed on this machine',
        description='Measure what the package costs on this machine. Leave the machine alone '
        'meanwhile: what else runs is measured too.',
    )
    benchmarks = parser.add_subparsers(metavar='BENCHMARK', required=True, dest='benchmark')
    _add_kernels(benchmarks)
    _add_pipeline(benchmarks)
    _add_device(benchmarks)
    _add_ros(benchmarks)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 0 whatever the figures are, 1 when compared results differ."""
    check_json(arguments.json)
    measure: Callable[[argparse.Namespace], int] = arguments.measure
    return measure(arguments)


def _add_kernels(benchmarks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = benchmarks.add_parser(
        'kernels',
        help='CPU work of one frame beside plain C++, OpenCV and memcpy',
        description='Time every step of the postprocess for the tensors of LightNet at 960×960, '
        'made from a rendered street, with numba and with numpy, beside a plain C++ program that '
        'is compiled on the spot, and camera pictures into the network beside OpenCV. One '
        'thread, CPU time; the results are compared. Ends with status 1 when they differ.',
    )
    parser.add_argument(
        '--samples',
        metavar='N',
        type=int,
        default=30,
        help='how often each step is timed (default 30); 5 is enough for a first look',
    )
    parser.add_argument(
        '--codes',
        choices=('uint8', 'uint16'),
        help='type of the tensors of boxes and depth (default: both)',
    )
    parser.add_argument(
        '--only', metavar='TEXT', default='', help='only steps whose name contains this text'
    )
    parser.add_argument(
        '--input-side',
        metavar='PX',
        type=int,
        default=960,
        help='side of the square network input, a multiple of 32 (default 960)',
    )
    parser.add_argument(
        '--picture', metavar='WxH', default='1440x960', help='of the overlay (default 1440x960)'
    )
    parser.add_argument(
        '--camera-size', metavar='WxH', default='1920x1080', help='default 1920x1080'
    )
    parser.add_argument('--compiler', default='g++', help='of the C++ program (default g++)')
    _add_output(parser, _kernels)


def _add_pipeline(benchmarks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = benchmarks.add_parser(
        'pipeline',
        help='1 to 8 cameras before a device of a set speed, without ROS',
        description='Send pictures of one or more cameras through the whole pipeline, with a '
        'device that is played: it answers after a set time with recorded tensors of LightNet '
        'at 960×960. Tells frames per second, latency, drops by cause, waiting times, CPU load '
        'and whether each camera gets its share.',
    )
    add_options(parser)
    _add_output(parser, _pipeline)


def _add_device(benchmarks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = benchmarks.add_parser(
        'device',
        help='the network alone on the Hailo, or on the CPU where there is none',
        description='Run the network of a model on its device: latency of one frame at a time, '
        'then frames per second at full load, temperature and power where the device tells.',
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
        help='of the network on a CPU (default: half of the cores)',
    )
    parser.add_argument(
        '--duration', metavar='S', type=float, default=20.0, help='seconds measured (default 20)'
    )
    _add_output(parser, _device)


def _add_ros(benchmarks: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = benchmarks.add_parser(
        'ros',
        help='publishing and receiving messages between two processes',
        description='Send each kind of message from one process to another, with the middleware '
        "as it comes and with the package's shared-memory profile. Tells the time that "
        'publishing takes, the latency, the CPU time of the receiver and what was lost.',
    )
    parser.add_argument(
        '--messages',
        metavar='NAMES',
        help='only these kinds, separated by commas (default: all)',
    )
    parser.add_argument(
        '--count', metavar='N', type=int, default=60, help='of each kind and round (default 60)'
    )
    parser.add_argument(
        '--rate', metavar='HZ', type=float, default=27.0, help='messages per second (default 27)'
    )
    parser.add_argument(
        '--rounds',
        metavar='N',
        type=int,
        default=1,
        help='how often each kind is sent, both profiles taking turns (default 1)',
    )
    parser.add_argument(
        '--profile', choices=('default', 'shipped'), help='only one of both (default: both)'
    )
    _add_output(parser, _ros)


def _add_output(
    parser: argparse.ArgumentParser, measure: Callable[[argparse.Namespace], int]
) -> None:
    parser.add_argument(
        '--json',
        metavar='FILE',
        help=f"write the result as JSON; '{STDOUT}' prints it in place of the tables",
    )
    parser.set_defaults(measure=measure)


def _kernels(arguments: argparse.Namespace) -> int:
    from hailo_perception.bench.kernel_report import to_text
    from hailo_perception.bench.kernels import CODE_TYPES
    from hailo_perception.bench.kernels import measure_kernels
    from hailo_perception.bench.machine import describe_machine
    from hailo_perception.bench.workload import WorkloadSize
    from hailo_perception.pipeline.process_settings import settle_process

    if arguments.samples < 1:
        raise ConfigurationError(f'--samples must be at least 1, got {arguments.samples}')
    settle_process()
    machine = describe_machine()
    report = measure_kernels(
        samples=arguments.samples,
        size=WorkloadSize(arguments.input_side, read_size('--picture', arguments.picture)),
        camera_size=read_size('--camera-size', arguments.camera_size),
        code_types=(arguments.codes,) if arguments.codes else CODE_TYPES,
        compiler=arguments.compiler,
        only=arguments.only,
        progress=_progress,
    )
    _put_out(arguments, 'kernels', machine, report, lambda: to_text(report))
    return 0 if report.agrees else EXIT_DIFFERENT_RESULTS


def _pipeline(arguments: argparse.Namespace) -> int:
    from hailo_perception.bench.machine import describe_machine
    from hailo_perception.bench.pipeline import measure_pipeline
    from hailo_perception.bench.stream_report import pipeline_text

    scenario = to_scenario(arguments)
    machine = describe_machine()
    report = measure_pipeline(scenario, _progress)
    _put_out(arguments, 'pipeline', machine, report, lambda: pipeline_text(report))
    return 0


def _device(arguments: argparse.Namespace) -> int:
    from hailo_perception.backends.selection import BackendOptions
    from hailo_perception.bench.device import measure_device
    from hailo_perception.bench.machine import describe_machine
    from hailo_perception.bench.stream_report import device_text
    from hailo_perception.models.catalog import find_model
    from hailo_perception.models.manifest import load_manifest

    machine = describe_machine()
    report = measure_device(
        load_manifest(find_model(arguments.model)),
        arguments.backend,
        duration_s=arguments.duration,
        options=BackendOptions(threads=arguments.threads),
        progress=_progress,
    )
    _put_out(arguments, 'device', machine, report, lambda: device_text(report))
    return 0


def _ros(arguments: argparse.Namespace) -> int:
    from hailo_perception.bench.machine import describe_machine
    from hailo_perception.cli.bench.messages import KINDS
    from hailo_perception.cli.bench.messages import kinds_named
    from hailo_perception.cli.bench.transport import measure_transport
    from hailo_perception.cli.bench.transport import PROFILES
    from hailo_perception.cli.bench.transport import transport_text

    machine = describe_machine()
    report = measure_transport(
        KINDS if arguments.messages is None else kinds_named(arguments.messages),
        count=arguments.count,
        rate_hz=arguments.rate,
        rounds=arguments.rounds,
        profiles=(arguments.profile,) if arguments.profile else PROFILES,
        progress=_progress,
    )
    _put_out(arguments, 'ros', machine, report, lambda: transport_text(report))
    return 0


def _progress(what: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f'\r\033[K{what} …')
        sys.stderr.flush()


def _put_out(
    arguments: argparse.Namespace,
    benchmark: str,
    machine: object,
    report: object,
    text: Callable[[], str],
) -> None:
    from hailo_perception.bench.tables import to_json

    if sys.stderr.isatty():
        sys.stderr.write('\r\033[K')
    put_out(
        arguments.json,
        lambda: to_json(benchmark, machine, report),
        lambda: f'{machine}\n\n{text()}',
    )
