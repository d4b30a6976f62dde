# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The driving scene: an endless world, and rendering it at any moment through any camera."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from dataclasses import replace
import math
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.scenes import traffic
from hailo_perception.scenes import viewpoint as view_module
from hailo_perception.scenes.bonnet import bonnet_mask
from hailo_perception.scenes.bonnet import draw_bonnet
from hailo_perception.scenes.bonnet import random_bonnet
from hailo_perception.scenes.chunk import CHUNK_M
from hailo_perception.scenes.chunk import Chunk
from hailo_perception.scenes.conditions import SceneConditions
from hailo_perception.scenes.conditions import random_conditions
from hailo_perception.scenes.frame import CameraToGround
from hailo_perception.scenes.frame import SceneFrame
from hailo_perception.scenes.ground import GroundHits
from hailo_perception.scenes.ground import hit_ground
from hailo_perception.scenes.ground_paint import GroundPaint
from hailo_perception.scenes.ground_paint import PaintBuilder
from hailo_perception.scenes.ground_paint import merge_paint
from hailo_perception.scenes.ground_paint import shadow_outline
from hailo_perception.scenes.ground_shading import ground_tables
from hailo_perception.scenes.ground_shading import shade_ground
from hailo_perception.scenes.labels import SIDEWALK
from hailo_perception.scenes.labels import SKY
from hailo_perception.scenes.labels import UNLABELLED
from hailo_perception.scenes.lamps import StreetLamps
from hailo_perception.scenes.lamps import lamp_light
from hailo_perception.scenes.layout import random_layout
from hailo_perception.scenes.lens import expose
from hailo_perception.scenes.lens import random_flaws
from hailo_perception.scenes.lighting import random_lighting
from hailo_perception.scenes.mesh import Mesh
from hailo_perception.scenes.mesh import merge
from hailo_perception.scenes.mesh import place_all
from hailo_perception.scenes.rasteriser import Pinhole
from hailo_perception.scenes.rasteriser import paint
from hailo_perception.scenes.rasteriser import paint_flat
from hailo_perception.scenes.road import RoadCourse
from hailo_perception.scenes.scenery import build_chunk
from hailo_perception.scenes.scenery import random_style
from hailo_perception.scenes.shading import shade_polygons
from hailo_perception.scenes.sky import shade_sky
from hailo_perception.scenes.street_furniture import traffic_light
from hailo_perception.scenes.truth import describe_lane_lines
from hailo_perception.scenes.truth import describe_objects
from hailo_perception.scenes.viewpoint import MountedCamera
from hailo_perception.scenes.viewpoint import Viewpoint
from hailo_perception.scenes.wetness import add_reflection
from hailo_perception.scenes.wetness import wet_mirror

_BEHIND_M = 20.0
_AHEAD_M = 240.0
_SHADOW_RANGE_M = 120.0
_PAINT_RANGE_M = 160.0
_WIDEST_RAY = 3.5
_KEPT_CHUNKS = 24
_AMBER, _RED, _GREEN = 1, 0, 2


@dataclass(frozen=True, slots=True)
class _World:
    """All that is in reach at one moment, with y counted from `origin_y`."""

    mesh: Mesh
    paint: GroundPaint
    shadows: GroundPaint
    crossings: tuple[tuple[float, float], ...]
    origin_y: float


