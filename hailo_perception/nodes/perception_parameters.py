# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the perception node can be told at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import get_args

from rclpy.node import Node

from hailo_perception.backends.hailort.options import HailortOptions
from hailo_perception.backends.hailort.options import MAX_BATCH_SIZE
from hailo_perception.backends.hailort.options import PowerMode
from hailo_perception.backends.selection import BackendName
from hailo_perception.backends.selection import BackendOptions
from hailo_perception.core.results import Output
from hailo_perception.nodes.camera_parameters import declare_camera_settings
from hailo_perception.nodes.camera_parameters import declare_schedule
from hailo_perception.nodes.camera_parameters import declare_topics
from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.process_settings import MOST_THREADS
from hailo_perception.pipeline.process_settings import ProcessSettings
from hailo_perception.ros.camera_subscription import CameraTopics
from hailo_perception.ros.frame_messages import OutputOptions
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.parameters import Parameter
from hailo_perception.ros.parameters import ParameterError
from hailo_perception.ros.processing_delay import ProcessingLimits
from hailo_perception.tasks.autoware_classes import AutowareClasses
from hailo_perception.tasks.autoware_classes import load_autoware_classes
from hailo_perception.tasks.settings import CameraSettings

BACKENDS = get_args(BackendName)
HAILORT = HailortOptions()
_ALL_CORES = -1
"""In place of core numbers: ROS knows no type of an empty list."""

GENERAL = (
    Parameter(
        'model',
        'lightnet_compact',
        'packaged model name, or path of a model manifest; may change while the node runs',
        read_only=False,
    ),
    Parameter('backend', 'auto', 'what runs the network', choices=BACKENDS),
    Parameter(
        'threads',
        0,
        'CPU threads of the ONNX Runtime backend; 0 = half of the cores',
        0,
        64,
    ),
    Parameter(
        'replay_latency_s',
        0.0,
        'time that the replay backend takes for a frame',
        0.0,
        60.0,
        unit='s',
    ),
    Parameter(
        'in_flight',
        0,
        'frames between taking and inference; 0 = what suits the backend: 1 on the CPU, else 2',
        0,
        8,
    ),
    Parameter(
        'hailort_devices',
        '',
        'PCIe addresses of the Hailo devices, separated by commas, e.g. 0000:01:00.0; empty = any',
    ),
    Parameter(
        'hailort_group_id',
        HAILORT.group_id,
        'networks of one process with the same group share their Hailo devices',
    ),
    Parameter(
        'hailort_multi_process_service',
        HAILORT.multi_process_service,
        'share the Hailo device with other processes; hailort.service must run',
    ),
    Parameter(
        'hailort_network_group',
        HAILORT.network_group,
        'network of a HEF file that holds several; empty = the only one',
    ),
    Parameter(
        'hailort_batch_size',
        HAILORT.batch_size,
        'frames that the Hailo device runs in one burst; more than 1 only where several cameras '
        'feed a network of several contexts',
        1,
        MAX_BATCH_SIZE,
    ),
    Parameter(
        'hailort_power_mode',
        HAILORT.power_mode,
        'of the Hailo device; ultra_performance takes more power',
        choices=get_args(PowerMode),
    ),
    Parameter(
        'hailort_frame_timeout_s',
        HAILORT.frame_timeout_s,
        'a frame without an answer for so long is a hang: the Hailo device is restarted',
        0.1,
        60.0,
        unit='s',
    ),
    Parameter(
        'hailort_longest_retry_s',
        HAILORT.longest_retry_s,
        'longest time between two attempts to restart the Hailo device',
        0.1,
        600.0,
        unit='s',
    ),
    Parameter(
        'hailort_power_period_s',
        HAILORT.power_period_s,
        'time between two measurements of power, each of which suspends the over-current '
        'protection of an M.2 board for a moment; 0 = never, else at least 1',
        0.0,
        3600.0,
        unit='s',
    ),
    Parameter('cameras', ['front'], 'names of the cameras; each has parameters camera.<name>.…'),
    Parameter(
        'outputs',
        [output.value for output in Output],
        'topics to offer; one without a subscriber is never computed',
        choices=tuple(output.value for output in Output),
    ),
    Parameter(
        'depth_encoding',
        '32FC1',
        'depth image in metres (32FC1) or millimetres (16UC1)',
        choices=('32FC1', '16UC1'),
    ),
    Parameter('jpeg_quality', 85, 'of the compressed overlay', 1, 100),
    Parameter(
        'autoware_classes',
        '',
        "file that gives the classes Autoware's names, and so turns on autoware/objects and "
        'autoware/mask; empty = without them',
    ),
    Parameter(
        'target_frame',
        '',
        'frame of the robot that objects, lanes and points are carried to by /tf, e.g. base_link; '
        "empty = the image's optical frame",
    ),
    Parameter(
        'ground_frame',
        '',
        'frame whose z = 0 is the ground, e.g. base_footprint: objects are placed on it, the '
        'camera standing where /tf says; empty = by camera.<name>.height_m, if given',
    ),
    Parameter(
        'cpu_affinity',
        [_ALL_CORES],
        'numbers of the cores that all threads run on, e.g. [4, 5, 6, 7] on an RK3588; '
        '[-1] = all',
        _ALL_CORES,
        1023,
    ),
    Parameter('opencv_threads', 1, 'threads that share one OpenCV call', 1, MOST_THREADS),
    Parameter(
        'stats_period_s',
        1.0,
        'time between two statistics messages, diagnostics and looks at the cameras',
        0.1,
        60.0,
        unit='s',
    ),
    Parameter(
        'patience_s',
        3.0,
        'images, calibration or results that are missing for so long are reported with the '
        'reason; more than the time between two images',
        0.1,
        600.0,
        unit='s',
    ),
    Parameter(
        'diagnostics.max_allowed_processing_time_ms',
        0.0,
        'a frame that takes longer (median of the last ten seconds) is a warning in the '
        'diagnostics; 0 = never',
        0.0,
        60000.0,
        unit='ms',
    ),
    Parameter(
        'diagnostics.max_acceptable_consecutive_delay_ms',
        1000.0,
        'and an error once it has lasted so long',
        0.0,
        600000.0,
        unit='ms',
    ),
)


