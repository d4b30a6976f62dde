# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A widened network answers as the narrow one did, and what is new in it can learn."""

from dataclasses import replace

import pytest
import torch

from training.description import load_description
from training.description import NETWORKS
from training.network import count_parameters
from training.network import MultitaskNetwork
from training.widen import load_average
from training.widen import main
from training.widen import widen

NARROW = load_description('lightnet_compact')
LAST = NARROW.backbone.stages[-1]


def with_last_stage(**changes):
    stages = (*NARROW.backbone.stages[:-1], replace(LAST, **changes))
    return replace(NARROW, backbone=replace(NARROW.backbone, stages=stages))


def trained(description):
    """Give a network whose batch norms have seen something."""
    torch.manual_seed(3)
    network = MultitaskNetwork(description)
    network.train()(torch.rand(2, 3, 96, 160))
    return network


WIDER = {
    'the same': NARROW,
    'a wider stage': with_last_stage(width=LAST.width + 32),
    'wider branches, which are joined': with_last_stage(branch=LAST.branch + 8),
    'a wider context': replace(
        NARROW, context=replace(NARROW.context, width=NARROW.context.width + 32)
    ),
    'a wider trunk': replace(
        NARROW,
        trunk=(
            replace(
                NARROW.trunk[0],
                block=replace(NARROW.trunk[0].block, width=NARROW.trunk[0].block.width + 8),
            ),
            *NARROW.trunk[1:],
        ),
    ),
}


@pytest.mark.parametrize('description', WIDER.values(), ids=WIDER)
def test_the_answers_stay(description):
    narrow, wide = trained(NARROW), MultitaskNetwork(description)
    widen(narrow, wide)
    image = torch.rand(1, 3, 96, 160)
    with torch.inference_mode():
        expected, got = narrow.eval()(image), wide.eval()(image)
    for name, value in expected.items():
        torch.testing.assert_close(got[name], value, rtol=1e-4, atol=1e-3)


def test_what_is_new_learns():
    wide = MultitaskNetwork(WIDER['a wider stage'])
    widen(trained(NARROW), wide)
    wide.train()(torch.rand(1, 3, 96, 160))['depth'].sum().backward()
    weight = wide.context.entry[0].weight
    assert weight[:, LAST.width :].abs().max() == 0
    assert weight.grad[:, LAST.width :].abs().max() > 0


@pytest.mark.parametrize(
    ('description', 'message'),
    [
        (with_last_stage(width=LAST.width - 32), 'shrinks'),
        (with_last_stage(dilations=(1, 1)), 'more than their widths'),
    ],
)
def test_other_shapes_are_refused(description, message):
    with pytest.raises(ValueError, match=message):
        widen(trained(NARROW), MultitaskNetwork(description))


def test_from_files(tmp_path):
    narrow = trained(NARROW)
    torch.save({'average': narrow.state_dict()}, tmp_path / 'old.pt')
    text = (NETWORKS / 'lightnet_compact.yaml').read_text()
    path = tmp_path / 'wider.yaml'
    path.write_text(text.replace('context: {width: ', 'context: {width: 1'))
    main(['lightnet_compact', str(tmp_path / 'old.pt'), str(path), str(tmp_path / 'new.pt')])
    wide = load_average(str(path), tmp_path / 'new.pt')
    assert count_parameters(wide) > count_parameters(narrow)
