# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Poses: products, inverses and ways between them."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.rigid_transform import OPTICAL_IN_BODY
from hailo_perception.core.rigid_transform import RigidTransform
from hailo_perception.core.rigid_transform import RotationError

ANGLES = st.floats(-math.pi, math.pi)
METRES = st.floats(-100, 100)
POSES = st.builds(
    RigidTransform.from_roll_pitch_yaw, st.tuples(METRES, METRES, METRES), ANGLES, ANGLES, ANGLES
)
POINTS = np.array(((0.0, 0, 0), (1, 2, 3), (-4, 5, -6)))


def test_no_points() -> None:
    assert RigidTransform((1.0, 2.0, 3.0)).apply(np.empty((0, 3))).shape == (0, 3)


def test_identity() -> None:
    np.testing.assert_array_equal(RigidTransform().apply(POINTS), POINTS)


@pytest.mark.parametrize(
    ('angles', 'point', 'expected'),
    [
        pytest.param((math.pi / 2, 0, 0), (0, 1, 0), (0, 0, 1), id='roll'),
        pytest.param((0, math.pi / 2, 0), (1, 0, 0), (0, 0, -1), id='pitch turns the nose down'),
        pytest.param((0, 0, math.pi / 2), (1, 0, 0), (0, 1, 0), id='yaw turns left'),
        pytest.param((math.pi / 2, 0, math.pi / 2), (0, 1, 0), (0, 0, 1), id='roll before yaw'),
    ],
)
def test_roll_pitch_yaw(
    angles: tuple[float, float, float],
    point: tuple[float, float, float],
    expected: tuple[float, float, float],
) -> None:
    turned = RigidTransform.from_roll_pitch_yaw((0.0, 0.0, 0.0), *angles).apply(np.array(point))
    np.testing.assert_allclose(turned, expected, atol=1e-12)


def test_optical_axes_in_the_body() -> None:
    np.testing.assert_allclose(
        OPTICAL_IN_BODY.apply(np.eye(3)), ((0, -1, 0), (0, 0, -1), (1, 0, 0)), atol=1e-12
    )


@given(POSES)
def test_the_inverse_leads_back(pose: RigidTransform) -> None:
    np.testing.assert_allclose(pose.inverse().apply(pose.apply(POINTS)), POINTS, atol=1e-9)
    np.testing.assert_allclose((pose @ pose.inverse()).apply(POINTS), POINTS, atol=1e-9)


@given(POSES, POSES)
def test_a_product_applies_the_right_one_first(one: RigidTransform, two: RigidTransform) -> None:
    np.testing.assert_allclose(
        (one @ two).apply(POINTS), one.apply(two.apply(POINTS)), atol=1e-9
    )


@given(POSES)
def test_a_rotation_keeps_lengths_and_hands(pose: RigidTransform) -> None:
    np.testing.assert_allclose(pose.rotation @ pose.rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(pose.rotation) == pytest.approx(1)


@given(POSES)
def test_covariances_turn_as_samples_do(pose: RigidTransform) -> None:
    covariance = np.diag((1.0, 4.0, 9.0))
    samples = np.diag(np.sqrt(np.diag(covariance)))
    turned = (pose.apply(samples) - pose.translation_m).T
    np.testing.assert_allclose(
        pose.turn_covariances(covariance), turned @ turned.T, atol=1e-9
    )


@given(POSES, POSES)
def test_the_way_begins_and_ends_at_the_poses(one: RigidTransform, two: RigidTransform) -> None:
    np.testing.assert_allclose(one.towards(two, 0).apply(POINTS), one.apply(POINTS), atol=1e-6)
    np.testing.assert_allclose(one.towards(two, 1).apply(POINTS), two.apply(POINTS), atol=1e-6)


@given(st.floats(-3, 3), st.floats(0, 1))
def test_the_turning_rate_is_constant(yaw_rad: float, share: float) -> None:
    end = RigidTransform.from_roll_pitch_yaw((10.0, 0.0, 0.0), 0.0, 0.0, yaw_rad)
    between = RigidTransform().towards(end, share)
    expected = RigidTransform.from_roll_pitch_yaw((10 * share, 0.0, 0.0), 0, 0, yaw_rad * share)
    np.testing.assert_allclose(between.apply(POINTS), expected.apply(POINTS), atol=1e-4)


@pytest.mark.parametrize('quaternion', [(0, 0, 0, 0), (math.nan, 0, 0, 1), (math.inf, 0, 0, 1)])
def test_no_rotation_at_all(quaternion: tuple[float, float, float, float]) -> None:
    with pytest.raises(RotationError, match='no rotation is 0 0 0 1'):
        RigidTransform(quaternion=quaternion)


def test_a_place_must_be_finite() -> None:
    with pytest.raises(RotationError, match='must be finite'):
        RigidTransform((math.nan, 0.0, 0.0))


def test_the_quaternion_is_brought_to_unit_length() -> None:
    assert RigidTransform(quaternion=(0, 0, 2, 2)).quaternion == pytest.approx(
        (0, 0, math.sqrt(0.5), math.sqrt(0.5))
    )
