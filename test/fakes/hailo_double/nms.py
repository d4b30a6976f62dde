# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Suppression on the host and its three buffer layouts (section 8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_double.streams import Nms
from hailo_double.streams import NMS_BY_CLASS
from hailo_double.streams import NMS_BY_SCORE

BOX_VALUES = 5
"""y_min, x_min, y_max, x_max, score."""
_COUNT = np.dtype('<u2')
_RECORD = np.dtype([('box', '<f4', 4), ('score', '<f4'), ('class_id', '<u2')])
# The document leaves the layout of mask buffers open; only get_buffer reads them.
_MASK_RECORD = np.dtype([*_RECORD.descr, ('mask_size', '<u4')])
_UNDEFINED = 0xA5
"""What the rest of a buffer holds, so that nobody takes it for zeros."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A box before suppression, normalised 0..1 to the input, and its mask (flat, 0 or 1)."""

    class_id: int
    box: tuple[float, float, float, float]
    score: float
    mask: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))


def mask_size(box: tuple[float, float, float, float], image_size: tuple[int, int]) -> int:
    """Count the pixels of a box's mask in an input of (width, height)."""
    y_min, x_min, y_max, x_max = (float(value) for value in box)
    width, height = image_size
    return math.ceil((x_max - x_min) * width) * math.ceil((y_max - y_min) * height)


def suppress(proposals: list[Proposal], nms: Nms) -> list[Proposal]:
    """Keep, by descending score, what passes both thresholds and the limit of each class."""
    kept: list[Proposal] = []
    counts = [0] * nms.number_of_classes
    for proposal in sorted(proposals, key=lambda candidate: -candidate.score):
        if proposal.score < nms.score_threshold:
            break
        if counts[proposal.class_id] == nms.max_bboxes_per_class:
            continue
        same_class = (other for other in kept if other.class_id == proposal.class_id)
        if any(_overlap(other.box, proposal.box) > nms.iou_threshold for other in same_class):
            continue
        counts[proposal.class_id] += 1
        kept.append(proposal)
    return kept


def elements(nms: Nms, order: str) -> int:
    """Count the elements of a buffer: float32 for BY_CLASS, bytes for the others."""
    if order == NMS_BY_CLASS:
        return nms.number_of_classes * (1 + BOX_VALUES * nms.max_bboxes_per_class)
    if order == NMS_BY_SCORE:
        return _COUNT.itemsize + _RECORD.itemsize * nms.max_bboxes_total
    assert nms.max_accumulated_mask_size is not None
    records = _MASK_RECORD.itemsize * nms.max_bboxes_total
    return _COUNT.itemsize + records + nms.max_accumulated_mask_size


def pack(proposals: list[Proposal], nms: Nms, order: str) -> NDArray[np.uint8]:
    """Lay suppressed proposals out as the bytes of a buffer of that order."""
    if order == NMS_BY_CLASS:
        packed = _pack_by_class(proposals, nms)
        size = 4 * elements(nms, order)
    else:
        kept = proposals[: nms.max_bboxes_total]
        pieces = _pack_by_score(kept) if order == NMS_BY_SCORE else _pack_masks(kept, nms)
        packed = b''.join([np.uint16(len(kept)).tobytes(), *pieces])
        size = elements(nms, order)
    return np.frombuffer(packed.ljust(size, bytes([_UNDEFINED])), np.uint8)


def unpack_by_class(buffer: NDArray[np.float32], classes: int) -> list[NDArray[Any]]:
    """View the boxes (n, 5) of each class; an empty class is a new float64 array."""
    found: list[NDArray[Any]] = []
    start = 0
    for _ in range(classes):
        count = int(buffer[start])
        end = start + 1 + BOX_VALUES * count
        if count:
            found.append(buffer[start + 1 : end].reshape(count, BOX_VALUES))
        else:
            found.append(np.empty((0, BOX_VALUES)))
        start = end
    return found


def unpack_by_score(buffer: NDArray[np.uint8]) -> Iterator[np.void]:
    """Give the records (box, score, class_id)."""
    count = int(buffer[: _COUNT.itemsize].view(_COUNT)[0])
    start = _COUNT.itemsize
    yield from buffer[start : start + count * _RECORD.itemsize].view(_RECORD)


def unpack_masks(buffer: NDArray[np.uint8]) -> Iterator[tuple[np.void, NDArray[np.uint8]]]:
    """Give the records (box, score, class_id, mask_size), each with its mask."""
    count = int(buffer[: _COUNT.itemsize].view(_COUNT)[0])
    start = _COUNT.itemsize
    for _ in range(count):
        record = buffer[start : start + _MASK_RECORD.itemsize].view(_MASK_RECORD)[0]
        start += _MASK_RECORD.itemsize
        yield record, buffer[start : start + int(record['mask_size'])]
        start += int(record['mask_size'])


def _pack_by_class(proposals: list[Proposal], nms: Nms) -> bytes:
    values: list[float] = []
    for class_id in range(nms.number_of_classes):
        boxes = [(*p.box, p.score) for p in proposals if p.class_id == class_id]
        values.append(len(boxes))
        values += [value for box in boxes for value in box]
    return np.asarray(values, np.float32).tobytes()


def _pack_by_score(proposals: list[Proposal]) -> list[bytes]:
    return [np.array((p.box, p.score, p.class_id), _RECORD).tobytes() for p in proposals]


def _pack_masks(proposals: list[Proposal], nms: Nms) -> list[bytes]:
    """Pack records and masks; a mask that exceeds what is left is truncated silently."""
    left = nms.max_accumulated_mask_size
    assert left is not None
    pieces = []
    for p in proposals:
        mask = p.mask[:left]
        left -= mask.size
        pieces += [np.array((p.box, p.score, p.class_id, mask.size), _MASK_RECORD).tobytes()]
        pieces += [mask.tobytes()]
    return pieces


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    height = min(a[2], b[2]) - max(a[0], b[0])
    width = min(a[3], b[3]) - max(a[1], b[1])
    if height <= 0 or width <= 0:
        return 0.0
    both = height * width
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)
