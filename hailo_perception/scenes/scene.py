# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The driving scene: an endless world, and rendering it at any moment through any camera."""

from __future__ import annotations

from dataclasses import replace
import math
from random import Random

import cv2
import numpy as np

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.scenes import canvas as steps
from hailo_perception.scenes import viewpoint as viewpoints
from hailo_perception.scenes.bonnet import bonnet_mask
from hailo_perception.scenes.bonnet import draw_bonnet
from hailo_perception.scenes.bonnet import random_bonnet
from hailo_perception.scenes.chunk import CHUNK_M
from hailo_perception.scenes.conditions import random_conditions
from hailo_perception.scenes.conditions import SceneConditions
from hailo_perception.scenes.frame import CameraToGround
from hailo_perception.scenes.frame import SceneFrame
from hailo_perception.scenes.ground_shading import ground_tables
from hailo_perception.scenes.lamps import lamp_light
from hailo_perception.scenes.lamps import StreetLamps
from hailo_perception.scenes.layout import RoadLayout
from hailo_perception.scenes.lens import expose
from hailo_perception.scenes.lens import random_flaws
from hailo_perception.scenes.road import RoadCourse
from hailo_perception.scenes.truth import describe_lane_lines
from hailo_perception.scenes.truth import describe_objects
from hailo_perception.scenes.viewpoint import MountedCamera
from hailo_perception.scenes.viewpoint import Viewpoint
from hailo_perception.scenes.world import World


class DrivingScene:
    """An endless random drive; the same seed and conditions give the same pictures.

    Without `conditions` they are drawn from the seed. Rendering is a pure function of time and
    camera: moments may be asked for in any order.
    """

    def __init__(self, seed: int, conditions: SceneConditions | None = None) -> None:
        self.seed = seed
        self.conditions = conditions or random_conditions(Random(f'{seed}/conditions'))
        self._world = World(seed, self.conditions)
        random = Random(f'{seed}/lens')
        self._flaws = random_flaws(random, self.conditions)
        self._bonnet = random_bonnet(random)
        layout, lighting = self._world.layout, self._world.lighting
        self._tables = ground_tables(layout, lighting, random.random() ** 1.5)
        self._street_lamps = StreetLamps(
            offsets_m=(layout.left_edge_m + 1.5, layout.right_edge_m - 1.5),
            every_m=self._world.style.lamp_every * CHUNK_M,
        )

    @property
    def course(self) -> RoadCourse:
        """Centre line and height of the road."""
        return self._world.course

    @property
    def layout(self) -> RoadLayout:
        """The cross-section of the road."""
        return self._world.layout

    def random_camera(self, width: int, height: int) -> MountedCamera:
        """Return the camera that this drive's seed draws, for pictures of a size."""
        return viewpoints.random_camera(width, height, Random(f'{self.seed}/camera'))

    def ego_position(self, time_s: float) -> tuple[float, float, float, float]:
        """Return the ego vehicle's world x, y, z (metres) and heading (radians) at a time."""
        return self._world.ego_position(time_s)

    def render(
        self, time_s: float, camera: MountedCamera, *, supersample: float = 1.0
    ) -> SceneFrame:
        """Render the moment `time_s` (seconds, >= 0) as the mounted camera sees it.

        With `supersample` > 1 the image alone is rendered finer and averaged; labels and depth
        always belong to the rays through the pixel centres. Raises ValueError for a negative
        time or a factor outside 1..4.
        """
        if not (time_s >= 0.0 and math.isfinite(time_s)):
            raise ValueError(f'time_s must be finite and not negative, got {time_s!r}')
        if not 1.0 <= supersample <= 4.0:
            raise ValueError(f'supersample must be between 1 and 4, got {supersample!r}')
        frame = self._render(time_s, camera, camera.model)
        if supersample > 1.0:
            width, height = camera.model.size
            finer = camera.model.scaled(round(width * supersample), round(height * supersample))
            fine = self._render(time_s, camera, finer).image
            image = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
            frame = replace(frame, image=np.asarray(image, np.uint8))
        return frame

    def _render(self, time_s: float, camera: MountedCamera, model: CameraModel) -> SceneFrame:
        course, lighting = self._world.course, self._world.lighting
        world = self._world.at(time_s)
        view = self._viewpoint(time_s, camera, world.origin_y)
        seen = steps.sight(model, view)
        canvas = steps.paint_background(
            seen, world, course, self._tables, lighting, time_s, self.seed
        )
        pixels_alone = steps.paint_things(canvas, seen, world, lighting)
        if lighting.lamps:
            canvas.colour *= lamp_light(
                seen.rays, canvas.depth, view, lighting, self._street_lamps, course, world.origin_y
            )
        steps.add_air(canvas, seen, lighting)
        canvas.depth[np.isinf(canvas.depth)] = np.nan
        if seen.unseen is not None:
            canvas.hide(seen.unseen)
        if self.conditions.bonnet:
            mask = bonnet_mask(self._bonnet, model.width, model.height)
            draw_bonnet(canvas.colour, mask, self._bonnet, lighting)
            canvas.hide(mask)
        objects, instances = describe_objects(
            canvas.instance, canvas.depth, world.mesh, pixels_alone, view
        )
        # A sensor's noise changes from frame to frame, yet the same moment looks the same.
        noise_seed = self.seed * 1_000_003 + round(time_s * 1000.0)
        return SceneFrame(
            image=expose(canvas.colour, canvas.glow, self._flaws, noise_seed),
            depth_m=canvas.depth,
            semantic=canvas.semantic,
            lane=canvas.lane,
            instances=instances,
            objects=objects,
            lane_lines=describe_lane_lines(
                self._world.layout, course, view, world.origin_y, model
            ),
            camera=model,
            camera_to_ground=CameraToGround(camera.height_m, camera.pitch_rad, camera.roll_rad),
            time_s=time_s,
        )

    def _viewpoint(self, time_s: float, camera: MountedCamera, origin_y: float) -> Viewpoint:
        _, y, ground_z, heading = self.ego_position(time_s)
        slope = math.atan(float(self.course.slope(y)) * math.cos(heading))
        x = float(self.course.x_at(y, self.layout.ego_offset_m + camera.offset_m))
        return viewpoints.viewpoint(camera, x, y - origin_y, ground_z, heading, slope)