class DrivingScene:
    """An endless random drive; the same seed and conditions give the same pictures.

    Without `conditions` they are drawn from the seed. Rendering is a pure function of time and
    camera: moments may be asked for in any order.
    """

    def __init__(self, seed: int, conditions: SceneConditions | None = None) -> None:
        self.seed = seed
        self.conditions = conditions or random_conditions(Random(f'{seed}/conditions'))
        self.course = RoadCourse(seed, self.conditions)
        self.layout = random_layout(Random(f'{seed}/layout'), self.conditions)
        self.lighting = random_lighting(Random(f'{seed}/lighting'), self.conditions)
        random = Random(f'{seed}/drive')
        self._style = random_style(random, self.conditions)
        self._streams = traffic.random_streams(random, self.conditions, self.layout)
        self._flaws = random_flaws(random, self.conditions)
        self._bonnet = random_bonnet(random)
        self._start_arc_m = random.uniform(0.0, 4000.0)
        self._tables = ground_tables(self.layout, self.lighting, random.random() ** 1.5)
        self._street_lamps = StreetLamps(
            offsets_m=(self.layout.left_edge_m + 1.5, self.layout.right_edge_m - 1.5),
            every_m=self._style.lamp_every * CHUNK_M,
        )
        self._chunks: OrderedDict[int, Chunk] = OrderedDict()
        self._static: tuple[int, _World] | None = None

    def random_camera(self, width: int, height: int) -> MountedCamera:
        """Return the camera that this drive's seed draws, for pictures of a size."""
        return view_module.random_camera(width, height, Random(f'{self.seed}/camera'))

    def ego_position(self, time_s: float) -> tuple[float, float, float, float]:
        """Return the ego vehicle's world x, y, z (metres) and heading (radians) at a time."""
        arc = self._start_arc_m + self.conditions.speed_mps * time_s
        y = float(self.course.y_at(arc))
        x = float(self.course.x_at(y, self.layout.ego_offset_m))
        return x, y, float(self.course.height(y)), float(self.course.heading(y))

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
            width, height = camera.model.width, camera.model.height
            finer = camera.model.scaled(
                round(width * supersample), round(height * supersample)
            )
            fine = self._render(time_s, camera, finer).image
            image = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
            frame = replace(frame, image=np.asarray(image, np.uint8))
        return frame

    def _render(self, time_s: float, camera: MountedCamera, model: CameraModel) -> SceneFrame:
        world = self._world(time_s)
        view, slope = self._viewpoint(time_s, camera, world.origin_y)
        rays = model.rays()
        unseen = ~np.isfinite(rays).all(axis=2)
        if unseen.any():
            rays = np.where(unseen[..., None], np.float32(0.0), rays)
        pinhole, lookup = _pinhole(model, rays)
        lighting = self.lighting
        hits = hit_ground(rays, view, self.course, world.origin_y)
        painted = paint(world.mesh, view, pinhole, _AHEAD_M)
        number = painted.number if lookup is None else _looked_up(painted.number, lookup)

        colour, semantic, lane, depth = self._background(
            time_s, world, view, rays, hits, pinhole, lookup
        )
        pixels = shade_polygons(painted, number, rays, depth, world.mesh, view, lighting, model.fx)
        colour.reshape(3, -1)[:, pixels.pixel] = pixels.colour
        depth.ravel()[pixels.pixel] = pixels.depth
        source = painted.source[pixels.polygon]
        semantic.ravel()[pixels.pixel] = world.mesh.semantic[source]
        lane.ravel()[pixels.pixel] = 0
        instance = np.full(depth.shape, -1, np.int32)
        instance.ravel()[pixels.pixel] = world.mesh.instance[source]
        if lighting.lamps:
            colour *= lamp_light(
                rays, depth, view, lighting, self._street_lamps, self.course, world.origin_y
            )
        clear = np.exp(depth * np.float32(-lighting.haze_per_m))
        missed = np.flatnonzero(np.isinf(depth))
        clear.ravel()[missed] = 1.0 - _sky_haze(rays, view, lighting.haze_per_m, missed)
        for plane, haze in zip(colour, lighting.horizon):
            plane -= haze
            plane *= clear
            plane += haze
        glow = None
        if pixels.glow is not None:
            glow = np.zeros_like(colour)
            glow.reshape(3, -1)[:, pixels.pixel] = pixels.glow
            glow *= np.sqrt(clear)
        if lighting.wetness:
            mirror = wet_mirror(semantic > SIDEWALK)
            for picture in (colour, glow) if glow is not None else (colour,):
                add_reflection(picture, mirror, lighting.wetness)
        depth[~np.isfinite(depth)] = np.nan
        if self.conditions.bonnet:
            mask = bonnet_mask(self._bonnet, model.width, model.height)
            draw_bonnet(colour, mask, self._bonnet, lighting)
            unseen = unseen | mask
            if glow is not None:
                glow[:, mask] = 0.0
        if unseen.any():
            depth[unseen] = np.nan
            semantic[unseen] = UNLABELLED
            lane[unseen] = 0
            instance[unseen] = -1
        objects, instances = describe_objects(
            instance, depth, world.mesh, painted.pixels_alone, view
        )
        # A sensor's noise changes from frame to frame, yet the same moment looks the same.
        noise_seed = self.seed * 1_000_003 + round(time_s * 1000.0)
        return SceneFrame(
            image=expose(colour, glow, self._flaws, noise_seed),
            depth_m=depth,
            semantic=semantic,
            lane=lane,
            instances=instances,
            objects=objects,
            lane_lines=describe_lane_lines(
                self.layout, self.course, view, world.origin_y, model
            ),
            camera=model,
            camera_to_ground=CameraToGround(
                camera.height_m, camera.pitch_rad, camera.roll_rad
            ),
            time_s=time_s,
        )

    def _background(
        self,
        time_s: float,
        world: _World,
        view: Viewpoint,
        rays: NDArray[np.float32],
        hits: GroundHits,
        pinhole: Pinhole,
        lookup: NDArray[np.int32] | None,
    ) -> tuple[
        NDArray[np.float32], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]
    ]:
        """Return colour, semantic, lane and depth of ground and sky alone (depth inf: sky)."""
        shape = rays.shape[:2]
        flat = np.zeros((pinhole.height, pinhole.width), np.int32)
        numbers = np.arange(1, len(world.paint) + 1, dtype=np.int32)
        paint_flat(world.paint.vertices, world.paint.count, view, pinhole, flat, numbers,
                   _PAINT_RANGE_M)  # fmt: skip
        shadow = np.zeros((pinhole.height, pinhole.width), np.uint8)
        dark = np.full(len(world.shadows), 255, np.int32)
        paint_flat(world.shadows.vertices, world.shadows.count, view, pinhole, shadow, dark,
                   _SHADOW_RANGE_M)  # fmt: skip
        shadow = cv2.blur(shadow, (3, 3))
        if lookup is not None:
            flat, shadow = _looked_up(flat, lookup), _looked_up(shadow, lookup)
        ground = shade_ground(
            hits, self._tables, self.lighting, world.paint, flat[hits.top :],
            shadow[hits.top :], world.crossings, world.origin_y,
        )  # fmt: skip
        colour = np.empty((3, *shape), np.float32)
        depth = np.full(shape, np.inf, np.float32)
        semantic = np.full(shape, SKY, np.uint8)
        lane = np.zeros(shape, np.uint8)
        missed = ~hits.hit
        last = int(np.flatnonzero(missed.any(axis=1)).max(initial=-1)) + 1 + hits.top
        if last:
            colour[:, :last] = shade_sky(rays[:last], view, self.lighting, time_s, self.seed)
        np.copyto(colour[:, hits.top :], ground.colour, where=hits.hit)
        depth[hits.top :] = hits.depth
        np.copyto(semantic[hits.top :], ground.semantic, where=hits.hit)
        lane[hits.top :] = ground.lane
        return colour, semantic, lane, depth

    def _viewpoint(
        self, time_s: float, camera: MountedCamera, origin_y: float
    ) -> tuple[Viewpoint, float]:
        _, y, _, heading = self.ego_position(time_s)
        slope = math.atan(float(self.course.slope(y)) * math.cos(heading))
        x = float(self.course.x_at(y, self.layout.ego_offset_m + camera.offset_m))
        ground = float(self.course.height(y))
        return view_module.viewpoint(camera, x, y - origin_y, ground, heading, slope), slope

    def _world(self, time_s: float) -> _World:
        """Return the stretches in reach and everything that moves there."""
        _, ego_y, _, _ = self.ego_position(time_s)
        static = self._static_world(math.floor(ego_y / CHUNK_M))
        arc = self._start_arc_m + self.conditions.speed_mps * time_s
        night = self.lighting.lamps > 0.2 or self.conditions.weather in ('fog', 'rain')
        meshes, shadows = [static.mesh], PaintBuilder()
        movers = [
            mover
            for stream in self._streams
            for mover in traffic.movers(
                stream, self.seed, self.conditions, time_s, arc, _BEHIND_M, _AHEAD_M, night
            )
        ]
        if movers:
            meshes.append(self._stand(movers, static.origin_y, shadows))
        meshes += self._signals(static.origin_y, ego_y)
        return replace(
            static, mesh=merge(meshes), shadows=merge_paint((static.shadows, shadows.build()))
        )

    def _static_world(self, number: int) -> _World:
        if self._static is not None and self._static[0] == number:
            return self._static[1]
        reach = range(number - 1, number + math.ceil(_AHEAD_M / CHUNK_M) + 1)
        chunks = [self._chunk(k).moved((k - number) * CHUNK_M) for k in reach]
        world = _World(
            mesh=merge(chunk.mesh for chunk in chunks),
            paint=merge_paint(chunk.paint for chunk in chunks),
            shadows=merge_paint(chunk.shadows for chunk in chunks),
            crossings=tuple(span for chunk in chunks for span in chunk.crossings),
            origin_y=number * CHUNK_M,
        )
        self._static = (number, world)
        return world

    def _chunk(self, number: int) -> Chunk:
        if number not in self._chunks:
            self._chunks[number] = build_chunk(
                number, self.seed, self.conditions, self.layout, self.lighting, self._style,
                self.course,
            )  # fmt: skip
            while len(self._chunks) > _KEPT_CHUNKS:
                self._chunks.popitem(last=False)
        return self._chunks[number]

    def _stand(
        self, movers: list[traffic.Mover], origin_y: float, shadows: PaintBuilder
    ) -> Mesh:
        """Return the movers as one mesh where they are, and add their shadows."""
        y = self.course.y_at(np.array([mover.arc_m for mover in movers]))
        x = self.course.x_at(y, np.array([mover.offset_m for mover in movers]))
        z, heading = self.course.height(y), self.course.heading(y)
        slope, turn = self.course.slope(y), math.pi * np.array([m.reverse for m in movers])
        y = y - origin_y
        sun = self.lighting.sun
        for k, mover in enumerate(movers):
            footprint = _footprint(
                mover, float(x[k]), float(y[k]), math.cos(heading[k]), math.sin(heading[k])
            )
            outlines = [footprint]
            if self.lighting.casts_shadows:
                tall = min(mover.height_m, 12.0 * float(sun[2]))
                reach = (-float(sun[0] / sun[2]) * tall, -float(sun[1] / sun[2]) * tall)
                outlines.append(shadow_outline(footprint, reach))
            low, rise, start = float(z[k]), float(slope[k]), float(y[k])
            for outline in outlines:
                shadows.polygon([(a, b, low + rise * (b - start)) for a, b in outline])
        return place_all([mover.mesh for mover in movers], x, y, z, heading + turn, slope)

    def _signals(self, origin_y: float, ego_y: float) -> list[Mesh]:
        """Return the traffic lights; each turns green before the ego vehicle comes close."""
        meshes, along, offset, turn = [], [], [], []
        first = math.floor(ego_y / CHUNK_M)
        for number in range(first - 1, first + math.ceil(_AHEAD_M / CHUNK_M) + 1):
            for signal in self._chunk(number).signals:
                y = number * CHUNK_M + signal.along_m
                changes_at = 30.0 + (signal.variant % 8) * 12.0
                state = _GREEN if y - ego_y < changes_at else _RED
                if signal.variant % 11 == 0:
                    state = _AMBER
                meshes.append(traffic_light(signal.variant, state, signal.reach_m))
                along.append(y)
                offset.append(signal.offset_m)
                turn.append(math.pi if signal.reverse else 0.0)
        if not meshes:
            return []
        course, y_all = self.course, np.array(along)
        x = course.x_at(y_all, np.array(offset))
        heading = course.heading(y_all) + np.array(turn)
        flat = np.zeros(len(meshes))
        return [place_all(meshes, x, y_all - origin_y, course.height(y_all), heading, flat)]


