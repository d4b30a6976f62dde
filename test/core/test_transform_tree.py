# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Chains of frames at a time."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.errors import Cause
from hailo_perception.core.rigid_transform import RigidTransform
from hailo_perception.core.transform_tree import TransformError
from hailo_perception.core.transform_tree import TransformTree

SECOND = 1_000_000_000
POINTS = np.array(((0.0, 0, 0), (1, 2, 3)))
ANGLES = st.floats(-math.pi, math.pi)
METRES = st.floats(-50, 50)
POSES = st.builds(
    RigidTransform.from_roll_pitch_yaw, st.tuples(METRES, METRES, METRES), ANGLES, ANGLES, ANGLES
)


def at_x(x: float) -> RigidTransform:
    return RigidTransform((x, 0.0, 0.0))


def moving_tree() -> TransformTree:
    """Base moves along x in odom by 1 m/s from 10 s to 12 s; a camera is fixed on it."""
    tree = TransformTree()
    for second in (10, 11, 12):
        tree.put('odom', 'base', second * SECOND, at_x(second))
    tree.put('base', 'camera', 0, at_x(0.5), is_static=True)
    return tree


def test_an_empty_tree() -> None:
    tree = TransformTree()
    assert tree.look_up('a', 'a', 0) == RigidTransform()
    with pytest.raises(TransformError, match=r"from 'b' to 'a'.*'a' \(known frames: none\)"):
        tree.look_up('a', 'b', 0)


@given(st.lists(POSES, min_size=1, max_size=5), st.lists(POSES, min_size=1, max_size=5))
def test_two_branches(left: list[RigidTransform], right: list[RigidTransform]) -> None:
    """Up from one leaf to the common frame and down to the other, in both directions."""
    tree = TransformTree()
    tree.put('root', 'trunk', 0, at_x(100), is_static=True)
    expected = RigidTransform()
    for name, branch in (('left', left), ('right', right)):
        parent, chain = 'trunk', RigidTransform()
        for level, pose in enumerate(branch):
            tree.put(parent, f'{name}{level}', 0, pose, is_static=True)
            parent, chain = f'{name}{level}', chain @ pose
        expected = expected.inverse() @ chain if name == 'right' else chain
    leaves = f'left{len(left) - 1}', f'right{len(right) - 1}'
    found = tree.look_up(*leaves, 5)
    np.testing.assert_allclose(found.apply(POINTS), expected.apply(POINTS), atol=1e-8)
    back = tree.look_up(*reversed(leaves), 5)
    np.testing.assert_allclose(back.apply(found.apply(POINTS)), POINTS, atol=1e-8)


@pytest.mark.parametrize(
    ('target', 'source', 'time_s', 'x'),
    [
        ('odom', 'camera', 10.0, 10.5),
        ('odom', 'camera', 11.25, 11.75),
        ('camera', 'odom', 11.25, -11.75),
        ('base', 'camera', 99.0, 0.5),
        ('/odom', '/base', 12.0, 12.0),
    ],
)
def test_at_a_time(target: str, source: str, time_s: float, x: float) -> None:
    pose = moving_tree().look_up(target, source, round(time_s * SECOND))
    assert pose.translation_m == pytest.approx((x, 0, 0))


