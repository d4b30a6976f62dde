# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Two networks on one Hailo-8: each gets its own answers, and each its own way back."""

from dataclasses import replace
import math
import threading
import time

import numpy as np
import pytest

from hailo_perception.backends.hailort import errors
from hailo_perception.backends.hailort import options as hailort_options
from hailo_perception.backends.hailort.companions import Companions
from hailo_perception.backends.hailort.companions import OF_THIS_PROCESS
from hailo_perception.backends.hailort.flights import Flights
from hailo_perception.core.errors import BackendError
from hailo_perception.core.tensors import RawOutputs

PATIENCE_S = 30.0
HEAD_SIZE = (6, 2)


def wait_until(condition):
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s
        threading.Event().wait(0.002)


@pytest.fixture
def heads(hailo, make_manifest, semantic, tmp_path):
    """Write a second network: another size of image, and a class map that is always two."""
    manifest = make_manifest(
        name='heads',
        files={'hef': tmp_path / 'heads.hef'},
        input=replace(hailo.manifest.input, width=HEAD_SIZE[0], height=HEAD_SIZE[1]),
        depth=None,
        semantic=semantic('argmax', 'background', 'face', 'head'),
    )
    hailo.double.write_hef(
        manifest.files['hef'],
        [image_of(hailo.double, HEAD_SIZE)],
        [class_map_of(hailo.double)],
        {'semantic': np.full((2, 3), 2, np.uint8)},
        name='heads',
    )
    return manifest


def image_of(double, size):
    width, height = size
    pixels = double.Quantization(limits=(0.0, 255.0))
    return double.Stream('input_layer1', (height, width, 3), quantization=pixels)


def class_map_of(double):
    return double.Stream('semantic', (2, 3), order='NHW')


def depth_of(outcome):
    return outcome.tensors['depth'].max()


def classes_of(outcome):
    return set(np.unique(outcome.tensors['semantic']))


def test_each_network_gets_its_own_answers(hailo, heads, completions):
    """One frame of each is inside at any time, on the same device."""
    people, second = hailo.open(), hailo.open(heads)
    assert people.health().device_id == second.health().device_id == '0000:01:00.0'
    hailo.card.pause()
    for value in range(2):
        for backend in (people, second):
            assert backend.wait_ready(PATIENCE_S)
            image = np.full(backend.inputs[0].shape, 10 + value, np.uint8)
            backend.submit(image, completions.on_done(backend))
    hailo.card.resume()
    outcomes = completions.wait_for(4)
    assert [depth_of(each) for of, each in outcomes if of is people] == [10, 11]
    assert [classes_of(each) for of, each in outcomes if of is second] == [{2}, {2}]


def test_both_networks_from_one_file(hailo, heads):
    """As the compiler joins them; each backend names its own."""
    double = hailo.double
    people_size = (hailo.manifest.input.width, hailo.manifest.input.height)
    depth = double.Stream('depth', (people_size[1], people_size[0], 1))
    double.write_hef_of_groups(
        hailo.hef,
        [
            (double.make_group('people', [image_of(double, people_size)], [depth]), None),
            (
                double.make_group(
                    'heads', [image_of(double, HEAD_SIZE)], [class_map_of(double)]
                ),
                {'semantic': np.full((2, 3), 1, np.uint8)},
            ),
        ],
    )
    people = hailo.open(network_group='people')
    second = hailo.open(replace(heads, files={'hef': hailo.hef}), network_group='heads')
    assert depth_of(hailo.answer(people, 7)) == 7
    assert classes_of(hailo.answer(second)) == {1}
    with pytest.raises(errors.HefNetworkError, match='people, heads'):
        hailo.open()


def test_a_network_that_fails_is_loaded_anew_beside_the_other(hailo, heads):
    people, second = hailo.open(), hailo.open(heads)
    assert isinstance(hailo.answer(people), RawOutputs)
    hailo.machine.plant('completion', 8)
    assert isinstance(hailo.answer(second), BackendError)
    assert depth_of(hailo.answer(people, 5)) == 5
    assert classes_of(hailo.answer(second)) == {2}
    assert (people.health().recoveries, second.health().recoveries) == (0, 1)


@pytest.mark.parametrize('has_just_worked', [False, True])
def test_an_idle_network_does_not_keep_a_lost_device(hailo, heads, monkeypatch, has_just_worked):
    """No frame tells it, and while it holds the dead device the other could not open it anew."""
    monkeypatch.setattr(hailort_options, 'MIN_HEALTH_PERIOD_S', 0.001)
    people, second = hailo.open(), hailo.open(heads, health_period_s=0.1)
    if has_just_worked:
        # After the last answer about its temperature.
        assert classes_of(hailo.answer(second)) == {2}
    hailo.card.vanish()
    assert isinstance(hailo.answer(people), BackendError)
    hailo.card.come_back()
    assert depth_of(hailo.answer(people, 3)) == 3
    wait_until(lambda: not second.health().outage)
    assert classes_of(hailo.answer(second)) == {2}


