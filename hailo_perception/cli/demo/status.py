# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a run shows while it lasts, as text; how it is shown is the display's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
import math

from hailo_perception.cli.demo.frame_times import FrameStatistics
from hailo_perception.pipeline.telemetry import DurationStatistics

_MILLISECONDS = 1000.0
_MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Median and 95th percentile of one pipeline stage in milliseconds."""

    name: str
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class PipelineState:
    """The perception node's own account of itself, from its newest stats message.

    ``inside`` are the images that arrived and neither came out nor were dropped.
    """

    model: str
    backend: str
    device: str
    received: int
    inside: int
    drops: Mapping[str, int]
    problems: Mapping[str, int]
    stages: tuple[StageTimes, ...]
    temperature_c: float = math.nan
    power_w: float = math.nan


@dataclass(frozen=True, slots=True)
class WritingState:
    """What became of the messages that were to be written."""

    recording_bytes: int | None = None
    waiting_bytes: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """One moment of a run."""

    source: str
    phase: str
    elapsed_s: float
    duration_s: float | None
    frames: FrameStatistics
    frames_total: int
    pipeline: PipelineState | None = None
    objects: Mapping[str, int] = field(default_factory=dict)
    waiting_for: str = ''
    writing: WritingState = WritingState()


def rows(status: Status) -> list[tuple[str, str]]:
    """Describe a moment as names and texts, one row each."""
    pipeline = status.pipeline
    table = [
        ('source', status.source),
        ('network', network_text(pipeline) if pipeline else '–'),
        ('time', time_text(status)),
        ('frames', frames_text(status)),
        ('latency', latency_text(status.frames.latency)),
        ('drops', counts_text(pipeline.drops) if pipeline else '–'),
    ]
    if pipeline and pipeline.problems:
        table.append(('problems', counts_text(pipeline.problems)))
    table.append(('stages', stages_text(pipeline.stages) if pipeline else '–'))
    table.append(('objects', counts_text(status.objects)))
    table.append(('writing', writing_text(status.writing)))
    if status.waiting_for:
        table.append(('waiting for', status.waiting_for))
    return table


def line(status: Status) -> str:
    """Describe a moment in one line, for logs and pipes."""
    parts = [f'{status.elapsed_s:5.1f} s', status.phase]
    if status.waiting_for:
        parts.append(f'waiting for: {status.waiting_for}')
    if status.frames_total:
        parts += [
            frames_text(status),
            f'latency {latency_text(status.frames.latency)}',
            f'objects {counts_text(status.objects)}',
        ]
    if status.pipeline:
        parts.append(f'drops {counts_text(status.pipeline.drops)}')
    if status.writing.dropped:
        parts.append(f'not written {status.writing.dropped}')
    return ' | '.join(parts)


def network_text(pipeline: PipelineState) -> str:
    """Name model, backend and device, with the device's temperature and power where known."""
    text = f'{pipeline.model} on {pipeline.backend}'
    if pipeline.device and pipeline.device != pipeline.backend:
        text += f' ({pipeline.device})'
    if math.isfinite(pipeline.temperature_c):
        text += f', {pipeline.temperature_c:.0f} °C'
    if math.isfinite(pipeline.power_w):
        text += f', {pipeline.power_w:.1f} W'
    return text


def frames_text(status: Status) -> str:
    """Tell how many frames came out, of how many images, and how fast lately."""
    total = str(status.frames_total)
    if status.pipeline and status.pipeline.received > status.frames_total:
        total += f' of {status.pipeline.received}'
    return f'{total} frames, {status.frames.fps:.1f} fps'


def time_text(status: Status) -> str:
    """Tell the phase, and how much of the time is over."""
    limit = '' if status.duration_s is None else f' of {status.duration_s:g}'
    return f'{status.elapsed_s:.0f}{limit} s, {status.phase}'


def latency_text(latency: DurationStatistics | None) -> str:
    """Median and 95th percentile from the image's stamp to its last result."""
    if latency is None:
        return "unknown: the stamps are not this computer's time"
    if latency.count == 0:
        return '–'
    return (
        f'p50 {latency.p50_s * _MILLISECONDS:.0f} ms, p95 {latency.p95_s * _MILLISECONDS:.0f} ms'
    )


def counts_text(counts: Mapping[str, int]) -> str:
    """List counts, the largest first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ', '.join(f'{name} {count}' for name, count in ordered) or 'none'


def stages_text(stages: tuple[StageTimes, ...]) -> str:
    """List the stages that were measured, median/95th percentile in milliseconds."""
    measured = [
        f'{stage.name} {_number(stage.p50_ms)}/{_number(stage.p95_ms)}'
        for stage in stages
        if math.isfinite(stage.p50_ms)
    ]
    return f'{", ".join(measured)} ms (p50/p95)' if measured else '–'


def writing_text(writing: WritingState) -> str:
    """Tell what the disk gets, and what it did not."""
    text = (
        'no recording'
        if writing.recording_bytes is None
        else f'recording {writing.recording_bytes / _MEGABYTE:.1f} MB'
    )
    if writing.waiting_bytes > _MEGABYTE:
        text += f', {writing.waiting_bytes / _MEGABYTE:.0f} MB waiting'
    if writing.dropped:
        text += f', {writing.dropped} messages not written: the disk is too slow'
    return text


def _number(value: float) -> str:
    return f'{value:.0f}' if value >= 9.95 else f'{value:.1f}'