@dataclass(frozen=True, slots=True)
class PerceptionParameters:
    """The node's start-time parameters as values."""

    model: str
    backend: str
    backend_options: BackendOptions
    cameras: tuple[CameraTopics, ...]
    schedules: Mapping[str, CameraSchedule]
    camera_settings: Mapping[str, CameraSettings]
    outputs: frozenset[Output]
    output_options: OutputOptions
    target_frame: str
    ground_frame: str
    process: ProcessSettings
    stats_period_s: float
    patience_s: float
    processing_limits: ProcessingLimits


def declare_perception_parameters(node: Node) -> PerceptionParameters:
    """Declare and read the start-time parameters; ParameterError when one cannot work."""
    values = declare(node, GENERAL)
    names = list(values['cameras'])
    if not names or len(set(names)) != len(names):
        raise ParameterError(
            f'cameras must be one or more different names, e.g. [front, rear], got {names}'
        )
    return PerceptionParameters(
        model=values['model'],
        backend=values['backend'],
        backend_options=BackendOptions(
            threads=values['threads'],
            latency_s=values['replay_latency_s'],
            queue_size=values['in_flight'],
            hailort=_hailort_options(values),
        ),
        cameras=tuple(declare_topics(node, name) for name in names),
        schedules={name: declare_schedule(node, name) for name in names},
        camera_settings={name: declare_camera_settings(node, name) for name in names},
        outputs=frozenset(map(Output, values['outputs'])),
        output_options=OutputOptions(
            values['depth_encoding'],
            values['jpeg_quality'],
            _autoware_classes(values['autoware_classes']),
        ),
        target_frame=values['target_frame'],
        ground_frame=values['ground_frame'],
        process=ProcessSettings(
            tuple(core for core in values['cpu_affinity'] if core != _ALL_CORES),
            values['opencv_threads'],
        ),
        stats_period_s=values['stats_period_s'],
        patience_s=values['patience_s'],
        processing_limits=ProcessingLimits(
            values['diagnostics.max_allowed_processing_time_ms'] / 1000,
            values['diagnostics.max_acceptable_consecutive_delay_ms'] / 1000,
        ),
    )


def _autoware_classes(path: str) -> AutowareClasses | None:
    return load_autoware_classes(Path(path)) if path else None


def _hailort_options(values: dict[str, Any]) -> HailortOptions:
    ids = (part.strip() for part in values['hailort_devices'].split(','))
    return HailortOptions(
        device_ids=tuple(device_id for device_id in ids if device_id),
        group_id=values['hailort_group_id'],
        multi_process_service=values['hailort_multi_process_service'],
        network_group=values['hailort_network_group'],
        batch_size=values['hailort_batch_size'],
        power_mode=values['hailort_power_mode'],
        frame_timeout_s=values['hailort_frame_timeout_s'],
        longest_retry_s=values['hailort_longest_retry_s'],
        power_period_s=values['hailort_power_period_s'],
    )
