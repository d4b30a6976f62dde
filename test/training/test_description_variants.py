# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Networks made from others: by a base, at another size, with fewer channels."""

import dataclasses

from hypothesis import given
from hypothesis import strategies
import pytest

from training.description import load_description
from training.description import Narrowing
from training.form import DescriptionError
from training.form import plain
from training.variants import at_size
from training.variants import CHANNEL_STEP
from training.variants import derived
from training.variants import narrowed

PRUNED = [f'lightnetv2_pruned_{percent}' for percent in (37, 63, 77, 86, 91, 95)]
"""From the widest to the narrowest."""


@pytest.fixture(scope='module')
def lightnet():
    return load_description('lightnet')


def test_nothing_is_derived_from_nothing():
    assert derived({}, None, None) == {}
    assert derived({'name': 'own'}, None, None) == {'name': 'own'}


def test_own_values_win_and_mappings_are_joined(lightnet):
    content = derived({'name': 'mine', 'context': {'kernel': 3}}, lightnet, None)
    assert content['name'] == 'mine'
    assert content['context']['kernel'] == 3
    assert content['context']['width'] == lightnet.context.width
    assert content['backbone'] == plain(lightnet.backbone)


def test_what_was_published_of_the_base_is_not_handed_on(lightnet):
    assert lightnet.published is not None
    assert derived({'name': 'mine'}, lightnet, None)['published'] is None


def test_an_explicit_null_takes_a_part_away(lightnet):
    assert derived({'context': None}, lightnet, None)['context'] is None


def test_class_lists_come_from_the_network_it_is_taught_as():
    small = load_description('lightnet_multitask_640x384')
    compact = load_description('lightnet_compact')
    for name in ('detection_classes', 'semantic_classes', 'lane_classes'):
        assert getattr(small, name) == getattr(compact, name)


def test_the_size_it_has_changes_nothing(lightnet):
    assert at_size(lightnet, lightnet.width, lightnet.height) is lightnet


def test_anchors_and_focal_length_follow_the_size():
    large = load_description('lightnet_multitask')
    small = at_size(large, 480, 320)
    assert (small.name, small.width, small.height) == ('lightnet_multitask_480x320', 480, 320)
    assert large.detection.anchors[2][4] == (968, 730)
    assert small.detection.anchors[2][4] == (484, 243.3)
    assert small.depth_range.focal_length_px == large.depth_range.focal_length_px / 2
    assert small.published is None
    assert small.backbone == large.backbone


def test_a_base_is_brought_to_the_size_of_what_starts_from_it():
    large, small = map(load_description, ('lightnet_multitask', 'lightnet_multitask_640x384'))
    assert small.detection == at_size(large, 640, 384).detection
    assert small.depth_range == at_size(large, 640, 384).depth_range


@pytest.mark.parametrize('size', [(0, 0), (16, 32), (100, 96), (96, 100), (-32, 64)])
def test_a_size_that_the_stages_do_not_fit_on_is_refused(lightnet, size):
    with pytest.raises(DescriptionError, match='lightnet: .*multiples of 32, got'):
        at_size(lightnet, *size)


def test_without_a_rule_nothing_is_narrowed(lightnet):
    assert narrowed(lightnet) is lightnet


@given(
    kept=strategies.integers(8, 128).filter(lambda n: n % CHANNEL_STEP == 0),
    exponent=strategies.floats(0, 1),
)
def test_narrowing_never_widens_and_keeps_the_few(kept, exponent):
    wide = load_description('lightnetv2')
    rule = Narrowing(kept, exponent)
    narrow = narrowed(dataclasses.replace(wide, narrowing=rule))
    pairs = list(zip(channels(wide), channels(narrow), strict=True))
    assert len(pairs) == 24
    for before, after in pairs:
        assert min(before, kept) <= after <= before
        assert after == before or after % CHANNEL_STEP == 0
    for (a, less), (b, more) in zip(sorted(pairs), sorted(pairs)[1:]):
        assert a == b or less <= more
    assert narrow.narrowing is None


def test_an_exponent_of_one_changes_nothing():
    wide = load_description('lightnetv2')
    assert narrowed(dataclasses.replace(wide, narrowing=Narrowing(8, 1.0))) == wide


def test_every_step_of_pruning_is_narrower_than_the_one_before():
    steps = [sum(channels(load_description(name))) for name in ('lightnetv2', *PRUNED)]
    assert steps == sorted(steps, reverse=True)
    assert len(set(steps)) == len(steps)


def test_pruning_leaves_the_image_the_anchors_and_the_depth_of_blocks_alone():
    wide, narrow = load_description('lightnetv2'), load_description(PRUNED[-1])
    assert (narrow.width, narrow.height) == (wide.width, wide.height)
    assert narrow.detection.anchors == wide.detection.anchors
    assert [b.dilations for b in narrow.backbone.stages] == [
        b.dilations for b in wide.backbone.stages
    ]


def channels(description):
    """List every count of channels of a detection network, in a fixed order."""
    blocks = (*description.backbone.stages, *description.neck.down, *description.neck.up)
    return [
        *description.backbone.stem,
        *(count for block in blocks for count in (block.branch, block.width)),
        description.context.width,
        *description.neck.laterals,
        *description.detection.widths,
    ]
