# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Colour and labels of the ground from where each pixel's ray meets it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.labels import UNLABELLED
from hailo_perception.scenes.ground import GroundHits
from hailo_perception.scenes.ground_paint import GroundPaint
from hailo_perception.scenes.labels import ROAD
from hailo_perception.scenes.labels import SIDEWALK
from hailo_perception.scenes.labels import TERRAIN
from hailo_perception.scenes.labels import YELLOW_LINE
from hailo_perception.scenes.layout import RoadLayout
from hailo_perception.scenes.lighting import Lighting
from hailo_perception.scenes.textures import tileable_noise

_HALF_WIDTH_M = 60.0
_TABLE_CELL_M = 0.02
_LEAST_COVER = 0.22
_WHITE_PAINT = (215.0, 218.0, 218.0)
_YELLOW_PAINT = (50.0, 165.0, 215.0)

Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class GroundTables:
    """A road layout as tables over the lateral offset, and its lines as arrays."""

    colour: NDArray[np.float32]  # (3, T)
    roughness: NDArray[np.float32]  # (T,)
    semantic: NDArray[np.uint8]  # (T,)
    nearest_line: NDArray[np.intp]  # (T,)
    line_offset: NDArray[np.float32]
    line_half: NDArray[np.float32]
    line_class: NDArray[np.uint8]
    line_dash: NDArray[np.float32]
    line_period: NDArray[np.float32]
    line_phase: NDArray[np.float32]
    line_colour: NDArray[np.float32]  # (3, lines)
    asphalt: NDArray[np.float32]
    wear: float


@dataclass(frozen=True, slots=True)
class ShadedGround:
    """Colour before haze (3, h, W), semantic and lane ids (h, W) of the rows from the top on."""

    colour: Image
    semantic: NDArray[np.uint8]
    lane: NDArray[np.uint8]


def ground_tables(layout: RoadLayout, lighting: Lighting, wear: float) -> GroundTables:
    """Tabulate the layout; `wear` 0..1 is how faded its lines are."""
    offset = np.arange(-_HALF_WIDTH_M, _HALF_WIDTH_M, _TABLE_CELL_M) + _TABLE_CELL_M / 2
    edges = np.array([band.until_m for band in layout.bands])
    band = np.searchsorted(edges, offset, side='right')
    band = np.minimum(band, len(edges) - 1)
    colours = np.array([b.colour for b in layout.bands])
    semantic = np.array([b.semantic for b in layout.bands], np.uint8)
    colour = colours[band]
    rough = np.array([b.roughness for b in layout.bands])[band]
    # Wheels polish two tracks in each lane; oil darkens the middle.
    for lane in layout.lanes:
        across = offset - lane.offset_m
        tracks = np.exp(-(((np.abs(across) - 0.8) / 0.35) ** 2))
        middle = np.exp(-((across / 0.35) ** 2))
        shade = 1.0 - 0.09 * tracks * (semantic[band] == ROAD) - 0.04 * middle
        colour = colour * shade[:, None]
    snow = lighting.snow
    if snow:
        white = np.array((225.0, 220.0, 215.0))
        cover = np.where(semantic[band] == TERRAIN, 0.92, np.where(
            semantic[band] == SIDEWALK, 0.7, 0.15)) * snow  # fmt: skip
        for lane in layout.lanes:
            across = np.abs(offset - lane.offset_m)
            between = np.clip((across - 1.05) / 0.3, 0.0, 1.0) * (across < lane.width_m / 2)
            cover = np.maximum(cover, 0.5 * snow * between)
        colour = colour + (white - colour) * cover[:, None]
    if lighting.wetness:
        dark = np.where(semantic[band] == ROAD, 0.45, 0.25) * lighting.wetness
        colour = colour * (1.0 - dark[:, None])
    lines = layout.lines
    line_offset = np.array([line.offset_m for line in lines] or [1e6])
    line_class = np.array([line.class_id for line in lines] or [0], np.uint8)
    fresh = np.where(
        (line_class == YELLOW_LINE)[:, None], np.array(_YELLOW_PAINT), np.array(_WHITE_PAINT)
    )
    return GroundTables(
        colour=np.ascontiguousarray(colour.T, np.float32),
        roughness=rough.astype(np.float32),
        semantic=semantic[band],
        nearest_line=np.abs(offset[:, None] - line_offset).argmin(axis=1),
        line_offset=line_offset.astype(np.float32),
        line_half=np.array([line.width_m / 2 for line in lines] or [0.0], np.float32),
        line_class=line_class,
        line_dash=np.array([line.dash_m for line in lines] or [0.0], np.float32),
        line_period=np.array([line.period_m for line in lines] or [0.0], np.float32),
        line_phase=np.array([line.phase_m for line in lines] or [0.0], np.float32),
        line_colour=np.ascontiguousarray(fresh.T, np.float32),
        asphalt=np.array(layout.asphalt, np.float32) * (1.0 - 0.45 * lighting.wetness),
        wear=wear,
    )


