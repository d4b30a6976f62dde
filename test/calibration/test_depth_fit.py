# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Scale and offset out of pairs, with outliers and with most points near."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.calibration.depth_fit import CalibrationError
from hailo_perception.calibration.depth_fit import fit_depth
from hailo_perception.calibration.depth_pairs import DepthPairs

NOTHING = DepthPairs.of(np.empty(0), np.empty(0))


def pairs(
    true_m: np.ndarray, scale: float, offset_m: float = 0.0, noise: float = 0.0, seed: int = 0
) -> DepthPairs:
    """What a network finds whose depth needs this correction, with relative noise."""
    random = np.random.default_rng(seed)
    found_m = (true_m - offset_m) / scale * (1 + noise * random.standard_normal(len(true_m)))
    return DepthPairs.of(found_m, true_m)


def like_a_lidar(count: int = 20_000, seed: int = 0) -> np.ndarray:
    """True depths of 4 to 60 m, most of them near."""
    return 4 * (60 / 4) ** (np.random.default_rng(seed).random(count) ** 2)


@pytest.mark.parametrize('count', [0, 1, 2])
def test_too_few_pairs(count: int) -> None:
    few = pairs(np.full(count, 10.0), 1.0)
    with pytest.raises(CalibrationError, match=f'3 measured depths or more, got {count}'):
        fit_depth(few)


def test_nothing_known_is_nothing() -> None:
    assert len(DepthPairs.of(np.array((np.nan, 1, -1, 1)), np.array((1, np.nan, 1, 0)))) == 0
    assert len(DepthPairs.joined([])) == 0
    assert len(NOTHING.within((1, 80))) == 0


@given(
    st.floats(0.2, 5),
    st.floats(-1.5, 1.5),
    st.lists(st.floats(3, 60), min_size=8, max_size=40, unique=True),
)
def test_without_noise_the_correction_is_exact(
    scale: float, offset_m: float, true_m: list[float]
) -> None:
    exact = pairs(np.array(true_m), scale, offset_m)
    fit = fit_depth(exact)
    if fit.has_offset:
        assert fit.scale == pytest.approx(scale, rel=1e-6)
        assert fit.offset_m == pytest.approx(offset_m, abs=1e-6)
        assert fit.error_after == pytest.approx(0, abs=1e-9)
        np.testing.assert_allclose(fit.corrected(exact.found_m), exact.true_m, rtol=1e-6)
    else:
        # An offset that is worth it needs depths that span a factor, and must be one.
        near, far = np.quantile(true_m, (0.1, 0.9))
        assert far < 2 * near or abs(offset_m) < 1e-9


@given(st.floats(0.2, 5))
def test_scale_alone(scale: float) -> None:
    fit = fit_depth(pairs(like_a_lidar(200), scale, 0.5), with_offset=False)
    assert (fit.has_offset, fit.offset_m, fit.why) == (False, 0.0, 'not asked for')
    assert fit.scale == pytest.approx(scale, rel=0.2)


@pytest.mark.parametrize(('scale', 'offset_m'), [(1.3, 0.0), (0.7, 0.0), (1.2, 1.5), (0.8, -1.0)])
@pytest.mark.parametrize('outliers', [0.0, 0.2])
def test_with_noise_and_outliers(scale: float, offset_m: float, outliers: float) -> None:
    measured = pairs(like_a_lidar(), scale, offset_m, noise=0.15)
    bad = np.random.default_rng(2).random(len(measured)) < outliers
    found_m = np.where(bad, measured.found_m * 3, measured.found_m)
    fit = fit_depth(DepthPairs.of(found_m, measured.true_m))
    truth = np.array((5.0, 10.0, 30.0))
    corrected = fit.corrected((truth - offset_m) / scale)
    np.testing.assert_allclose(corrected, truth, rtol=0.06 + 0.5 * outliers)
    assert fit.error_after < fit.error_before


def test_the_same_pairs_give_the_same_fit() -> None:
    measured = pairs(like_a_lidar(), 1.2, 0.5, noise=0.1)
    assert fit_depth(measured) == fit_depth(measured)


def test_near_points_do_not_outvote_far_ones() -> None:
    """Of 20,000 near points and 200 far ones the scale is not the near ones' alone."""
    near = pairs(np.full(20_000, 5.0), 1.0)
    far = pairs(np.linspace(10, 40, 600), 1.5)
    fit = fit_depth(DepthPairs.joined([near, far]), with_offset=False)
    assert fit.scale == pytest.approx(1.5)


@pytest.mark.parametrize(
    ('measured', 'why'),
    [
        pytest.param(pairs(np.linspace(5, 50, 7), 1.2, 1.0), 'needs 8 measured', id='too few'),
        pytest.param(pairs(np.linspace(10, 15, 50), 1.2, 1.0), 'span 10.5 to 14.5', id='narrow'),
        pytest.param(pairs(np.linspace(5, 50, 50), 1.2), 'the misfit by', id='not needed'),
        pytest.param(
            DepthPairs.of(np.geomspace(11, 9, 40), np.geomspace(8, 22, 40)),
            'do not grow',
            id='falling',
        ),
    ],
)
def test_when_no_offset_is_fitted(measured: DepthPairs, why: str) -> None:
    fit = fit_depth(measured)
    assert not fit.has_offset and fit.offset_m == 0 and why in fit.why


def test_depths_that_are_not_of_these_pictures() -> None:
    random = np.random.default_rng(0)
    unrelated = DepthPairs.of(random.uniform(1, 80, 500), random.uniform(1, 80, 500))
    with pytest.raises(CalibrationError, match=r'scatter by .*\(extrinsics, time, pixels\)'):
        fit_depth(unrelated, with_offset=False)


@pytest.mark.parametrize('unit', [1e-3, 1e3])
def test_depths_in_another_unit(unit: float) -> None:
    true_m = np.linspace(5, 50, 20)
    with pytest.raises(CalibrationError, match='best scale .* in metres'):
        fit_depth(DepthPairs.of(true_m * unit, true_m))


def test_residuals_by_range() -> None:
    true_m = np.array((3.0, 7.0, 7.0, 30.0, 100.0))
    fit = fit_depth(pairs(true_m, 0.5), with_offset=False)
    assert [residual.pairs for residual in fit.ranges] == [1, 2, 0, 1, 0, 1]
    filled = [residual for residual in fit.ranges if residual.pairs]
    assert all(residual.bias_before == pytest.approx(1.0) for residual in filled)
    assert all(residual.error_after == pytest.approx(0.0) for residual in filled)
    assert fit.ranges[2].error_after is None
    assert fit.true_range_m == (3.0, 100.0)
