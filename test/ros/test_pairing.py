# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Images and calibrations by stamp: each image once, in order, and what is given up is counted."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from hypothesis import given
from hypothesis import strategies as st
import pytest

from hailo_perception.ros.pairing import PairingRule
from hailo_perception.ros.pairing import StampPairing

CAPACITY = 3


def run(
    events: Iterable[tuple[str, int]], tolerance_ns: int = 0
) -> tuple[list[tuple[int, int]], int]:
    """Feed images (i) and calibrations (c), each named by its stamp; give pairs and losses."""
    pairing: StampPairing[int, int] = StampPairing(tolerance_ns, CAPACITY)
    pairs, lost = [], 0
    for kind, stamp_ns in events:
        put = pairing.put_image if kind == 'i' else pairing.put_calibration
        pair, unpaired = put(stamp_ns, stamp_ns)
        lost += unpaired
        if pair is not None:
            pairs.append(pair)
    return pairs, lost


def events(text: str) -> list[tuple[str, int]]:
    """Read 'i10 c10' as an image and a calibration of stamp 10."""
    return [(word[0], int(word[1:])) for word in text.split()]


@pytest.mark.parametrize(
    ('text', 'tolerance_ns', 'pairs', 'lost'),
    [
        ('', 0, [], 0),
        ('i1', 0, [], 0),
        ('c1', 0, [], 0),
        ('c1 i1', 0, [(1, 1)], 0),
        ('i1 c1', 0, [(1, 1)], 0),
        ('i1 c2', 0, [], 0),
        ('i1 c2', 1, [(1, 2)], 0),
        ('c1 i4 c4 i7 c7', 0, [(4, 4), (7, 7)], 0),
        ('i1 i2 i3 c2', 0, [(2, 2)], 1),
        ('i1 i2 i3 c2 c3', 0, [(2, 2), (3, 3)], 1),
        ('i1 c3 i3 c1', 0, [(3, 3)], 1),
        ('i1 i2 i3 i4 i5', 0, [], 2),
        ('c1 c2 c3 c4 i1', 0, [], 0),
        ('c1 c4 c9 i5', 4, [(5, 4)], 0),
        ('i8 i9 i2 c2', 0, [(2, 2)], 2),
        ('c5 i5 i6', 1, [(5, 5), (6, 5)], 0),
    ],
    ids=[
        'nothing', 'image', 'calibration', 'calibration-first', 'image-first', 'apart', 'near',
        'stream', 'older-given-up', 'older-and-next', 'late-calibration', 'too-many-images',
        'too-many-calibrations', 'nearest', 'bag-loop', 'calibration-twice',
    ],
)
def test_pairs(text: str, tolerance_ns: int, pairs: list[tuple[int, int]], lost: int) -> None:
    assert run(events(text), tolerance_ns) == (pairs, lost)


@given(
    st.lists(st.tuples(st.sampled_from('ic'), st.integers(0, 30)), max_size=40),
    st.integers(0, 3),
)
def test_no_image_is_lost_silently(history: list[tuple[str, int]], tolerance_ns: int) -> None:
    """Every image is paired, given up, or one of the few that still wait."""
    pairs, lost = run(history, tolerance_ns)
    sent = sum(kind == 'i' for kind, _ in history)
    assert 0 <= sent - len(pairs) - lost <= CAPACITY
    assert all(abs(image - calibration) <= tolerance_ns for image, calibration in pairs)


@pytest.mark.parametrize(
    ('text', 'given_up'), [('', 0), ('c1', 0), ('i1 c1', 0), ('i1 i2 i3', 3), ('i1 i2 c1', 1)]
)
def test_what_waits_can_be_given_up(text: str, given_up: int) -> None:
    """It does not come out with a calibration that comes later, and is told once."""
    pairing: StampPairing[int, int] = StampPairing(0, CAPACITY)
    for kind, stamp_ns in events(text):
        (pairing.put_image if kind == 'i' else pairing.put_calibration)(stamp_ns, stamp_ns)
    assert pairing.clear() == given_up
    assert (pairing.waiting, pairing.clear()) == (0, 0)
    assert pairing.put_calibration(2, 2) == (None, 0)


@given(st.sets(st.integers(0, 99)), st.sets(st.integers(0, 99)), st.randoms())
def test_images_come_out_in_order(
    images: set[int], calibrations: set[int], random: Random
) -> None:
    """Streams that rise come out rising, however they interleave."""
    history = [('i', stamp) for stamp in sorted(images)]
    for stamp in sorted(calibrations):
        history.insert(random.randint(0, len(history)), ('c', stamp))
    out = [image for image, _ in run(history, 2)[0]]
    assert out == sorted(set(out))


@pytest.mark.parametrize(
    ('rule', 'by_stamp', 'tolerance_ns'),
    [
        (PairingRule(), False, 0),
        (PairingRule('exact', 0.5), True, 0),
        (PairingRule('approximate', 0.5), True, 500_000_000),
    ],
)
def test_rules(rule: PairingRule, by_stamp: bool, tolerance_ns: int) -> None:
    assert (rule.by_stamp, rule.tolerance_ns) == (by_stamp, tolerance_ns)
