# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the perception node can be told at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from typing import get_args

from rclpy.node import Node

from hailo_perception.backends.hailort.options import HailortOptions
from hailo_perception.backends.hailort.options import MAX_BATCH_SIZE
from hailo_perception.backends.hailort.options import PowerMode
from hailo_perception.backends.selection import BackendName
from hailo_perception.backends.selection import BackendOptions
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.results import Output
from hailo_perception.ros.camera_subscription import CameraTopics
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.parameters import Parameter
from hailo_perception.ros.publishers import OutputOptions

BACKENDS = get_args(BackendName)
HAILORT = HailortOptions()
_RECTIFIED = {'auto': None, 'true': True, 'false': False}

GENERAL = (
    Parameter('model', 'lightnet_compact', 'packaged model name, or path of a model manifest'),
    Parameter('backend', 'auto', 'what runs the network', choices=BACKENDS),
    Parameter(
        'threads',
        0,
        'CPU threads of the ONNX Runtime backend; 0 = half of the cores',
        0,
        64,
    ),
    Parameter(
        'replay_latency_s', 0.0, 'time that the replay backend takes for a frame [s]', 0.0, 60.0
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
        'a frame without an answer for so long is a hang: the Hailo device is restarted [s]',
        0.1,
        60.0,
    ),
    Parameter(
        'hailort_longest_retry_s',
        HAILORT.longest_retry_s,
        'longest time between two attempts to restart the Hailo device [s]',
        0.1,
        600.0,
    ),
    Parameter(
        'hailort_power_period_s',
        HAILORT.power_period_s,
        'time between two measurements of power, each of which suspends the over-current '
        'protection of an M.2 board for a moment; 0 = never, else at least 1 [s]',
        0.0,
        3600.0,
    ),
    Parameter('cameras', ['front'], 'names of the cameras; each has parameters camera.<name>.…'),
    Parameter(
        'outputs',
        [output.value for output in Output],
        'topics to offer; one without a subscriber is never computed',
    ),
    Parameter(
        'depth_encoding',
        '32FC1',
        'depth image in metres (32FC1) or millimetres (16UC1)',
        choices=('32FC1', '16UC1'),
    ),
    Parameter('jpeg_quality', 85, 'of the compressed overlay', 1, 100),
    Parameter('stats_period_s', 1.0, 'time between two statistics messages [s]', 0.1, 60.0),
)


@dataclass(frozen=True, slots=True)
class PerceptionParameters:
    """The node's start-time parameters as values."""

    model: str
    backend: str
    backend_options: BackendOptions
    cameras: tuple[CameraTopics, ...]
    outputs: frozenset[Output]
    output_options: OutputOptions
    stats_period_s: float


def declare_perception_parameters(node: Node) -> PerceptionParameters:
    """Declare and read the start-time parameters; ConfigurationError when one cannot work."""
    values = declare(node, GENERAL)
    names = list(values['cameras'])
    if not names or len(set(names)) != len(names):
        raise ConfigurationError(
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
        cameras=tuple(_declare_camera(node, name) for name in names),
        outputs=frozenset(_output(name) for name in values['outputs']),
        output_options=OutputOptions(values['depth_encoding'], values['jpeg_quality']),
        stats_period_s=values['stats_period_s'],
    )


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


def camera_parameters(camera: str) -> tuple[Parameter, ...]:
    """List the parameters of one camera."""
    prefix = f'camera.{camera}'
    return (
        Parameter(
            f'{prefix}.image_topic',
            f'/{camera}/image_raw',
            'image topic; a name ending in /compressed is a CompressedImage topic',
        ),
        Parameter(
            f'{prefix}.camera_info_topic',
            '',
            'calibration topic; empty = camera_info beside the image topic',
        ),
        Parameter(
            f'{prefix}.rectified',
            'auto',
            'whether the image is rectified; auto = its topic says image_rect',
            choices=tuple(_RECTIFIED),
        ),
    )


def _declare_camera(node: Node, camera: str) -> CameraTopics:
    rows = camera_parameters(camera)
    values: dict[str, Any] = declare(node, rows)
    image_topic, camera_info_topic, rectified = (values[row.name] for row in rows)
    return CameraTopics(camera, image_topic, camera_info_topic, _RECTIFIED[rectified])


def _output(name: str) -> Output:
    try:
        return Output(name)
    except ValueError:
        known = ', '.join(output.value for output in Output)
        raise ConfigurationError(f"outputs has no '{name}'; expected some of {known}") from None
