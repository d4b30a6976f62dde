# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a run was, for summary.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from importlib import metadata
import os
from pathlib import Path
import platform
from typing import Any

from hailo_perception.bench.machine import cpu_name
from hailo_perception.cli.demo.frame_times import FrameStatistics
from hailo_perception.cli.demo.options import DemoOptions
from hailo_perception.cli.demo.status import PipelineState

_DISTRIBUTIONS = (
    'hailo-perception',
    'numpy',
    'opencv-python-headless',
    'onnxruntime',
    'numba',
    'simplejpeg',
    'mcap',
    'rerun-sdk',
    'rclpy',
)
_MILLISECONDS = 1000.0


def make_summary(
    options: DemoOptions,
    *,
    ended_by: str,
    frames: FrameStatistics,
    pipeline: PipelineState | None,
    received: Mapping[str, int],
    recorded: Mapping[str, int],
    not_written: Mapping[str, int],
) -> dict[str, Any]:
    """Gather rates, latencies, counts, options, versions and the machine; plain JSON values."""
    latency = frames.latency if frames.latency and frames.latency.count else None
    return {
        'ended_by': ended_by,
        'frames': frames.frames,
        'fps': round(frames.fps, 3),
        'latency_ms': latency
        and {
            name: round(getattr(latency, f'{name}_s') * _MILLISECONDS, 2)
            for name in ('mean', 'p50', 'p95', 'p99', 'max')
        },
        'pipeline': pipeline
        and {
            'model': pipeline.model,
            'backend': pipeline.backend,
            'device': pipeline.device,
            'received': pipeline.received,
            'drops': dict(pipeline.drops),
            'problems': dict(pipeline.problems),
            'stages_ms': {
                stage.name: {'p50': round(stage.p50_ms, 2), 'p95': round(stage.p95_ms, 2)}
                for stage in pipeline.stages
                if stage.p50_ms == stage.p50_ms  # NaN where nothing was measured
            },
        },
        'messages': {
            topic: {
                'received': count,
                'recorded': recorded.get(topic, 0),
                'not_written': not_written.get(topic, 0),
            }
            for topic, count in sorted(received.items())
        },
        'options': {
            name: str(value) if isinstance(value, Path) else value
            for name, value in asdict(options).items()
        },
        'versions': versions(),
        'machine': machine(),
    }


def versions() -> dict[str, str]:
    """List Python and the packages that matter, those that are installed."""
    found = {'python': platform.python_version()}
    for name in _DISTRIBUTIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    if 'ROS_DISTRO' in os.environ:
        found['ros'] = os.environ['ROS_DISTRO']
    return found


def machine() -> dict[str, Any]:
    """Describe the computer."""
    return {
        'system': platform.platform(),
        'processor': cpu_name(),
        'cores': os.cpu_count(),
    }
