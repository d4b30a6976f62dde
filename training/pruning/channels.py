# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which filter makes every channel of a network, and who reads it, found by tracing.

A concatenation lays channels side by side: each keeps its maker, and every later reader knows
which of its inputs it is. An addition makes channels one: they can only go together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
import copy
from dataclasses import dataclass
import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import fx
from torch import nn
from torch.fx.passes.shape_prop import ShapeProp

Ids = NDArray[np.int64]
"""Channels by number; the same number is the same channel."""

CHANNELWISE_MODULES = (
    nn.AvgPool2d,
    nn.Dropout,
    nn.Dropout2d,
    nn.Hardswish,
    nn.Identity,
    nn.LeakyReLU,
    nn.MaxPool2d,
    nn.ReLU,
    nn.ReLU6,
    nn.Sigmoid,
    nn.SiLU,
    nn.Upsample,
)
CHANNELWISE_FUNCTIONS: tuple[Callable[..., Any] | str, ...] = (
    nn.functional.avg_pool2d,
    nn.functional.interpolate,
    nn.functional.max_pool2d,
    nn.functional.relu,
    nn.functional.silu,
    torch.relu,
    torch.sigmoid,
    'contiguous',
    'relu',
    'sigmoid',
)
JOINING_FUNCTIONS: tuple[Callable[..., Any], ...] = (torch.cat, torch.concat)
UNITING_FUNCTIONS: tuple[Callable[..., Any], ...] = (
    operator.add,
    operator.iadd,
    operator.mul,
    operator.imul,
    torch.add,
    torch.mul,
)


