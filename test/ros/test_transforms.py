# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""/tf: over DDS where tf2_msgs is installed, and through tf2_ros as far as its interface goes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
import sys
import time
from types import ModuleType
from types import SimpleNamespace

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')

from geometry_msgs.msg import Quaternion  # noqa: E402
from geometry_msgs.msg import Transform  # noqa: E402
from geometry_msgs.msg import TransformStamped  # noqa: E402
from geometry_msgs.msg import Vector3  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.qos import DurabilityPolicy  # noqa: E402
from rclpy.qos import QoSProfile  # noqa: E402
from rclpy.time import Time  # noqa: E402

from hailo_perception.core.errors import MissingDependencyError  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.rigid_transform import OPTICAL_IN_BODY  # noqa: E402
from hailo_perception.core.rigid_transform import RigidTransform  # noqa: E402
from hailo_perception.core.rigid_transform import RotationError  # noqa: E402
from hailo_perception.core.transform_tree import TransformError  # noqa: E402
from hailo_perception.ros import headers  # noqa: E402
from hailo_perception.ros import transforms  # noqa: E402
from hailo_perception.tasks.ground_plane import MountedGround  # noqa: E402

SECOND = 1_000_000_000
GUARD_S = 20.0
POSE = RigidTransform.from_roll_pitch_yaw((2.0, 0.0, 1.4), 0.0, 0.1, 0.0) @ OPTICAL_IN_BODY


def stamped(parent: str, child: str, stamp_ns: int, pose: RigidTransform) -> TransformStamped:
    x, y, z = pose.translation_m
    qx, qy, qz, qw = pose.quaternion
    return TransformStamped(
        header=headers.to_message(Header(stamp_ns, parent)),
        child_frame_id=child,
        transform=Transform(
            translation=Vector3(x=x, y=y, z=z), rotation=Quaternion(x=qx, y=qy, z=qz, w=qw)
        ),
    )


def test_to_rigid_transform() -> None:
    found = transforms.to_rigid_transform(stamped('a', 'b', 0, POSE).transform)
    assert found.translation_m == POSE.translation_m
    assert found.quaternion == pytest.approx(POSE.quaternion)


def test_a_quaternion_of_zeros() -> None:
    with pytest.raises(RotationError, match='no rotation is 0 0 0 1'):
        transforms.to_rigid_transform(Transform(rotation=Quaternion(w=0.0)))


class FixedTransforms:
    """Knows one pose and notes what it was asked."""

    def __init__(self, pose: RigidTransform) -> None:
        self.pose = pose
        self.asked: list[tuple[str, str, int, float]] = []

    def look_up(
        self, target: str, source: str, stamp_ns: int, *, tolerance_s: float = 0.0
    ) -> RigidTransform:
        self.asked.append((target, source, stamp_ns, tolerance_s))
        return self.pose

    def destroy(self) -> None:
        """Nothing to do."""


def test_target_frame_asks_for_the_images_frame_and_time() -> None:
    fixed = FixedTransforms(POSE)
    frame = transforms.TargetFrame(fixed, 'base_footprint', tolerance_s=0.25)
    assert frame.pose_of(Header(7, 'front_optical')) is POSE
    assert fixed.asked == [('base_footprint', 'front_optical', 7, 0.25)]
    ground = frame.ground_of(Header(7, 'front_optical'))
    expected = MountedGround.below_camera(1.4, 0.1)
    np.testing.assert_allclose(ground.down, expected.down, atol=1e-12)
    assert ground.height_m == 1.4


@pytest.fixture
def node() -> Iterator[Node]:
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('listener', context=context)
    yield node
    node.destroy_node()
    context.try_shutdown()


@pytest.mark.skipif(find_spec('tf2_ros') is not None, reason='tf2_ros is installed')
@pytest.mark.skipif(find_spec('tf2_msgs') is not None, reason='tf2_msgs is installed')
def test_without_tf2_the_user_is_told(node: Node) -> None:
    with pytest.raises(MissingDependencyError, match='tf2_ros is needed .*camera.NAME.height_m'):
        transforms.listen_to_transforms(node)


