# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The tables of ``bench kernels``."""

from __future__ import annotations

from hailo_perception.bench.kernels import DEMO
from hailo_perception.bench.kernels import KernelReport
from hailo_perception.bench.kernels import StepReport
from hailo_perception.bench.step import CPP
from hailo_perception.bench.step import MEMCPY
from hailo_perception.bench.step import NUMBA
from hailo_perception.bench.step import NUMPY
from hailo_perception.bench.step import OPENCV
from hailo_perception.bench.tables import number
from hailo_perception.bench.tables import table


def to_text(report: KernelReport) -> str:
    """Write the report as tables for a terminal."""
    width, height = report.size.picture
    side = report.size.input_side
    sections = [
        f'network input {side}×{side}, picture {width}×{height}, camera '
        f'{report.camera_size[0]}×{report.camera_size[1]}, {report.samples} rounds, one thread\n'
        f'C++: {report.compiler or "none"}\n'
        'milliseconds of CPU time per call (10th percentile); × = times as fast as the fastest '
        'yardstick',
        _steps(report),
        _totals(report),
        _goals(report),
        *(f'not measured: {reason}' for reason in report.missing),
        *_disagreements(report),
    ]
    return '\n\n'.join(section for section in sections if section) + '\n'


def _steps(report: KernelReport) -> str:
    rows = [
        (
            step.name,
            step.codes,
            number(step.own_ms(NUMBA), 3),
            number(step.own_ms(NUMPY), 3),
            number(step.yardstick_ms(CPP), 3),
            number(step.yardstick_ms(OPENCV), 3),
            number(step.timings[MEMCPY].cpu_p10_ms, 3),
            number(step.ratio(NUMBA), 2, '×'),
            number(step.ratio(NUMPY), 2, '×'),
            _agreement(step),
        )
        for step in report.steps
    ]
    head = ('step', 'codes', 'numba', 'numpy', 'C++', 'OpenCV', 'memcpy', '× numba', '× numpy')
    return table((*head, 'results'), rows)


def _agreement(step: StepReport) -> str:
    if not step.agreements:
        return 'not compared'
    return 'alike' if step.agrees else 'DIFFERENT'


def _totals(report: KernelReport) -> str:
    rows = [
        (
            f'{total.name}, {total.twin}',
            total.codes,
            "TIER IV's method" if total.yardstick == DEMO else 'C++',
            number(total.own_ms),
            number(total.yardstick_ms),
            number(total.ratio, 2, '×'),
            ', '.join(total.left_out) or 'nothing',
        )
        for total in report.totals
        # Of chosen steps perhaps none is in the sum.
        if total.ratio is not None
    ]
    head = ('total', 'codes', 'yardstick', 'own ms', 'yardstick ms', 'ratio', 'left out of both')
    return table(head, rows) if rows else ''


def _goals(report: KernelReport) -> str:
    rows = [
        (
            goal.name,
            f'{goal.least:.1f}×',
            number(goal.ratio, 2, '×'),
            'met' if goal.is_met else 'missed',
        )
        for goal in report.goals
        if goal.ratio is not None
    ]
    return table(('goal', 'least', 'now', ''), rows) if rows else ''


def _disagreements(report: KernelReport) -> list[str]:
    return [
        f'DIFFERENT: {step.name} {step.codes} by {variant}: {agreement.difference:g} '
        f'{agreement.measure}, allowed {agreement.allowed:g}'
        for step in report.steps
        for variant, agreement in step.agreements.items()
        if not agreement.holds
    ]
