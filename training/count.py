# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Count what a network costs, part by part, beside what was published of it.

``python -m training.count lightnet_multitask yolox_s_opt``; without names: the whole family.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn
from torch import Tensor

from training.description import load_description
from training.description import NetworkDescription
from training.description import NETWORKS
from training.description import Published
from training.form import DescriptionError
from training.network import MultitaskNetwork

OPERATIONS_PER_MAC = 2


@dataclass(frozen=True, slots=True)
class Cost:
    """Multiplications of the convolutions for one picture, and trainable values."""

    macs: int = 0
    parameters: int = 0

    @property
    def gflops(self) -> float:
        """Operations in 10⁹: a multiplication and an addition for each MAC."""
        return OPERATIONS_PER_MAC * self.macs / 1e9

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.macs + other.macs, self.parameters + other.parameters)


def count_parts(description: NetworkDescription) -> dict[str, Cost]:
    """Count each part of a network at the description's size, without computing anything.

    Parameters are those of the trained network, its batch norms (two values per channel)
    included.
    """
    with torch.device('meta'):
        network = MultitaskNetwork(description).eval()
        picture = torch.empty(1, 3, description.height, description.width)
    parts = _parts(network)
    macs = dict.fromkeys(parts, 0)
    for name, part in parts.items():
        for module in part.modules():
            if isinstance(module, nn.Conv2d):

                def add(
                    module: nn.Module, _: tuple[Tensor, ...], output: Tensor, name: str = name
                ) -> None:
                    weight = module.weight
                    assert isinstance(weight, Tensor)
                    macs[name] += output.shape[2] * output.shape[3] * weight.numel()

                module.register_forward_hook(add)
    with torch.inference_mode():
        network(picture)
    return {
        name: Cost(macs[name], sum(p.numel() for p in part.parameters()))
        for name, part in parts.items()
    }


def _parts(network: MultitaskNetwork) -> dict[str, nn.Module]:
    named: dict[str, nn.Module | None] = {
        'backbone': network.backbone,
        'context': network.context,
        'neck': network.neck,
        'heads': network.detection or network.decoupled,
        'trunk': network.trunk,
        **{f'{name} decoder': part for name, part in network.dense.items()},
    }
    return {
        name: part
        for name, part in named.items()
        if part is not None and not isinstance(part, nn.Identity)
    }


def total(parts: dict[str, Cost]) -> Cost:
    """Sum up the parts."""
    return sum(parts.values(), Cost())


def to_text(description: NetworkDescription) -> str:
    """Write the counts of a network as a table, with what was published of it."""
    parts = count_parts(description)
    whole = total(parts)
    rows = [
        f'{description.name} {description.width}×{description.height}',
        f'  {"":18}{"GFLOPs":>9}{"parameters":>12}',
        *(f'  {name:18}{_figures(cost)}' for name, cost in parts.items()),
        f'  {"total":18}{_figures(whole)}',
    ]
    if description.published:
        rows += _comparison(whole, description.published)
    return '\n'.join(rows)


def _figures(cost: Cost) -> str:
    return f'{cost.gflops:9.2f}{cost.parameters / 1e6:10.2f} M'


def _comparison(whole: Cost, published: Published) -> Iterable[str]:
    parameters_m = published.parameters_m
    count = f'{parameters_m:10.1f} M' if parameters_m else f'{"-":>12}'
    yield f'  {"published":18}{published.gflops:9.1f}{count}'
    change = f'{_change(whole.gflops, published.gflops):>9}'
    if parameters_m:
        change += f'{_change(whole.parameters / 1e6, parameters_m):>12}'
    yield f'  {"counted against it":18}{change}'


def _change(found: float, published: float) -> str:
    return f'{100 * (found / published - 1):+.1f} %'


def main() -> None:
    """Print the counts of networks."""
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument(
        'networks', nargs='*', metavar='NETWORK', help='names or files (default: the whole family)'
    )
    names = parser.parse_args().networks or sorted(p.stem for p in NETWORKS.glob('*.yaml'))
    try:
        descriptions = [load_description(name) for name in names]
    except DescriptionError as error:
        parser.error(str(error))
    print('\n\n'.join(map(to_text, descriptions)))


if __name__ == '__main__':
    main()