@pytest.mark.parametrize(
    ('spoil', 'health_period_s'),
    [
        (lambda hailo: None, 0.0),
        # The library refuses to ask firmware of another version.
        (lambda hailo: hailo.machine.plant('get_chip_temperature', 16, times=None), 1.0),
    ],
)
def test_an_idle_network_that_cannot_notice_a_loss_is_told(
    hailo, heads, caplog, spoil, health_period_s
):
    spoil(hailo)
    people, second = hailo.open(), hailo.open(heads, health_period_s=health_period_s)
    assert classes_of(hailo.answer(second)) == {2}
    hailo.card.vanish()
    assert isinstance(hailo.answer(people), BackendError)
    wait_until(lambda: second.health().outage)
    hailo.card.come_back()
    assert depth_of(hailo.answer(people, 3)) == 3
    assert classes_of(hailo.answer(second)) == {2}
    assert 'another network on the same Hailo device' in caplog.text


def test_a_device_that_returns_at_once_is_not_held_by_an_idle_network(hailo, heads):
    people, second = hailo.open(), hailo.open(heads, health_period_s=0.0)
    hailo.card.vanish()
    hailo.card.come_back()
    assert isinstance(hailo.answer(people), BackendError)
    assert depth_of(hailo.answer(people, 3)) == 3
    assert classes_of(hailo.answer(second)) == {2}
    assert second.health().recoveries == 1


def test_a_network_that_is_not_kept_by_the_device_stops_no_other(hailo, heads):
    """What is wrong is its own file, which the others do not use."""
    people, second = hailo.open(), hailo.open(heads, health_period_s=0.0)
    hailo.write([hailo.double.Stream('depth', (2, 4, 1))])
    hailo.machine.plant('completion', 8)
    assert isinstance(hailo.answer(people), BackendError)
    wait_until(lambda: people.health().outage and people.health().outage.attempts > 3)
    assert classes_of(hailo.answer(second)) == {2}
    assert second.health().recoveries == 0


@pytest.mark.parametrize(
    ('since_s', 'is_busy', 'recoveries'),
    [(-math.inf, False, 0), (math.inf, True, 0), (math.inf, False, 1)],
)
def test_only_a_network_that_shows_no_life_is_told(
    hailo, completions, since_s, is_busy, recoveries
):
    backend = hailo.open(health_period_s=0.0)
    assert isinstance(hailo.answer(backend), RawOutputs)
    hailo.card.pause()
    if is_busy:
        backend.submit(np.zeros(backend.inputs[0].shape, np.uint8), completions.on_done('busy'))
    backend._flights.fail_if_idle(since_s, errors.SharedDeviceLostError('told'))
    hailo.card.resume()
    assert isinstance(hailo.answer(backend), RawOutputs)
    assert backend.health().recoveries == recoveries
    assert all(isinstance(outcome, RawOutputs) for _, outcome in completions.outcomes)


def test_companions_are_those_of_the_group_that_are_open(hailo, heads):
    people = hailo.open()
    flights = people._flights
    assert OF_THIS_PROCESS.of('hailo_perception', flights) == ()
    second = hailo.open(heads)
    assert OF_THIS_PROCESS.of('hailo_perception', flights) == (second._flights,)
    assert OF_THIS_PROCESS.of('another', flights) == ()
    second.close()
    assert OF_THIS_PROCESS.of('hailo_perception', flights) == ()


def test_networks_of_unique_groups_share_nothing():
    first, other = Flights(1.0, 1.0), Flights(1.0, 1.0)
    companions = Companions()
    companions.join('UNIQUE', first)
    companions.join('UNIQUE', other)
    assert companions.of('UNIQUE', first) == ()


def test_one_network_is_closed_and_the_other_goes_on(hailo, heads):
    people, second = hailo.open(), hailo.open(heads)
    second.close()
    assert depth_of(hailo.answer(people, 4)) == 4
    third = hailo.open(heads)
    people.close()
    assert classes_of(hailo.answer(third)) == {2}


@pytest.mark.parametrize('group_id', ['another', 'UNIQUE'])
def test_a_group_of_its_own_finds_the_device_taken(hailo, heads, group_id):
    people = hailo.open()
    with pytest.raises(errors.DeviceBusyError):
        hailo.open(heads, group_id=group_id)
    assert isinstance(hailo.answer(people), RawOutputs)
