# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Class maps, depth maps and the cloud in numpy and OpenCV; see ``selection.Kernels``."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.labels import UNLABELLED
from hailo_perception.kernels.bands import row_bands
from hailo_perception.kernels.bands import rows_at_once
from hailo_perception.kernels.depth_coding import DepthScale
from hailo_perception.kernels.sampling import as_slice
from hailo_perception.kernels.selection import lowest_score
from hailo_perception.kernels.word_table import look_words_up

_WITHOUT_ALPHA = np.uint32(0x00FFFFFF)


def keep_known_ids(
    ids: NDArray[np.uint8], table: NDArray[np.uint8], result: NDArray[np.uint8]
) -> None:
    """See Kernels.keep_known_ids."""
    count = int(np.count_nonzero(table != UNLABELLED))
    if np.array_equal(table[:count], np.arange(count)):
        # Where all ids up to some number are classes, this takes a tenth of the table's time.
        _, no_classes = cv2.threshold(ids, count - 1, UNLABELLED, cv2.THRESH_BINARY)
        cv2.max(ids, no_classes, result)
    else:
        cv2.LUT(ids, table, result)


def best_class(scores: NDArray[Any]) -> NDArray[np.uint8]:
    """See Kernels.best_class."""
    planes = np.moveaxis(scores, 2, 0)
    if scores.strides[2] == scores.itemsize:
        # OpenCV transposes several times as fast as numpy walks through strided planes.
        rows, columns, channels = scores.shape
        planes = cv2.transpose(scores.reshape(-1, channels)).reshape(channels, rows, columns)
    lowest, id_of_lowest = lowest_score(scores.dtype)
    best = np.full(scores.shape[:2], lowest)
    # One more than the id, which only ever grows; 0 wraps round to 255 in the end.
    successor = np.full(scores.shape[:2], (int(id_of_lowest) + 1) % 256, np.uint8)
    for channel, plane in enumerate(planes, start=1):
        np.maximum(successor, (plane > best) * np.uint8(channel), out=successor)
        np.fmax(best, plane, out=best)
    return successor - np.uint8(1)


def look_up(codes: NDArray[Any], table: NDArray[np.float32], result: NDArray[np.float32]) -> None:
    """See Kernels.look_up."""
    if codes.dtype == np.uint8:
        cv2.LUT(codes, table, result)
    else:
        look_words_up(table, codes, result)


def scale_depth(codes: NDArray[Any], scale: DepthScale, metres: NDArray[np.float32]) -> int:
    """See Kernels.scale_depth."""
    if codes.dtype.kind == 'u':
        look_up(codes, _depth_of_every_code(codes.dtype, scale), metres)
        return 0
    np.copyto(metres, codes, casting='same_kind')
    # NaN and infinities pass through and fail the comparison.
    with np.errstate(over='ignore', invalid='ignore'):
        for change, term, neutral in (
            (np.subtract, scale.zero_point, 0),
            (np.multiply, scale.scale, 1),
            (np.multiply, scale.maximum_m, 1),
            (np.multiply, scale.factor, 1),
            (np.add, scale.offset_m, 0),
        ):
            if term != neutral:
                change(metres, np.float32(term), out=metres)
        valid = metres > 0
        valid &= metres >= np.float32(scale.nearest_m)
        valid &= metres <= np.float32(scale.farthest_m)
    np.putmask(metres, ~valid, np.float32(np.nan))
    return codes.size - int(np.count_nonzero(np.isfinite(codes)))


@lru_cache(maxsize=16)
def _depth_of_every_code(dtype: np.dtype[Any], scale: DepthScale) -> NDArray[np.float32]:
    """Tabulate ``scale_depth`` for codes: (256,) or (65536,) float32, read-only."""
    table = np.empty(np.iinfo(dtype).max + 1, np.float32)
    scale_depth(np.arange(table.size, dtype=np.float32), scale, table)
    table.flags.writeable = False
    return table


