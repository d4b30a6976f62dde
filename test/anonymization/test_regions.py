# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.anonymization.regions import at_least
from hailo_perception.anonymization.regions import ClassError
from hailo_perception.anonymization.regions import grown
from hailo_perception.anonymization.regions import heads_by_proportion
from hailo_perception.anonymization.regions import ids_of_all
from hailo_perception.anonymization.regions import ids_of_some
from hailo_perception.anonymization.regions import NO_REGIONS
from hailo_perception.anonymization.regions import regions_of_map
from hailo_perception.anonymization.regions import whole_pixels
from hailo_perception.anonymization.settings import HeadSettings
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap

SIZE = (1000, 800)
EXACT = replace(HeadSettings(), above_share=0.0)
LABELS = LabelSet.from_names('car', 'person', 'head')


def test_nothing_gives_nothing() -> None:
    assert heads_by_proportion(NO_REGIONS, SIZE, EXACT).shape == (0, 4)
    assert grown(NO_REGIONS, 0.5).shape == at_least(NO_REGIONS, 8).shape == (0, 4)
    assert whole_pixels(NO_REGIONS, SIZE).shape == (0, 4)
    empty = ClassMap(LABELS, np.zeros((4, 6), np.uint8))
    assert regions_of_map(empty, np.array([2]), (60, 40)).shape == (0, 4)


@pytest.mark.parametrize(
    ('box', 'bottom'),
    [
        ([100, 100, 160, 340], 160),  # stands: a quarter of 240
        ([100, 100, 220, 340], 196),  # legs hidden, say: 0.8 of the width of 120
        ([100, 100, 300, 340], 340),  # wider than people stand
        ([100, 100, 110, 147], 147),  # low
        ([0, 100, 60, 340], 340),  # cut off at the left
        ([100, 1, 160, 241], 241),  # at the top
        ([937, 100, 997, 340], 340),  # at the right
        ([100, 557, 160, 797], 797),  # at the bottom
    ],
    ids=['stands', 'short', 'wide', 'low', 'left', 'top', 'right', 'bottom'],
)
def test_the_head_is_the_upper_part_of_who_stands(box: list[float], bottom: float) -> None:
    """In every case that is not sure all of the box is covered."""
    ((left, top, right, found),) = heads_by_proportion(np.array([box]), SIZE, EXACT)
    assert [left, top, right] == box[:3]
    assert found == pytest.approx(bottom)


def test_the_head_may_be_above_the_box() -> None:
    ((_, top, _, bottom),) = heads_by_proportion(
        np.array([[100, 100, 160, 340]]), SIZE, replace(EXACT, above_share=0.1)
    )
    assert (top, bottom) == pytest.approx((76, 160))


@given(
    st.lists(
        st.tuples(*[st.floats(0, 700)] * 2, *[st.floats(1, 300)] * 2), min_size=1, max_size=5
    )
)
def test_the_part_above_the_chin_is_always_covered(
    boxes: list[tuple[float, float, float, float]],
) -> None:
    """Of an adult it is the upper 0.13 (Drillis and Contini, 1966)."""
    people = np.array([[x, y, x + w, y + h] for x, y, w, h in boxes], np.float32)
    heads = heads_by_proportion(people, SIZE, HeadSettings())
    chins = people[:, 1] + 0.13 * (people[:, 3] - people[:, 1])
    assert (heads[:, 3] >= chins - 1e-3).all()
    assert (heads[:, 1] <= people[:, 1]).all()
    assert np.array_equal(heads[:, ::2], people[:, ::2])


def test_each_patch_of_a_map_is_a_region() -> None:
    ids = np.zeros((8, 10), np.uint8)
    ids[1:3, 2:4] = 2
    ids[3, 4] = 2  # touches only at a corner
    ids[6, 0] = 1
    ids[7, 9] = 2
    found = regions_of_map(ClassMap(LABELS, ids), np.array([2]), (100, 40))
    assert sorted(map(tuple, found.tolist())) == [(20, 5, 50, 20), (90, 35, 100, 40)]


def test_regions_grow_on_each_side() -> None:
    regions = np.array([[10, 20, 30, 60], [0, 0, 2, 2]], np.float32)
    assert grown(regions, 0.5).tolist() == [[0, 0, 40, 80], [-1, -1, 3, 3]]
    assert grown(regions, np.array([0, 1.0])).tolist() == [[10, 20, 30, 60], [-2, -2, 4, 4]]
    assert at_least(regions, 10).tolist() == [[10, 20, 30, 60], [-4, -4, 6, 6]]


def test_pixels_are_rounded_outwards_and_within_the_picture() -> None:
    regions = np.array([[1.5, 2.0, 3.2, 4.0], [-5, -5, 2, 2], [1200, 0, 1300, 9]], np.float32)
    assert whole_pixels(regions, SIZE).tolist() == [
        [1, 2, 4, 4], [0, 0, 2, 2], [1000, 0, 1000, 9],
    ]


def test_a_region_without_a_place_is_an_error() -> None:
    with pytest.raises(ValueError, match='NaN'):
        whole_pixels(np.array([[0, 0, np.nan, 1]], np.float32), SIZE)


def test_classes_are_found_by_name() -> None:
    assert ids_of_some(('rider', 'person'), LABELS, 'people').tolist() == [1]
    assert ids_of_all(('',), LABELS, 'whole').tolist() == []
    assert ids_of_all(('head', 'car'), LABELS, 'whole').tolist() == [2, 0]


@pytest.mark.parametrize('names', [('dog',), ('',), ()])
def test_people_need_a_class(names: tuple[str, ...]) -> None:
    with pytest.raises(ClassError, match='people: the model has no class .*car, person, head'):
        ids_of_some(names, LABELS, 'people')


def test_a_class_to_cover_whole_must_be_there() -> None:
    with pytest.raises(ClassError, match='whole: the model has no class lorry'):
        ids_of_all(('car', 'lorry'), LABELS, 'whole')
