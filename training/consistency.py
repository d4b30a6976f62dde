# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whether the parts of a description fit each other, before any layer is built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.description import Decoder
    from training.description import DecoderLevel
    from training.description import NetworkDescription

TASKS = ('semantic', 'lane', 'depth')


def contradictions(description: NetworkDescription) -> list[str]:
    """List what could not be built or would mean nothing; empty for a sound description."""
    return [
        *_size_problems(description),
        *_neck_problems(description),
        *_head_problems(description),
        *_decoder_problems(description),
        *_class_problems(description),
    ]


def _size_problems(description: NetworkDescription) -> Iterator[str]:
    coarsest = description.backbone.coarsest_stride
    for name in ('width', 'height'):
        length = getattr(description, name)
        if length < coarsest or length % coarsest:
            yield f'{name}: expected a multiple of {coarsest}, the coarsest stride, got {length}'


def _neck_problems(description: NetworkDescription) -> Iterator[str]:
    neck, stages = description.neck, len(description.backbone.stages)
    if not len(neck.laterals) == len(neck.down) == len(neck.up):
        yield (
            f'neck: expected as many laterals as blocks down and up, got {len(neck.laterals)}, '
            f'{len(neck.down)} and {len(neck.up)}'
        )
    if len(neck.down) >= stages:
        yield f'neck: expected fewer steps than the {stages} stages, got {len(neck.down)}'


def _head_problems(description: NetworkDescription) -> Iterator[str]:
    anchored, decoupled = description.detection, description.decoupled
    if anchored and decoupled:
        yield 'detection: expected detection or decoupled, got both'
    if anchored:
        counts = len(anchored.strides), len(anchored.widths), len(anchored.anchors)
        if len(set(counts)) > 1:
            yield (
                f'detection: expected as many strides as widths and rows of anchors, '
                f'got {counts[0]}, {counts[1]} and {counts[2]}'
            )
        if len({len(scale) for scale in anchored.anchors}) > 1:
            yield 'detection: anchors: expected as many on each scale'
    strides = _neck_strides(description)
    for stride in description.detection_strides:
        if stride not in strides:
            yield f'detection: expected strides out of {sorted(strides)}, got {stride}'


def _decoder_problems(description: NetworkDescription) -> Iterator[str]:
    start = None
    if description.trunk:
        yield from _level_problems('trunk', description.trunk, None, description)
        start = description.trunk[-1].stride
    for name in TASKS:
        decoder: Decoder | None = getattr(description, name)
        if decoder:
            yield from _level_problems(name, decoder.levels, start, description)


def _level_problems(
    name: str,
    levels: tuple[DecoderLevel, ...],
    start: int | None,
    description: NetworkDescription,
) -> Iterator[str]:
    backbone = description.backbone
    strides = {
        'backbone': {2**i for i in range(1, len(backbone.stem) + len(backbone.stages))},
        'context': {backbone.coarsest_stride},
        'neck': _neck_strides(description),
    }
    if start is None and not (levels and levels[0].skips):
        yield f'{name}: expected skips to start from at the first level, or a trunk'
    for index, level in enumerate(levels):
        where = f'{name}: levels[{index}]'
        if start is not None and start % level.stride:
            yield f'{where}: expected a stride that divides {start}, got {level.stride}'
        start = level.stride
        for skip in level.skips:
            if level.stride not in strides[skip]:
                yield (
                    f'{where}: the {skip} has maps at the strides {sorted(strides[skip])}, '
                    f'none at {level.stride}'
                )


def _neck_strides(description: NetworkDescription) -> set[int]:
    coarsest = description.backbone.coarsest_stride
    return {coarsest >> i for i in range(len(description.neck.down) + 1)}


def _class_problems(description: NetworkDescription) -> Iterator[str]:
    present = {
        'detection': bool(description.detection_strides),
        'semantic': description.semantic is not None,
        'lane': description.lane is not None,
    }
    for task, is_there in present.items():
        if is_there and not getattr(description, f'{task}_classes'):
            yield f'{task}_classes: expected at least one class, as there is the task {task}'
    if description.depth and not description.depth_range:
        yield 'depth_range: expected what a depth value means, as there is the task depth'
