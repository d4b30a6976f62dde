# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How sure the network is of each pixel's class, where it gives more than the class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.kernels.sampling import nearest_pixels
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import ScoreKind
from hailo_perception.tasks.output_tensor import checked_tensor
from hailo_perception.tasks.output_tensor import quantization_of
from hailo_perception.tasks.point_cloud import make_point_cloud

_CERTAIN = 255
_NO_PICTURE = np.zeros((1, 1, 3), np.uint8)


def why_no_confidence(manifest: ModelManifest) -> str | None:
    """Say what a model's semantic task lacks for confidences; None where they can be had."""
    semantic = manifest.semantic
    if semantic is None:
        return f"the model '{manifest.name}' has no semantic task"
    if semantic.decoder == 'argmax':
        return (
            f"the device gives the class ids of the model '{manifest.name}' (argmax) and no "
            'scores, which alone tell how sure a class is'
        )
    if semantic.scores is None:
        return (
            f"the manifest of the model '{manifest.name}' does not say what its scores are; write "
            "'scores: logits' or 'scores: probabilities' in tasks.semantic"
        )
    return None


class ConfidenceDecoder:
    """Decodes how sure each pixel's best class is; may be used by several threads at once."""

    def __init__(self, scores: ScoreKind, info: TensorInfo) -> None:
        """Prepare for a tensor of scores, (H, W, classes)."""
        self._info = info
        self._are_logits = scores == 'logits'
        self._quantization = quantization_of(info)
        self._exponentials = _exponentials_of_differences(self._quantization, info.dtype)

    def decode(
        self, tensor: NDArray[Any], transform: ImageTransform, classes: ClassMap
    ) -> NDArray[np.uint8]:
        """Give (H, W) uint8, 255 = certain, of the same part of the map as ``classes``.

        The best score's share of the softmax for logits, the best score itself for
        probabilities, clipped to 0…1; times 255, rounded. 0 where the class is unlabelled.
        NetworkOutputError for another shape or type than described.
        """
        rows, columns = transform.map_region(self._info.width, self._info.height)
        content = checked_tensor(tensor, self._info)[rows, columns]
        planes = [content[..., channel] for channel in range(content.shape[2])]
        best = planes[0].copy()
        for plane in planes[1:]:
            np.fmax(best, plane, out=best)
        share = (
            self._softmax_share(planes, best)
            if self._are_logits
            else self._quantization.dequantize(best)
        )
        is_known = (classes.ids != UNLABELLED) & np.isfinite(share)
        share = np.where(is_known, np.clip(share, 0, 1), 0)
        return np.rint(share * np.float32(_CERTAIN)).astype(np.uint8)

    def _softmax_share(
        self, planes: Iterable[NDArray[Any]], best: NDArray[Any]
    ) -> NDArray[np.float32]:
        """Divide exp(best) by the sum of all exp(score): 1 / Σ exp(score − best)."""
        total = np.zeros(best.shape, np.float32)
        # An infinite score has no distance to itself: it stays NaN and is no confidence.
        with np.errstate(invalid='ignore', divide='ignore', over='ignore'):
            for plane in planes:
                if self._exponentials is None:
                    # A NaN among the scores has no share.
                    total += np.fmax(np.exp(plane - best), np.float32(0))
                else:
                    total += self._exponentials[best - plane]
            share: NDArray[np.float32] = np.float32(1) / total
        return share


def _exponentials_of_differences(
    quantization: Quantization, dtype: np.dtype[Any]
) -> NDArray[np.float32] | None:
    """Tabulate exp(−d · scale) for each difference d of two codes; None for floats."""
    if dtype.kind == 'f':
        return None
    differences = np.arange(np.iinfo(dtype).max + 1)
    return np.exp(-differences * quantization.scale).astype(np.float32)


def confidence_of_points(
    confidence: NDArray[np.uint8],
    depth: DepthMap,
    *,
    stride: int,
    range_m: tuple[float, float],
    dense: bool,
) -> NDArray[np.uint8]:
    """Pick the confidence under each point of the cloud that ``make_point_cloud`` makes of these.

    ``confidence`` (h, w) may have another resolution than the depth. The result has the cloud's
    rows and columns, (1, N) for a dense one.
    """
    rows, columns = (
        nearest_pixels(depth.depth_m.shape[axis], confidence.shape[axis], stride)
        for axis in (0, 1)
    )
    picked = confidence[rows[:, None], columns]
    if not dense:
        return picked
    cloud = make_point_cloud(depth, _NO_PICTURE, 'bgr', None, stride=stride, range_m=range_m)
    return picked[~np.isnan(cloud.points['z'])][None, :]
