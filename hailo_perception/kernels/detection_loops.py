# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The loops of object detection, written to be compiled; see ``selection.Kernels``.

Almost nothing of a head is an object: the first loop reads one code of each prediction and only
compares; all arithmetic is done for what is left.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

import numpy as np

_HALF, _TWO, _NOTHING = np.float32(0.5), np.float32(2), np.float32(0)
_FIRST_ROOM = 1024
"""Predictions for which there is room; more of them are looked for a second time."""
_INDEX_BITS = np.int64(32)
_INDEX = np.int64(2**32 - 1)
_MAGNITUDE = np.int32(2**31 - 1)


def find_candidates(  # type: ignore[no-untyped-def]
    heads,
    grids,
    first_codes,
    scales,
    zero_points,
    strides,
    anchors,
    every_class,
    is_exponential,
    threshold,
):
    """Compute for heads (·, ·, features) of one type; ``grids`` are their (columns, anchors)."""
    room = _FIRST_ROOM
    places = np.empty(room, np.int64)
    ends = np.empty(len(heads), np.int64)
    while True:
        count = 0
        non_finite = 0
        for k in range(len(heads)):
            head = heads[k]
            first_code = first_codes[k]
            blocks, length, _ = head.shape
            for block in range(blocks):
                for i in range(length):
                    objectness = head[block, i, 4]
                    if objectness >= first_code:
                        if count < room:
                            places[count] = block * length + i
                        count += 1
                    # True for NaN and infinities only; for codes the compiler knows it is not.
                    elif objectness - objectness != 0:
                        non_finite += 1
            ends[k] = count
        if count <= room:
            break
        # Making room inside the loop would make it many times as slow.
        room = count
        places = np.empty(room, np.int64)

    most = count * (heads[0].shape[2] - 5) if every_class else count
    boxes = np.empty((most, 4), np.float32)
    scores = np.empty(most, np.float32)
    classes = np.empty(most, np.int64)
    kept = 0
    i = 0
    first_anchor = 0
    for k in range(len(heads)):
        head = heads[k]
        _, length, features = head.shape
        columns, per_cell = grids[k]
        scale, zero_point = scales[k], zero_points[k]
        while i < ends[k]:
            place = places[i]
            i += 1
            prediction = head[place // length, place % length]
            cell, anchor = place // per_cell, place % per_cell
            row, column = cell // columns, cell % columns
            best = prediction[5]
            best_class = 5
            finite = best == best
            for feature in range(6, features):
                value = prediction[feature]
                finite &= value == value
                better = value > best
                best = value if better else best
                best_class = feature if better else best_class
            x = (np.float32(prediction[0]) - zero_point) * scale
            y = (np.float32(prediction[1]) - zero_point) * scale
            w = (np.float32(prediction[2]) - zero_point) * scale
            h = (np.float32(prediction[3]) - zero_point) * scale
            objectness = (np.float32(prediction[4]) - zero_point) * scale
            score = objectness * ((np.float32(best) - zero_point) * scale)
            finite &= (
                np.isfinite(x)
                & np.isfinite(y)
                & np.isfinite(w)
                & np.isfinite(h)
                & np.isfinite(score)
            )
            if not finite:
                non_finite += 1
                continue
            if not score > threshold:
                continue
            if is_exponential:
                x = np.float32(column) + x
                y = np.float32(row) + y
                w = np.exp(w)
                h = np.exp(h)
            else:
                x = np.float32(column) + x * _TWO - _HALF
                y = np.float32(row) + y * _TWO - _HALF
                w = (w * _TWO) * (w * _TWO)
                h = (h * _TWO) * (h * _TWO)
            x *= strides[k, 0]
            y *= strides[k, 1]
            w = anchors[first_anchor + anchor, 0] * w / _TWO
            h = anchors[first_anchor + anchor, 1] * h / _TWO
            first, end = (5, features) if every_class else (best_class, best_class + 1)
            for feature in range(first, end):
                value = prediction[feature]
                score = objectness * ((np.float32(value) - zero_point) * scale)
                if score > threshold:
                    boxes[kept, 0] = x - w
                    boxes[kept, 1] = y - h
                    boxes[kept, 2] = x + w
                    boxes[kept, 3] = y + h
                    scores[kept] = score
                    classes[kept] = feature - 5
                    kept += 1
        first_anchor += per_cell
    return boxes[:kept], scores[:kept], classes[:kept], non_finite


def place_boxes(boxes, scores, input_size, offset, scale, image_size):  # type: ignore[no-untyped-def]
    """Carry boxes (N, 4) to the image; also the order, the best first, of those to keep."""
    placed = np.empty(boxes.shape, np.float32)
    bits = scores.view(np.int32)
    keys = np.empty(len(boxes), np.int64)
    count = 0
    non_finite = 0
    for i in range(len(boxes)):
        finite = True
        for k in range(4):
            finite &= np.isfinite(boxes[i, k])
            axis = k & 1
            inside = min(max(boxes[i, k], _NOTHING), np.float32(input_size[axis]))
            place = (np.float64(inside) - offset[axis]) / scale[axis]
            placed[i, k] = min(max(place, 0.0), image_size[axis])
        if not finite:
            non_finite += 1
        elif placed[i, 2] > placed[i, 0] and placed[i, 3] > placed[i, 1]:
            # The bits of floats order like numbers once those below zero are turned round.
            rank = bits[i] ^ ((bits[i] >> np.int32(31)) & _MAGNITUDE)
            keys[count] = (np.int64(~rank) << _INDEX_BITS) | np.int64(i)
            count += 1
    order = np.sort(keys[:count])
    for i in range(count):
        order[i] &= _INDEX
    return placed, order, non_finite


def suppress(boxes, groups, order, iou_threshold, maximum):  # type: ignore[no-untyped-def]
    """Find which of ``boxes[order]`` stay: indices into ``boxes``."""
    capacity = max(min(len(order), maximum), 0)
    kept = np.empty(capacity, np.int64)
    left = np.empty(capacity, np.float32)
    top = np.empty(capacity, np.float32)
    right = np.empty(capacity, np.float32)
    bottom = np.empty(capacity, np.float32)
    area = np.empty(capacity, np.float32)
    group = np.empty(capacity, np.int64)
    count = 0
    for i in order:
        if count == capacity:
            break
        x0, y0, x1, y1 = boxes[i, 0], boxes[i, 1], boxes[i, 2], boxes[i, 3]
        own_area = (x1 - x0) * (y1 - y0)
        own_group = groups[i]
        # No early exit: the loop over all kept boxes is then one vectorised reduction.
        covered = 0
        for k in range(count):
            width = max(min(x1, right[k]) - max(x0, left[k]), _NOTHING)
            height = max(min(y1, bottom[k]) - max(y0, top[k]), _NOTHING)
            common = width * height
            union = own_area + area[k] - common
            covered |= (common > iou_threshold * union) & (group[k] == own_group)
        if not covered:
            kept[count] = i
            left[count], top[count], right[count], bottom[count] = x0, y0, x1, y1
            area[count] = own_area
            group[count] = own_group
            count += 1
    return kept[:count]


def select_objects(  # type: ignore[no-untyped-def]
    boxes,
    scores,
    classes,
    input_size,
    offset,
    scale,
    image_size,
    per_class,
    iou_threshold,
    maximum,
):
    """Compute the four parts of Candidates."""
    placed, order, non_finite = place_boxes(boxes, scores, input_size, offset, scale, image_size)
    groups = classes if per_class else np.zeros(len(classes), classes.dtype)
    kept = suppress(placed, groups, order, iou_threshold, maximum)
    return placed[kept], scores[kept], classes[kept], non_finite


IN_ORDER = (place_boxes, suppress, select_objects)
"""What selecting takes, each function after those that it calls."""