def _footprint(
    mover: traffic.Mover, x: float, y: float, cosine: float, sine: float
) -> list[tuple[float, float]]:
    wide, long = mover.half_width_m, mover.half_length_m
    return [
        (x + a * cosine + b * sine, y - a * sine + b * cosine)
        for a, b in ((-wide, -long), (wide, -long), (wide, long), (-wide, long))
    ]


def _pinhole(
    model: CameraModel, rays: NDArray[np.float32]
) -> tuple[Pinhole, NDArray[np.int32] | None]:
    """Return the camera to paint polygons with, and where each real pixel finds its ray there."""
    if model.is_pinhole:
        return Pinhole(model.width, model.height, model.fx, model.fy, model.cx, model.cy), None
    low = np.maximum(rays.reshape(-1, 2).min(axis=0), -_WIDEST_RAY)
    high = np.minimum(rays.reshape(-1, 2).max(axis=0), _WIDEST_RAY)
    focal = np.array((model.fx, model.fy))
    width, height = (np.ceil((high - low) * focal) + 3).astype(int).tolist()
    centre = 1.0 - low * focal
    pinhole = Pinhole(width, height, model.fx, model.fy, float(centre[0]), float(centre[1]))
    at = np.round(rays * focal + centre).astype(np.int32)
    inside = (np.abs(rays) <= _WIDEST_RAY).all(axis=2)
    lookup = np.where(inside, at[..., 1] * width + at[..., 0], -1)
    return pinhole, lookup.astype(np.int32)


def _looked_up(
    picture: NDArray[np.generic], lookup: NDArray[np.int32]
) -> NDArray[np.generic]:
    return np.where(lookup >= 0, picture.ravel()[np.maximum(lookup, 0)], 0).astype(picture.dtype)


def _sky_haze(
    rays: NDArray[np.float32], view: Viewpoint, haze_per_m: float, pixels: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Return how much of the sky the haze hides at flat pixels: most just above the horizon."""
    columns = view.rotation.astype(np.float32)
    ray = np.take(rays.reshape(-1, 2), pixels, axis=0)
    up = columns[0, 2] * ray[:, 0] + columns[1, 2] * ray[:, 1] + columns[2, 2]
    thickness = np.float32(min(1.0, 120.0 * haze_per_m))
    return np.asarray(thickness * np.exp(-np.maximum(up, 0.0) * np.float32(3.0)))
