# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Begin a wider network where a narrower one of the same shape ended.

``python -m training.widen OLD.yaml OLD.pt NEW.yaml NEW.pt``

Every layer keeps its old channels and gains new ones beside them. The new channels are drawn at
random, and the old ones do not listen to them yet: the wider network answers what the narrower
one answered, and learns from there (in the manner of Net2Net, Chen et al. 2016, arXiv:1511.05641,
with zeros for the new connections instead of copies).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import fx
from torch import nn
from torch import Tensor

from training.description import load_description
from training.network import MultitaskNetwork


def widen(old: MultitaskNetwork, new: MultitaskNetwork) -> None:
    """Give the new network the old one's answers.

    ValueError when the networks differ in more than their widths, or a width shrinks.
    """
    graphs = [list(fx.symbolic_trace(network).graph.nodes) for network in (old, new)]
    if [_step(node) for node in graphs[0]] != [_step(node) for node in graphs[1]]:
        raise ValueError(
            f'{old.description.name} and {new.description.name} differ in more than their widths: '
            'expected the same stages, blocks, dilations, skips and heads'
        )
    modules = dict(old.named_modules()), dict(new.named_modules())
    places: dict[fx.Node, Tensor] = {}
    widths: dict[fx.Node, int] = {}
    for node in graphs[1]:
        sources = node.all_input_nodes
        if node.op == 'placeholder':
            places[node], widths[node] = torch.arange(3), 3
        elif node.op == 'call_function' and node.target is torch.cat:
            offsets = [sum(widths[s] for s in sources[:i]) for i in range(len(sources))]
            places[node] = torch.cat([places[s] + o for s, o in zip(sources, offsets)])
            widths[node] = sum(widths[s] for s in sources)
        elif node.op == 'call_module':
            pair = modules[0][str(node.target)], modules[1][str(node.target)]
            places[node], widths[node] = _keep(*pair, places[sources[0]], widths[sources[0]])
        elif sources:
            places[node], widths[node] = places[sources[0]], widths[sources[0]]


def _step(node: fx.Node) -> tuple[str, str, tuple[str, ...]]:
    return node.op, str(node.target), tuple(source.name for source in node.all_input_nodes)


@torch.no_grad()
def _keep(old: nn.Module, new: nn.Module, places: Tensor, width: int) -> tuple[Tensor, int]:
    """Copy a layer's old channels; give where its outputs lie, and how many there are."""
    if isinstance(old, nn.Conv2d) and isinstance(new, nn.Conv2d):
        count = old.out_channels
        if count > new.out_channels:
            raise ValueError(f'a layer shrinks from {count} to {new.out_channels} channels')
        new.weight[:count] = 0
        new.weight[:count, places] = old.weight
        if old.bias is not None and new.bias is not None:
            new.bias[:count] = old.bias
        return torch.arange(count), new.out_channels
    if isinstance(old, nn.BatchNorm2d) and isinstance(new, nn.BatchNorm2d):
        target = new.state_dict()
        for name, value in old.state_dict().items():
            if value.ndim:
                target[name][places] = value
            else:
                target[name].copy_(value)
    return places, width


def load_average(description: str, weights: Path) -> MultitaskNetwork:
    """Build a described network with the averaged weights of a checkpoint."""
    network = MultitaskNetwork(load_description(description))
    content = torch.load(weights, map_location='cpu', weights_only=True)
    network.load_state_dict(content['average'])
    return network.eval()


def main(arguments: list[str] | None = None) -> None:
    """Widen from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('old', help='description of the trained network')
    parser.add_argument('weights', type=Path, help='its checkpoint')
    parser.add_argument('new', help='description of the wider network')
    parser.add_argument('output', type=Path, help='where to write what to start from')
    given = parser.parse_args(arguments)
    torch.manual_seed(0)
    network = MultitaskNetwork(load_description(given.new))
    widen(load_average(given.old, given.weights), network)
    torch.save({'average': network.state_dict()}, given.output)


if __name__ == '__main__':
    main()
