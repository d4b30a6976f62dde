# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The network of a description, whichever member of the family it is."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch import Tensor

from training.blocks import ConvNormAct
from training.blocks import initialise
from training.blocks import make_block
from training.blocks import make_context
from training.blocks import PathAggregation
from training.blocks import Pyramid
from training.blocks import upsample
from training.description import AnchorHead
from training.description import Backbone
from training.description import Decoder
from training.description import DecoderLevel
from training.description import DecoupledHead
from training.description import NetworkDescription

BOX_CHANNELS = 5
"""Channels of an anchor before its classes: tx, ty, tw, th, objectness."""


class BackboneNetwork(nn.Module):
    """The stem and the stages; gives one map per stride, the stem's own included."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        widths = (3, *backbone.stem)
        self.stem = nn.ModuleList(ConvNormAct(a, b, 3, 2) for a, b in zip(widths, widths[1:]))
        self.widths = {2 ** (i + 1): width for i, width in enumerate(backbone.stem)}
        stride, width = 2 ** len(backbone.stem), backbone.stem[-1]
        self.stages = nn.ModuleList()
        for index, block in enumerate(backbone.stages):
            shrink = [ConvNormAct(width, width, 3, 2)] if index else []
            self.stages.append(nn.Sequential(*shrink, make_block(width, block)))
            width = block.width
            self.widths[stride * 2**index] = width

    def forward(self, x: Tensor) -> Pyramid:
        """Map an image (N, 3, H, W) to its pyramid."""
        features = {}
        stride = 1
        for convolution in self.stem:
            x = convolution(x)
            stride *= 2
            features[stride] = x
        for index, stage in enumerate(self.stages):
            x = stage(x)
            features[stride * 2**index] = x
        return features


class AnchorHeads(nn.Module):
    """One detection head per stride; (N, anchors·(5 + classes), H/s, W/s) after sigmoid."""

    def __init__(self, widths: dict[int, int], head: AnchorHead, classes: int) -> None:
        super().__init__()
        self.strides = head.strides
        self.heads = nn.ModuleList()
        for stride, width, anchors in zip(head.strides, head.widths, head.anchors):
            channels = len(anchors) * (BOX_CHANNELS + classes)
            last = nn.Conv2d(width, channels, 1)
            self.heads.append(nn.Sequential(ConvNormAct(widths[stride], width), last))

    def forward(self, features: Pyramid) -> dict[str, Tensor]:
        """Give the heads' values before the sigmoid, by output name."""
        return {f'detect_{s}': head(features[s]) for s, head in zip(self.strides, self.heads)}

    def start_rare(self, image_pixels: int, anchors: int) -> None:
        """Bias objectness to a few objects per image and classes to their rarity."""
        for stride, head in zip(self.strides, self.heads):
            last = list(head.children())[-1]
            assert isinstance(last, nn.Conv2d) and last.bias is not None
            bias = last.bias.detach().view(anchors, -1)
            bias[:, 4] = math.log(8 / (image_pixels / stride**2))
            bias[:, 5:] = math.log(0.6 / (bias.shape[1] - BOX_CHANNELS - 0.6))
            last.bias = nn.Parameter(bias.view(-1))


