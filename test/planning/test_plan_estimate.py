# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Ranges from published networks, links that bound them, and what a demand makes of both."""

from __future__ import annotations

import json
import math

from hypothesis import given
from hypothesis import strategies as st
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.planning.boards import BoardLink
from hailo_perception.planning.boards import load_boards
from hailo_perception.planning.estimate import backtest
from hailo_perception.planning.estimate import estimate
from hailo_perception.planning.estimate import NEIGHBOURS
from hailo_perception.planning.estimate import Subject
from hailo_perception.planning.links import Link
from hailo_perception.planning.network import PlannedNetwork
from hailo_perception.planning.network import Stream
from hailo_perception.planning.plan import Demand
from hailo_perception.planning.plan import make_plan
from hailo_perception.planning.published import CHIPS
from hailo_perception.planning.published import load_published
from hailo_perception.planning.published import PublishedNetwork
from hailo_perception.planning.published import PublishedRate
from hailo_perception.planning.report import rough
from hailo_perception.planning.report import to_json
from hailo_perception.planning.report import to_text

KNOWN = load_published().networks
GEN_3 = BoardLink(Link(3, 1), 'always')


def published(name: str, gflops: float, fps: float, contexts='one', layers='convolution'):
    rate = PublishedRate(fps, contexts)
    return PublishedNetwork(name, 'us', layers, (100, 100), gflops, 1.0, {'hailo8': rate})


def planned(**changes) -> PlannedNetwork:
    """Give a network of 1 MB to the device, 2 MB back, 1 GFLOP and 1 M parameters."""
    values = {
        'name': 'net',
        'input_size': (100, 100),
        'to_device': (Stream('image', (1_000_000,), 'uint8', 1_000_000, 'pixels'),),
        'to_host': (Stream('map', (2_000_000,), 'uint8', 2_000_000, 'assumed'),),
        'gflops': 1.0,
        'parameters': 1_000_000,
        'contexts': None,
        'compiler_fps': None,
        'origin': ('a test',),
    }
    return PlannedNetwork(**(values | changes))


def plan_on(network: PlannedNetwork, rates, demand: Demand | None = None, **options):
    demand = demand or Demand()
    return make_plan(network, rates, 'hailo8', [(None, GEN_3)], demand, **options)


def test_a_twin_is_expected_to_be_as_fast() -> None:
    found = estimate([published('twin', 1.0, 200)], 'hailo8', Subject(1.0, 1.0, 10_000))
    assert (found.low_fps, found.high_fps) == (200, 200)


def test_half_the_work_is_twice_the_rate() -> None:
    rates = [published('slow', 2.0, 50), published('fast', 2.0, 80)]
    found = estimate(rates, 'hailo8', Subject(1.0, 1.0, 10_000))
    assert (found.low_fps, found.high_fps) == (100, 160)


def test_only_what_can_be_compared_counts() -> None:
    rates = [
        published('good', 1.0, 100),
        published('attention', 1.0, 9000, layers='matrix'),
        published('cut', 1.0, 5, contexts='several'),
    ]
    subject = Subject(1.0, 1.0, 10_000)
    assert estimate(rates, 'hailo8', subject, 'one').high_fps == 100
    assert estimate(rates, 'hailo8', subject, 'several').high_fps == 5
    assert len(estimate(rates, 'hailo8', subject).neighbours) == 2
    with pytest.raises(ConfigurationError, match='no published network'):
        estimate(rates, 'hailo8l', subject)


def test_the_nearest_are_taken() -> None:
    rates = [published(str(i), 1.1**i, 100) for i in range(30)]
    found = estimate(rates, 'hailo8', Subject(1.1**20, 1.0, 10_000))
    chosen = {int(neighbour.network.name) for neighbour in found.neighbours}
    assert len(chosen) == NEIGHBOURS
    assert {17, 18, 19, 20, 21, 22, 23} <= chosen <= set(range(16, 25))


@given(
    gflops=st.floats(0.1, 500), parameters_m=st.floats(0.1, 100), pixels=st.integers(1, 4_000_000)
)
def test_more_work_on_the_same_neighbours_is_never_faster(
    gflops: float, parameters_m: float, pixels: int
) -> None:
    found = estimate(KNOWN, 'hailo8', Subject(gflops, parameters_m, pixels))
    same = [n.network for n in found.neighbours]
    heavier = estimate(same, 'hailo8', Subject(2 * gflops, parameters_m, pixels))
    assert 0 < found.low_fps <= found.high_fps
    assert heavier.high_fps == pytest.approx(found.high_fps / 2)


