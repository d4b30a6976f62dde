# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections import Counter
import threading

import pytest

from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.pipeline.stage_clock import Stage

GUARD_S = 20.0


# Nothing to do.


def test_start_and_stop_without_a_frame(bench_type):
    bench = bench_type()
    assert not bench.engine.is_running
    bench.engine.start()
    assert bench.engine.is_running
    assert len(bench.threads()) == 3
    assert bench.engine.stop(GUARD_S) == ()
    assert not bench.engine.is_running
    bench.check_after_stop()
    assert dict(bench.telemetry.snapshot().cameras) == {}


def test_start_and_stop_are_idempotent(bench_type):
    bench = bench_type()
    assert bench.engine.stop(GUARD_S) == ()
    bench.engine.start()
    bench.engine.start()
    assert len(bench.threads()) == 3
    assert bench.engine.stop(GUARD_S) == ()
    assert bench.engine.stop(GUARD_S) == ()
    bench.check_after_stop()


def test_stop_from_several_threads_at_once(bench):
    stoppers = [threading.Thread(target=bench.engine.stop, args=(GUARD_S,)) for _ in range(4)]
    for stopper in stoppers:
        stopper.start()
    for stopper in stoppers:
        stopper.join(GUARD_S)
        assert not stopper.is_alive()
    bench.check_after_stop()


@pytest.mark.parametrize('in_flight', [0, -1])
def test_at_least_one_frame_must_be_allowed_in_flight(bench_type, in_flight):
    with pytest.raises(ConfigurationError, match='in_flight must be at least 1'):
        bench_type(in_flight=in_flight)


# The journey.


def test_one_frame_goes_through_with_its_own_header(bench):
    picture = bench.put()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [picture]
    bench.wait_until(lambda: bench.backend.released == 1)
    assert bench.reports == []


def test_stages_overlap(bench):
    """One frame is prepared while another runs, a third one is finished, a fourth delivered."""
    bench.gates['deliver'].close()
    zeroth = bench.put()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_for_waiting('deliver')
    bench.gates['finish'].close()
    first = bench.put()
    bench.wait_for_submissions(1)
    second = bench.put()
    bench.wait_for_submissions(2)
    bench.backend.complete()
    bench.wait_for_waiting('finish')
    bench.gates['prepare'].close()
    third = bench.put()
    bench.wait_for_waiting('prepare')
    assert bench.gates['deliver'].waiting == [zeroth]
    assert bench.gates['finish'].waiting == [first]
    assert len(bench.backend.submitted) == 1
    assert bench.gates['prepare'].waiting == [third]
    bench.open_all()
    bench.wait_for_submissions(2)
    bench.backend.complete()
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [zeroth, first, second, third]


def test_what_happens_meanwhile_keeps_no_answer_back(bench):
    """Only the next frame waits for it."""
    bench.gates['meanwhile'].close()
    picture = bench.put()
    bench.wait_for_waiting('meanwhile')
    assert len(bench.backend.submitted) == 1
    bench.put()
    bench.backend.complete()
    bench.wait_until(lambda: bench.delivered == [picture])
    assert len(bench.prepared) == 1
    bench.gates['meanwhile'].open()
    bench.wait_for_submissions(1)


def test_the_newest_wins_and_the_others_are_counted(bench):
    bench.gates['prepare'].close()
    first = bench.put()
    bench.wait_for_waiting('prepare')
    pictures = [bench.put() for _ in range(10)]
    assert bench.drops() == {Cause.REPLACED: 9}
    bench.open_all()
    bench.wait_for_submissions(2)
    bench.backend.complete()
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [first, pictures[-1]]
    assert bench.drops() == {Cause.REPLACED: 9}


@pytest.mark.parametrize(
    ('in_flight', 'queue_size', 'limit'), [(1, 4, 1), (2, 4, 2), (3, 4, 3), (4, 2, 2), (2, 1, 1)]
)
def test_no_more_frames_in_flight_than_allowed(make_bench, in_flight, queue_size, limit):
    bench = make_bench(in_flight=in_flight, queue_size=queue_size)
    for number in range(1, limit + 1):
        bench.put()
        bench.wait_for_submissions(number)
    for _ in range(5):
        for camera in ('front', 'left', 'rear'):
            bench.put(camera)
        bench.backend.complete()
        bench.wait_for_submissions(limit)
    assert bench.backend.most_in_flight == limit


@pytest.mark.parametrize('step', ['finish', 'deliver'])
def test_a_slow_postprocess_or_delivery_stops_the_taking(bench, step):
    """With two in flight four frames fit inside; a fifth waits in the mailbox."""
    bench.gates[step].close()
    inside = []
    for _ in range(4):
        inside.append(bench.put())
        bench.wait_for_submissions(1)
        bench.backend.complete()
    bench.wait_for_waiting(step)
    waiting = [bench.put() for _ in range(5)]
    assert bench.prepared == inside
    assert bench.drops() == {Cause.REPLACED: 4}
    bench.gates[step].open()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [*inside, waiting[-1]]