def test_rotations_are_interpolated() -> None:
    tree = TransformTree()
    for second, yaw_rad in ((0, 0.0), (1, 1.0)):
        pose = RigidTransform.from_roll_pitch_yaw((0.0, 0.0, 0.0), 0, 0, yaw_rad)
        tree.put('odom', 'base', second * SECOND, pose)
    found = tree.look_up('odom', 'base', SECOND // 4).apply(np.array((1.0, 0, 0)))
    np.testing.assert_allclose(found, (math.cos(0.25), math.sin(0.25), 0), atol=1e-9)


@pytest.mark.parametrize(
    ('time_s', 'side', 'missing'), [(9.9, 'first', '0.100'), (12.25, 'last', '0.250')]
)
def test_before_and_after_what_is_known(time_s: float, side: str, missing: str) -> None:
    tree, stamp_ns = moving_tree(), round(time_s * SECOND)
    with pytest.raises(TransformError, match=f"'base' in 'odom'.*{side} one is {missing} s away"):
        tree.look_up('odom', 'camera', stamp_ns)
    with pytest.raises(TransformError):
        tree.look_up('odom', 'camera', stamp_ns, tolerance_s=float(missing) - 0.01)
    pose = tree.look_up('odom', 'camera', stamp_ns, tolerance_s=float(missing))
    assert pose.translation_m[0] == {'first': 10.5, 'last': 12.5}[side]


@pytest.mark.parametrize(
    ('target', 'source', 'complaint'),
    [
        ('odom', 'lidar', "from 'lidar' to 'odom'.*'lidar' .known frames: base, camera, map,"),
        ('map', 'camera', "two trees, under 'odom' and 'world'"),
    ],
)
def test_what_is_missing_is_named(target: str, source: str, complaint: str) -> None:
    tree = moving_tree()
    tree.put('world', 'map', 0, RigidTransform(), is_static=True)
    with pytest.raises(TransformError, match=complaint) as raised:
        tree.look_up(target, source, 11 * SECOND)
    assert raised.value.cause is Cause.TRANSFORM


def test_a_circle_is_no_endless_loop() -> None:
    tree = TransformTree()
    for parent, child in (('a', 'b'), ('b', 'c'), ('c', 'a')):
        tree.put(parent, child, 0, at_x(1), is_static=True)
    with pytest.raises(TransformError, match='a → c → b → a stand in a circle'):
        tree.look_up('b', 'a', 0)


@pytest.mark.parametrize(('parent', 'child'), [('', 'a'), ('a', ''), ('a', 'a'), ('/a', 'a')])
def test_what_is_no_edge_is_passed_over(parent: str, child: str) -> None:
    tree = TransformTree()
    tree.put(parent, child, 0, at_x(1), is_static=True)
    with pytest.raises(TransformError, match='known frames: none'):
        tree.look_up('a', 'b', 0)


def test_poses_come_in_any_order_and_the_last_word_counts() -> None:
    tree = TransformTree()
    for second, x in ((2, 2), (0, 0), (1, 7), (1, 1)):
        tree.put('odom', 'base', second * SECOND, at_x(x))
    for time_s in (0.0, 0.5, 1.0, 1.5, 2.0):
        found = tree.look_up('odom', 'base', round(time_s * SECOND))
        assert found.translation_m[0] == pytest.approx(time_s)


def test_old_poses_are_forgotten() -> None:
    tree = TransformTree(keep_s=2.0)
    for second in range(10):
        tree.put('odom', 'base', second * SECOND, at_x(second))
    assert tree.look_up('odom', 'base', 7 * SECOND).translation_m[0] == 7
    with pytest.raises(TransformError, match='first one is 1.000 s away'):
        tree.look_up('odom', 'base', 6 * SECOND)


def test_a_bag_that_starts_over() -> None:
    tree = TransformTree(keep_s=2.0)
    for second in (10, 11, 12, 1, 2):
        tree.put('odom', 'base', second * SECOND, at_x(second))
    assert tree.look_up('odom', 'base', 2 * SECOND).translation_m[0] == 2
    with pytest.raises(TransformError, match='last one is 9.000 s away'):
        tree.look_up('odom', 'base', 11 * SECOND)


def test_a_frame_that_changes_its_parent() -> None:
    tree = moving_tree()
    tree.put('arm', 'camera', 11 * SECOND, at_x(3))
    assert tree.look_up('arm', 'camera', 11 * SECOND).translation_m[0] == 3
    with pytest.raises(TransformError, match="two trees, under 'arm' and 'odom'"):
        tree.look_up('odom', 'camera', 11 * SECOND)


def test_clear_keeps_what_is_sent_once_only() -> None:
    tree = moving_tree()
    tree.clear()
    assert tree.look_up('base', 'camera', 0).translation_m[0] == 0.5
    with pytest.raises(TransformError, match="'odom' .known frames: base, camera"):
        tree.look_up('odom', 'camera', 11 * SECOND)
