# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Channels are followed from their filter to every reader; what is one width stays one."""

import pytest
import torch
from torch import nn
import yaml

from training.blocks import Elan
from training.count import count_parts
from training.count import total
from training.description import Block
from training.form import build
from training.pruning.channels import PruningError
from training.pruning.channels import trace_channels
from training.pruning.widths import find_widths
from training.pruning.widths import group_by_width
from training.pruning.widths import list_changes
from training.pruning.widths import narrow_description
from training.pruning.widths import replace
from training.pruning.widths import save_description

BRANCH = Block('elan', width=5, branch=4, dilations=(1, 1))


@pytest.fixture(scope='module')
def groups(graph, widths):
    return {group.name: group for group in group_by_width(graph, widths)}


def makers(group):
    return {maker for space in group.spaces for maker in space.makers}


def readers(graph, name):
    own = set(graph.convolutions[name].outputs.tolist())
    return {n for n, c in graph.convolutions.items() if own & set(c.inputs.tolist())}


class Custom(nn.Module):
    """Any computation on two convolutions of the image and one more."""

    def __init__(self, compute, *widths):
        super().__init__()
        self.first, self.second = (nn.Conv2d(3, w, 3, padding=1) for w in widths)
        self.last = nn.LazyConv2d(2, 1)
        self.compute = compute
        self.last(self.compute(*(c(torch.zeros(1, 3, 8, 8)) for c in (self.first, self.second))))

    def forward(self, image):
        return self.last(self.compute(self.first(image), self.second(image)))


def test_a_network_without_convolutions_has_nothing_to_narrow():
    graph = trace_channels(nn.Identity(), (8, 8))
    assert graph.spaces == () and graph.macs(graph.everything()) == 0


def test_elan_joins_its_taps_in_the_order_of_their_concatenation():
    graph = trace_channels(Elan(3, BRANCH), (8, 8))
    taps = ('deep.1.0', 'deep.0.0', 'entry.0', 'straight.0')
    joined = [i for tap in taps for i in graph.convolutions[tap].outputs]
    assert graph.convolutions['join.0'].inputs.tolist() == joined
    assert readers(graph, 'entry.0') == {'deep.0.0', 'join.0'}
    assert graph.convolutions['entry.0'].norm == 'entry.1'
    # The join is this network's output.
    assert {maker for space in graph.spaces for maker in space.makers} == set(taps)


def test_the_parts_of_elan_share_its_branch_width(groups):
    stage = 'backbone.stages.1.1'
    parts = ('straight', 'entry', 'deep.0', 'deep.1')
    assert makers(groups['backbone.stages[1].branch']) == {f'{stage}.{p}.0' for p in parts}
    # The next stage is reached by a convolution that keeps the width.
    width = {f'{stage}.join.0', 'backbone.stages.2.0.0'}
    assert makers(groups['backbone.stages[1].width']) == width


def test_the_necks_way_down_is_read_by_both_ways(graph, groups):
    assert makers(groups['neck.laterals[0]']) == {'neck.above.0.0', 'neck.beside.0.0'}
    above, beside = (graph.convolutions[n] for n in ('neck.above.0.0', 'neck.beside.0.0'))
    entry = graph.convolutions['neck.down.0.entry.0']
    assert entry.inputs.tolist() == [*above.outputs, *beside.outputs]
    assert makers(groups['neck.down[0].width']) == {'neck.down.0.join.0', 'neck.shrink.0.0'}
    back = {f'neck.up.0.{p}.0' for p in ('straight', 'entry')}
    assert readers(graph, 'neck.down.0.join.0') == {'neck.above.1.0', *back}


def test_every_convolution_but_the_last_ones_is_in_one_group(graph, groups):
    narrowable = [maker for group in groups.values() for maker in makers(group)]
    heads = {f'detection.heads.{i}.1' for i in range(3)}
    last = {f'dense.{task}.last' for task in ('semantic', 'lane', 'depth')}
    assert sorted(narrowable) == sorted(set(graph.convolutions) - heads - last)


def test_the_work_is_what_the_family_counts(graph, tiny):
    assert graph.macs(graph.everything()) == total(count_parts(tiny)).macs


@pytest.mark.parametrize(
    'compute, widths, expected',
    [
        (lambda a, b: torch.cat((a, b), 1), (4, 6), [('first',), ('second',)]),
        (lambda a, b: a + b, (4, 4), [('first', 'second')]),
        (lambda a, b: torch.relu(a[..., ::2, 1::2]), (4, 4), [('first',), ('second',)]),
        # Half of one is added to the other: neither can lose channels alone.
        (lambda a, b: torch.cat((a, a), 1) + b, (4, 8), []),
    ],
)
def test_what_is_added_goes_together(compute, widths, expected):
    graph = trace_channels(Custom(compute, *widths), (8, 8))
    assert [space.makers for space in graph.spaces] == expected


@pytest.mark.parametrize(
    'network, message',
    [
        (nn.Conv2d(3, 3, 3, groups=3), 'Conv2d'),
        (Custom(lambda a, b: torch.cat((a, b), 2), 4, 4), 'cat'),
        (Custom(lambda a, b: a[:, 2:], 4, 4), 'getitem'),
        (Custom(lambda a, b: a.flip(1), 4, 4), 'flip'),
        (Custom(lambda a, b: a if a.sum() > 0 else b, 4, 4), 'cannot be traced'),
    ],
)
def test_what_mixes_channels_unseen_is_refused(network, message):
    with pytest.raises(PruningError, match=message):
        trace_channels(nn.Sequential(network), (8, 8))


def test_a_width_that_others_derive_theirs_from_is_left_alone(tiny, widths):
    # SPP enters with half the width it leaves with.
    with_spp = replace(tiny, ('context', 'kind'), 'spp')
    names = {width.name for width in find_widths(with_spp)}
    assert 'context.width' in {width.name for width in widths}
    assert 'context.width' not in names and 'backbone.stem[0]' in names


def test_a_narrowed_description_is_read_back_as_written(tiny, widths, tmp_path):
    chosen = {'backbone.stages[1].branch': 3, 'lane.levels[0].reduce': 2}
    smaller = narrow_description(tiny, widths, chosen)
    assert smaller.backbone.stages[1].branch == 3 and smaller.lane.levels[0].reduce == 2
    assert list_changes(tiny, smaller) == {
        'backbone.stages[1].branch': (6, 3),
        'lane.levels[0].reduce': (6, 2),
    }
    save_description(smaller, tmp_path / 'smaller.yaml')
    content = yaml.safe_load((tmp_path / 'smaller.yaml').read_text(encoding='utf-8'))
    assert build(type(smaller), content, 'smaller.yaml') == smaller
