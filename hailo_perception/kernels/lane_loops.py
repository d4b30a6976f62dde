# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The loops of lane lines, written to be compiled; see ``selection.Kernels``.

A row of the map crosses a line in a *run* of equal pixels. Runs are linked to *strokes*, these to
*lines*; everything else is walking along the links. All sums are of whole and half numbers, hence
exact in any order, so both twins decide alike. The numbers that both need stand here, as compiled
code is kept until the file of its loops changes.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

ROW, START, END, VALUE, ABOVE, BELOW = range(6)
"""Columns of ``runs`` (R, 6) int32, in reading order.

A run has ``VALUE`` in the columns ``START`` … ``END`` - 1 of its row. It is linked to the runs
``ABOVE`` and ``BELOW``, negative where there is none.
"""

MAXIMUM_WIDTH_RATIO = 1.8
WIDTH_SLACK_PX = 1
"""A wider run than this beside a narrow one belongs to another mark or to two merged ones."""

MINIMUM_AREA_PX = 3
MINIMUM_ELONGATION = 0.7
"""Length over thickness below which a stroke is a speck or a bar, not a piece of a line.

A far dash is as small as 2×2 pixels, hence not 1.
"""

MAXIMUM_SLOPE = 8.0
"""Columns per row of a stroke; a line at 8 camera heights to the side is as flat as this."""

MAXIMUM_STROKES = 250
"""A mask of noise has thousands; the largest so many are looked at, which bounds the time."""

END_ROWS = 12
"""The direction of an end is that of so many rows."""

CENTRE_ERROR_PX = 0.5
"""Standard error of a run's centre: rows and columns of the map are whole."""

LEAST_TOLERANCE_PX = 1.0
POSITION_TOLERANCE = 0.006
WIDTH_TOLERANCE = 0.25
SLOPE_TOLERANCE = 0.1
"""How far a continuation may lie beside the extrapolated end: the sum of three shares.

Of the map's width (dashes end anywhere within a pixel), of the stroke's own width (lines that
merge are wider and off their middle), and of the gap's rows (curves).
"""
MAXIMUM_SLOPE_ERROR = 0.3

MAXIMUM_GAP_TO_LENGTH = 4.0
MAXIMUM_GAP_TO_AREA = 3.0
GAP_SLACK = 0.02
LEAST_GAP_SLACK = 2.0
"""How many rows a gap may have.

4 times the longer of both strokes, as dashes are painted with gaps of up to 3 times their
length and perspective shortens what is farther away; and 3 per pixel of the farther stroke, as
a speck is no dash. To both comes a share of the map's height.
"""

MINIMUM_ROWS = 3
"""With fewer rows a line has no sure direction."""

SMOOTHING = 0.02
LEAST_SMOOTHING = 2.0
"""Half the height, as a share of the map's, of the window in which a line is straight."""

_NOWHERE = -1
_BLOCK = 8
"""Pixels that are skipped together when they are all alike."""
_PLACES = 2**32


def find_changes(ids, begins):
    """Fill ``begins`` with whether an id of a row, all but the first, differs from that before."""
    for i in range(1, ids.size):
        begins[i] = ids[i] != ids[i - 1]


def link_row(runs, shared, first_above, first, past):
    """Link the runs ``first`` … ``past`` - 1 of a row to those before them, of the row above.

    ``shared`` (R,) is filled with the most pixels that a run of the row above has beside one of
    this row; negative where there is none yet.
    """
    leftmost = first_above
    for i in range(first, past):
        start, end, value = runs[i, START], runs[i, END], runs[i, VALUE]
        width = end - start
        most = _NOWHERE
        while leftmost < first and runs[leftmost, END] < start:
            leftmost += 1
        for k in range(leftmost, first):
            if runs[k, START] > end:
                break
            width_above = runs[k, END] - runs[k, START]
            narrow, wide = min(width, width_above), max(width, width_above)
            if runs[k, VALUE] != value or wide > MAXIMUM_WIDTH_RATIO * narrow + WIDTH_SLACK_PX:
                continue
            pixels = min(end, runs[k, END]) - max(start, runs[k, START])
            if pixels > most:
                most = pixels
                runs[i, ABOVE] = k
            if pixels > shared[k]:
                shared[k] = pixels
                runs[k, BELOW] = i
    for i in range(first, past):
        if runs[i, ABOVE] >= 0 and runs[runs[i, ABOVE], BELOW] != i:
            runs[i, ABOVE] = _NOWHERE
    for k in range(first_above, first):
        if runs[k, BELOW] >= 0 and runs[runs[k, BELOW], ABOVE] != k:
            runs[k, BELOW] = _NOWHERE