class PruningError(ValueError):
    """A network or a wish that pruning cannot follow; says what was found and what would do."""


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution's channels ``inputs`` (I,) and ``outputs`` (O,).

    ``macs`` multiply-accumulates go into each pair of an input and an output; ``norm`` names
    the batch norm that reads this convolution, if one does.
    """

    inputs: Ids
    outputs: Ids
    macs: int
    norm: str | None


@dataclass(frozen=True, slots=True)
class Space:
    """Channels (C,) out of which some may go; each of the ``makers`` makes all of them."""

    channels: Ids
    makers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelGraph:
    """A network's channels, numbered below ``count``, by the modules that make and read them.

    ``norms`` gives the channels of each batch norm. ``spaces`` lists what may be narrowed: not
    the image, not what the network gives out, not what only partly coincides with another.
    """

    convolutions: dict[str, Convolution]
    norms: dict[str, Ids]
    spaces: tuple[Space, ...]
    count: int

    def macs(self, kept: NDArray[np.bool_]) -> int:
        """Count the multiply-accumulates of the convolutions with only the ``kept`` channels."""
        return sum(
            int(kept[c.inputs].sum()) * int(kept[c.outputs].sum()) * c.macs
            for c in self.convolutions.values()
        )

    def everything(self) -> NDArray[np.bool_]:
        """Keep all channels, (count,) bool."""
        return np.ones(self.count, np.bool_)


def trace_channels(network: nn.Module, size: tuple[int, int], colors: int = 3) -> ChannelGraph:
    """Follow every channel of a network of one image of ``size`` (width, height).

    Raises PruningError for an operation that is not known to keep channels apart.
    """
    try:
        traced = fx.symbolic_trace(copy.deepcopy(network).eval())
    except fx.proxy.TraceError as error:
        raise PruningError(f'the network cannot be traced: {error}') from error
    with torch.no_grad():
        ShapeProp(traced).propagate(torch.zeros(1, colors, size[1], size[0]))
    return _Tracing(traced).result()


class _Tracing:
    """One walk over a traced network, from the image to the outputs."""

    def __init__(self, traced: fx.GraphModule) -> None:
        self.traced = traced
        self.twins: list[int] = []
        self.channels: dict[fx.Node, Ids] = {}
        self.inputs: dict[str, Ids] = {}
        self.outputs: dict[str, Ids] = {}
        self.macs: Counter[str] = Counter()
        self.norms: dict[str, Ids] = {}
        self.norm_of: dict[str, str] = {}
        self.fixed: list[Ids] = []
        for node in traced.graph.nodes:
            if node.op == 'output':
                self.fixed += [self.channels[n] for n in node.all_input_nodes]
            else:
                self.channels[node] = self._visit(node)

    def result(self) -> ChannelGraph:
        root = np.array([self._root(i) for i in range(len(self.twins))], np.int64)
        convolutions = {
            name: Convolution(
                root[self.inputs[name]],
                root[self.outputs[name]],
                self.macs[name],
                self.norm_of.get(name),
            )
            for name in self.outputs
        }
        fixed = {int(i) for ids in self.fixed for i in root[ids]}
        return ChannelGraph(
            convolutions,
            {name: root[ids] for name, ids in self.norms.items()},
            tuple(_find_spaces(convolutions, fixed)),
            len(self.twins),
        )

    def _new(self, count: int) -> Ids:
        first = len(self.twins)
        self.twins += range(first, first + count)
        return np.arange(first, first + count)

    def _root(self, channel: int) -> int:
        while self.twins[channel] != channel:
            channel = self.twins[channel]
        return channel

    def _unite(self, a: Ids, b: Ids) -> Ids:
        for one, other in zip(a, b):
            low, high = sorted((self._root(int(one)), self._root(int(other))))
            self.twins[high] = low
        return a

    def _visit(self, node: fx.Node) -> Ids:
        if 'tensor_meta' not in node.meta:
            raise self._unknown(node, str(node.target))
        shape = node.meta['tensor_meta'].shape
        if node.op == 'placeholder':
            self.fixed.append(self._new(shape[1]))
            return self.fixed[-1]
        sources = node.all_input_nodes
        if node.op == 'call_module':
            return self._visit_module(node, self.channels[sources[0]], shape)
        read = [self.channels[n] for n in sources]
        if node.target in JOINING_FUNCTIONS and _axis(node) == 1:
            laid = [self.channels[n] for n in node.args[0]]  # type: ignore[union-attr, index]
            return np.concatenate(laid)
        if node.target in UNITING_FUNCTIONS and len({len(ids) for ids in read}) == 1:
            return self._unite(read[0], read[-1])
        if node.target in CHANNELWISE_FUNCTIONS or _cuts_area(node):
            return read[0]
        raise self._unknown(node, str(node.target))

    def _visit_module(self, node: fx.Node, read: Ids, shape: torch.Size) -> Ids:
        name = str(node.target)
        module = self.traced.get_submodule(name)
        if isinstance(module, nn.Conv2d) and module.groups == 1:
            area = module.kernel_size[0] * module.kernel_size[1]
            self.macs[name] += area * shape[2] * shape[3]
            if name in self.outputs:
                self._unite(self.inputs[name], read)
            else:
                self.inputs[name], self.outputs[name] = read, self._new(module.out_channels)
            return self.outputs[name]
        if isinstance(module, nn.BatchNorm2d):
            self.norms[name] = self._unite(self.norms.get(name, read), read)
            maker = node.all_input_nodes[0]
            if str(maker.target) in self.outputs:
                self.norm_of[str(maker.target)] = name
            return read
        if isinstance(module, CHANNELWISE_MODULES):
            return read
        raise self._unknown(node, f'{type(module).__name__} {name}')

    def _unknown(self, node: fx.Node, what: str) -> PruningError:
        return PruningError(
            f'do not know how channels pass {what} ({node.name}); known are convolutions of one '
            'group, batch norms, concatenation, addition and what acts on each channel alone'
        )


def _axis(node: fx.Node) -> Any:
    return node.args[1] if len(node.args) > 1 else node.kwargs.get('dim', 0)


def _cuts_area(node: fx.Node) -> bool:
    """Tell whether a node takes rows and columns of all its input's channels."""
    if node.target is not operator.getitem or not isinstance(node.args[1], tuple):
        return False
    index: list[Any] = list(node.args[1])
    if Ellipsis in index:
        place = index.index(Ellipsis)
        index[place : place + 1] = [slice(None)] * (5 - len(index))
    return index[:2] == [slice(None)] * 2 and all(isinstance(part, slice) for part in index)


def _find_spaces(convolutions: dict[str, Convolution], fixed: set[int]) -> Iterator[Space]:
    makers: dict[tuple[int, ...], list[str]] = {}
    for name, convolution in convolutions.items():
        makers.setdefault(tuple(sorted(convolution.outputs.tolist())), []).append(name)
    uses = Counter(channel for channels in makers for channel in channels)
    for channels, names in makers.items():
        if fixed.isdisjoint(channels) and all(uses[channel] == 1 for channel in channels):
            yield Space(np.array(channels, np.int64), tuple(names))