class DecoupledBranches(nn.Module):
    """YOLOX's head on one scale: an entry, and a branch each for the boxes and the classes."""

    def __init__(self, inputs: int, head: DecoupledHead, classes: int) -> None:
        super().__init__()
        width = head.width
        self.entry = ConvNormAct(inputs, width, 1)
        self.boxes, self.labels = (
            nn.Sequential(*(ConvNormAct(width, width) for _ in range(head.convolutions)))
            for _ in range(2)
        )
        self.box = nn.Conv2d(width, 4, 1)
        self.objectness = nn.Conv2d(width, 1, 1)
        self.label = nn.Conv2d(width, classes, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Give box (N, 4, H, W), objectness (N, 1, H, W), label (N, classes, H, W), all raw."""
        x = self.entry(x)
        boxes = self.boxes(x)
        return self.box(boxes), self.objectness(boxes), self.label(self.labels(x))


class DecoupledHeads(nn.Module):
    """One anchor-free detection head per stride."""

    def __init__(self, widths: dict[int, int], head: DecoupledHead, classes: int) -> None:
        super().__init__()
        self.strides = head.strides
        self.heads = nn.ModuleList(
            DecoupledBranches(widths[stride], head, classes) for stride in head.strides
        )

    def forward(self, features: Pyramid) -> dict[str, Tensor]:
        """Give ``detect_<stride>/box``, ``…/objectness`` and ``…/label`` before any sigmoid."""
        return {
            f'detect_{stride}/{part}': value
            for stride, head in zip(self.strides, self.heads)
            for part, value in zip(('box', 'objectness', 'label'), head(features[stride]))
        }

    def activate(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """Join each scale to ``detect_<stride>`` (N, 5 + classes, H, W) as YOLOX writes it."""
        return {
            f'detect_{s}': torch.cat(
                (
                    outputs[f'detect_{s}/box'],
                    outputs[f'detect_{s}/objectness'].sigmoid(),
                    outputs[f'detect_{s}/label'].sigmoid(),
                ),
                1,
            )
            for s in self.strides
        }

    def start_rare(self) -> None:
        """Bias objectness and classes to one in a hundred, as YOLOX does."""
        for branches in self.heads:
            assert isinstance(branches, DecoupledBranches)
            for last in (branches.objectness, branches.label):
                assert last.bias is not None
                nn.init.constant_(last.bias, math.log(0.01 / 0.99))


class DecoderSteps(nn.Module):
    """The levels of a decoder, coarse to fine, starting from nothing or from a trunk."""

    def __init__(
        self,
        levels: tuple[DecoderLevel, ...],
        widths: dict[str, dict[int, int]],
        start: tuple[int, int] | None,
    ) -> None:
        super().__init__()
        self.levels = levels
        self.reduce, self.blocks = nn.ModuleList(), nn.ModuleList()
        self.stride, self.width = start or (levels[0].stride, 0)
        for level in levels:
            width = self.width + sum(widths[skip][level.stride] for skip in level.skips)
            self.reduce.append(
                ConvNormAct(width, level.reduce, 1) if level.reduce else nn.Identity()
            )
            width = level.reduce or width
            self.blocks.append(make_block(width, level.block) if level.block else nn.Identity())
            self.width = level.block.width if level.block else width
            self.stride = level.stride

    def forward(self, x: Tensor | None, stride: int, sources: dict[str, Pyramid]) -> Tensor:
        """Walk from the map ``x`` at ``stride`` (None: from the first skips) to the end."""
        for level, reduce, block in zip(self.levels, self.reduce, self.blocks):
            joined = [sources[skip][level.stride] for skip in level.skips]
            if x is not None:
                factor = stride // level.stride
                joined.insert(0, upsample(x, factor) if factor > 1 else x)
            x = block(reduce(torch.cat(joined, 1) if len(joined) > 1 else joined[0]))
            stride = level.stride
        assert x is not None
        return x


class DenseHead(nn.Module):
    """A decoder's own levels and its last convolution."""

    def __init__(
        self,
        decoder: Decoder,
        channels: int,
        widths: dict[str, dict[int, int]],
        start: tuple[int, int] | None,
    ) -> None:
        super().__init__()
        self.steps = DecoderSteps(decoder.levels, widths, start)
        self.last = nn.Conv2d(self.steps.width, channels, decoder.kernel, 1, decoder.kernel // 2)

    def forward(self, x: Tensor | None, stride: int, sources: dict[str, Pyramid]) -> Tensor:
        """Give the values before any activation."""
        result: Tensor = self.last(self.steps(x, stride, sources))
        return result


class MultitaskNetwork(nn.Module):
    """The network of a description.

    ``forward`` takes (N, 3, H, W) float32 RGB within 0…1 and gives the values before the last
    activation by output name, which the losses want; ``activate`` finishes them.
    """

    def __init__(self, description: NetworkDescription) -> None:
        super().__init__()
        self.description = description
        self.backbone = BackboneNetwork(description.backbone)
        widths = dict(self.backbone.widths)
        self.coarsest = max(widths)
        self.context: nn.Module = nn.Identity()
        if description.context:
            self.context = make_context(widths[self.coarsest], description.context)
            widths[self.coarsest] = description.context.width
        self.neck = PathAggregation(widths, description.neck)
        sources = {'backbone': self.backbone.widths, 'context': widths, 'neck': self.neck.widths}
        self.trunk: DecoderSteps | None = None
        start = None
        if description.trunk:
            self.trunk = DecoderSteps(description.trunk, sources, None)
            start = (self.trunk.stride, self.trunk.width)
        self.dense = nn.ModuleDict(
            {
                name: DenseHead(decoder, channels, sources, start)
                for name, decoder, channels in dense_tasks(description)
            }
        )
        initialise(list(self.modules()))
        self.detection: AnchorHeads | None = None
        if description.detection:
            classes = len(description.detection_classes)
            self.detection = AnchorHeads(self.neck.widths, description.detection, classes)
            self.detection.start_rare(
                description.width * description.height, len(description.detection.anchors[0])
            )
        self.decoupled: DecoupledHeads | None = None
        if description.decoupled:
            classes = len(description.detection_classes)
            self.decoupled = DecoupledHeads(self.neck.widths, description.decoupled, classes)
            self.decoupled.start_rare()

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """Map an image to every output before its activation."""
        backbone = self.backbone(image)
        context = {self.coarsest: self.context(backbone[self.coarsest])}
        neck = self.neck({**backbone, **context})
        sources = {'backbone': backbone, 'context': context, 'neck': neck}
        heads = self.detection or self.decoupled
        outputs: dict[str, Tensor] = heads(neck) if heads else {}
        x = self.trunk(None, 0, sources) if self.trunk else None
        stride = self.trunk.stride if self.trunk else 0
        for name, head in self.dense.items():
            outputs[name] = head(x, stride, sources)
        return outputs

    def activate(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """Apply what ends the exported network: sigmoid on detections and depth."""
        activations = {
            name: decoder.activation for name, decoder, _ in dense_tasks(self.description)
        }
        finished = self.decoupled.activate(outputs) if self.decoupled else {}
        for name, x in outputs.items():
            if name in activations or not self.decoupled:
                is_sigmoid = activations.get(name, 'sigmoid') == 'sigmoid'
                finished[name] = torch.sigmoid(x) if is_sigmoid else x
        return finished


def dense_tasks(description: NetworkDescription) -> list[tuple[str, Decoder, int]]:
    """List the dense outputs: name, decoder, channels."""
    tasks = [
        ('semantic', description.semantic, len(description.semantic_classes)),
        ('lane', description.lane, len(description.lane_classes)),
        ('depth', description.depth, 1),
    ]
    return [(name, decoder, channels) for name, decoder, channels in tasks if decoder]


def count_parameters(network: nn.Module) -> int:
    """Count the trainable values."""
    return sum(p.numel() for p in network.parameters())
