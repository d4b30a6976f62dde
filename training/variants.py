# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One network made from another: with other values, at another size, or with fewer channels."""

from __future__ import annotations

import dataclasses
from typing import Any
from typing import TYPE_CHECKING

from training.form import DescriptionError
from training.form import plain

if TYPE_CHECKING:
    from training.description import Narrowing
    from training.description import NetworkDescription

CLASS_LISTS = ('detection_classes', 'semantic_classes', 'lane_classes')
PARTS = (
    'backbone',
    'context',
    'neck',
    'detection',
    'decoupled',
    'trunk',
    'semantic',
    'lane',
    'depth',
)
"""The keys of a description that hold layers."""

CHANNELS = frozenset({'stem', 'width', 'branch', 'laterals', 'widths', 'reduce'})
"""The keys within the parts that count channels."""

CHANNEL_STEP = 8
"""Narrowed layers have a multiple of so many channels, which accelerators fill best."""


def derived(
    content: dict[str, Any],
    base: NetworkDescription | None,
    classes_of: NetworkDescription | None,
) -> dict[str, Any]:
    """Complete a description's content from the one it starts from and the one it is taught as.

    Mappings are joined key by key, anything else is replaced as a whole. The base is brought to
    the content's width and height first; what was published of it is not handed on.
    """
    result: dict[str, Any] = {}
    if base:
        size = [content.get('width', base.width), content.get('height', base.height)]
        if all(isinstance(length, int) for length in size):
            base = at_size(base, *size)
        result = plain(dataclasses.replace(base, published=None))
    if classes_of:
        result |= {name: plain(getattr(classes_of, name)) for name in CLASS_LISTS}
    return _joined(result, content)


def _joined(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in own.items():
        before = base.get(key)
        both = isinstance(value, dict) and isinstance(before, dict)
        result[key] = _joined(before, value) if both else value  # type: ignore[arg-type]
    return result


def at_size(description: NetworkDescription, width: int, height: int) -> NetworkDescription:
    """Give the same network for another input size, and with it another name.

    Anchors and the depth's focal length, which are in input pixels, follow. DescriptionError for
    a size that the coarsest stage cannot be laid out on.
    """
    if (width, height) == (description.width, description.height):
        return description
    coarsest = description.backbone.coarsest_stride
    if width < coarsest or height < coarsest or width % coarsest or height % coarsest:
        raise DescriptionError(
            f'{description.name}: expected a width and height that are multiples of '
            f'{coarsest}, got {width}×{height}'
        )
    x, y = width / description.width, height / description.height
    detection, depth_range = description.detection, description.depth_range
    if detection:
        anchors = tuple(
            tuple((round(w * x, 1), round(h * y, 1)) for w, h in scale)
            for scale in detection.anchors
        )
        detection = dataclasses.replace(detection, anchors=anchors)
    if depth_range:
        focal_length_px = round(depth_range.focal_length_px * x, 1)
        depth_range = dataclasses.replace(depth_range, focal_length_px=focal_length_px)
    return dataclasses.replace(
        description,
        name=f'{description.name}_{width}x{height}',
        width=width,
        height=height,
        detection=detection,
        depth_range=depth_range,
        published=None,
    )


def narrowed(description: NetworkDescription) -> NetworkDescription:
    """Carry out a description's narrowing; what comes back has none left to do."""
    rule = description.narrowing
    if rule is None:
        return description
    parts = {name: _narrowed(getattr(description, name), rule) for name in PARTS}
    return dataclasses.replace(description, narrowing=None, **parts)


def _narrowed(part: Any, rule: Narrowing) -> Any:
    if isinstance(part, tuple):
        return tuple(_narrowed(item, rule) for item in part)
    if not dataclasses.is_dataclass(part):
        return part
    changes = {}
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        narrow = _fewer if field.name in CHANNELS else _narrowed
        changes[field.name] = narrow(value, rule)
    return dataclasses.replace(part, **changes)  # type: ignore[type-var]


def _fewer(channels: Any, rule: Narrowing) -> Any:
    if isinstance(channels, tuple):
        return tuple(_fewer(count, rule) for count in channels)
    if channels <= rule.kept:
        return channels
    wanted = rule.kept * (channels / rule.kept) ** rule.exponent
    return max(rule.kept, round(wanted / CHANNEL_STEP) * CHANNEL_STEP)
