# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What every node that runs cameras through a network can be told at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from typing import get_args

from rclpy.node import Node

from hailo_perception.backends.hailort.options import HailortOptions
from hailo_perception.backends.hailort.options import MAX_BATCH_SIZE
from hailo_perception.backends.hailort.options import PowerMode
from hailo_perception.backends.selection import BackendName
from hailo_perception.backends.selection import BackendOptions
from hailo_perception.nodes.camera_parameters import declare_schedule
from hailo_perception.nodes.camera_parameters import declare_topics
from hailo_perception.pipeline.camera_schedule import CameraSchedule
from hailo_perception.pipeline.process_settings import MOST_THREADS
from hailo_perception.pipeline.process_settings import ProcessSettings
from hailo_perception.ros.camera_subscription import CameraTopics
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.parameters import Parameter
from hailo_perception.ros.parameters import ParameterError
from hailo_perception.ros.processing_delay import ProcessingLimits
from hailo_perception.ros.stamp_sets import TogetherName
from hailo_perception.ros.stamp_sets import TogetherRule

BACKENDS = get_args(BackendName)
HAILORT = HailortOptions()
_ALL_CORES = -1
"""In place of core numbers: ROS knows no type of an empty list."""

NETWORK = (
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
        'cameras_together',
        TogetherRule().name,
        'process sets of images, one of each camera: of the same stamp (exact) or of stamps at '
        'most cameras_slop_s apart (approximate); an image without partners is dropped',
        choices=get_args(TogetherName),
    ),
    Parameter(
        'cameras_slop_s',
        TogetherRule().slop_s,
        'how far the stamps of a set may be apart, for approximate; less than half the time '
        'between two images',
        0.0,
        10.0,
        unit='s',
    ),
    Parameter(
        'cameras_gone_after_s',
        TogetherRule().gone_after_s,
        'a camera that was silent for so long is left out of the sets until it comes back; more '
        'than the time between two images',
        0.01,
        600.0,
        unit='s',
    ),
)
"""The model, what runs it, and the cameras."""

RUNNING = (
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
"""The process, and how it is watched."""


@dataclass(frozen=True, slots=True)
class PipelineParameters:
    """The start-time parameters of every such node as values."""

    model: str
    backend: str
    backend_options: BackendOptions
    cameras: tuple[CameraTopics, ...]
    schedules: Mapping[str, CameraSchedule]
    together: TogetherRule
    process: ProcessSettings
    stats_period_s: float
    patience_s: float
    processing_limits: ProcessingLimits

    @property
    def camera_names(self) -> tuple[str, ...]:
        """Names of the cameras in their order."""
        return tuple(topics.camera for topics in self.cameras)


def declare_pipeline_parameters(node: Node) -> PipelineParameters:
    """Declare and read them; ParameterError when one cannot work."""
    values = declare(node, (*NETWORK, *RUNNING))
    names = list(values['cameras'])
    if not names or len(set(names)) != len(names):
        raise ParameterError(
            f'cameras must be one or more different names, e.g. [front, rear], got {names}'
        )
    schedules = {name: declare_schedule(node, name) for name in names}
    together = TogetherRule(
        values['cameras_together'], values['cameras_slop_s'], values['cameras_gone_after_s']
    )
    if together.is_on:
        _require_one_rate(schedules)
    return PipelineParameters(
        model=values['model'],
        backend=values['backend'],
        backend_options=BackendOptions(
            threads=values['threads'],
            latency_s=values['replay_latency_s'],
            queue_size=values['in_flight'],
            hailort=_hailort_options(values),
        ),
        cameras=tuple(declare_topics(node, name) for name in names),
        schedules=schedules,
        together=together,
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


def _require_one_rate(schedules: Mapping[str, CameraSchedule]) -> None:
    rates = {name: schedule.rate_hz for name, schedule in schedules.items()}
    if len(set(rates.values())) > 1:
        listed = ', '.join(f'{name} {rate_hz:g}' for name, rate_hz in rates.items())
        raise ParameterError(
            'cameras that are processed together need the same camera.<name>.rate_hz, got '
            f'{listed}; give all the same, or set cameras_together to none'
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
