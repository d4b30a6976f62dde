# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.anonymization.finder import RegionFinder
from hailo_perception.anonymization.regions import ClassError
from hailo_perception.anonymization.regions import heads_by_proportion
from hailo_perception.anonymization.settings import AnonymizationSettings
from hailo_perception.anonymization.settings import CoverSettings
from hailo_perception.anonymization.settings import HeadSettings
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Detections

LABELS = LabelSet.from_names('car', 'person', 'rider')
FRAME = Frame('front', Header(1, 'front'), np.zeros((400, 600, 3), np.uint8), 'bgr')
BOXES = np.array(
    [[10, 60, 40, 150], [100, 50, 160, 300], [300, 40, 360, 330], [400, 90, 520, 160]], np.float32
)
CLASSES = [1, 2, 1, 0]
HEAD = HeadSettings(crop_margin=0.0)
SETTINGS = AnonymizationSettings(head=HEAD)


def detections(boxes: Any = BOXES, classes: Any = CLASSES) -> Detections:
    return Detections.without_positions(
        LABELS, np.asarray(boxes, np.float32), np.ones(len(classes)), np.asarray(classes)
    )


def rows(regions: Any) -> list[list[float]]:
    return sorted(regions.tolist())


def distinct(regions: Any) -> set[tuple[float, ...]]:
    """A head that is seen in several crops is covered several times."""
    return set(map(tuple, regions.tolist()))


@pytest.mark.parametrize('part', ['head', 'person'])
def test_nothing_found_covers_nothing(part: str, make_network: Any) -> None:
    settings = replace(SETTINGS, cover=CoverSettings(part=part))
    for network in (None, make_network([])[0]):
        found = RegionFinder(LABELS, network).find(FRAME, detections([], []), settings)
        assert found.shape == (0, 4)


def test_heads_of_people_only() -> None:
    found = RegionFinder(LABELS).find(FRAME, detections(), SETTINGS)
    assert rows(found) == rows(heads_by_proportion(BOXES[:3], FRAME.size, HEAD))


def test_other_classes_are_covered_whole() -> None:
    settings = replace(SETTINGS, cover=CoverSettings(whole_classes=('car',)))
    found = RegionFinder(LABELS).find(FRAME, detections(), settings)
    assert rows(found) == rows(
        np.vstack((heads_by_proportion(BOXES[:3], FRAME.size, HEAD), BOXES[3:]))
    )


def test_people_may_be_covered_whole(make_network: Any) -> None:
    """Then nobody asks for heads."""
    network, backend = make_network([])
    settings = replace(SETTINGS, cover=CoverSettings(part='person'))
    assert rows(RegionFinder(LABELS, network).find(FRAME, detections(), settings)) == rows(
        BOXES[:3]
    )
    assert not backend.seen


def test_a_head_that_the_network_does_not_see_is_where_proportions_say(
    make_network: Any,
) -> None:
    """It looks at the tallest two; of these it sees the head of the second."""
    ids = np.zeros((16, 16, 1), np.uint8)
    ids[:4, 4:12] = 1
    network, backend = make_network([np.zeros_like(ids), ids])
    settings = replace(SETTINGS, head=replace(HEAD, maximum_crops=2))
    found = RegionFinder(LABELS, network).find(FRAME, detections(), settings)
    by_proportion = heads_by_proportion(BOXES, FRAME.size, HEAD)
    seen = np.array([[115, 50, 145, 112.5]])
    assert rows(found) == rows(np.vstack((by_proportion[[0, 2]], seen)))
    assert len(backend.seen) == 2


def test_the_head_of_somebody_before_a_person_is_not_theirs(make_network: Any) -> None:
    """It is covered, and so is the head that the person has all the same."""
    ids = np.zeros((16, 16, 1), np.uint8)
    ids[8:12, 4:12] = 1
    network, _ = make_network([ids])
    found = RegionFinder(LABELS, network).find(FRAME, detections(BOXES[1:2], [1]), SETTINGS)
    own = heads_by_proportion(BOXES[1:2], FRAME.size, HEAD)
    assert rows(found) == rows(np.vstack((own, [[115, 175, 145, 237.5]])))

class HeadsInCrops:
    """Gives in each crop the same heads, those whose middle lies in it."""

    def __init__(self, heads: Any) -> None:
        self.heads = np.array(heads, np.float32).reshape(-1, 4)

    def find(self, frame: Frame, people: Any, settings: HeadSettings) -> list[Any]:
        middles = np.tile((self.heads[:, :2] + self.heads[:, 2:]) / 2, 2)
        inside = (middles - people[:, None]) * (1, 1, -1, -1) >= 0
        return [self.heads[row] for row in inside.all(axis=2)]


CUT_OFF, BEHIND, BEFORE = [0, 50, 75, 250], [5, 50, 80, 250], [35, 75, 95, 280]
"""Cut off at the left border, the same within the picture, and who stands before either."""
HEAD_BEFORE, HEAD_BEHIND = [50, 80, 70, 105], [15, 55, 32, 80]
ASIDE = [300, 50, 360, 300]


