# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""/tf and /tf_static: where a camera stands in a frame of the robot.

tf2_ros answers where it is installed, as it is wherever ROS itself is. Without it the package's
own tree listens to the same topics, for which the message of tf2_msgs is enough. The ROS wheels
of PyPI have neither.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any
from typing import Protocol

from geometry_msgs.msg import Transform
from rclpy.callback_groups import CallbackGroup
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy
from rclpy.qos import HistoryPolicy
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy
from rclpy.time import Time

from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.frame import Header
from hailo_perception.core.rigid_transform import RigidTransform
from hailo_perception.core.rigid_transform import RotationError
from hailo_perception.core.transform_tree import TransformError
from hailo_perception.core.transform_tree import TransformTree
from hailo_perception.ros import headers
from hailo_perception.tasks.ground_plane import MountedGround

_MOVING = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=100, reliability=ReliabilityPolicy.RELIABLE
)
_STATIC = QoSProfile(
    history=HistoryPolicy.KEEP_LAST,
    depth=100,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)
"""As tf2's own listener subscribes (tf2_ros/qos.hpp)."""


class Transforms(Protocol):
    """Answers where frames stand; for any thread."""

    def look_up(
        self, target: str, source: str, stamp_ns: int, *, tolerance_s: float = 0.0
    ) -> RigidTransform:
        """Give the source's pose in the target at a time; TransformError when it is not known."""

    def destroy(self) -> None:
        """Unsubscribe."""


def listen_to_transforms(
    node: Node,
    callback_group: CallbackGroup | None = None,
    *,
    otherwise: str = 'give the mounting as camera.NAME.height_m and pitch_rad',
) -> Transforms:
    """Subscribe to /tf and /tf_static; MissingDependencyError where that is not possible.

    ``otherwise`` is what its message advises to do without them.
    """
    if find_spec('tf2_ros') is not None:
        return _Tf2Transforms(node)
    if find_spec('tf2_msgs') is not None:
        return _OwnTransforms(node, callback_group)
    raise MissingDependencyError(
        'tf2_ros',
        'for a target frame, a ground frame and all else that asks /tf',
        'source a ROS installation (ros-$ROS_DISTRO-tf2-ros-py): the ROS wheels of PyPI have no '
        f'tf2. Without it, {otherwise}',
    )


class TargetFrame:
    """Tells where a camera stands in one frame when its image was taken."""

    def __init__(self, transforms: Transforms, frame_id: str, tolerance_s: float = 0.1) -> None:
        """Take the listener, the frame's name, and how stale a pose may be."""
        self.frame_id = frame_id
        self._transforms = transforms
        self._tolerance_s = tolerance_s

    def pose_of(self, header: Header) -> RigidTransform:
        """Give the pose of an image's frame at its stamp; TransformError when it is not known."""
        return self._transforms.look_up(
            self.frame_id, header.frame_id, header.stamp_ns, tolerance_s=self._tolerance_s
        )

    def ground_of(self, header: Header) -> MountedGround:
        """Give the ground below an image's camera where this frame's z = 0 is the ground.

        TransformError when the pose is not known, GroundError when it is below the ground.
        """
        return MountedGround.from_pose(self.pose_of(header))


def to_rigid_transform(message: Transform) -> RigidTransform:
    """Read a transform; RotationError when its quaternion turns nothing."""
    place, turn = message.translation, message.rotation
    return RigidTransform((place.x, place.y, place.z), (turn.x, turn.y, turn.z, turn.w))


class _OwnTransforms:
    """Listens with the package's own tree."""

    def __init__(self, node: Node, callback_group: CallbackGroup | None) -> None:
        from tf2_msgs.msg import TFMessage

        self._node = node
        self._tree = TransformTree()
        self._bad: set[str] = set()
        self._subscriptions = [
            node.create_subscription(
                TFMessage, topic, callback, profile, callback_group=callback_group
            )
            for topic, callback, profile in (
                ('/tf', self._take_moving, _MOVING),
                ('/tf_static', self._take_static, _STATIC),
            )
        ]

    def look_up(
        self, target: str, source: str, stamp_ns: int, *, tolerance_s: float = 0.0
    ) -> RigidTransform:
        return self._tree.look_up(target, source, stamp_ns, tolerance_s=tolerance_s)

    def destroy(self) -> None:
        while self._subscriptions:
            self._node.destroy_subscription(self._subscriptions.pop())

    def _take_moving(self, message: Any) -> None:
        self._take(message, is_static=False)

    def _take_static(self, message: Any) -> None:
        self._take(message, is_static=True)

    def _take(self, message: Any, *, is_static: bool) -> None:
        for stamped in message.transforms:
            header = headers.from_message(stamped.header)
            try:
                pose = to_rigid_transform(stamped.transform)
            except RotationError as error:
                self._complain_once(stamped.child_frame_id, header.frame_id, error)
                continue
            self._tree.put(
                header.frame_id, stamped.child_frame_id, header.stamp_ns, pose, is_static=is_static
            )

    def _complain_once(self, child: str, parent: str, error: RotationError) -> None:
        if child not in self._bad:
            self._bad.add(child)
            self._node.get_logger().error(
                f"the transform of '{child}' in '{parent}' is not used: {error}"
            )


class _Tf2Transforms:
    """Listens with tf2_ros."""

    def __init__(self, node: Node) -> None:
        import tf2_ros

        self._tf2 = tf2_ros
        self._buffer = tf2_ros.Buffer()
        self._listener = tf2_ros.TransformListener(self._buffer, node)

    def look_up(
        self, target: str, source: str, stamp_ns: int, *, tolerance_s: float = 0.0
    ) -> RigidTransform:
        try:
            try:
                stamped = self._ask(target, source, stamp_ns)
            except self._tf2.ExtrapolationException:
                # Time 0 asks tf2 for the newest time that all of the chain is known at.
                stamped = self._ask(target, source, 0)
                latest_ns = headers.from_message(stamped.header).stamp_ns
                if abs(stamp_ns - latest_ns) > tolerance_s * 1e9:
                    raise
        except self._tf2.TransformException as error:
            raise TransformError(f"no transform from '{source}' to '{target}': {error}") from error
        return to_rigid_transform(stamped.transform)

    def destroy(self) -> None:
        self._listener.unregister()

    def _ask(self, target: str, source: str, stamp_ns: int) -> Any:
        return self._buffer.lookup_transform(target, source, Time(nanoseconds=stamp_ns))
