# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The parts of the rendered scene: course, layout, meshes, painting, reflections."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.scenes.conditions import ROAD_KINDS
from hailo_perception.scenes.conditions import SceneConditions
from hailo_perception.scenes.ground_paint import shadow_outline
from hailo_perception.scenes.labels import ROAD
from hailo_perception.scenes.layout import random_layout
from hailo_perception.scenes.mesh import merge
from hailo_perception.scenes.mesh import MeshBuilder
from hailo_perception.scenes.mesh import place
from hailo_perception.scenes.rasteriser import paint
from hailo_perception.scenes.road import RoadCourse
from hailo_perception.scenes.road import STRIP_M
from hailo_perception.scenes.vehicles import LENGTHS_M
from hailo_perception.scenes.vehicles import vehicle
from hailo_perception.scenes.viewpoint import Viewpoint
from hailo_perception.scenes.wetness import wet_mirror

NORTH = np.array(((1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0)))
PINHOLE = CameraModel(100, 80, 100.0, 100.0, 49.5, 39.5)
WINDING = SceneConditions(kind='rural', curviness=1.0, hilliness=1.0)


def looking_north(height_m: float = 1.0) -> Viewpoint:
    return Viewpoint(np.array((0.0, 0.0, height_m)), NORTH)


@given(st.floats(-20000.0, 100000.0), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_arc_length_steps_are_as_long_as_they_claim(arc_m, seed):
    course = RoadCourse(seed, WINDING)
    y = course.y_at(np.array((arc_m, arc_m + 1.0)))
    length = np.hypot(y[1] - y[0], course.centre(y[1]) - course.centre(y[0]))
    assert length == pytest.approx(1.0, abs=0.01)


def test_height_is_linear_between_vertices():
    course = RoadCourse(3, WINDING)
    y = np.arange(-50.0, 50.0) * STRIP_M
    middle = course.height(y + STRIP_M / 2)
    np.testing.assert_allclose(middle, (course.height(y) + course.height(y + STRIP_M)) / 2)


def test_flat_straight_course():
    course = RoadCourse(3, SceneConditions(curviness=0.0, hilliness=0.0))
    y = np.linspace(-1e4, 1e4, 50)
    assert not course.centre(y).any() and not course.height(y).any()
    np.testing.assert_allclose(course.y_at(y), y)


@pytest.mark.parametrize('kind', ROAD_KINDS)
@pytest.mark.parametrize('left_hand', [False, True])
def test_layouts_keep_lanes_on_the_road_and_in_order(kind, left_hand):
    conditions = SceneConditions(kind=kind, left_hand_traffic=left_hand)
    for seed in range(30):
        layout = random_layout(Random(seed), conditions)
        edges = [band.until_m for band in layout.bands]
        assert edges == sorted(edges) and edges[-1] == float('inf')
        for lane in layout.lanes:
            assert layout.left_edge_m < lane.offset_m - lane.width_m / 2 + 1e-6
            assert lane.offset_m + lane.width_m / 2 < layout.right_edge_m + 1e-6
            under = next(band for band in layout.bands if lane.offset_m < band.until_m)
            assert under.semantic == ROAD
        against = [lane.offset_m for lane in layout.lanes if lane.direction < 0]
        side = -1.0 if left_hand else 1.0
        assert all(side * (layout.ego_offset_m - other) > 2.0 for other in against)


def test_empty_mesh_paints_nothing():
    painted = paint(MeshBuilder().build(), looking_north(), PINHOLE, 100.0)
    assert not painted.number.any() and len(painted.source) == 0


def test_near_things_hide_far_ones_whatever_their_order():
    walls = []
    for y in (5.0, 20.0):
        builder = MeshBuilder()
        builder.start_object(0, (0.0, y, 1.0))
        builder.box((-1.0, y, 0.0), (1.0, y + 1.0, 2.0), (9.0, 9.0, 9.0), 13)
        walls.append(builder.build())
    for order in (walls, walls[::-1]):
        painted = paint(merge(order), looking_north(), PINHOLE, 100.0)
        centre = painted.source[painted.number[40, 50] - 1]
        assert painted.near_m[painted.number[40, 50] - 1] == pytest.approx(5.0)
        assert merge(order).object_centre[merge(order).instance[centre], 1] == 5.0
        assert np.all(painted.pixels_alone > 0)


def test_a_painted_wall_is_as_large_as_it_should_be():
    builder = MeshBuilder()
    builder.start_object(0, (0.0, 10.0, 1.0))
    builder.box((-2.0, 10.0, 0.0), (2.0, 10.0, 2.0), (9.0, 9.0, 9.0), 13)
    painted = paint(builder.build(), looking_north(), PINHOLE, 100.0)
    rows, columns = np.nonzero(painted.number)
    assert columns.max() - columns.min() + 1 == pytest.approx(40, abs=1)
    assert rows.max() - rows.min() + 1 == pytest.approx(20, abs=1)
    assert painted.pixels_alone[0] == len(rows)


def test_what_reaches_behind_the_camera_is_cut():
    builder = MeshBuilder()
    builder.polygon([(1.0, -20.0, 0.0), (1.0, 20.0, 0.0), (1.0, 20.0, 2.0), (1.0, -20.0, 2.0)],
                    (9.0, 9.0, 9.0), 3)  # fmt: skip
    painted = paint(builder.build(), looking_north(), PINHOLE, 100.0)
    assert painted.number[40, 99] == 1 and painted.number[40, 40] == 0
    a, b, c = painted.plane[0]
    assert a * 0.5 + b * 0.1 + c == pytest.approx(0.5)  # the ray (0.5, 0.1) meets x = 1 at z = 2


def test_placing_turns_clockwise_and_climbs():
    builder = MeshBuilder()
    builder.start_object(0, (0.0, 2.0, 0.0))
    builder.polygon([(0.0, 2.0, 0.0), (1.0, 2.0, 0.0), (0.0, 3.0, 0.0)], (9.0, 9.0, 9.0), 13)
    east = place(builder.build(), 10.0, 20.0, 1.0, np.pi / 2)
    np.testing.assert_allclose(east.vertices[0, 0], (12.0, 20.0, 1.0), atol=1e-5)
    uphill = place(builder.build(), 0.0, 0.0, 1.0, 0.0, slope=0.1)
    np.testing.assert_allclose(uphill.object_centre[0], (0.0, 2.0, 1.2), atol=1e-6)


@pytest.mark.parametrize('kind', LENGTHS_M)
def test_vehicles_stand_on_the_ground_and_are_real_sized(kind):
    for variant in range(12):
        mesh = vehicle(kind, variant, True, False)
        low, high = mesh.vertices.min(axis=(0, 1)), mesh.vertices.max(axis=(0, 1))
        assert low[2] == pytest.approx(0.0, abs=0.01)
        assert 0.6 * LENGTHS_M[kind] < high[1] - low[1] < 1.1 * LENGTHS_M[kind]
        assert 1.6 < high[0] - low[0] < 2.7 and 1.3 < high[2] < 4.2
        assert len(mesh.object_class) == 1 and np.all(mesh.instance == 0)


def test_a_shadow_covers_the_footprint_and_its_image():
    outline = shadow_outline([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)], (3.0, 0.0))
    assert {(0.0, 0.0), (4.0, 0.0), (4.0, 1.0), (0.0, 1.0)} <= set(outline)
    assert (1.0, 1.0) not in outline


def test_wet_ground_mirrors_what_stands_on_it():
    dry = np.zeros((6, 1), bool)
    dry[:3] = True
    mirror = wet_mirror(dry)
    np.testing.assert_array_equal(mirror.pixel, (3, 4, 5))
    np.testing.assert_array_equal(mirror.source, (2, 1, 0))
    assert len(wet_mirror(np.zeros((4, 4), bool)).pixel) == 0
