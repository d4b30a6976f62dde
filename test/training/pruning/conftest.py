# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A network with every part of the large ones, a few channels wide."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses
from typing import Any
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from training.description import NetworkDescription
    from training.network import MultitaskNetwork
    from training.pruning.channels import ChannelGraph
    from training.pruning.widths import Width


def _elan(branch: int, width: int) -> dict[str, Any]:
    return {'kind': 'elan', 'branch': branch, 'dilations': [1, 1], 'width': width}


PARTS: dict[str, Any] = {
    'name': 'tiny',
    'width': 96,
    'height': 64,
    'backbone': {'stem': [4, 6], 'stages': [_elan(4, 8), _elan(6, 12), _elan(8, 16)]},
    'context': {'width': 10, 'kernel': 3, 'dilations': [1, 2]},
    'neck': {
        'laterals': [6, 4],
        'down': [_elan(4, 9), _elan(4, 8)],
        'up': [_elan(4, 10), _elan(6, 12)],
    },
    'detection': {
        'widths': [8, 10, 12],
        'strides': [4, 8, 16],
        'anchors': [[[8, 10]], [[20, 20]], [[40, 30]]],
    },
    'trunk': [{'stride': 4, 'skips': ['neck', 'backbone'], 'block': _elan(4, 8)}],
    'semantic': {'levels': [{'stride': 2}], 'kernel': 3},
    'lane': {'levels': [{'stride': 2, 'skips': ['backbone'], 'reduce': 6}], 'kernel': 3},
    'depth': {
        'levels': [{'stride': 4, 'block': {'kind': 'plain', 'width': 6}}, {'stride': 2}],
        'kernel': 3,
        'activation': 'sigmoid',
    },
}


@pytest.fixture(scope='session', autouse=True)
def one_thread() -> Iterator[None]:
    """Compute on one thread: on such small maps more of them only wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope='session')
def tiny() -> NetworkDescription:
    """Give a small description; classes and depth as the packaged network has them."""
    from training.description import load_description
    from training.description import NetworkDescription
    from training.form import build
    from training.form import plain

    whole = plain(load_description('lightnet_compact')) | PARTS
    return dataclasses.replace(build(NetworkDescription, whole, 'tiny'), published=None)


@pytest.fixture(scope='session')
def trained(tiny: NetworkDescription) -> MultitaskNetwork:
    """Give a network whose batch norms have seen something; not to be changed."""
    import torch

    from training.network import MultitaskNetwork

    torch.manual_seed(0)
    network = MultitaskNetwork(tiny)
    with torch.no_grad():
        for _ in range(3):
            network.train()(torch.rand(2, 3, 64, 96))
    return network.eval()


@pytest.fixture(scope='session')
def graph(trained: MultitaskNetwork) -> ChannelGraph:
    """Give the channels of the trained network."""
    from training.pruning.channels import trace_channels

    return trace_channels(trained, (96, 64))


@pytest.fixture(scope='session')
def widths(tiny: NetworkDescription) -> tuple[Width, ...]:
    """Give the widths of the small description."""
    from training.pruning.widths import find_widths

    return find_widths(tiny)
