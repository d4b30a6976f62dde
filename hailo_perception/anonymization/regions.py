# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Regions of a picture, and the head in the box of a person.

Regions are boxes (N, 4) float32 x_min y_min x_max y_max in image pixels, edge coordinates.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.anonymization.settings import HeadSettings
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap

Regions = NDArray[np.float32]

NO_REGIONS: Regions = np.empty((0, 4), np.float32)
NO_REGIONS.flags.writeable = False

_BORDER_SHARE = 0.005
"""Of the picture's side: a box that ends nearer to the border may be cut off there. One pixel of a
network's input is as much or less."""
_LEAST_BORDER_PX = 2.0


class ClassError(ConfigurationError):
    """A class that is to be covered is not one of the model's."""


def ids_of_some(names: Iterable[str], labels: LabelSet, what: str) -> NDArray[np.int32]:
    """Give the class ids of those names that a model has; ClassError when it has none of them.

    ``what`` says in the error who asks.
    """
    wanted = _named(names)
    ids = [label.id for label in labels if label.name in wanted]
    if not ids:
        raise ClassError(
            f"{what}: the model has no class {' or '.join(wanted) or '(none given)'}; its classes "
            f'are {", ".join(labels.names)}'
        )
    return np.array(ids, np.int32)


def ids_of_all(names: Iterable[str], labels: LabelSet, what: str) -> NDArray[np.int32]:
    """Give the class ids of names, none for no name; ClassError for one that the model lacks."""
    missing = [name for name in _named(names) if name not in labels.names]
    if missing:
        raise ClassError(
            f'{what}: the model has no class {", ".join(missing)}; its classes are '
            f'{", ".join(labels.names)}'
        )
    return np.array([labels.id_of(name) for name in _named(names)], np.int32)


def _named(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name)


def heads_by_proportion(
    boxes: NDArray[Any], image_size: tuple[int, int], settings: HeadSettings
) -> Regions:
    """Cut the head out of boxes (N, 4) of people, or cover the whole box where that is unsure.

    Of a standing adult the chin lies at 0.870 and the shoulders at 0.818 of the stature, and the
    shoulders are 0.259 of it wide (Drillis and Contini, 1966), so the head ends 0.13 below
    the top of the box. The default of ``height_share`` is about twice that, which leaves room for
    children, whose heads are a fifth, for people who stoop, and for boxes that begin too high;
    for those that begin too low, the region begins above the box.
    Where the legs are hidden the head is more of the box: it is about half of the shoulders'
    width high, and at least ``width_share`` of the box's width is covered. Sideways the head may
    be anywhere: the region is as wide as the box.
    Covered whole is a box that is low (the detector is not that exact), wider than people who
    stand, or that ends at a border of the picture, behind which more of the person may be.
    """
    regions = np.array(boxes, np.float32).reshape(-1, 4)
    widths, heights = regions[:, 2] - regions[:, 0], regions[:, 3] - regions[:, 1]
    is_sure = (
        (heights >= settings.smallest_person_px)
        & (widths <= settings.widest_person * heights)
        & ~_touch_the_border(regions, image_size)
    )
    tall = np.maximum(settings.height_share * heights, settings.width_share * widths)
    ends = np.minimum(regions[:, 1] + tall, regions[:, 3])
    regions[:, 1] -= settings.above_share * heights
    regions[:, 3] = np.where(is_sure, ends, regions[:, 3])
    return regions


def _touch_the_border(regions: Regions, image_size: tuple[int, int]) -> NDArray[np.bool_]:
    size = np.asarray(image_size, np.float32)
    reach = np.maximum(size * _BORDER_SHARE, _LEAST_BORDER_PX)
    return (regions[:, :2] <= reach).any(axis=1) | (regions[:, 2:] >= size - reach).any(axis=1)


def regions_of_map(class_map: ClassMap, ids: NDArray[Any], size: tuple[int, int]) -> Regions:
    """Bound each connected patch of some classes in a map that covers a picture of this size.

    Diagonal neighbours are connected. The regions are in the picture's pixels.
    """
    mask = np.isin(class_map.ids, ids).astype(np.uint8)
    _, _, statistics, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    # The first component is what is not in the mask.
    left, top, width, height = statistics[1:, :4].T.astype(np.float32)
    rows, columns = mask.shape
    scale = np.tile(np.asarray(size, np.float32) / (columns, rows), 2)
    corners = np.stack((left, top, left + width, top + height), axis=1)
    return np.asarray(corners * scale, np.float32)


def grown(regions: Regions, shares: float | NDArray[Any]) -> Regions:
    """Extend regions on each side by a share of their width and height; one share, or (N,)."""
    sides = regions[:, 2:] - regions[:, :2]
    extra = sides * np.broadcast_to(shares, len(regions))[:, None]
    return np.asarray(
        np.concatenate((regions[:, :2] - extra, regions[:, 2:] + extra), axis=1), np.float32
    )


def at_least(regions: Regions, side_px: float) -> Regions:
    """Widen what is narrower than a side, in pixels, about its middle."""
    middles = (regions[:, :2] + regions[:, 2:]) / 2
    halves = np.maximum(regions[:, 2:] - regions[:, :2], side_px) / 2
    return np.asarray(np.concatenate((middles - halves, middles + halves), axis=1), np.float32)


def whole_pixels(regions: Regions, image_size: tuple[int, int]) -> NDArray[np.intp]:
    """Round outwards to pixels (N, 4) within a picture of (width, height); maybe empty there.

    ValueError for NaN: what cannot be placed cannot be covered.
    """
    if np.isnan(regions).any():
        raise ValueError('a region to be covered has no place: it is NaN')
    outwards = np.concatenate((np.floor(regions[:, :2]), np.ceil(regions[:, 2:])), axis=1)
    return np.clip(outwards, 0, np.tile(np.asarray(image_size), 2)).astype(np.intp)
