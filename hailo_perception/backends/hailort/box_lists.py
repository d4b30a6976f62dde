# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Box lists in the library's other orders, packed as it packs boxes by class.

By class: for each class its count, then so many (y_min, x_min, y_max, x_max, score), float32,
normalised to the network's input; what follows the last class is undefined.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.hailort.errors import BoxListError
from hailo_perception.backends.hailort.streams import NMS_RECORD

SCORE_RECORD = np.dtype([('box', '<f4', (NMS_RECORD,)), ('class_id', '<u2')])
"""One box by score, 22 bytes: y_min, x_min, y_max, x_max, score, class."""
COUNT_BYTES = 2


def packed_size(classes: int, boxes_per_class: int) -> int:
    """Count the float32 values of boxes by class."""
    return classes * (1 + NMS_RECORD * boxes_per_class)


def boxes_by_score(buffer: NDArray[np.uint8], packed: NDArray[np.float32], classes: int) -> None:
    """Pack a buffer of boxes by score, flat uint8: a uint16 count, then records.

    BoxListError when the count or a class cannot be.
    """
    count = int(buffer[:COUNT_BYTES].view('<u2')[0])
    room = (len(buffer) - COUNT_BYTES) // SCORE_RECORD.itemsize
    if count > room:
        raise BoxListError(f'the network gave {count} boxes, room is for {room}')
    records = np.frombuffer(buffer, SCORE_RECORD, count, COUNT_BYTES)
    _pack(records['box'], records['class_id'], packed, classes)


def boxes_with_masks(detections: Sequence[Any], packed: NDArray[np.float32], classes: int) -> None:
    """Pack the library's detection objects; their masks serve no task and are left out."""
    boxes = np.array(
        [(d.y_min, d.x_min, d.y_max, d.x_max, d.score) for d in detections], np.float32
    ).reshape(-1, NMS_RECORD)
    _pack(boxes, np.array([d.class_id for d in detections], np.int64), packed, classes)


def _pack(
    boxes: NDArray[np.float32],
    class_ids: NDArray[Any],
    packed: NDArray[np.float32],
    classes: int,
) -> None:
    if len(class_ids) and int(class_ids.max()) >= classes:
        raise BoxListError(
            f'the network gave a box of class {int(class_ids.max())}, it has {classes} classes'
        )
    room = (packed.size // classes - 1) // NMS_RECORD
    position = 0
    for class_id in range(classes):
        of_class = boxes[class_ids == class_id]
        if len(of_class) > room:
            of_class = of_class[np.argsort(-of_class[:, -1], kind='stable')[:room]]
        packed[position] = len(of_class)
        end = position + 1 + of_class.size
        packed[position + 1 : end] = of_class.ravel()
        position = end
