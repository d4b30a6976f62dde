# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Variations of a rendered picture: another lens, another light, dirt on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.dataset import LABEL_CENTER_PX
from training.dataset import LABEL_STRIDE
from training.dataset import Sample

Random = np.random.Generator

PADDING = (114, 114, 114)
SMALLEST_REMAINDER_PX = 2.0


def augment(sample: Sample, size: tuple[int, int], random: Random) -> Sample:
    """Give a variation of a sample at ``size`` (width, height)."""
    sample = crop(sample, size, random)
    if random.random() < 0.5:
        sample = mirror(sample)
    return replace(sample, image=soil(recolor(sample.image, random), random))


def crop(sample: Sample, size: tuple[int, int], random: Random) -> Sample:
    """Cut a window of ``size`` out of the picture, enlarged or shrunk a little.

    The focal length follows the scale, so the metres stay true.
    """
    width, height = size
    scale = float(np.exp(random.uniform(np.log(0.85), np.log(1.45))))
    stretch = float(np.exp(random.uniform(-0.08, 0.08)))
    scale_x, scale_y = scale * stretch, scale / stretch
    rows, columns = sample.image.shape[:2]
    left = _offset(columns * scale_x, width, random)
    top = _offset(rows * scale_y, height, random)
    return window(sample, (scale_x, scale_y), (left, top), size)


def _offset(available: float, wanted: float, random: Random) -> float:
    low, high = sorted((0.0, available - wanted))
    return float(random.uniform(low, high))


def window(
    sample: Sample,
    scale: tuple[float, float],
    offset: tuple[float, float],
    size: tuple[int, int],
) -> Sample:
    """Scale a sample, then cut ``size`` (width, height) at ``offset``; outside is unlabelled."""
    edges = np.array(((scale[0], 0, -offset[0]), (0, scale[1], -offset[1])))
    # A label says what is at LABEL_CENTER_PX of its cell; a map's pixel stands for the middle.
    off_center = (LABEL_STRIDE / 2 - LABEL_CENTER_PX) * np.array(scale)
    small = edges.copy()
    small[:, 2] = (edges[:, 2] - off_center) / LABEL_STRIDE
    small_size = (size[0] // LABEL_STRIDE, size[1] // LABEL_STRIDE)
    boxes = sample.boxes * np.tile(scale, 2) - np.tile(offset, 2)
    clipped = np.clip(boxes, 0, np.tile(size, 2)).astype(np.float32)
    sides = clipped[:, 2:] - clipped[:, :2]
    rest = sides.prod(1) / np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(1), 1e-6)
    keep = (sides > SMALLEST_REMAINDER_PX).all(1)
    return Sample(
        image=_warp(sample.image, edges, size, cv2.INTER_LINEAR, PADDING),
        semantic=_warp(sample.semantic, small, small_size, cv2.INTER_NEAREST, 255),
        lane=_warp(sample.lane, small, small_size, cv2.INTER_NEAREST, 255),
        depth_m=_warp(sample.depth_m, small, small_size, cv2.INTER_NEAREST, np.nan),
        boxes=clipped[keep],
        labels=sample.labels[keep],
        visibility=(sample.visibility * rest)[keep].astype(np.float32),
        fx=sample.fx * scale[0],
    )


def _warp(
    image: NDArray[Any],
    edges: NDArray[np.float64],
    size: tuple[int, int],
    interpolation: int,
    border: float | tuple[float, ...],
) -> NDArray[Any]:
    """Apply an affine map of edge coordinates; OpenCV's pixels are centres, half a pixel off."""
    centers = edges.copy()
    centers[:, 2] += edges[:, :2].sum(1) * 0.5 - 0.5
    return np.asarray(
        cv2.warpAffine(image, centers, size, flags=interpolation, borderValue=border)
    )


def mirror(sample: Sample) -> Sample:
    """Swap left and right."""
    width = sample.image.shape[1]
    boxes = sample.boxes[:, (2, 1, 0, 3)].copy()
    boxes[:, (0, 2)] = width - boxes[:, (0, 2)]
    return replace(
        sample,
        image=np.ascontiguousarray(sample.image[:, ::-1]),
        semantic=np.ascontiguousarray(sample.semantic[:, ::-1]),
        lane=np.ascontiguousarray(sample.lane[:, ::-1]),
        depth_m=np.ascontiguousarray(sample.depth_m[:, ::-1]),
        boxes=boxes,
    )


def recolor(image: NDArray[np.uint8], random: Random) -> NDArray[np.uint8]:
    """Change exposure, contrast, gamma, white balance and saturation."""
    gain = np.exp(random.normal(0, 0.15) + random.normal(0, 0.06, 3))
    levels = (np.arange(256) / 255)[:, None] ** np.exp(random.normal(0, 0.2)) * gain
    contrast = np.exp(random.normal(0, 0.12))
    curve = np.clip(((levels - 0.5) * contrast + 0.5) * 255, 0, 255).astype(np.uint8)
    changed = cv2.LUT(image, curve[None])
    saturation = float(np.exp(random.normal(0, 0.25)))
    grey = cv2.cvtColor(cv2.cvtColor(changed, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.addWeighted(changed, saturation, grey, 1 - saturation, 0))


def soil(image: NDArray[np.uint8], random: Random) -> NDArray[np.uint8]:
    """Now and then: blur, sensor noise, JPEG blocks, a patch that hides part of the picture."""
    if random.random() < 0.15:
        image = cv2.GaussianBlur(image, (0, 0), float(random.uniform(0.4, 1.3)))
    if random.random() < 0.2:
        noise = np.empty(image.shape, np.int16)
        cv2.setRNGSeed(int(random.integers(2**31)))
        cv2.randn(noise, 0, float(random.uniform(2, 14)))
        image = cv2.add(image, noise, dtype=cv2.CV_8U)
    if random.random() < 0.1:
        quality = int(random.integers(25, 80))
        _, code = cv2.imencode('.jpg', image, (cv2.IMWRITE_JPEG_QUALITY, quality))
        image = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)
    if random.random() < 0.12:
        image = image.copy()
        rows, columns = image.shape[:2]
        high, wide = (
            random.integers(rows // 16, rows // 4),
            random.integers(columns // 16, columns // 4),
        )
        top, left = random.integers(0, rows - high), random.integers(0, columns - wide)
        image[top : top + high, left : left + wide] = random.integers(0, 256, 3)
    return image
