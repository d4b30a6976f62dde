# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Lane lines: both twins find the same strokes and the same lines, to the bit."""

from __future__ import annotations

import cv2
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.evaluation.scenes import render_scene
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import lane_loops
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.lane_types import LineLimits
from hailo_perception.kernels.lane_types import Polylines
from hailo_perception.kernels.stroke_numpy import find_strokes

pytest.importorskip('numba')

NUMPY = load_kernels('numpy')
NUMBA = load_kernels('numba')
# The first call of a kernel compiles it, so no deadline.
TWIN_SETTINGS = settings(max_examples=150, deadline=None)
SEEDS = st.integers(0, 2**32 - 1)
SIDES = st.integers(1, 90)
TABLE = np.zeros(256, np.uint8)
TABLE[[1, 2, 3, 200]] = 1, 2, 2, 9
"""Two classes are of one value, so that their runs are one."""
EVERY_LINE = LineLimits(30.0, 0.0, 0.0, 100, 32)


def noise(random: np.random.Generator, ids: np.ndarray) -> None:
    """Draw anything; of pixels or of blocks, so that strokes have several rows."""
    height, width = ids.shape
    side = random.integers(1, 5)
    drawn = random.choice((0, 1, 2, 3, 200, 7), ids.shape, p=random.dirichlet(np.ones(6)))
    ids[:] = drawn.repeat(side, axis=0)[:height].repeat(random.integers(1, 5), axis=1)[:, :width]


def stripes(random: np.random.Generator, ids: np.ndarray) -> None:
    """Draw upright lines, cut by lying ones."""
    ids[:, random.random(ids.shape[1]) < 0.4] = 1
    ids[random.random(ids.shape[0]) < 0.2] = random.choice((0, 1, 2))


def slanted(random: np.random.Generator, ids: np.ndarray) -> None:
    """Draw lines from anywhere to anywhere, over the sides too, that touch and cross."""
    height, width = ids.shape
    for _ in range(random.integers(1, 12)):
        ends = random.integers((-20, -20), (width + 20, height + 20), (2, 2))
        thickness = int(random.integers(1, 6))
        cv2.line(ids, *ends.tolist(), int(random.choice((1, 1, 2, 3, 0))), thickness)


