# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.anonymization.hold import RegionHold
from hailo_perception.anonymization.regions import whole_pixels
from hailo_perception.anonymization.settings import HoldSettings

SECOND = 1_000_000_000
EXACT = HoldSettings(time_s=0.5, growth=0.0)
HERE, BESIDE, FAR = [10, 10, 30, 30], [14, 10, 34, 30], [200, 10, 220, 30]
SIZE = (640, 480)


class Camera:
    """Sees regions at times of the stamps and of the clock; both go alike unless told apart."""

    def __init__(self, settings: HoldSettings = EXACT) -> None:
        self._settings = settings
        self._now_s = 0.0
        self._hold = RegionHold(lambda: self._now_s)

    def see(
        self,
        stamp_s: float,
        *found: list[float],
        clock_s: float | None = None,
        size: tuple[int, int] = SIZE,
    ) -> list[list[float]]:
        """Give what is covered."""
        self._now_s = stamp_s if clock_s is None else clock_s
        boxes = np.array(found, np.float32).reshape(-1, 4)
        covered = self._hold.keep(boxes, round(stamp_s * SECOND), size, self._settings)
        assert (covered.shape[1:], covered.dtype) == ((4,), np.float32)
        return covered.tolist()


def test_nothing_is_held_of_nothing() -> None:
    camera = Camera()
    assert camera.see(0.0) == []
    assert camera.see(0.0) == []


def test_what_is_found_again_is_covered_where_it_is_now() -> None:
    camera = Camera()
    camera.see(1.0, HERE)
    assert camera.see(1.1, BESIDE) == [BESIDE]
    assert camera.see(1.55) == [BESIDE]


def test_what_moved_far_is_covered_in_both_places() -> None:
    camera = Camera()
    camera.see(1.0, HERE)
    assert camera.see(1.1, FAR) == [FAR, HERE]


def test_one_who_passes_does_not_uncover_another() -> None:
    """Two people, one of whom is not found: the one who is found stands for one of them."""
    camera = Camera()
    camera.see(1.0, HERE, BESIDE)
    assert sorted(camera.see(1.1, BESIDE)) == sorted([HERE, BESIDE])


@pytest.mark.parametrize(
    ('times_s', 'covered'),
    [
        ([], ''),
        ([(0, 0), (0.25, 0.25), (0.5, 0.5), (0.75, 0.75)], 'HHH-'),
        ([(0, 0), (0, 0.25), (0, 0.5), (0, 0.75)], 'HHH-'),
        ([(9, 0), (9, 0.25), (9, 0.5), (9, 0.75), (9.5, 1.25)], 'HHH--'),
        ([(9, 0), (9.25, 0.25), (1, 0.375), (1.125, 0.5), (1.25, 0.625)], 'HHHH-'),
        ([(9, 0), (8, 0.25), (7, 0.5), (6, 0.75)], 'HHH-'),
        ([(9, 0), (8, 0.25), (9, 0.5), (8, 0.75)], 'HHH-'),
        ([(0, 0), (3600, 0.25), (3600.25, 0.5), (3600.5, 0.75)], 'HHH-'),
        ([(0, 0), (1, 0.25), (2, 0.5), (3, 0.75)], 'HHH-'),
        ([(0, 0), (0.25, 1), (0.5, 2), (0.75, 3)], 'HHH-'),
    ],
    ids=[
        'no image',
        'stamps and clock go alike',
        'no stamps',
        'stamps stand still for a while',
        'a bag loops',
        'stamps go back each time',
        'two clocks stamp by turns',
        'stamps jump ahead',
        'a bag plays fast',
        'a bag plays slowly',
    ],
)
def test_what_is_lost_stays_covered_for_its_time(
    times_s: list[tuple[float, float]], covered: str
) -> None:
    """H for a covered region in the images of some stamps and times; found in the first one."""
    camera = Camera()
    seen = ''
    for number, (stamp_s, clock_s) in enumerate(times_s):
        found = [HERE] if number == 0 else []
        seen += 'H' if camera.see(stamp_s, *found, clock_s=clock_s) == [HERE] else '-'
    assert seen == covered