def test_an_unwanted_camera_costs_no_work(bench):
    bench.unwanted = {'rear'}
    bench.put('rear')
    bench.wait_until_idle()
    assert bench.drops('rear') == {Cause.UNWANTED: 1}
    assert bench.prepared == []
    bench.unwanted = set()
    picture = bench.put('rear')
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [picture]
    assert bench.reports == []


def test_something_withheld_is_a_problem_and_not_a_drop(bench):
    bench.withheld = ((Cause.CAMERA_INFO, 'no depth without calibration'),)
    bench.put()
    bench.wait_for_submissions(1)
    bench.backend.complete()
    bench.wait_until(lambda: bench.reports)
    assert bench.problems() == {Cause.CAMERA_INFO: 1}
    assert bench.drops() == {}
    assert bench.reports == [('front', Cause.CAMERA_INFO, 'no depth without calibration')]
    assert len(bench.delivered) == 1


def test_stage_times_add_up_to_the_total(bench_type):
    """Each step takes a set time on a clock that only the steps move."""
    now_s = [0.0]
    bench = bench_type(clock=lambda: now_s[0])
    steps = {'prepare': 3.0, 'finish': 5.0, 'deliver': 7.0}
    for step, gate in bench.gates.items():
        gate.enter = lambda _, step=step: now_s.__setitem__(0, now_s[0] + steps[step])
    submit = bench.backend.submit

    def submit_and_wait(image, on_done):
        now_s[0] += 11.0
        submit(image, on_done)

    bench.backend.submit = submit_and_wait
    bench.backend.is_automatic = True
    bench.engine.start()
    bench.put()
    bench.wait_until_idle()
    bench.engine.stop(GUARD_S)
    stages = bench.telemetry.snapshot().stages
    found = {stage: stages[stage].max_s for stage in Stage if stages[stage].count}
    assert found == {
        Stage.QUEUE: 0.0,
        Stage.INFERENCE: 11.0,
        Stage.POSTPROCESS: 5.0,
        Stage.PUBLISH: 7.0,
        Stage.TOTAL: 26.0,
    }


# Several cameras.


@pytest.mark.parametrize('cameras', [2, 3, 8])
def test_cameras_share_the_device_fairly_even_when_one_floods(make_bench, cameras):
    bench = make_bench(in_flight=1)
    names = [f'camera{number}' for number in range(cameras)]
    bench.put(names[0])
    bench.wait_for_submissions(1)
    turns = 5 * cameras + 1
    for _ in range(turns):
        for name in (*names, *names[:1] * 20):
            bench.put(name)
        bench.backend.complete()
        bench.wait_for_submissions(1)
    counts = Counter(picture.camera for picture in bench.prepared)
    share = (turns + 1) / cameras
    assert all(abs(counts[name] - share) <= 1 for name in names)


def test_a_camera_that_dies_delays_nobody(bench):
    bench.put('dead')
    bench.wait_for_submissions(1)
    bench.backend.complete()
    for _ in range(5):
        bench.put('alive')
        bench.wait_for_submissions(1)
        bench.backend.complete()
    bench.wait_until_idle()
    assert Counter(picture.camera for picture in bench.delivered) == {'dead': 1, 'alive': 5}


# Time.


def test_stamps_that_go_back_start_a_new_timeline(bench):
    old_inside = bench.put(stamp_ns=5_000_000_000)
    bench.wait_for_submissions(1)
    bench.gates['prepare'].close()
    old_prepared = bench.put(stamp_ns=5_100_000_000)
    bench.wait_for_waiting('prepare')
    bench.put(stamp_ns=5_200_000_000)
    bench.put(stamp_ns=1_000_000_000)
    assert bench.drops() == {Cause.TIME_JUMP: 1}
    assert bench.problems() == {Cause.TIME_JUMP: 1}
    assert [report[:2] for report in bench.reports] == [('front', Cause.TIME_JUMP)]
    assert 'went back by 4.200 s' in bench.reports[0][2]
    new = bench.put(stamp_ns=1_100_000_000)
    assert bench.drops() == {Cause.TIME_JUMP: 1, Cause.REPLACED: 1}
    bench.open_all()
    bench.wait_for_submissions(2)
    bench.backend.complete()
    bench.wait_for_submissions(2)
    bench.backend.complete()
    bench.backend.complete()
    bench.wait_until_idle()
    assert bench.delivered == [old_inside, old_prepared, new]
    assert bench.problems() == {Cause.TIME_JUMP: 1}


def test_a_jump_with_nothing_waiting_drops_nothing(bench):
    bench.put(stamp_ns=10)
    bench.wait_for_submissions(1)
    bench.put(stamp_ns=9)
    bench.wait_for_submissions(2)
    assert bench.drops() == {}
    assert bench.problems() == {Cause.TIME_JUMP: 1}


def test_equal_stamps_and_other_cameras_clocks_are_no_jump(bench):
    bench.gates['prepare'].close()
    bench.put('front', stamp_ns=10)
    bench.put('front', stamp_ns=10)
    bench.put('rear', stamp_ns=3)
    bench.put('front', stamp_ns=11)
    assert bench.reports == []
    bench.put('rear', stamp_ns=2)
    assert bench.problems('front') == {}
    assert bench.problems('rear') == {Cause.TIME_JUMP: 1}