def dashes(random: np.random.Generator, ids: np.ndarray) -> None:
    """Draw lines, whole and dashed, that meet at a point above, with holes here and there."""
    height, width = ids.shape
    for end in np.linspace(-width, 2 * width, random.integers(2, 7)):
        cv2.line(ids, (int(end), height), (width // 2, height // 5), 1, 2)
    ids[np.arange(height) % 12 < random.integers(0, 8)] = 0
    ids[random.random(ids.shape) < 0.01] = 0


DRAWN = (noise, stripes, slanted, dashes)


def map_of(seed: int, kind: object, height: int, width: int) -> np.ndarray:
    ids = np.zeros((height, width), np.uint8)
    kind(np.random.default_rng(seed), ids)
    return ids


def assert_same(ids: np.ndarray, limits: LineLimits) -> Polylines:
    one, other = (kernels.trace_lines(ids, TABLE, limits) for kernels in (NUMPY, NUMBA))
    for mine, yours in zip(one, other, strict=True):
        assert (mine.shape, mine.dtype) == (yours.shape, yours.dtype)
        np.testing.assert_array_equal(mine, yours)
    return one


@pytest.mark.parametrize('kind', DRAWN)
@given(
    seed=SEEDS,
    height=SIDES,
    width=SIDES,
    limits=st.builds(
        LineLimits,
        st.floats(0, 90),
        st.one_of(st.just(0), st.floats(0, 40)),
        st.one_of(st.just(0), st.floats(0, 1)),
        st.sampled_from((1, 3, 100)),
        st.sampled_from((2, 7, 500)),
    ),
)
@example(seed=1, height=1, width=40, limits=EVERY_LINE)
@example(seed=1, height=40, width=1, limits=EVERY_LINE)
@example(seed=2, height=90, width=90, limits=EVERY_LINE)
@TWIN_SETTINGS
def test_lines_are_the_same_to_the_bit(
    kind: object, seed: int, height: int, width: int, limits: LineLimits
) -> None:
    assert_same(map_of(seed, kind, height, width), limits)


def test_the_drawn_maps_have_lines() -> None:
    for kind in DRAWN:
        lines = [assert_same(map_of(seed, kind, 90, 90), EVERY_LINE) for seed in range(20)]
        assert sum(len(each.values) for each in lines) > 20
        assert min(each.coverages.min(initial=1) for each in lines) < 1


def test_lines_of_rendered_roads() -> None:
    count = 0
    for seed in range(6):
        ids = render_scene(seed, 640, 384).lane
        count += len(assert_same(ids, EVERY_LINE._replace(longest_gap=115.2)).values)
    assert count > 12


@pytest.mark.parametrize('value', [0, 1, 255])
@pytest.mark.parametrize('shape', [(1, 1), (1, 70), (70, 1), (3, 8), (50, 64)])
def test_one_value_everywhere(shape: tuple[int, int], value: int) -> None:
    assert_same(np.full(shape, value, np.uint8), EVERY_LINE)


def test_a_map_of_noise_is_looked_at_up_to_a_limit() -> None:
    ids = np.random.default_rng(1).integers(0, 3, (300, 300)).astype(np.uint8)
    found = assert_same(ids, EVERY_LINE)
    assert 0 < len(found.values) <= 100


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_a_map_in_pieces_that_is_read_only(kernels: Kernels) -> None:
    ids = map_of(3, slanted, 80, 90)
    expected = kernels.trace_lines(ids, TABLE, EVERY_LINE)
    wide = np.zeros((80, 181), np.uint8)
    wide[:, 1::2] = ids
    view = wide[:, 1::2]
    view.flags.writeable = False
    for mine, other in zip(kernels.trace_lines(view, TABLE, EVERY_LINE), expected, strict=True):
        np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_a_dashed_line_and_a_stop_line(kernels: Kernels) -> None:
    ids = np.zeros((40, 50), np.uint8)
    ids[10:20, 20:23] = ids[28:40, 20:23] = 200
    ids[22:25] = 200
    found = kernels.trace_lines(ids, TABLE, EVERY_LINE._replace(maximum_points=3))
    assert (found.values.tolist(), found.coverages.tolist()) == ([9], [22 / 30])
    assert found.offsets.tolist() == [0, 3]
    # The middle one of 22 rows, of those that are seen.
    np.testing.assert_array_equal(found.points, [[21, 39], [21, 29], [21, 10]])


def strokes_of_links(values: np.ndarray) -> list[list[tuple[float, ...]]]:
    """Walk the links that the loops, not compiled, make: value, row, centre, width of runs."""
    table = np.arange(256, dtype=np.uint8)
    runs = lane_loops.link_runs(values, table).tolist()
    strokes = []
    for run in runs:
        if run[lane_loops.BELOW] >= 0:
            continue
        strokes.append([])
        while True:
            _, start, end, value, above, _ = run
            strokes[-1].append(
                (value, run[lane_loops.ROW], (start + end - 1) / 2, float(end - start))
            )
            if above < 0:
                break
            assert runs[runs[above][lane_loops.BELOW]] is run
            run = runs[above]
    return strokes


@given(SEEDS, st.sampled_from(DRAWN), st.integers(1, 25), st.integers(1, 25))
@settings(max_examples=60, deadline=None)
def test_links_are_the_strokes(seed: int, kind: object, height: int, width: int) -> None:
    values = map_of(seed, kind, height, width)
    strokes = find_strokes(values)
    expected = [
        [
            (value, *run)
            for run in zip(
                strokes.rows[first:past].tolist(),
                strokes.centres[first:past].tolist(),
                strokes.widths[first:past].tolist(),
            )
        ]
        for value, first, past in zip(
            strokes.values.tolist(), strokes.offsets[:-1], strokes.offsets[1:]
        )
    ]
    assert strokes_of_links(values) == expected
