# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Variations of a picture: another lens, another light, shadows, dirt on the way."""

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


LIKENESS_SHARE, LIKENESS = 0.4, (0.3, 1.0)
"""How many rendered pictures take on the colours of a real one, and how far they go."""

SHADOW_SHARE = 0.2


def augment(
    sample: Sample,
    size: tuple[int, int],
    whole_width: int,
    random: Random,
    tones: NDArray[np.float32] | None = None,
) -> Sample:
    """Give a variation of a sample at ``size`` (width, height).

    ``whole_width`` is the network's input width, of which the window may be a part. ``tones``
    (N, 6), from ``tones_of``, are colours of real pictures that a rendered one may take on.
    """
    sample = crop(sample, size, whole_width, random)
    if random.random() < 0.5:
        sample = mirror(sample)
    image = sample.image
    if tones is not None and random.random() < LIKENESS_SHARE:
        image = tinted(image, tones[random.integers(len(tones))], random.uniform(*LIKENESS))
    if random.random() < SHADOW_SHARE:
        image = shaded(image, random)
    return replace(sample, image=soil(recolor(image, random), random))


def tones_of(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Measure a picture (H, W, 3) RGB: means and deviations (6,) of its CIELAB channels."""
    means, deviations = cv2.meanStdDev(cv2.cvtColor(image, cv2.COLOR_RGB2LAB))
    return np.concatenate((means, deviations))[:, 0].astype(np.float32)


def tinted(
    image: NDArray[np.uint8], tones: NDArray[np.float32], strength: float
) -> NDArray[np.uint8]:
    """Move a picture's colours towards other means and deviations (Reinhard et al., 2001)."""
    own = tones_of(image)
    wanted = own + np.float32(strength) * (tones - own)
    factor = np.clip(wanted[3:] / np.maximum(own[3:], 1.0), 0.4, 2.5)
    levels = (np.arange(256, dtype=np.float32)[:, None] - own[:3]) * factor + wanted[:3]
    curve = np.clip(np.round(levels), 0, 255).astype(np.uint8)
    lab = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2LAB), curve[None])
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)


def shaded(image: NDArray[np.uint8], random: Random) -> NDArray[np.uint8]:
    """Let a few soft-edged shadows fall on the lower part, as of trees beside the road."""
    rows, columns = image.shape[:2]
    mask = np.zeros((rows, columns), np.uint8)
    for _ in range(int(random.integers(1, 5))):
        center = random.uniform((0, 0.4 * rows), (columns, rows))
        spread = random.uniform((0.05, 0.03), (0.35, 0.15)) * (columns, rows)
        points = center + random.normal(0, 1, (6, 2)) * spread
        cv2.fillConvexPoly(mask, cv2.convexHull(points.astype(np.int32)), 255)
    mask = cv2.GaussianBlur(mask, (0, 0), float(random.uniform(0.5, 3)))
    darkness = float(random.uniform(0.25, 0.65))
    factor = 1 - darkness * mask[..., None].astype(np.float32) / 255
    return np.asarray(image * factor).astype(np.uint8)


def crop(sample: Sample, size: tuple[int, int], whole_width: int, random: Random) -> Sample:
    """Cut a window of ``size`` out of the picture as wide as ``whole_width``, or a bit off it.

    The focal length follows the scale, so the metres stay true.
    """
    width, height = size
    scale = whole_width / sample.image.shape[1]
    scale *= float(np.exp(random.uniform(np.log(0.8), np.log(1.45))))
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
