# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How frames stand to each other over the last seconds, asked for any two of them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from dataclasses import field
from functools import reduce
from threading import Lock

from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import FrameError
from hailo_perception.core.nanoseconds import to_nanoseconds
from hailo_perception.core.nanoseconds import to_seconds
from hailo_perception.core.rigid_transform import RigidTransform

_MOST_NAMED = 12


class TransformError(FrameError):
    """One frame's pose in another is not known, at all or for the time asked for."""

    cause = Cause.TRANSFORM


@dataclass(slots=True)
class _Edge:
    """A child's pose in its parent: one that always holds, or some with rising stamps."""

    parent: str
    is_static: bool
    stamps_ns: list[int] = field(default_factory=list)
    poses: list[RigidTransform] = field(default_factory=list)


class TransformTree:
    """Keeps transforms as they come, in any thread, and joins them to chains.

    A frame has one parent; one that comes under another parent leaves the former. Poses in
    between are interpolated. What lies more than ``keep_s`` behind the newest pose of its frame
    is forgotten, and when such a pose comes the frame starts over: a bag looped.
    """

    def __init__(self, keep_s: float = 10.0) -> None:
        """Start without any frame."""
        self._keep_ns = to_nanoseconds(keep_s)
        self._edges: dict[str, _Edge] = {}
        self._lock = Lock()

    def put(
        self,
        parent: str,
        child: str,
        stamp_ns: int,
        pose: RigidTransform,
        *,
        is_static: bool = False,
    ) -> None:
        """Take the child's pose in its parent; a static one holds at all times.

        A frame that is its own parent, or has no name, is passed over.
        """
        parent, child = parent.lstrip('/'), child.lstrip('/')
        if not parent or not child or parent == child:
            return
        with self._lock:
            edge = self._edges.get(child)
            if edge is None or edge.parent != parent or edge.is_static != is_static:
                edge = self._edges[child] = _Edge(parent, is_static)
            if is_static:
                edge.stamps_ns, edge.poses = [stamp_ns], [pose]
            else:
                self._insert(edge, stamp_ns, pose)

    def look_up(
        self, target: str, source: str, stamp_ns: int, *, tolerance_s: float = 0.0
    ) -> RigidTransform:
        """Give the source's pose in the target at a time: it carries source points to the target.

        ``tolerance_s`` is how far before the first or after the last known pose the time may be;
        that pose then holds. TransformError names what is missing.
        """
        target, source = target.lstrip('/'), source.lstrip('/')
        if target == source:
            return RigidTransform()
        tolerance_ns = to_nanoseconds(tolerance_s)
        with self._lock:
            up_from_source = self._ancestry(source)
            up_from_target = self._ancestry(target)
            self._check_connected(target, source, up_from_target, up_from_source)
            common = next(frame for frame in up_from_source if frame in up_from_target)

            def in_common(ancestry: list[str]) -> RigidTransform:
                below = ancestry[: ancestry.index(common)]
                poses = [
                    _pose_at(child, self._edges[child], stamp_ns, tolerance_ns) for child in below
                ]
                return reduce(lambda lower, upper: upper @ lower, poses, RigidTransform())

            source_in_common = in_common(up_from_source)
            target_in_common = in_common(up_from_target)
        return target_in_common.inverse() @ source_in_common

    def clear(self) -> None:
        """Forget what moves: time jumped. Static transforms stay, nobody sends them again."""
        with self._lock:
            self._edges = {
                child: edge for child, edge in self._edges.items() if edge.is_static
            }

    def _insert(self, edge: _Edge, stamp_ns: int, pose: RigidTransform) -> None:
        stamps_ns, poses = edge.stamps_ns, edge.poses
        if stamps_ns and stamp_ns < stamps_ns[-1] - self._keep_ns:
            stamps_ns.clear()
            poses.clear()
        at = bisect_left(stamps_ns, stamp_ns)
        if at < len(stamps_ns) and stamps_ns[at] == stamp_ns:
            poses[at] = pose
            return
        stamps_ns.insert(at, stamp_ns)
        poses.insert(at, pose)
        forgotten = bisect_left(stamps_ns, stamps_ns[-1] - self._keep_ns)
        del stamps_ns[:forgotten]
        del poses[:forgotten]

    def _ancestry(self, frame: str) -> list[str]:
        """List a frame, its parent, … up to the root."""
        ancestry = [frame]
        while (edge := self._edges.get(ancestry[-1])) is not None:
            if edge.parent in ancestry:
                raise TransformError(
                    f"the frames {' → '.join((*ancestry, edge.parent))} stand in a circle; two "
                    'publishers contradict each other about who is whose parent'
                )
            ancestry.append(edge.parent)
        return ancestry

    def _check_connected(
        self, target: str, source: str, up_from_target: list[str], up_from_source: list[str]
    ) -> None:
        known = set(self._edges) | {edge.parent for edge in self._edges.values()}
        for frame in (target, source):
            if frame not in known:
                listed = ', '.join(sorted(known)[:_MOST_NAMED]) or 'none'
                raise TransformError(
                    f"no transform from '{source}' to '{target}': nobody published one from or to "
                    f"'{frame}' (known frames: {listed}); is its name right, and does "
                    'robot_state_publisher or static_transform_publisher run?'
                )
        if up_from_target[-1] != up_from_source[-1]:
            raise TransformError(
                f"no transform from '{source}' to '{target}': they are in two trees, under "
                f"'{up_from_source[-1]}' and '{up_from_target[-1]}'; publish the transform "
                'between these two'
            )


def _pose_at(child: str, edge: _Edge, stamp_ns: int, tolerance_ns: int) -> RigidTransform:
    stamps_ns, poses = edge.stamps_ns, edge.poses
    if edge.is_static:
        return poses[0]
    at = bisect_left(stamps_ns, stamp_ns)
    if at < len(stamps_ns) and stamps_ns[at] == stamp_ns:
        return poses[at]
    if 0 < at < len(stamps_ns):
        before_ns, after_ns = stamps_ns[at - 1], stamps_ns[at]
        share = (stamp_ns - before_ns) / (after_ns - before_ns)
        return poses[at - 1].towards(poses[at], share)
    nearest_ns, nearest = (stamps_ns[0], poses[0]) if at == 0 else (stamps_ns[-1], poses[-1])
    missing_ns = abs(stamp_ns - nearest_ns)
    if missing_ns <= tolerance_ns:
        return nearest
    side = 'first' if at == 0 else 'last'
    raise TransformError(
        f"the pose of '{child}' in '{edge.parent}' is not known at {to_seconds(stamp_ns):.3f} "
        f's: the {side} one is {to_seconds(missing_ns):.3f} s away; is its publisher slow, '
        'late, or on another clock (use_sim_time)?'
    )