def link_runs(ids, table):
    """Find the runs of non-zero values of ``table[ids]`` and link what follows from row to row.

    Two are linked when they touch, corners included, and have the most pixels beside each other
    that either has with any; of equals the leftmost counts.
    """
    rows, columns = ids.shape
    words = np.zeros(columns // _BLOCK + 1, np.uint64)
    begins = words.view(np.uint8)
    # Each row begins with a run of something and ends where there is nothing.
    begins[0] = begins[columns] = 1
    room = 0
    for row in range(rows):
        find_changes(ids[row], begins)
        for word in range(words.size):
            if words[word]:
                for i in range(word * _BLOCK, word * _BLOCK + _BLOCK):
                    room += int(begins[i])
    runs = np.empty((room, 6), np.int32)
    shared = np.empty(room, np.int32)
    count = first_above = first = np.int64(0)
    for row in range(rows):
        find_changes(ids[row], begins)
        first_above, first = first, count
        start, value = 0, 0
        for word in range(words.size):
            if not words[word]:
                continue
            for i in range(word * _BLOCK, word * _BLOCK + _BLOCK):
                if not begins[i]:
                    continue
                next_value = int(table[ids[row, i]]) if i < columns else 0
                if next_value == value:
                    continue
                if value:
                    runs[count, ROW] = row
                    runs[count, START] = start
                    runs[count, END] = i
                    runs[count, VALUE] = value
                    runs[count, ABOVE] = runs[count, BELOW] = _NOWHERE
                    shared[count] = _NOWHERE
                    count += 1
                start, value = i, next_value
        link_row(runs, shared, first_above, first, count)
    return runs[:count]


def unlink_cut_runs(runs, bottom, columns):
    """Unlink runs that the map's sides cut, whose middle is not the line's, from a stroke.

    It keeps them where it would else keep less than two. Its lowest and highest run, runs, pixels.
    """
    whole, k = 0, bottom
    while k >= 0:
        whole += runs[k, START] > 0 and runs[k, END] < columns
        k = runs[k, ABOVE]
    rows, area, top, k = 0, 0, _NOWHERE, bottom
    while k >= 0:
        if whole < 2 or (runs[k, START] > 0 and runs[k, END] < columns):
            runs[k, BELOW] = top
            if top >= 0:
                runs[top, ABOVE] = k
            bottom = bottom if rows else k
            rows += 1
            area += runs[k, END] - runs[k, START]
            top = k
        k = runs[k, ABOVE]
    runs[top, ABOVE] = _NOWHERE
    return bottom, top, rows, area


def choose_strokes(runs, columns):
    """Choose the strokes that can be pieces of lines along the road, from the bottom row up.

    Each one's lowest and highest run, runs and pixels, those that are cut left out.
    """
    keys = np.empty(len(runs), np.int64)
    count = 0
    for i in range(len(runs)):
        if runs[i, BELOW] >= 0:
            continue
        rows, area, top, k = 0, 0, i, i
        while k >= 0:
            rows += 1
            area += runs[k, END] - runs[k, START]
            top, k = k, runs[k, ABOVE]
        doubled = runs[top, START] + runs[top, END] - runs[i, START] - runs[i, END]
        # Of a stroke of one row nobody knows in which direction its width counts as length.
        sweep = abs(doubled) / 2.0 * rows / max(rows - 1, 1)
        if (
            area >= MINIMUM_AREA_PX
            and (rows * rows + sweep * sweep) / area >= MINIMUM_ELONGATION
            and sweep <= MAXIMUM_SLOPE * rows
        ):
            keys[count] = np.int64(-area) * _PLACES + i
            count += 1
    largest = np.sort(keys[:count])[:MAXIMUM_STROKES]
    order = np.empty(len(largest), np.int64)
    for i in range(len(largest)):
        order[i] = np.int64(-runs[largest[i] % _PLACES, ROW]) * _PLACES + i
    order = np.sort(order)
    bottoms = np.empty(len(order), np.int64)
    tops = np.empty(len(order), np.int64)
    row_counts = np.empty(len(order), np.int64)
    areas = np.empty(len(order), np.int64)
    for i in range(len(order)):
        bottom = largest[order[i] % _PLACES] % _PLACES
        bottoms[i], tops[i], row_counts[i], areas[i] = unlink_cut_runs(runs, bottom, columns)
    return bottoms, tops, row_counts, areas


def fit_runs(runs, first, link, count, at_row):
    """Fit a straight line to runs from ``first`` on: column at a row, slope, its error.

    Of one run alone the slope is 0 and its error infinite.
    """
    rows = columns = squares = products = 0.0
    k = first
    for _ in range(count):
        row, column = float(runs[k, ROW]), (runs[k, START] + runs[k, END] - 1) / 2.0
        rows += row
        columns += column
        squares += row * row
        products += row * column
        k = runs[k, link]
    spread = count * squares - rows * rows
    slope = (count * products - rows * columns) / max(spread, 1.0)
    column = columns / count + slope * (at_row - rows / count)
    error = CENTRE_ERROR_PX / np.sqrt(spread / count) if spread > 0.0 else np.inf
    return column, slope, error


def miss(gap, across, slope, slope_error, position_tolerance):
    """Distance of an end from another's straight continuation, over what is tolerated."""
    flatness = np.sqrt(1.0 + slope * slope)
    distance = abs(across - slope * gap) / flatness
    slope_tolerance = SLOPE_TOLERANCE * flatness + min(slope_error, MAXIMUM_SLOPE_ERROR)
    return distance / (position_tolerance + gap * slope_tolerance)


def join_strokes(runs, strokes, size, longest_gap):
    """Link strokes, given from the bottom row up, to tracks; ``size`` (width, height) of the map.

    Each track's lowest and highest run, its count of runs, and its ends: column and slope of the
    near one (T, 2), column, slope and slope error of the far one (T, 3).
    """
    bottoms, tops, row_counts, areas = strokes
    least_tolerance = max(POSITION_TOLERANCE * size[0], LEAST_TOLERANCE_PX)
    gap_slack = max(GAP_SLACK * size[1], LEAST_GAP_SLACK)
    lowest = np.empty(len(bottoms), np.int64)
    highest = np.empty(len(bottoms), np.int64)
    run_counts = np.empty(len(bottoms), np.int64)
    longest = np.empty(len(bottoms), np.int64)
    near_ends = np.empty((len(bottoms), 2))
    far_ends = np.empty((len(bottoms), 3))
    count = 0
    for i in range(len(bottoms)):
        bottom, top, rows = bottoms[i], tops[i], row_counts[i]
        near_row, value = runs[bottom, ROW], runs[bottom, VALUE]
        column, slope, error = fit_runs(runs, bottom, ABOVE, min(rows, END_ROWS), near_row)
        tolerance = least_tolerance + WIDTH_TOLERANCE * (runs[bottom, END] - runs[bottom, START])
        most_gap = min(longest_gap, MAXIMUM_GAP_TO_AREA * areas[i] + gap_slack)
        best, best_miss = count, 1.0
        for k in range(count):
            gap = runs[highest[k], ROW] - near_row
            if runs[highest[k], VALUE] != value or not 0 < gap <= most_gap:
                continue
            if gap > MAXIMUM_GAP_TO_LENGTH * max(longest[k], rows) + gap_slack:
                continue
            across = far_ends[k, 0] - column
            each_miss = max(
                miss(gap, across, far_ends[k, 1], far_ends[k, 2], tolerance),
                miss(gap, across, slope, error, tolerance),
            )
            if each_miss < best_miss:
                best, best_miss = k, each_miss
        if best == count:
            lowest[best], run_counts[best], longest[best] = bottom, rows, rows
            near_ends[best, 0], near_ends[best, 1] = column, slope
            count += 1
        else:
            runs[highest[best], ABOVE] = bottom
            runs[bottom, BELOW] = highest[best]
            run_counts[best] += rows
            longest[best] = max(longest[best], rows)
        highest[best] = top
        # Over gaps too, as a short stroke alone has no sure direction.
        end_rows = min(run_counts[best], END_ROWS)
        column, slope, error = fit_runs(runs, top, BELOW, end_rows, runs[top, ROW])
        far_ends[best, 0], far_ends[best, 1], far_ends[best, 2] = column, slope, error
    return lowest[:count], highest[:count], run_counts[:count], near_ends, far_ends


def choose_lines(runs, tracks, height, minimums, maximum_lines):
    """Choose the longest tracks that are lines, from left to right at the bottom row.

    ``minimums``: length and coverage. The lines' tracks, and the coverage of every track.
    """
    lowest, highest, run_counts, near_ends, far_ends = tracks
    lengths, coverages = np.empty(len(lowest)), np.empty(len(lowest))
    for i in range(len(lowest)):
        rows = runs[lowest[i], ROW] - runs[highest[i], ROW] + 1
        across = near_ends[i, 0] - far_ends[i, 0]
        length, coverages[i] = np.sqrt(rows * rows + across * across), run_counts[i] / rows
        is_line = run_counts[i] >= MINIMUM_ROWS and coverages[i] >= minimums[1]
        lengths[i] = length if is_line and length >= minimums[0] else _NOWHERE
    room = min(len(lowest), maximum_lines)
    chosen, columns = np.empty(room, np.int64), np.empty(room)
    count = 0
    while count < room:
        best = np.argmax(lengths)
        if lengths[best] < 0:
            break
        lengths[best] = _NOWHERE
        ahead = height - 1 - runs[lowest[best], ROW]
        column = near_ends[best, 0] + near_ends[best, 1] * ahead
        place = count
        while place > 0 and columns[place - 1] > column:
            chosen[place], columns[place] = chosen[place - 1], columns[place - 1]
            place -= 1
        chosen[place], columns[place] = best, column
        count += 1
    return chosen[:count], coverages


def smooth_lines(runs, tracks, lines, height, maximum_points):
    """Turn tracks into polylines: offsets and points, a straight fit in a window around each.

    The points keep both ends and are spread evenly over the rows in which the line is seen;
    across a gap the line is straight.
    """
    lowest, _, run_counts, _, _ = tracks
    reach = int(max(SMOOTHING * height, LEAST_SMOOTHING))
    offsets = np.zeros(len(lines) + 1, np.int64)
    for i in range(len(lines)):
        offsets[i + 1] = offsets[i] + min(run_counts[lines[i]], maximum_points)
    points = np.empty((offsets[-1], 2))
    for i in range(len(lines)):
        last_run = run_counts[lines[i]] - 1
        last_point = offsets[i + 1] - offsets[i] - 1
        # Where a point is, where its window begins, and past where it ends.
        at = first = past = lowest[lines[i]]
        at_place = first_place = past_place = 0
        for point in range(last_point + 1):
            while at_place < point * last_run // last_point:
                at, at_place = runs[at, ABOVE], at_place + 1
            row = runs[at, ROW]
            while runs[first, ROW] > row + reach:
                first, first_place = runs[first, ABOVE], first_place + 1
            while past >= 0 and runs[past, ROW] >= row - reach:
                past, past_place = runs[past, ABOVE], past_place + 1
            column, _, _ = fit_runs(runs, first, ABOVE, past_place - first_place, row)
            points[offsets[i] + point, 0] = column
            points[offsets[i] + point, 1] = row
    return offsets, points


def trace_lines(ids, table, longest_gap, minimums, maximums):
    """Compute; ``minimums`` are length and coverage, ``maximums`` count of lines and of points."""
    height, width = ids.shape
    runs = link_runs(ids, table)
    tracks = join_strokes(runs, choose_strokes(runs, width), (width, height), longest_gap)
    lines, track_coverages = choose_lines(runs, tracks, height, minimums, maximums[0])
    values, coverages = np.empty(len(lines), np.uint8), np.empty(len(lines))
    for i in range(len(lines)):
        values[i] = runs[tracks[0][lines[i]], VALUE]
        coverages[i] = track_coverages[lines[i]]
    offsets, points = smooth_lines(runs, tracks, lines, height, maximums[1])
    return values, coverages, offsets, points


IN_ORDER = (
    find_changes, link_row, link_runs, unlink_cut_runs, choose_strokes, fit_runs, miss,
    join_strokes, choose_lines, smooth_lines, trace_lines,
)  # fmt: skip
"""The functions, each after those that it calls."""
