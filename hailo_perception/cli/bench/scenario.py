# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The options of ``bench pipeline``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from hailo_perception.cli.bench.numbers import read_numbers
from hailo_perception.cli.bench.numbers import read_of_each
from hailo_perception.cli.bench.numbers import read_size
from hailo_perception.cli.bench.numbers import to_whole

if TYPE_CHECKING:
    from hailo_perception.bench.scenario import Scenario


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare what may be measured."""
    parser.add_argument('--cameras', metavar='N', type=int, default=1, help='1 to 8 (default 1)')
    parser.add_argument(
        '--rate',
        metavar='HZ',
        default='30',
        help='of every camera, or one for each: 30,10,5 (default 30)',
    )
    parser.add_argument(
        '--device-latency',
        metavar='MS',
        type=float,
        default=36.6,
        help='time the device takes for a frame, milliseconds (default 36.6)',
    )
    parser.add_argument(
        '--duration', metavar='S', type=float, default=20.0, help='seconds measured (default 20)'
    )
    parser.add_argument(
        '--settle',
        metavar='S',
        type=float,
        default=2.0,
        help='seconds that run before the measurement (default 2)',
    )
    parser.add_argument(
        '--in-flight',
        metavar='N',
        type=int,
        default=2,
        help='frames at the device at once (default 2)',
    )
    parser.add_argument(
        '--stop-camera',
        metavar='I',
        type=int,
        help='the camera with this number, from 0, falls silent in the middle',
    )
    parser.add_argument(
        '--priority',
        metavar='N',
        default='1',
        help='turns of every camera beside the others, or one number for each: 2,1,1 (default 1)',
    )
    parser.add_argument(
        '--max-rate',
        metavar='HZ',
        default='0',
        help='most frames per second taken of every camera, or of each: 0,0,5 (default 0: all)',
    )
    parser.add_argument(
        '--stale-after',
        metavar='MS',
        type=float,
        default=0.0,
        help='drop a picture that is older when its turn comes, milliseconds (default 0: never)',
    )
    parser.add_argument(
        '--cpu-affinity',
        metavar='CORES',
        default='',
        help='run on these cores only: 4,5,6,7 (default: all that the process has)',
    )
    parser.add_argument(
        '--opencv-threads', metavar='N', type=int, default=1, help='of OpenCV (default 1)'
    )
    parser.add_argument(
        '--format', choices=('jpeg', 'bgr8'), default='jpeg', help='of pictures (default jpeg)'
    )
    parser.add_argument(
        '--camera-size', metavar='WxH', default='1920x1080', help='default 1920x1080'
    )
    parser.add_argument(
        '--input-side',
        metavar='PX',
        type=int,
        default=960,
        help='side of the square network input, a multiple of 32 (default 960)',
    )


def to_scenario(arguments: argparse.Namespace) -> Scenario:
    """Read the options; ConfigurationError for what cannot be."""
    from hailo_perception.bench.scenario import Scenario
    from hailo_perception.bench.workload import WorkloadSize
    from hailo_perception.pipeline.camera_schedule import CameraSchedule
    from hailo_perception.pipeline.process_settings import ProcessSettings

    cameras = arguments.cameras
    schedules = tuple(
        CameraSchedule(most_hz, to_whole('--priority', priority), arguments.stale_after / 1000)
        for most_hz, priority in zip(
            read_of_each('--max-rate', arguments.max_rate, cameras),
            read_of_each('--priority', arguments.priority, cameras),
            strict=True,
        )
    )
    cores = arguments.cpu_affinity
    return Scenario(
        rates_hz=read_of_each('--rate', arguments.rate, cameras),
        duration_s=arguments.duration,
        settle_s=arguments.settle,
        device_latency_s=arguments.device_latency / 1000,
        in_flight=arguments.in_flight,
        stops=arguments.stop_camera,
        schedules=schedules,
        process=ProcessSettings(
            cpu_affinity=tuple(
                to_whole('--cpu-affinity', core)
                for core in (read_numbers('--cpu-affinity', cores) if cores else ())
            ),
            opencv_threads=arguments.opencv_threads,
        ),
        image_format=arguments.format,
        camera_size=read_size('--camera-size', arguments.camera_size),
        size=WorkloadSize(arguments.input_side),
    )