def shade_ground(
    hits: GroundHits,
    tables: GroundTables,
    lighting: Lighting,
    paint: GroundPaint,
    painted: NDArray[np.int32],
    shadow: NDArray[np.uint8],
    crossings: tuple[tuple[float, float], ...],
    origin_y: float,
) -> ShadedGround:
    """Colour and label the ground.

    `painted` (h, W) holds index + 1 into `paint`, `shadow` (h, W) 0..255 how dark it is.
    `crossings` are the (low, high) y of streets that cross.
    """
    shape = hits.depth.shape
    last = len(tables.semantic) - 1
    index = ((hits.offset + np.float32(_HALF_WIDTH_M)) * np.float32(1.0 / _TABLE_CELL_M))
    index = np.clip(index, 0, last).astype(np.intp)
    colour = np.take(tables.colour, index, axis=1)
    semantic = np.take(tables.semantic, index)
    rough = np.take(tables.roughness, index)
    lane = np.zeros(shape, np.uint8)
    open_road = hits.hit.copy()
    for low, high in crossings:
        street = (hits.along > low) & (hits.along < high)
        colour[:, street] = tables.asphalt[:, None]
        semantic[street] = ROAD
        rough[street] = 1.0
        open_road &= ~street
    _add_lines(hits, tables, index, open_road, colour, lane, origin_y)
    rows = np.flatnonzero(painted)
    if len(rows):
        which = painted.ravel()[rows] - 1
        cover = paint.strength[which]
        for plane, tone in zip(colour, paint.colour.T):
            flat = plane.ravel()
            flat[rows] += (tone[which] - flat[rows]) * cover
        lanes = paint.lane[which]
        marked = lanes > 0
        lane.ravel()[rows[marked]] = lanes[marked]
    grain = _grain(hits, rough)
    darkness = shadow.astype(np.float32) * np.float32(1.0 / 255.0)
    direct = lighting.sun_strength * max(0.0, float(lighting.sun[2]))
    for plane, sky, sun in zip(colour, lighting.ambient, direct):
        if lighting.casts_shadows:
            plane *= grain * ((sky + sun) - darkness * sun)
        else:
            plane *= grain * ((sky + sun) - darkness * (np.float32(0.55) * (sky + sun)))
    lane[~hits.hit] = 0
    semantic = np.where(hits.hit, semantic, UNLABELLED).astype(np.uint8)
    lane[(semantic != ROAD)] = 0
    return ShadedGround(colour, semantic, lane)


def _add_lines(
    hits: GroundHits,
    tables: GroundTables,
    index: NDArray[np.intp],
    open_road: NDArray[np.bool_],
    colour: Image,
    lane: NDArray[np.uint8],
    origin_y: float,
) -> None:
    """Blend the lane lines in by how much of each pixel they cover, and label them."""
    line = np.take(tables.nearest_line, index)
    away = np.abs(hits.offset - np.take(tables.line_offset, line))
    near = open_road & (away < np.take(tables.line_half, line) + np.float32(0.5) * hits.span)
    at = np.flatnonzero(near)
    if not len(at):
        return
    which = line.ravel()[at]
    span = hits.span.ravel()[at]
    half = tables.line_half[which]
    cover = np.clip((half + 0.5 * span - away.ravel()[at]) / span, 0.0, 2.0 * half / span)
    period = tables.line_period[which]
    dashed = period > 0.0
    along = hits.along.ravel()[at] + np.float32(origin_y % 3600.0) + tables.line_phase[which]
    reach = hits.reach.ravel()[at]
    into = np.mod(along, np.where(dashed, period, 1.0))
    dash = tables.line_dash[which]
    edge = np.clip(np.minimum(into, dash - into) / np.maximum(reach, 1e-3) + 0.5, 0.0, 1.0)
    mean = dash / np.maximum(period, 1e-3)
    blurred = np.clip((reach / np.maximum(period, 1e-3) - 0.4) * 2.0, 0.0, 1.0)
    edge = edge + (mean - edge) * blurred
    cover = np.minimum(cover, 1.0) * np.where(dashed, edge, 1.0)
    worn = _noise(hits.offset.ravel()[at] * 3.0, along * 0.7, 11)
    opacity = np.clip(1.15 - tables.wear * (0.3 + 1.0 * worn), 0.3, 1.0)
    cover_seen = (cover * opacity).astype(np.float32)
    for plane, tone in zip(colour, tables.line_colour):
        flat = plane.ravel()
        flat[at] += (tone[which] - flat[at]) * cover_seen
    on_centre = away.ravel()[at] <= np.maximum(half, 0.5 * span)
    labelled = on_centre & (cover > _LEAST_COVER) & (np.where(dashed, edge, 1.0) >= 0.5)
    lane.ravel()[at[labelled]] = tables.line_class[which[labelled]]


def _grain(hits: GroundHits, rough: Image) -> Image:
    """Return the texture's brightness factor, faded where pixels cover much ground."""
    coarse = _noise(hits.offset * 0.35, hits.along * 0.12, 12) - np.float32(0.5)
    fine = _noise(hits.offset * 6.0, hits.along * 6.0, 13) - np.float32(0.5)
    fade = np.clip(np.float32(0.30) / hits.reach, 0.0, 1.0)
    return np.asarray(1.0 + rough * (np.float32(0.22) * coarse + np.float32(0.34) * fine * fade))


def _noise(u: Image, v: Image, seed: int) -> Image:
    """Sample repeating noise at 16 texels per unit."""
    size = 256
    table = tileable_noise(seed, size, 0.9 if seed != 12 else 1.6)
    column = (u * np.float32(16.0)).astype(np.intp) & (size - 1)
    row = (v * np.float32(16.0)).astype(np.intp) & (size - 1)
    return np.take(table, row * size + column)
