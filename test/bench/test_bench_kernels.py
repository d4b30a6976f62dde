# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the kernels: sums, goals, what is missing; never how fast."""

from __future__ import annotations

import dataclasses
import shutil

import pytest

from hailo_perception.bench import kernels
from hailo_perception.bench.kernel_report import to_text
from hailo_perception.bench.kernels import DEMO
from hailo_perception.bench.kernels import Goal
from hailo_perception.bench.kernels import KernelReport
from hailo_perception.bench.kernels import measure_kernels
from hailo_perception.bench.kernels import StepReport
from hailo_perception.bench.step import Agreement
from hailo_perception.bench.timing import Timing
from hailo_perception.bench.workload import WorkloadSize

CAMERA_SIZE = (192, 108)


@pytest.fixture(scope='module')
def report() -> KernelReport:
    if shutil.which('g++') is None:
        pytest.skip('needs g++')
    return measure_kernels(
        samples=1,
        size=WorkloadSize(320, (480, 320)),
        camera_size=CAMERA_SIZE,
        code_types=('uint8',),
    )


def _took(ms: float) -> Timing:
    return Timing(ms, ms, ms, ms, 1, 1)


def _step(name: str, **timings: float) -> StepReport:
    return StepReport(name, 'uint8', 1, {key: _took(ms) for key, ms in timings.items()}, {})


def test_everything_is_measured_and_agrees(report: KernelReport) -> None:
    assert report.agrees
    assert report.compiler is not None and '-Ofast' in report.compiler
    assert all('memcpy' in step.timings for step in report.steps)
    assert {'detection', 'kernel fill_points', 'jpeg to input'} <= {
        step.name for step in report.steps
    }


def test_totals_are_sums_of_what_both_have(report: KernelReport) -> None:
    by_name = {step.name: step for step in report.steps}
    total = next(
        each for each in report.totals if (each.name, each.yardstick) == ('picture', 'cpp')
    )
    summed = {'detection', 'masks', 'overlay and boxes', 'depth', 'depth colours', "bird's eye"}
    summed -= set(total.left_out)
    assert total.own_ms == pytest.approx(sum(by_name[name].own_ms(total.twin) for name in summed))
    assert total.yardstick_ms == pytest.approx(
        sum(by_name[name].yardstick_ms('cpp') for name in summed)
    )
    assert total.ratio == pytest.approx(total.yardstick_ms / total.own_ms)


def test_the_demo_is_opencv_where_it_calls_that_and_else_cpp(report: KernelReport) -> None:
    by_name = {step.name: step for step in report.steps}
    overlay, depth = by_name['overlay and boxes'], by_name['depth']
    assert overlay.yardstick_ms(DEMO) == overlay.yardstick_ms('opencv') is not None
    assert depth.yardstick_ms('opencv') is None
    assert depth.yardstick_ms(DEMO) == depth.yardstick_ms('cpp') is not None
    totals = {(each.name, each.twin, each.yardstick): each for each in report.totals}
    for (name, twin, yardstick), total in totals.items():
        if yardstick == DEMO:
            other = totals[name, twin, 'cpp']
            difference = overlay.yardstick_ms('opencv') - overlay.yardstick_ms('cpp')
            assert total.own_ms == other.own_ms
            assert total.yardstick_ms - other.yardstick_ms == pytest.approx(difference)


def test_goals_are_judged_by_the_demo(report: KernelReport) -> None:
    for twin in ('numba', 'numpy'):
        goals = {goal.name: goal for goal in report.goals}
        ratios = [
            total.ratio
            for total in report.totals
            if (total.name, total.twin, total.yardstick) == ('picture', twin, DEMO)
        ]
        if ratios:
            assert goals[f"picture, {twin} over TIER IV's method"].ratio == min(ratios)


def test_the_report_names_every_step(report: KernelReport) -> None:
    text = to_text(report)
    for step in report.steps:
        assert step.name in text
    assert 'DIFFERENT' not in text


def test_a_different_result_is_shouted_about(report: KernelReport) -> None:
    wrong = dataclasses.replace(report.steps[0], agreements={'numba': Agreement('px', 3.0, 1e-3)})
    changed = dataclasses.replace(report, steps=(wrong, *report.steps[1:]))
    assert not changed.agrees
    assert 'DIFFERENT: detection uint8 by numba: 3 px, allowed 0.001' in to_text(changed)


def test_only_some_steps_and_no_compiler() -> None:
    report = measure_kernels(
        samples=1,
        size=WorkloadSize(320, (480, 320)),
        camera_size=CAMERA_SIZE,
        code_types=('uint8',),
        compiler='no-such-compiler',
        only='depth',
    )
    assert [step.name for step in report.steps] == ['depth', 'depth colours']
    assert report.compiler is None
    assert any('no-such-compiler' in reason for reason in report.missing)
    assert all(total.ratio is None for total in report.totals)
    assert not any(goal.is_met for goal in report.goals)
    text = to_text(report)
    assert 'not measured' in text
    assert 'picture, numpy' not in text


@pytest.mark.parametrize(('twin', 'ratio'), [('numba', 2.0), ('numpy', 0.5), ('package', None)])
def test_the_ratio_is_over_the_fastest_yardstick(twin: str, ratio: float | None) -> None:
    step = _step('one', numba=1.0, numpy=4.0, cpp=3.0, opencv=2.0)
    assert step.ratio(twin) == ratio


def test_a_step_with_one_way_only_counts_for_both_twins() -> None:
    step = _step('one', package=2.0, cpp=3.0)
    assert step.ratio('numba') == step.ratio('numpy') == 1.5
    assert step.ratio('numba', 'opencv') is None


@pytest.mark.parametrize(('ratio', 'is_met'), [(None, False), (3.9, False), (4.0, True)])
def test_a_goal_must_be_measured_and_reached(ratio: float | None, is_met: bool) -> None:
    assert Goal('one', 4.0, ratio).is_met is is_met


@pytest.mark.parametrize(
    ('dividend', 'divisor', 'result'),
    [(None, 1, None), (1, None, None), (1, 0, None), (3, 2, 1.5)],
)
def test_quotients_of_the_unknown(
    dividend: float | None, divisor: float | None, result: float | None
) -> None:
    assert kernels.quotient(dividend, divisor) == result