def color_depth(
    depth_m: NDArray[np.float32],
    shades_per_m: float,
    colors: NDArray[np.uint32],
    image: NDArray[np.uint8],
) -> None:
    """See Kernels.color_depth."""
    # Of bytes, OpenCV's look-up takes half the time of numpy's; it knows signed words only.
    of_shades = colors[:256].view(np.int32)
    shape = rows_at_once(depth_m.shape), depth_m.shape[1]
    shades, codes, words = (np.empty(shape, kind) for kind in (np.float32, np.uint8, np.int32))
    unknown = np.full(shape, colors[256].view(np.int32))
    with np.errstate(invalid='ignore', over='ignore'):
        for band in row_bands(depth_m.shape):
            depth, of_band = depth_m[band], slice(0, band.stop - band.start)
            shade, code, word = shades[of_band], codes[of_band], words[of_band]
            np.multiply(depth, np.float32(shades_per_m), out=shade)
            # Where numpy's minimum meets NaN, it takes several times as long.
            cv2.threshold(shade, 255, 0, cv2.THRESH_TRUNC, shade)
            np.copyto(code, shade, casting='unsafe')
            cv2.LUT(code, of_shades, word)
            # NaN alone differs from itself.
            cv2.copyTo(unknown[of_band], (depth != depth).view(np.uint8), word)
            of_pixels = word.view(np.uint8).reshape(*word.shape, 4)
            cv2.cvtColor(of_pixels, cv2.COLOR_BGRA2BGR, image[band])


def fill_points(
    points: NDArray[np.void],
    depth_m: NDArray[np.float32],
    rays: tuple[NDArray[np.float32], NDArray[np.float32]],
    range_m: tuple[float, float],
    image: NDArray[np.uint8],
    image_pixels: tuple[NDArray[np.intp], NDArray[np.intp]],
    red_channel: int,
    ids: NDArray[np.uint8],
    id_pixels: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> None:
    """See Kernels.fill_points."""
    near, far = map(np.float32, range_m)
    known = (depth_m >= near) & (depth_m <= far)
    known &= ~np.isnan(rays[0])
    # Copying by a mask takes numpy several times as long, and OpenCV no longer than copying all.
    z = np.full(depth_m.shape, np.nan, np.float32)
    cv2.copyTo(depth_m, known.view(np.uint8), z)
    (rows, columns), (id_rows, id_columns) = (
        tuple(map(as_slice, pixels)) for pixels in (image_pixels, id_pixels)
    )
    # In words of four bytes, picking columns is several times as fast as in pixels of three.
    to_words = cv2.COLOR_BGR2BGRA if red_channel == 2 else cv2.COLOR_RGB2BGRA
    colors = cv2.cvtColor(image[rows], to_words).view(np.uint32)[..., 0]
    words = (
        colors[:, columns] & _WITHOUT_ALPHA,
        ids[id_rows][:, id_columns].astype(np.uint32),
    )
    # A depth near the end of float32 may have no x or y in it.
    with np.errstate(over='ignore'):
        planes = (rays[0] * z, rays[1] * z, z)
    # One interleaving pass over all five words is three times as fast as five strided ones.
    cv2.merge(
        [*planes, *(word.view(np.float32) for word in words)],
        points.view(np.float32).reshape(*points.shape, 5),
    )


def window_depths(
    depth_m: NDArray[np.float32],
    ids: NDArray[np.uint8],
    windows: NDArray[np.intp],
    own_ids: NDArray[np.intp],
    quantile: float,
    minimum: int,
) -> NDArray[np.float32]:
    """See Kernels.window_depths."""
    found = np.full(len(windows), np.nan, np.float32)
    for number, (window, own_id) in enumerate(
        zip(windows.tolist(), own_ids.tolist(), strict=True)
    ):
        place = slice(*window[:3]), slice(*window[3:])
        inside = depth_m[place]
        # NaN alone differs from itself.
        is_known = inside == inside
        if own_id >= 0:
            is_known &= ids[place] == own_id
        known = inside[is_known]
        if len(known) >= minimum:
            rank = int(quantile * (len(known) - 1))
            known.partition(rank)
            found[number] = known[rank]
    return found
