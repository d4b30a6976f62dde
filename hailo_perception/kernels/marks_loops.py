# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The loops that lay out marks of objects, written to be compiled; see ``selection.Kernels``."""

# mypy: allow-untyped-calls

from __future__ import annotations

import numpy as np

from hailo_perception.kernels.object_marks import BEGIN
from hailo_perception.kernels.object_marks import END
from hailo_perception.kernels.object_marks import FARTHEST_PX
from hailo_perception.kernels.object_marks import FIRST_FIGURE
from hailo_perception.kernels.object_marks import LONGEST_M
from hailo_perception.kernels.object_marks import METRE
from hailo_perception.kernels.object_marks import NO_LETTER
from hailo_perception.kernels.object_marks import POINT
from hailo_perception.kernels.object_marks import SPACE
from hailo_perception.kernels.object_marks import WHOLE


def from_far_to_near(boxes, distances_m):  # type: ignore[no-untyped-def]
    """Order objects: unknown distances first, of equal ones the higher foot; feet of NaN last."""
    order = np.empty(len(boxes), np.intp)
    for i in range(len(boxes)):
        far, foot = distances_m[i], boxes[i, 3]
        if not np.isfinite(far):
            far = np.float32(np.inf)
        # Few enough for inserting one after another; what ranks alike stays in its order.
        k = i
        while k > 0:
            other = order[k - 1]
            other_far, other_foot = distances_m[other], boxes[other, 3]
            if not np.isfinite(other_far):
                other_far = np.float32(np.inf)
            is_above = foot < other_foot or (foot == foot and other_foot != other_foot)
            if not (far > other_far or (far == other_far and is_above)):
                break
            order[k] = other
            k -= 1
        order[k] = i
    return order


def count_figures(distance_m):  # type: ignore[no-untyped-def]
    """Tell how many letters a distance takes, `` 12.3 m``; 0 where it is not written."""
    if not np.abs(distance_m) < LONGEST_M:
        return 0
    rest = np.int64(np.rint(np.abs(np.float64(distance_m)) * 10.0)) // 100
    count = 6
    while rest:
        rest //= 10
        count += 1
    return count


def write_distance(text, distance_m, count):  # type: ignore[no-untyped-def]
    """Write a distance of so many letters behind a name."""
    # A float32 times ten is exact here, so that it is rounded as Python rounds its decimals.
    rest = np.int64(np.rint(np.abs(np.float64(distance_m)) * 10.0))
    text[1] = SPACE
    text[count] = METRE
    text[count - 1] = SPACE
    text[count - 2] = FIRST_FIGURE + rest % 10
    text[count - 3] = POINT
    for place in range(count - 4, 1, -1):
        rest //= 10
        text[place] = FIRST_FIGURE + rest % 10


def mark_objects(boxes, class_ids, distances_m, scale, colors, first_letters):  # type: ignore[no-untyped-def]
    """Compute the three parts of ObjectMarks."""
    order = from_far_to_near(boxes, distances_m)
    has_texts, longest = first_letters.size > 0, 0
    if has_texts:
        for i in order:
            longest = max(longest, count_figures(distances_m[i]))
    edges = np.empty((len(order), 4), np.int32)
    shades = np.empty((len(order), 3), np.uint8)
    texts = np.full((len(order), longest + 2 if has_texts else 0), NO_LETTER, np.intp)
    for number in range(len(order)):
        i = order[number]
        for side in range(4):
            place = np.float64(boxes[i, side]) * scale[side & 1]
            # Written so that NaN goes far outside, too.
            place = place if place < FARTHEST_PX else FARTHEST_PX
            edges[number, side] = np.int32(np.floor(max(place, -FARTHEST_PX)))
        class_id = class_ids[i]
        for channel in range(3):
            shades[number, channel] = colors[class_id, channel]
        if not has_texts:
            continue
        text = texts[number]
        count = count_figures(distances_m[i])
        text[0] = BEGIN if count else WHOLE
        if count:
            write_distance(text, distances_m[i], count)
            text[longest + 1] = END
        for k in range(longest + 2):
            if text[k] != NO_LETTER:
                text[k] += first_letters[class_id]
    return edges, shades, texts


IN_ORDER = (from_far_to_near, count_figures, write_distance, mark_objects)
"""``mark_objects`` and what it calls, each after what it calls itself."""
