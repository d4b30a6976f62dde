# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Results are carried to the frame that is asked for, and cameras find the ground below them."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy')

from hailo_perception.core.errors import MissingDependencyError  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.results import Output  # noqa: E402
from hailo_perception.core.results import Perception  # noqa: E402
from hailo_perception.core.results import POINT_DTYPE  # noqa: E402
from hailo_perception.core.results import PointCloud  # noqa: E402
from hailo_perception.core.rigid_transform import OPTICAL_IN_BODY  # noqa: E402
from hailo_perception.core.rigid_transform import RigidTransform  # noqa: E402
from hailo_perception.core.transform_tree import TransformError  # noqa: E402
from hailo_perception.core.transform_tree import TransformTree  # noqa: E402
from hailo_perception.nodes import robot_frames  # noqa: E402
from hailo_perception.nodes.robot_frames import RobotFrames  # noqa: E402
from hailo_perception.tasks.camera_profile import CameraProfile  # noqa: E402
from hailo_perception.tasks.ground_plane import GroundError  # noqa: E402
from hailo_perception.tasks.ground_plane import MountedGround  # noqa: E402
from hailo_perception.tasks.target_frame import SPATIAL_OUTPUTS  # noqa: E402

HEADER = Header(5, 'camera_optical')
MakeFrames = Callable[[float | None, str, str], RobotFrames]


class Listener(TransformTree):
    """The package's own tree, filled by the test instead of /tf."""

    def destroy(self) -> None:
        self.is_destroyed = True


@pytest.fixture
def make_frames(monkeypatch: pytest.MonkeyPatch) -> MakeFrames:
    """Mount a camera so high above base_link; None is a camera whose pose nobody publishes."""

    def make(height_m: float | None, target_frame: str, ground_frame: str) -> RobotFrames:
        listener = Listener()
        if height_m is not None:
            pose = RigidTransform((1.0, 0.0, height_m)) @ OPTICAL_IN_BODY
            listener.put('base_link', HEADER.frame_id, 0, pose, is_static=True)
        monkeypatch.setattr(robot_frames, 'listen_to_transforms', lambda node: listener)
        node: Any = None
        return RobotFrames(node, target_frame=target_frame, ground_frame=ground_frame)

    return make


def perception() -> Perception:
    points = np.zeros((1, 2), POINT_DTYPE)
    points['z'] = 10.0, np.nan
    return Perception(
        camera='front',
        header=HEADER,
        image_size=(640, 384),
        camera_model=None,
        point_cloud=PointCloud(points),
    )


def test_without_frames_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robot_frames, 'listen_to_transforms', lambda node: pytest.fail('listens'))
    node: Any = None
    frames = RobotFrames(node, target_frame='', ground_frame='')
    profiles = {'front': CameraProfile()}
    assert not frames.moved_outputs
    assert not frames.has_ground
    assert frames.grounded(profiles) == profiles
    frames.destroy()


def test_points_in_the_target_frame(make_frames: MakeFrames) -> None:
    frames = make_frames(1.5, 'base_link', '')
    assert frames.moved_outputs == SPATIAL_OUTPUTS
    moved = frames.carried(perception(), frozenset({Output.POINTS}))
    assert moved.header == Header(HEADER.stamp_ns, 'base_link')
    assert moved.point_cloud is not None
    point = moved.point_cloud.points[0, 0]
    np.testing.assert_allclose([point[axis] for axis in 'xyz'], (11.0, 0.0, 1.5), atol=1e-5)


def test_an_unknown_pose_is_told(make_frames: MakeFrames) -> None:
    frames = make_frames(None, 'base_link', '')
    with pytest.raises(TransformError, match='camera_optical'):
        frames.carried(perception(), SPATIAL_OUTPUTS)


def test_ground_below_the_camera(make_frames: MakeFrames) -> None:
    frames = make_frames(1.5, '', 'base_link')
    assert not frames.moved_outputs
    assert frames.has_ground
    frames.look_for_ground('front', HEADER)
    ground = frames.grounded({'front': CameraProfile()})['front'].ground
    assert ground is not None
    assert ground.height_m == pytest.approx(1.5)


def test_a_ground_by_parameters_stays(make_frames: MakeFrames) -> None:
    frames = make_frames(1.5, '', 'base_link')
    frames.look_for_ground('front', HEADER)
    given = {'front': CameraProfile(ground=MountedGround.below_camera(2.0, 0.0, 0.0))}
    assert frames.grounded(given) == given


def test_a_camera_without_images_waits(make_frames: MakeFrames) -> None:
    frames = make_frames(1.5, '', 'base_link')
    assert frames.grounded({'front': CameraProfile()}) == {'front': CameraProfile()}


def test_a_ground_stays_while_its_pose_is_not_known(make_frames: MakeFrames) -> None:
    frames = make_frames(1.5, '', 'base_link')
    frames.look_for_ground('front', HEADER)
    known = frames.grounded({'front': CameraProfile()})
    with pytest.raises(TransformError):
        frames.look_for_ground('front', Header(HEADER.stamp_ns, 'another'))
    assert frames.grounded({'front': CameraProfile()}) == known


def test_a_camera_in_the_ground_is_refused(make_frames: MakeFrames) -> None:
    frames = make_frames(-0.2, '', 'base_link')
    with pytest.raises(GroundError, match='above the ground'):
        frames.look_for_ground('front', HEADER)


@pytest.mark.skipif(
    find_spec('tf2_ros') is not None or find_spec('tf2_msgs') is not None, reason='tf2 is here'
)
def test_without_tf2_the_remedy_is_named() -> None:
    node: Any = None
    with pytest.raises(MissingDependencyError, match='tf2'):
        RobotFrames(node, target_frame='base_link', ground_frame='')
