# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The building blocks: convolution-norm-ReLU, ELAN, ASPP-CSP, SPP, and the two-stage neck."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch import Tensor

from training.description import Block
from training.description import Context
from training.description import Neck

Pyramid = dict[int, Tensor]
"""Feature maps by their stride relative to the input."""


class ConvNormAct(nn.Sequential):
    """Convolution without bias, batch norm, ReLU; padded to keep the size at stride 1."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1, dilation: int = 1
    ) -> None:
        padding = dilation * (kernel // 2)
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, bias=False),
            nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03),
            nn.ReLU(inplace=True),
        )


class Elan(nn.Module):
    """Efficient layer aggregation: two branches, one deepened, every tap joined by a 1×1."""

    def __init__(self, inputs: int, block: Block) -> None:
        super().__init__()
        self.tap = block.tap
        self.straight = ConvNormAct(inputs, block.branch, 1)
        self.entry = ConvNormAct(inputs, block.branch, 1)
        self.deep = nn.ModuleList(
            ConvNormAct(block.branch, block.branch, 3, dilation=d) for d in block.dilations
        )
        taps = 2 + len(block.dilations) // block.tap
        self.join = ConvNormAct(taps * block.branch, block.width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, inputs, H, W) to (N, width, H, W)."""
        y = self.entry(x)
        taps = [y]
        for index, convolution in enumerate(self.deep, start=1):
            y = convolution(y)
            if index % self.tap == 0:
                taps.append(y)
        joined: Tensor = self.join(torch.cat([*reversed(taps), self.straight(x)], 1))
        return joined


class AsppCsp(nn.Module):
    """Parallel dilated convolutions beside a plain branch, joined by 1×1 convolutions."""

    def __init__(self, inputs: int, context: Context) -> None:
        super().__init__()
        width = context.width
        self.straight = ConvNormAct(inputs, width, 1)
        self.entry = ConvNormAct(inputs, width, 1)
        self.parallel = nn.ModuleList(
            ConvNormAct(width, width, context.kernel, dilation=d) for d in context.dilations
        )
        self.gather = ConvNormAct((1 + len(context.dilations)) * width, width, 1)
        self.join = ConvNormAct(2 * width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, inputs, H, W) to (N, width, H, W)."""
        y = self.entry(x)
        y = self.gather(torch.cat([y, *(branch(y) for branch in self.parallel)], 1))
        joined: Tensor = self.join(torch.cat([y, self.straight(x)], 1))
        return joined


class SpatialPyramid(nn.Module):
    """SPP: maxima over ever larger windows, by the same small window several times over."""

    def __init__(self, inputs: int, context: Context) -> None:
        super().__init__()
        width = context.width // 2
        self.pools = context.pools
        self.entry = ConvNormAct(inputs, width, 1)
        self.largest = nn.MaxPool2d(context.kernel, 1, context.kernel // 2)
        self.join = ConvNormAct((1 + context.pools) * width, context.width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, inputs, H, W) to (N, width, H, W)."""
        taps = [self.entry(x)]
        for _ in range(self.pools):
            taps.append(self.largest(taps[-1]))
        joined: Tensor = self.join(torch.cat(taps, 1))
        return joined


def make_context(inputs: int, context: Context) -> nn.Module:
    """Build the module a context description stands for."""
    kinds = {'aspp_csp': AsppCsp, 'spp': SpatialPyramid}
    return kinds[context.kind](inputs, context)


def make_block(inputs: int, block: Block) -> nn.Module:
    """Build the module a block description stands for."""
    if block.kind == 'elan':
        return Elan(inputs, block)
    widths = (inputs, *(block.width for _ in block.dilations))
    return nn.Sequential(
        *(
            ConvNormAct(a, b, block.kernel, dilation=d)
            for a, b, d in zip(widths, widths[1:], block.dilations)
        )
    )


def upsample(x: Tensor, factor: int) -> Tensor:
    """Repeat every pixel ``factor`` times in both axes (nearest neighbour)."""
    return nn.functional.interpolate(x, scale_factor=float(factor), mode='nearest')


class PathAggregation(nn.Module):
    """The PAN neck: coarse context goes down to the fine maps, fine detail back up.

    ``widths`` are the channels of the maps it is given, by stride; what it returns has the
    channels of ``self.widths``.
    """

    def __init__(self, widths: dict[int, int], neck: Neck) -> None:
        super().__init__()
        self.strides = sorted(widths)[-len(neck.down) - 1 :]
        coarsest, *finer = reversed(self.strides)
        self.above, self.beside = nn.ModuleList(), nn.ModuleList()
        self.down, self.shrink, self.up = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        passing = [widths[coarsest]]
        for stride, lateral, block in zip(finer, neck.laterals, neck.down):
            self.above.append(ConvNormAct(passing[-1], lateral, 1))
            self.beside.append(ConvNormAct(widths[stride], lateral, 1))
            self.down.append(make_block(2 * lateral, block))
            passing.append(block.width)
        self.widths = {self.strides[0]: passing[-1]}
        below = passing[-1]
        for stride, other, block in zip(self.strides[1:], reversed(passing[:-1]), neck.up):
            self.shrink.append(ConvNormAct(below, other, 3, stride=2))
            self.up.append(make_block(2 * other, block))
            self.widths[stride] = below = block.width

    def forward(self, features: Pyramid) -> Pyramid:
        """Map a pyramid to one of the neck's strides and widths."""
        coarsest, *finer = reversed(self.strides)
        passing = [features[coarsest]]
        for stride, above, beside, block in zip(finer, self.above, self.beside, self.down):
            joined = [upsample(above(passing[-1]), 2), beside(features[stride])]
            passing.append(block(torch.cat(joined, 1)))
        x = passing[-1]
        result = {self.strides[0]: x}
        for stride, other, shrink, block in zip(
            self.strides[1:], reversed(passing[:-1]), self.shrink, self.up
        ):
            x = block(torch.cat([shrink(x), other], 1))
            result[stride] = x
        return result


def initialise(modules: Sequence[nn.Module]) -> None:
    """Draw convolution weights for ReLU networks (He, fan out); biases zero."""
    for module in modules:
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode='fan_out', nonlinearity='relu')
            if module.bias is not None:
                nn.init.zeros_(module.bias)