@pytest.mark.parametrize(
    ('stamp_s', 'clock_s', 'extra'),
    [(0, 0, 0), (1, 1, 10), (0, 1, 10), (-9, 1, 10), (1, 0.125, 10), (0.5, 9, 5), (3600, 1, 10)],
    ids=['at once', 'both', 'no stamps', 'stamps back', 'bag fast', 'bag slow', 'stamps ahead'],
)
def test_it_grows_with_its_age(stamp_s: float, clock_s: float, extra: float) -> None:
    """By the stamps where they go on, and never by more than in all the time that it has."""
    camera = Camera(HoldSettings(time_s=1.0, growth=0.5))
    camera.see(20, HERE, clock_s=0)
    grown = [10 - extra, 10 - extra, 30 + extra, 30 + extra]
    assert camera.see(20 + stamp_s, clock_s=clock_s) == [grown]


def test_it_does_not_grow_on_itself() -> None:
    camera = Camera(HoldSettings(time_s=1.0, growth=0.5))
    camera.see(1.0, HERE)
    for tenths in range(11, 20):
        camera.see(tenths / 10)
    assert camera.see(2.0)[0] == pytest.approx([0, 0, 40, 40])


def test_no_time_holds_nothing() -> None:
    camera = Camera(HoldSettings(time_s=0.0))
    camera.see(1.0, HERE)
    assert camera.see(1.001) == []


boxes = st.tuples(
    st.integers(0, 60), st.integers(0, 60), st.integers(1, 40), st.integers(1, 40)
).map(lambda box: [box[0], box[1], box[0] + box[2], box[1] + box[3]])


@given(st.lists(st.tuples(st.lists(boxes, max_size=4), st.floats(0.01, 0.3)), max_size=8))
def test_no_fewer_regions_than_were_found_within_the_time(
    frames: list[tuple[list[list[float]], float]],
) -> None:
    """What was found now is there, and as many regions as the fullest frame of late had."""
    camera, time_s, seen = Camera(), 1.0, []
    for found, elapsed_s in frames:
        time_s += elapsed_s
        seen.append((time_s, len(found)))
        covered = camera.see(time_s, *found)
        assert covered[: len(found)] == found
        # Half a millisecond for stamps rounded to nanoseconds.
        assert len(covered) >= max(
            count for at_s, count in seen if time_s - at_s <= EXACT.time_s - 0.0005
        )


WIDE, NARROW = [100, 60, 500, 240], [300, 60, 320, 240]


@pytest.mark.parametrize(
    ('size', 'new_size', 'held', 'expected'),
    [
        (SIZE, (320, 240), [], []),
        (SIZE, (480, 640), [], []),
        (SIZE, SIZE, [HERE, WIDE], [HERE, WIDE]),
        (SIZE, (320, 240), [HERE, WIDE], [[5, 5, 15, 15], [50, 30, 250, 120]]),
        (SIZE, (1280, 960), [HERE], [[20, 20, 60, 60]]),
        ((1920, 1080), (1366, 768), [NARROW], [[213.4375, 42.6667, 227.6667, 170.6667]]),
        ((1920, 1080), (426, 240), [NARROW], [[66.5625, 13.3333, 71, 53.3333]]),
        (SIZE, (480, 640), [HERE], None),
        (SIZE, (640, 360), [HERE, WIDE], None),
        ((1920, 1088), (1920, 1080), [HERE], None),
    ],
    ids=[
        'nobody, smaller',
        'nobody, turned',
        'the same size',
        'half as large',
        'twice as large',
        'nearly of the same shape',
        'nearly of the same shape, much smaller',
        'turned',
        'cut or stretched',
        'without the padding of an encoder',
    ],
)
def test_a_picture_of_another_size_is_covered_where_they_are(
    size: tuple[int, int],
    new_size: tuple[int, int],
    held: list[list[float]],
    expected: list[list[float]] | None,
) -> None:
    """None stands for the whole picture: where anybody is now cannot be known."""
    camera = Camera()
    camera.see(0.0, *held, size=size)
    covered = camera.see(0.25, size=new_size)
    if expected is None:
        assert len(covered) == 1
        assert whole_pixels(np.array(covered), new_size).tolist() == [[0, 0, *new_size]]
    else:
        assert np.array(covered) == pytest.approx(np.array(expected), abs=1e-3)
    assert bool(camera.see(0.5, size=new_size)) == bool(held)
    assert camera.see(0.75, size=new_size) == []


def test_what_is_found_in_another_size_takes_the_place_of_what_is_held() -> None:
    camera = Camera()
    camera.see(0.0, WIDE, HERE)
    assert camera.see(0.25, [50, 30, 250, 120], size=(320, 240)) == [
        [50, 30, 250, 120],
        [5, 5, 15, 15],
    ]