@pytest.mark.skipif(find_spec('tf2_msgs') is None, reason='tf2_msgs is not installed')
def test_over_the_middleware(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """A static and a moving transform, of which another is broken, reach the listener."""
    from tf2_msgs.msg import TFMessage

    monkeypatch.setattr(transforms, 'find_spec', lambda name: name == 'tf2_msgs' or None)
    listener = transforms.listen_to_transforms(node)
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    static = node.create_publisher(TFMessage, '/tf_static', latched)
    moving = node.create_publisher(TFMessage, '/tf', 10)
    static.publish(TFMessage(transforms=[stamped('base', 'camera', 0, POSE)]))
    executor = SingleThreadedExecutor(context=node.context)
    executor.add_node(node)
    broken = stamped('odom', 'broken', 0, RigidTransform())
    broken.transform.rotation = Quaternion(w=0.0)
    found, end_s = None, time.monotonic() + GUARD_S
    while found is None and time.monotonic() < end_s:
        for second in (1, 2):
            pose = RigidTransform((float(second), 0.0, 0.0))
            moving.publish(
                TFMessage(transforms=[broken, stamped('odom', 'base', second * SECOND, pose)])
            )
        executor.spin_once(timeout_sec=0.05)
        try:
            found = listener.look_up('odom', 'camera', 3 * SECOND // 2)
        except TransformError as error:
            reason = error
    assert found is not None, reason
    assert found.translation_m == pytest.approx((3.5, 0.0, 1.4))
    with pytest.raises(TransformError, match="'broken'"):
        listener.look_up('odom', 'broken', SECOND)
    with pytest.raises(TransformError, match='last one is 1.000 s away'):
        listener.look_up('odom', 'camera', 3 * SECOND)
    listener.destroy()
    executor.shutdown()


class FakeTf2(ModuleType):
    """What the package uses of tf2_ros: a buffer that knows one pose at one time."""

    class TransformException(Exception):  # noqa: N818
        """Base, as in tf2."""

    class ExtrapolationException(TransformException):
        """Another time than the known one."""

    class LookupException(TransformException):
        """Another frame."""

    KNOWN_NS = 5 * SECOND

    def __init__(self) -> None:
        super().__init__('tf2_ros')
        self.Buffer = lambda: SimpleNamespace(lookup_transform=self.look_up)
        self.is_listening = False
        self.TransformListener = lambda buffer, node: self.listen()

    def listen(self) -> SimpleNamespace:
        self.is_listening = True
        return SimpleNamespace(unregister=lambda: setattr(self, 'is_listening', False))

    def look_up(self, target: str, source: str, at: Time) -> TransformStamped:
        if (target, source) != ('base', 'camera'):
            raise self.LookupException(f'"{source}" passed to lookupTransform does not exist')
        if at.nanoseconds not in (0, self.KNOWN_NS):
            raise self.ExtrapolationException('requires extrapolation into the future')
        return stamped(target, source, self.KNOWN_NS, POSE)


@pytest.fixture
def fake_tf2(monkeypatch: pytest.MonkeyPatch) -> FakeTf2:
    fake = FakeTf2()
    monkeypatch.setitem(sys.modules, 'tf2_ros', fake)
    monkeypatch.setattr(transforms, 'find_spec', lambda name: name == 'tf2_ros' or None)
    return fake


@pytest.mark.parametrize(
    ('time_s', 'tolerance_s', 'is_known'),
    [(5.0, 0.0, True), (5.1, 0.0, False), (5.1, 0.2, True), (4.9, 0.2, True), (5.3, 0.2, False)],
)
def test_tf2_ros_answers(
    fake_tf2: FakeTf2, node: Node, time_s: float, tolerance_s: float, is_known: bool
) -> None:
    listener = transforms.listen_to_transforms(node)
    stamp_ns = round(time_s * SECOND)
    if is_known:
        found = listener.look_up('base', 'camera', stamp_ns, tolerance_s=tolerance_s)
        assert found.translation_m == POSE.translation_m
    else:
        with pytest.raises(TransformError, match="from 'camera' to 'base': .*extrapolation"):
            listener.look_up('base', 'camera', stamp_ns, tolerance_s=tolerance_s)
    listener.destroy()
    assert not fake_tf2.is_listening


def test_tf2_ros_names_what_is_missing(fake_tf2: FakeTf2, node: Node) -> None:
    listener = transforms.listen_to_transforms(node)
    with pytest.raises(TransformError, match='"lidar" passed .* does not exist'):
        listener.look_up('base', 'lidar', 0)
