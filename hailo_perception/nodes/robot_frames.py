# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Where the cameras stand on the robot: results in one of its frames, and the ground below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rclpy.node import Node

from hailo_perception.core.frame import Header
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.ros.transforms import listen_to_transforms
from hailo_perception.ros.transforms import TargetFrame
from hailo_perception.tasks.camera_profile import CameraProfile
from hailo_perception.tasks.ground_plane import MountedGround
from hailo_perception.tasks.target_frame import in_target_frame
from hailo_perception.tasks.target_frame import SPATIAL_OUTPUTS


class RobotFrames:
    """Asks /tf on behalf of a node; does not even listen when no frame is named."""

    def __init__(self, node: Node, *, target_frame: str, ground_frame: str) -> None:
        """Listen; MissingDependencyError where a frame is named and nothing can listen."""
        self._transforms = listen_to_transforms(node) if target_frame or ground_frame else None
        self._target, self._ground = (
            TargetFrame(self._transforms, frame) if self._transforms and frame else None
            for frame in (target_frame, ground_frame)
        )
        self._grounds: dict[str, MountedGround] = {}
        self.moved_outputs = SPATIAL_OUTPUTS if self._target else frozenset[Output]()
        """What is carried to the target frame; nothing when no such frame is named."""
        self.other_outputs = frozenset(Output) - self.moved_outputs

    @property
    def has_ground(self) -> bool:
        """Whether a ground frame is named."""
        return self._ground is not None

    def carried(self, perception: Perception, wanted: frozenset[Output]) -> Perception:
        """Carry the wanted ``moved_outputs``; TransformError when the pose is not known."""
        assert self._target is not None, 'only with a target frame'
        pose = self._target.pose_of(perception.header)
        return in_target_frame(perception, pose, self._target.frame_id, wanted)

    def look_for_ground(self, camera: str, header: Header) -> None:
        """Ask where a camera stands, by the header of an image, and remember it.

        TransformError or GroundError when the pose is not known or impossible; what was known
        before stays.
        """
        assert self._ground is not None, 'only with a ground frame'
        self._grounds[camera] = self._ground.ground_of(header)

    def grounded(self, profiles: Mapping[str, CameraProfile]) -> dict[str, CameraProfile]:
        """Give the known ground below each camera that has none by its parameters."""
        return {
            camera: replace(profile, ground=profile.ground or self._grounds.get(camera))
            for camera, profile in profiles.items()
        }

    def destroy(self) -> None:
        """Stop listening."""
        if self._transforms is not None:
            self._transforms.destroy()
