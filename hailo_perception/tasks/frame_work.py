# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One frame while the postprocess works on it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import Frame
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.results import Detections
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.tasks.camera_profile import CameraProfile
from hailo_perception.tasks.plan import lost_without_depth
from hailo_perception.tasks.plan import Part
from hailo_perception.tasks.settings import PostprocessSettings


@dataclass(frozen=True, slots=True)
class FrameWork:
    """What came in, what is made of it, what could not be.

    ``backdrop`` gives the picture that becomes the overlay.
    """

    settings: PostprocessSettings
    profile: CameraProfile
    frame: Frame
    transform: ImageTransform
    tensors: Mapping[str, NDArray[Any]]
    wanted: frozenset[Output]
    backdrop: Callable[[], NDArray[np.uint8]]
    made: dict[Part, Any] = field(default_factory=dict)
    withheld: list[tuple[Cause, str]] = field(default_factory=list)

    def withhold(self, cause: Cause, sentence: str) -> None:
        """Note why something is missing, once, whatever lacks it."""
        if (cause, sentence) not in self.withheld:
            self.withheld.append((cause, sentence))

    @property
    def detections(self) -> Detections | None:
        """Objects, with their positions where these are known."""
        found: Detections | None = self.made.get(Part.POSITIONS, self.made.get(Part.DETECTIONS))
        return found

    def perception(self) -> Perception:
        """Collect what was made."""
        return Perception(
            camera=self.frame.camera,
            header=self.frame.header,
            image_size=self.frame.size,
            camera_model=self.frame.camera_model,
            calibration=self.frame.calibration,
            detections=self.detections,
            semantic=self.made.get(Part.SEMANTIC),
            semantic_confidence=self.made.get(Part.CONFIDENCE),
            lane=self.made.get(Part.LANE),
            lane_lines=self.made.get(Part.LANE_LINES),
            depth=self.made.get(Part.DEPTH),
            depth_color=self.made.get(Part.DEPTH_COLOR),
            point_cloud=self.made.get(Part.POINT_CLOUD),
            point_confidence=self.made.get(Part.POINT_CONFIDENCE),
            bird_eye=self.made.get(Part.BIRD_EYE),
            overlay=self.made.get(Part.OVERLAY),
            withheld=tuple(self.withheld),
        )

    def calibration(self) -> CameraModel:
        """Give the frame's camera model; CameraInfoError when it is missing or of another size."""
        camera = self.frame.camera_model
        if camera is not None and camera.size == self.frame.size:
            return camera
        width, height = self.frame.size
        if camera is None:
            fault = f"camera '{self.frame.camera}' has no usable camera_info"
            remedy = 'publish it beside the image'
        else:
            fault = (
                f"camera '{self.frame.camera}' sends images of {width}×{height} and a camera_info "
                f'of {camera.width}×{camera.height}'
            )
            remedy = "send the calibration of the images' size"
        raise CameraInfoError(f'{fault}, hence {lost_without_depth(self.wanted)}; {remedy}')
