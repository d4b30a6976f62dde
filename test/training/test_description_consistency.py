# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Parts that contradict each other are named before any layer is built."""

from dataclasses import replace

import pytest

from training.consistency import contradictions
from training.description import DecoderLevel
from training.description import DecoupledHead
from training.description import load_description
from training.description import NETWORKS


@pytest.fixture(scope='module')
def multitask():
    return load_description('lightnet_multitask')


@pytest.mark.parametrize('path', sorted(NETWORKS.glob('*.yaml')), ids=lambda p: p.stem)
def test_what_is_shipped_contradicts_nothing(path):
    assert contradictions(load_description(path)) == []


@pytest.mark.parametrize(
    'change, message',
    [
        (lambda d: {'width': 970}, 'width: expected a multiple of 32, the coarsest stride'),
        (lambda d: {'height': 0}, 'height: expected a multiple of 32'),
        (lambda d: {'neck': replace(d.neck, laterals=(8,))}, 'got 1, 2 and 2'),
        (
            lambda d: {'neck': replace(d.neck, laterals=(8,) * 4, down=d.neck.down * 2)},
            'expected fewer steps than the 4 stages, got 4',
        ),
        (
            lambda d: {'detection': replace(d.detection, widths=(8, 8))},
            'as many strides as widths and rows of anchors, got 3, 2 and 3',
        ),
        (
            lambda d: {'detection': replace(d.detection, strides=(4, 8, 16))},
            r'detection: expected strides out of \[8, 16, 32\], got 4',
        ),
        (
            lambda d: {
                'detection': replace(d.detection, anchors=(((1, 1),), ((2, 2),), ((3, 3), (4, 4))))
            },
            'anchors: expected as many on each scale',
        ),
        (
            lambda d: {'decoupled': DecoupledHead(32, (8, 16, 32))},
            'expected detection or decoupled, got both',
        ),
        (lambda d: {'detection_classes': ()}, 'detection_classes: expected at least one class'),
        (lambda d: {'lane_classes': ()}, 'lane_classes: expected at least one class'),
        (lambda d: {'depth_range': None}, 'depth_range: expected what a depth value means'),
        (
            lambda d: {'lane': replace(d.lane, levels=(DecoderLevel(8, ()),))},
            'lane: expected skips to start from at the first level, or a trunk',
        ),
        (
            lambda d: {'lane': replace(d.lane, levels=())},
            'lane: expected skips to start from at the first level, or a trunk',
        ),
        (
            lambda d: {'lane': replace(d.lane, levels=(DecoderLevel(4, ('neck',)),))},
            r'levels\[0\]: the neck has maps at the strides \[8, 16, 32\], none at 4',
        ),
        (
            lambda d: {'depth': replace(d.depth, levels=(DecoderLevel(1, ('backbone',)),))},
            r'the backbone has maps at the strides \[2, 4, 8, 16, 32\], none at 1',
        ),
        (
            lambda d: {'depth': replace(d.depth, levels=(*d.depth.levels, DecoderLevel(4)))},
            r'depth: levels\[5\]: expected a stride that divides 2, got 4',
        ),
        (
            lambda d: {'trunk': (DecoderLevel(16, ('context',)),)},
            r'trunk: levels\[0\]: the context has maps at the strides \[32\], none at 16',
        ),
    ],
)
def test_a_contradiction_is_named(multitask, change, message):
    with pytest.raises(AssertionError, match=message):
        assert not contradictions(replace(multitask, **change(multitask))), '\n'.join(
            contradictions(replace(multitask, **change(multitask)))
        )


def test_a_task_that_is_not_there_needs_no_classes(multitask):
    without = replace(
        multitask, semantic=None, lane=None, depth=None, semantic_classes=(), lane_classes=()
    )
    assert contradictions(replace(without, depth_range=None)) == []