@pytest.mark.parametrize('found', [[0, 0, 240, 640], [0, -64, 480, 640]], ids=['half', 'whole'])
def test_one_who_is_found_does_not_uncover_those_who_may_be_anywhere(found: list[float]) -> None:
    camera = Camera()
    camera.see(0.0, WIDE, HERE)
    assert len(camera.see(0.125, found, size=(480, 640))) == 2
    covered = camera.see(0.5, size=(480, 640))
    assert [0, 0, 480, 640] in whole_pixels(np.array(covered), (480, 640)).tolist()
    assert camera.see(0.625, size=(480, 640)) == [found]


def test_who_may_be_anywhere_goes_when_the_last_of_them_would() -> None:
    camera = Camera()
    camera.see(0.0, HERE)
    camera.see(0.25, FAR)
    assert len(camera.see(0.5, size=(480, 640))) == 1
    assert len(camera.see(0.75, size=(640, 480))) == 1
    assert camera.see(0.875, size=(640, 480)) == []


sides = st.integers(16, 4000)


@given(st.lists(boxes, min_size=1, max_size=3), sides, sides, st.integers(1, 8), st.integers(1, 8))
def test_each_pixel_of_a_held_region_is_covered_in_a_resized_picture(
    held: list[list[float]], width: int, height: int, old: int, new: int
) -> None:
    camera, new_size = Camera(), (width * new, height * new)
    camera.see(0.0, *held, size=(width * old, height * old))
    covered = camera.see(0.25, size=new_size)
    wanted = np.clip(np.array(held) * new / old, 0, np.tile(new_size, 2))
    pixels = whole_pixels(np.array(covered), new_size)
    assert (pixels[:, :2] <= wanted[:, :2] + 0.001).all()
    assert (pixels[:, 2:] >= wanted[:, 2:] - 0.001).all()
    assert (np.abs(pixels - wanted) < 1.001).all()


@given(st.lists(boxes, min_size=1, max_size=3), st.lists(st.tuples(sides, sides), max_size=4))
def test_whatever_sizes_come_nothing_is_lost(
    held: list[list[float]], sizes: list[tuple[int, int]]
) -> None:
    """As many regions, or all of the picture."""
    camera = Camera()
    camera.see(0.0, *held)
    for size in sizes:
        covered = camera.see(0.0, size=size, clock_s=0.0)
        is_whole = whole_pixels(np.array(covered), size).tolist() == [[0, 0, *size]]
        assert is_whole or len(covered) == len(held)


# Sums of eighths of a second are exact.
eighths = st.integers(0, 8).map(lambda count: count / 8)
any_step = st.one_of(eighths, st.integers(-80, 80).map(float), st.just(0.0))


@given(st.lists(st.tuples(any_step, eighths), max_size=12))
def test_whatever_stamps_do_it_stays_for_its_time_of_the_clock(
    steps_s: list[tuple[float, float]],
) -> None:
    camera, stamp_s, clock_s = Camera(), 1000.0, 0.0
    camera.see(stamp_s, HERE, clock_s=clock_s)
    for stamps_s, passed_s in steps_s:
        stamp_s, clock_s = stamp_s + stamps_s, clock_s + passed_s
        is_covered = camera.see(stamp_s, clock_s=clock_s) == [HERE]
        assert is_covered or clock_s > EXACT.time_s


@given(st.lists(st.tuples(eighths, eighths), max_size=12))
def test_while_stamps_rise_it_stays_for_its_time_of_both(
    steps_s: list[tuple[float, float]],
) -> None:
    camera, stamp_s, clock_s = Camera(), 1000.0, 0.0
    camera.see(stamp_s, HERE, clock_s=clock_s)
    for stamps_s, passed_s in steps_s:
        stamp_s, clock_s = stamp_s + max(stamps_s, 0.125), clock_s + passed_s
        is_covered = camera.see(stamp_s, clock_s=clock_s) == [HERE]
        assert is_covered == (min(stamp_s - 1000, clock_s) <= EXACT.time_s)


@given(st.lists(st.tuples(any_step, eighths), max_size=12))
def test_it_goes_with_the_clock_unless_stamps_rise_more_slowly(
    steps_s: list[tuple[float, float]],
) -> None:
    """Nothing is covered for ever: stamps that stand, go back or jump about do not hold it."""
    camera, stamp_s, clock_s = Camera(), 1000.0, 0.0
    camera.see(stamp_s, HERE, clock_s=clock_s)
    for stamps_s, passed_s in steps_s:
        stamp_s += max(stamps_s, passed_s) if stamps_s > 0 else stamps_s
        clock_s += passed_s
        assert bool(camera.see(stamp_s, clock_s=clock_s)) == (clock_s <= EXACT.time_s)
