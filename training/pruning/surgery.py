# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How much each filter weighs, which of them stay, and the network without the others.

What a removed channel gave on average its readers keep as a constant, so that they only lose
what it told about the picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
import copy
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn
from torch import Tensor

from training.pruning.channels import ChannelGraph
from training.pruning.channels import PruningError
from training.pruning.channels import Space

Network = TypeVar('Network', bound=nn.Module)

Means = Mapping[str, Tensor]
"""What each convolution reads on average, (I,) per input channel, by its name."""


@dataclass(frozen=True, slots=True)
class Group:
    """Spaces that always have one ``width``, each of which chooses its own channels."""

    name: str
    width: int
    spaces: tuple[Space, ...]


def group_each_space(graph: ChannelGraph) -> tuple[Group, ...]:
    """Let every space have a width of its own, named by its first maker."""
    return tuple(Group(s.makers[0], len(s.channels), (s,)) for s in graph.spaces)


@torch.no_grad()
def weigh_channels(network: nn.Module, graph: ChannelGraph) -> NDArray[np.float64]:
    """Give each channel the L1 of the filters that make it, (graph.count,).

    A filter counts as it is deployed, with its batch norm folded in: without it a filter's
    size says nothing, because the norm undoes it.
    """
    weight = np.zeros(graph.count)
    for name, convolution in graph.convolutions.items():
        module = network.get_submodule(name)
        assert isinstance(module, nn.Conv2d)
        size = module.weight.abs().sum((1, 2, 3))
        if convolution.norm:
            norm = network.get_submodule(convolution.norm)
            assert isinstance(norm, nn.BatchNorm2d) and norm.running_var is not None
            size = size * norm.weight.abs() / (norm.running_var + norm.eps).sqrt()
        np.add.at(weight, convolution.outputs, size.double().numpy())
    return weight


def choose_channels(
    graph: ChannelGraph,
    weight: NDArray[np.float64],
    groups: Sequence[Group],
    widths: Mapping[str, int],
) -> NDArray[np.bool_]:
    """Keep in every group named in ``widths`` that many channels, the heaviest of each space.

    Gives (graph.count,) bool. Raises PruningError for a width that a group cannot have.
    """
    kept = graph.everything()
    for group in groups:
        width = widths.get(group.name, group.width)
        if not 1 <= width <= group.width:
            raise PruningError(
                f'{group.name}: expected a width of 1 to {group.width}, got {width}'
            )
        for space in group.spaces:
            by_weight = space.channels[np.argsort(-weight[space.channels], kind='stable')]
            kept[by_weight[width:]] = False
    return kept


@torch.no_grad()
def measure_means(network: nn.Module, graph: ChannelGraph, images: Iterable[Tensor]) -> Means:
    """Average what each convolution reads over ``images``, each (N, 3, H, W)."""
    seen: dict[str, list[Tensor]] = {name: [] for name in graph.convolutions}

    def note(name: str, _: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        seen[name].append(inputs[0].mean((0, 2, 3)))

    hooks = [
        network.get_submodule(name).register_forward_pre_hook(partial(note, name)) for name in seen
    ]
    for image in images:
        network(image)
    for hook in hooks:
        hook.remove()
    return {name: torch.stack(means).mean(0) for name, means in seen.items()}


@torch.no_grad()
def remove_channels(
    network: Network, graph: ChannelGraph, kept: NDArray[np.bool_], means: Means
) -> Network:
    """Give a copy of the network that has only the ``kept`` channels (graph.count,)."""
    narrow = copy.deepcopy(network)
    for name, convolution in graph.convolutions.items():
        module = narrow.get_submodule(name)
        assert isinstance(module, nn.Conv2d)
        gone = torch.from_numpy(~kept[convolution.inputs])
        constant = module.weight[:, gone].sum((2, 3)) @ means[name][gone]
        if convolution.norm:
            norm = narrow.get_submodule(convolution.norm)
            assert isinstance(norm, nn.BatchNorm2d) and norm.running_mean is not None
            norm.running_mean -= constant
        elif module.bias is not None:
            module.bias += constant
        _narrow_convolution(
            module, _places(kept, convolution.inputs), _places(kept, convolution.outputs)
        )
    for name, channels in graph.norms.items():
        norm = narrow.get_submodule(name)
        assert isinstance(norm, nn.BatchNorm2d)
        _narrow_norm(norm, _places(kept, channels))
    return narrow


def _narrow_convolution(module: nn.Conv2d, inputs: Tensor, outputs: Tensor) -> None:
    module.weight = nn.Parameter(module.weight[outputs][:, inputs])
    if module.bias is not None:
        module.bias = nn.Parameter(module.bias[outputs])
    module.in_channels, module.out_channels = len(inputs), len(outputs)


def _places(kept: NDArray[np.bool_], channels: NDArray[np.int64]) -> Tensor:
    return torch.from_numpy(np.flatnonzero(kept[channels]))


def _narrow_norm(norm: nn.BatchNorm2d, places: Tensor) -> None:
    norm.num_features = len(places)
    if norm.affine:
        norm.weight = nn.Parameter(norm.weight[places])
        norm.bias = nn.Parameter(norm.bias[places])
    if norm.running_mean is not None and norm.running_var is not None:
        norm.running_mean = norm.running_mean[places]
        norm.running_var = norm.running_var[places]
