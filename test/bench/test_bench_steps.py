# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Every step: the package and its yardsticks compute the same, and differences are found."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.bench.decoded import decode_frame
from hailo_perception.bench.decoded import Tasks
from hailo_perception.bench.kernel_steps import kernel_steps
from hailo_perception.bench.picture_steps import picture_steps
from hailo_perception.bench.picture_steps import RAW_ENCODINGS
from hailo_perception.bench.plain import ColorTable
from hailo_perception.bench.plain import PlainCode
from hailo_perception.bench.plain_compiler import compile_plain_code
from hailo_perception.bench.product_steps import overlay_step
from hailo_perception.bench.step import Agreement
from hailo_perception.bench.step import CPP
from hailo_perception.bench.step import largest_difference
from hailo_perception.bench.step import OPENCV
from hailo_perception.bench.step import PACKAGE
from hailo_perception.bench.step import Step
from hailo_perception.bench.task_steps import CLOUD_TOTAL
from hailo_perception.bench.task_steps import task_steps
from hailo_perception.bench.workload import Workload
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels


def _kernels() -> dict[str, Kernels]:
    try:
        return {'numba': load_kernels('numba'), 'numpy': load_kernels('numpy')}
    except MissingDependencyError:
        return {'numpy': load_kernels('numpy')}


def test_all_products_agree_with_the_plain_code(work: Workload, plain: PlainCode) -> None:
    steps = {step.name: step for step in task_steps(work, _kernels(), plain)}
    assert set(CLOUD_TOTAL) <= set(steps)
    compared = {name: step.agreements() for name, step in steps.items()}
    assert all(agreement.holds for each in compared.values() for agreement in each.values()), (
        compared
    )
    for name in compared:
        assert not compared[name] or set(compared[name]) == set(_kernels())
    for name in ('detection', 'masks', 'overlay', 'overlay and boxes', 'depth', 'cloud'):
        assert compared[name]


def test_by_opencv_the_colours_of_each_map_are_added(work: Workload, plain: PlainCode) -> None:
    kernels = _kernels()
    frame = decode_frame(work, Tasks.of(work), next(iter(kernels.values())))
    height, width = work.picture.shape[:2]
    expected = work.picture.astype(np.float32)
    for classes, table, opacity in (
        (frame.semantic, ColorTable.of(frame.semantic.labels), frame.overlay.semantic_opacity),
        (
            frame.lane,
            ColorTable.of(frame.lane.labels, frame.lane_background),
            frame.overlay.lane_opacity,
        ),
    ):
        rows = np.arange(height) * classes.ids.shape[0] // height
        columns = np.arange(width) * classes.ids.shape[1] // width
        colors = (table.colors_bgr * table.shows[:, None])[classes.ids[rows[:, None], columns]]
        expected = np.minimum(np.rint(expected + opacity * colors), 255)
    drawn = overlay_step(frame, kernels, plain).variants[OPENCV]()
    assert np.abs(drawn - expected).max() <= 1
    assert (drawn != work.picture).any(axis=-1).mean() > 0.5


def test_all_kernels_agree_with_the_plain_code(work: Workload, plain: PlainCode) -> None:
    for step in kernel_steps(work, _kernels(), plain):
        agreements = step.agreements()
        assert set(agreements) == set(_kernels())
        assert all(agreement.holds for agreement in agreements.values()), (step.name, agreements)


def test_steps_without_a_yardstick_compare_nothing(work: Workload) -> None:
    for step in (*task_steps(work, _kernels(), None), *kernel_steps(work, _kernels(), None)):
        assert CPP not in step.variants
        assert step.agreements() == {}


def test_pictures_arrive_as_by_opencv() -> None:
    steps = picture_steps(96, (192, 108))
    assert len(steps) > 1 + len(RAW_ENCODINGS)
    assert len({step.name for step in steps}) == len(steps)
    for step in steps:
        assert step.yardstick == OPENCV
        assert all(agreement.holds for agreement in step.agreements().values()), step.name


@pytest.mark.parametrize(
    ('one', 'other', 'difference'),
    [
        ([], [], 0.0),
        ([1, 2], [1, 2.5], 0.5),
        ([1, np.nan], [1, np.nan], 0.0),
        ([1, np.nan], [1, 2], np.inf),
        ([1, 2], [1, 2, 3], np.inf),
        (np.uint8([0]), np.uint8([255]), 255.0),
    ],
)
def test_the_largest_difference(one: list[float], other: list[float], difference: float) -> None:
    assert largest_difference('m', np.array(one), np.array(other), 1).difference == difference


@pytest.mark.parametrize(('difference', 'holds'), [(0, True), (1, True), (1.5, False)])
def test_agreement_has_a_limit(difference: float, holds: bool) -> None:
    assert Agreement('m', difference, 1).holds is holds
    assert not Agreement('m', np.nan, 1).holds


def test_a_wrong_result_is_told_apart() -> None:
    def step(result: float) -> Step:
        return Step(
            'one',
            {PACKAGE: lambda: np.array([result]), CPP: lambda: np.array([1.0])},
            8,
            lambda own, other: largest_difference('', own, other, 0.1),
        )

    assert step(1.0).agreements()[PACKAGE].holds
    assert not step(2.0).agreements()[PACKAGE].holds


def test_copying_moves_as_many_bytes_as_the_step() -> None:
    step = Step('one', {}, 1000)
    assert step.timed_variants()['memcpy']().nbytes == 1000


def test_the_plain_code_leaves_the_arithmetic_of_the_process_alone(plain: PlainCode) -> None:
    least = np.finfo(np.float32).smallest_subnormal
    assert plain and least > 0 and np.float32(2) * least > least


def test_without_a_compiler_the_remedy_is_named() -> None:
    with pytest.raises(MissingDependencyError, match=r'no-such-compiler.*apt install'):
        compile_plain_code('no-such-compiler')


def test_a_program_that_is_no_compiler_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match='cannot compile'):
        compile_plain_code('false')
    with pytest.raises(ConfigurationError, match='true made no library of plain.cpp'):
        compile_plain_code('true')


def test_the_plain_code_refuses_strided_arrays(plain: PlainCode) -> None:
    with pytest.raises(ValueError, match='C-contiguous'):
        plain.best_class(np.zeros((4, 6, 2), np.uint8)[:, ::2])
