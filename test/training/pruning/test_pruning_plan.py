# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Groups are narrowed the more the less it costs, until the wanted share of the work is gone."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies
import numpy as np
import pytest
import torch
from torch import nn

from training.pruning.channels import PruningError
from training.pruning.channels import trace_channels
from training.pruning.plan import list_cuts
from training.pruning.plan import plan_widths
from training.pruning.sensitivity import measure_sensitivity
from training.pruning.sensitivity import Point
from training.pruning.sensitivity import quality_loss
from training.pruning.sensitivity import round_width
from training.pruning.surgery import group_each_space
from training.pruning.surgery import measure_means

NETWORK = nn.Sequential(
    nn.Conv2d(3, 16, 3), nn.ReLU(), nn.Conv2d(16, 16, 3), nn.ReLU(), nn.Conv2d(16, 2, 1)
)
GRAPH = trace_channels(NETWORK, (12, 12))
GROUPS = group_each_space(GRAPH)
WHOLE = GRAPH.macs(GRAPH.everything())
WEIGHT = np.ones(GRAPH.count)


def points(*losses, saved=0.2):
    """Give trials of both groups: half and a quarter kept, at the losses given."""
    return [
        Point(group.name, 16, kept, saved * (16 - kept) / 8, loss)
        for group, pair in zip(GROUPS, losses)
        for kept, loss in zip((8, 4), pair)
    ]


def plan(trials, share, multiple=1):
    return plan_widths(GRAPH, WEIGHT, GROUPS, trials, share * WHOLE, multiple)


def test_without_trials_nothing_can_go():
    assert list_cuts([]) == []
    with pytest.raises(PruningError, match='out of reach of one step'):
        plan([], 0.9)
    assert plan([], 1.0) == {'0': 16, '2': 16}


def test_the_less_sensitive_group_is_narrowed_first_and_more():
    widths = plan(points((0.4, 0.8), (0.01, 0.02)), 0.8)
    assert widths['0'] == 16 and widths['2'] < 16
    widths = plan(points((0.4, 0.8), (0.01, 0.02)), 0.2)
    assert widths['2'] == 4 and 4 < widths['0'] < 16


@pytest.mark.parametrize(
    'losses, order',
    [
        (((0.1, 0.4), (0.2, 0.25)), [('0', 8), ('2', 8), ('2', 4), ('0', 4)]),
        # Quality that grows, or comes back, is noise.
        (((-0.1, -0.2), (0.2, 0.1)), [('0', 8), ('0', 4), ('2', 8), ('2', 4)]),
    ],
)
def test_the_cheapest_cuts_come_first(losses, order):
    cuts = list_cuts(points(*losses))
    assert [(cut.group, cut.narrow) for cut in cuts] == order
    assert all(cut.price >= 0 for cut in cuts)


@settings(max_examples=40, deadline=None)
@given(
    losses=strategies.lists(
        strategies.tuples(*[strategies.floats(-0.2, 1)] * 2), min_size=2, max_size=2
    ),
    share=strategies.floats(0.25, 1),
    multiple=strategies.sampled_from([1, 4]),
)
def test_a_plan_keeps_to_the_work_and_to_what_was_measured(losses, share, multiple):
    widths = plan(points(*losses), share, multiple)
    for width in widths.values():
        assert 4 <= width <= 16 and width % multiple == 0
    kept = {name: width / 16 for name, width in widths.items()}
    first, second, last = (
        c.macs * len(c.inputs) * len(c.outputs) for c in GRAPH.convolutions.values()
    )
    left = first * kept['0'] + second * kept['0'] * kept['2'] + last * kept['2']
    assert left <= share * WHOLE * (1 + 1e-9)


@pytest.mark.parametrize(
    'width, multiple, widest, expected',
    [(0.4, 4, 16, 4), (9.9, 4, 16, 8), (10.1, 4, 16, 12), (9.6, 4, 7, 7), (5.2, 1, 8, 5)],
)
def test_widths_are_rounded_to_whole_multiples(width, multiple, widest, expected):
    assert round_width(width, multiple, widest) == expected


def test_quality_is_lost_in_shares_of_each_task():
    before = {'map50': 0.2, 'miou_semantic': 0.6, 'miou_lane': float('nan'), 'ap50_car': 0.9}
    after = {'map50': 0.1, 'miou_semantic': 0.6, 'miou_lane': float('nan'), 'ap50_car': 0.1}
    assert quality_loss(before, before) == 0
    assert quality_loss(before, after) == pytest.approx(0.25)
    with pytest.raises(PruningError, match='above zero'):
        quality_loss({'map50': 0.0}, {'map50': 0.0})


def test_trials_that_stand_in_the_table_are_not_repeated(tmp_path):
    judged = []

    def judge(network):
        judged.append(tuple(m.out_channels for m in network if isinstance(m, nn.Conv2d)))
        return {'map50': sum(judged[-1]) / 100}

    def measure(shares):
        path = tmp_path / 'sensitivity.csv'
        means = measure_means(NETWORK, GRAPH, [torch.rand(1, 3, 12, 12)])
        return measure_sensitivity(NETWORK, GRAPH, GROUPS, means, judge, shares, 4, path)

    first = measure((0.5,))
    assert judged == [(16, 16, 2), (8, 16, 2), (16, 8, 2)]
    judged.clear()
    both = measure((0.5, 0.75))
    assert judged == [(16, 16, 2), (4, 16, 2), (16, 4, 2)]
    assert both[:2] == [
        Point(p.group, p.width, p.kept, pytest.approx(p.saved, rel=1e-4), pytest.approx(p.loss))
        for p in first
    ]
    assert first[0].loss == pytest.approx(8 / 34) and 0 < first[0].saved < 1