@pytest.mark.parametrize(
    ('people', 'heads', 'by_proportion'),
    [
        ([], [], []),
        ([BEHIND, BEFORE], [], [0, 1]),
        ([BEFORE], [HEAD_BEFORE], []),
        ([CUT_OFF, BEFORE], [HEAD_BEFORE], [0, 1]),
        ([BEHIND, BEFORE], [HEAD_BEFORE], [0, 1]),
        ([CUT_OFF, BEFORE], [HEAD_BEFORE, HEAD_BEHIND], []),
        ([BEHIND, BEFORE], [HEAD_BEFORE, HEAD_BEHIND], []),
        ([BEHIND, ASIDE], [HEAD_BEHIND, [320, 60, 340, 90]], []),
        ([BEHIND, BEFORE, ASIDE], [HEAD_BEFORE, [320, 60, 340, 90]], [0, 1]),
    ],
    ids=[
        'nobody', 'nothing seen', 'seen', 'before one cut off', 'before another', 'both, cut off',
        'both', 'apart', 'apart, one hidden',
    ],
)
def test_one_head_that_is_seen_uncovers_nobody_else(
    people: Any, heads: Any, by_proportion: list[int]
) -> None:
    people = np.array(people, np.float32).reshape(-1, 4)
    network: Any = HeadsInCrops(heads)
    found = RegionFinder(LABELS, network).find(
        FRAME, detections(people, [1] * len(people)), SETTINGS
    )
    expected = heads_by_proportion(people, FRAME.size, HEAD)[by_proportion]
    assert distinct(found) == distinct(np.vstack((expected, network.heads)))


def test_who_is_not_looked_at_may_be_the_one_whose_head_is_seen(make_network: Any) -> None:
    """So the other one, in whose crop it was seen, is not sure of it."""
    ids = np.zeros((16, 16, 1), np.uint8)
    ids[:4, 4:12] = 1
    people = np.array([BOXES[1], BOXES[1] + [10, 5, 0, 0]], np.float32)
    network, backend = make_network([ids])
    settings = replace(SETTINGS, head=replace(HEAD, maximum_crops=1))
    found = RegionFinder(LABELS, network).find(FRAME, detections(people, [1, 1]), settings)
    by_proportion = heads_by_proportion(people, FRAME.size, HEAD)
    assert rows(found) == rows(np.vstack((by_proportion, [[115, 50, 145, 112.5]])))
    assert len(backend.seen) == 1


sides = st.tuples(
    st.integers(0, 300), st.integers(0, 150), st.integers(20, 150), st.integers(48, 250)
)
"""Left, top, width and height of somebody whom the network looks at."""


@given(st.lists(sides, max_size=5), st.lists(sides, max_size=5), st.randoms())
def test_what_a_network_sees_uncovers_no_more_heads(people: Any, heads: Any, random: Any) -> None:
    """It is covered, and all that is covered without it, but one place for each head at most."""
    people, heads = (
        np.array([[x, y, x + size * w, y + size * h] for x, y, w, h in some]).reshape(-1, 4)
        for some, size in ((people, 1.0), (heads, 0.25))
    )
    classes = [1] * len(people)
    network: Any = HeadsInCrops(heads)
    without = distinct(RegionFinder(LABELS).find(FRAME, detections(people, classes), SETTINGS))
    found = distinct(
        RegionFinder(LABELS, network).find(FRAME, detections(people, classes), SETTINGS)
    )
    seen = set().union(*map(distinct, network.find(FRAME, people, HEAD)))
    assert seen <= found <= seen | without
    assert len(without - found) <= len(seen)
    people = people[random.sample(range(len(people)), len(people))]
    other: Any = HeadsInCrops(heads[::-1])
    again = RegionFinder(LABELS, other).find(FRAME, detections(people, classes), SETTINGS)
    assert distinct(again) == found


def test_who_is_small_is_not_looked_at(make_network: Any) -> None:
    network, backend = make_network([])
    boxes = [[100, 100, 110, 140]]
    found = RegionFinder(LABELS, network).find(FRAME, detections(boxes, [1]), SETTINGS)
    assert len(found) == 1
    assert not backend.seen


@pytest.mark.parametrize(
    ('cover', 'head', 'complaint'),
    [
        (CoverSettings(person_classes=('dog',)), HEAD, 'cover.person_classes'),
        (CoverSettings(whole_classes=('dog',)), HEAD, 'cover.whole_classes'),
        (CoverSettings(), replace(HEAD, classes=('nose',)), 'head.classes'),
    ],
)
def test_classes_are_checked(
    cover: CoverSettings, head: HeadSettings, complaint: str, make_network: Any
) -> None:
    finder = RegionFinder(LABELS, make_network([])[0])
    finder.check(SETTINGS)
    with pytest.raises(ClassError, match=complaint):
        finder.check(replace(SETTINGS, cover=cover, head=head))