@pytest.mark.parametrize('chip', CHIPS)
@pytest.mark.parametrize('contexts_known', [True, False])
def test_the_published_networks_lie_in_their_own_ranges(chip, contexts_known: bool) -> None:
    result = backtest(KNOWN, chip, contexts_known=contexts_known)
    assert result.tried > 80
    assert result.inside / result.tried > 0.75


def test_the_busier_direction_bounds() -> None:
    plan = plan_on(planned(), [published('twin', 1.0, 1e6)], efficiency=1.0)
    (link,) = plan.links
    rate = Link(3, 1).bytes_per_s
    assert link.bound_fps['one'] == pytest.approx(rate / 2e6)
    assert link.bound_fps['several'] == pytest.approx(rate / 2e6), 'weights fill the other way'
    assert link.high_fps == link.bound_fps['one']


def test_several_contexts_load_the_weights_each_time() -> None:
    network = planned(parameters=9_000_000)
    (link,) = plan_on(network, [published('twin', 1.0, 1e6, 'several')], efficiency=1.0).links
    assert link.bound_fps['several'] == pytest.approx(Link(3, 1).bytes_per_s / 10e6)
    assert link.high_fps == link.bound_fps['several']


@pytest.mark.parametrize(
    ('cameras', 'verdict'),
    [(1, 'fits'), (3, 'fits'), (4, 'may fit'), (6, 'may fit'), (7, 'does not fit')],
)
def test_verdicts(cameras: int, verdict: str) -> None:
    rates = [published('slow', 1.0, 100), published('fast', 1.0, 180)]
    (link,) = plan_on(planned(), rates, Demand(cameras, 30)).links
    assert link.verdict == verdict
    assert link.cameras == (3, 6)


def test_without_arithmetic_there_is_only_the_bound() -> None:
    network = planned(gflops=None, parameters=None)
    plan = plan_on(network, KNOWN, Demand(1, 30))
    assert plan.estimate is None and plan.backtest is None
    assert plan.links[0].verdict == 'unknown'
    assert plan.links[0].cameras is None
    assert plan_on(network, KNOWN, Demand(100, 30)).links[0].verdict == 'does not fit'
    assert 'not known' in to_text(plan, {}, ())
    json.loads(to_json(plan))


@pytest.mark.parametrize(
    ('network', 'given_contexts', 'expected'),
    [(None, None, None), ('several', None, 'several'), ('several', 'one', 'one')],
)
def test_contexts_are_given_or_read(network, given_contexts, expected) -> None:
    plan = plan_on(planned(contexts=network), KNOWN, contexts=given_contexts)
    assert plan.estimate is not None
    assert plan.estimate.contexts == expected
    found = {neighbour.contexts for neighbour in plan.estimate.neighbours}
    assert expected is None or found == {expected}


@pytest.mark.parametrize(
    ('cameras', 'rate_hz'), [(0, 30), (-1, 30), (1, 0), (1, -1), (1, math.nan), (1, math.inf)]
)
def test_demands_that_cannot_be(cameras: int, rate_hz: float) -> None:
    with pytest.raises(ConfigurationError, match='expected'):
        Demand(cameras, rate_hz)


@pytest.mark.parametrize(
    ('value', 'expected'),
    [(0, 0), (0.123, 0.12), (9.96, 10), (99.6, 100), (123, 120), (3149, 3100), (55.4, 55)],
)
def test_two_digits(value: float, expected: float) -> None:
    assert rough(value) == pytest.approx(expected)


def test_the_text_never_claims_a_measurement() -> None:
    boards = load_boards()
    pi = boards['raspberry_pi_5']
    plan = make_plan(planned(), KNOWN, 'hailo8l', [(pi, link) for link in pi.links])
    text = to_text(plan, load_published().sources, boards.values())
    assert 'nothing was measured' in text.splitlines()[0]
    assert text.count('Gen 2 ×1') == 1
    assert pi.notes[0] in text
    assert 'Model Zoo v2.15' in text
    content = json.loads(to_json(plan))
    assert content['measured'] is False
    assert content['links'][0]['link'] == {'generation': 2, 'lanes': 1}
