# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Descriptions are read strictly: what does not fit is named."""

import dataclasses

import pytest

from training.description import Block
from training.description import build
from training.description import DescriptionError
from training.description import load_description
from training.description import NetworkDescription
from training.description import NETWORKS


@pytest.mark.parametrize('path', sorted(NETWORKS.glob('*.yaml')), ids=lambda p: p.stem)
def test_every_description_that_is_shipped_is_whole(path):
    description = load_description(path.stem)
    assert description.name == path.stem
    assert description.width % 32 == description.height % 32 == 0
    head = description.detection
    assert head is not None
    assert len(head.strides) == len(head.anchors) == len(head.widths)


@pytest.mark.parametrize(
    'content, message',
    [
        ({}, "missing keys \\['kind', 'width'\\]"),
        ([], 'expected a mapping'),
        ({'kind': 'elan', 'width': 8, 'wdith': 8}, "unknown keys \\['wdith'\\]"),
        ({'kind': 'lstm', 'width': 8}, "kind: expected one of .*'elan'.*, got 'lstm'"),
        ({'kind': 'elan', 'width': '8'}, "width: expected int, got '8'"),
        ({'kind': 'elan', 'width': True}, 'width: expected int, got True'),
        ({'kind': 'elan', 'width': 8, 'dilations': 1}, 'dilations: expected a list'),
        ({'kind': 'elan', 'width': 8, 'dilations': [1, None]}, 'dilations\\[1\\]: expected int'),
    ],
)
def test_a_description_that_does_not_fit_names_the_place(content, message):
    with pytest.raises(DescriptionError, match=f'block.yaml: .*{message}|block.yaml: {message}'):
        build(Block, content, 'block.yaml')


def test_a_missing_description_lists_those_there_are():
    with pytest.raises(DescriptionError, match='lightnet_compact'):
        load_description('lightnet_gigantic')


def test_lists_become_tuples_and_tasks_may_be_absent():
    assert build(Block, {'kind': 'plain', 'width': 8, 'dilations': [1, 2]}, '').dilations == (1, 2)
    fields = {f.name: f for f in dataclasses.fields(NetworkDescription)}
    assert fields['depth'].default is None
