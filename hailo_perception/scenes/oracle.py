# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The perfect network: ground truth written in the tensors that the decoders read.

It pushes ground truth through the whole chain: what comes out differs from the truth by
quantisation and by the resolution of the output maps, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.kernels.box_coding import BOX_CODINGS
from hailo_perception.kernels.box_coding import Priors
from hailo_perception.kernels.depth_coding import DEPTH_CODINGS
from hailo_perception.kernels.sampling import nearest_pixels
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.tasks.depth import focal_ratio
from hailo_perception.tasks.detection_heads import detection_grids
from hailo_perception.tasks.output_tensor import quantization_of

_CELL_COST = 0.1
"""A prior one cell farther from a box counts as much as an anchor 10 % off its size."""
_OUT_OF_RANGE_COST = 1e3


@dataclass(frozen=True, slots=True)
class Truth:
    """What is truly in an image; None where not asked for: no objects, no class, no depth.

    ``boxes`` (N, 4) x_min y_min x_max y_max in image pixels, ``class_ids`` (N,) of the manifest's
    labels; ``semantic``, ``lane`` (H, W) class ids and ``depth_m`` (H, W) metres along the optical
    axis (NaN unknown, infinite sky), each covering the whole image.
    """

    boxes: NDArray[Any] | None = None
    class_ids: NDArray[Any] | None = None
    semantic: NDArray[np.uint8] | None = None
    lane: NDArray[np.uint8] | None = None
    depth_m: NDArray[np.floating[Any]] | None = None


def encode_truth(
    truth: Truth,
    manifest: ModelManifest,
    infos: Sequence[TensorInfo],
    transform: ImageTransform,
    camera_model: CameraModel | None = None,
) -> dict[str, NDArray[Any]]:
    """Make the tensors that a perfect network would give, by output name, (H, W, C) each.

    Each box goes to the free prediction whose anchor fits best and whose ranges can express it;
    one that none can express saturates. Maps are sampled at the centres of their pixels.
    Unlabelled pixels (255) of a map of scores become its first class; unknown depth becomes the
    least value. ``camera_model``, of the image, is needed where the depth depends on the focal
    length. ConfigurationError when an output of the manifest has no description in ``infos``.
    """
    by_name = {info.name: info for info in infos}
    tensors: dict[str, NDArray[Any]] = {}
    if manifest.detection is not None:
        described = [_described(by_name, name) for name in manifest.detection.outputs]
        tensors.update(
            _encode_boxes(truth, manifest.detection, described, manifest.input.size, transform)
        )
    for specification, ids in ((manifest.semantic, truth.semantic), (manifest.lane, truth.lane)):
        if specification is not None:
            info = _described(by_name, specification.output)
            tensors[info.name] = _encode_class_map(ids, specification, info, transform)
    if manifest.depth is not None:
        info = _described(by_name, manifest.depth.output)
        tensors[info.name] = _encode_depth(
            truth.depth_m, manifest.depth, info, transform, camera_model
        )
    return tensors


def _described(by_name: Mapping[str, TensorInfo], name: str) -> TensorInfo:
    if name not in by_name:
        raise ConfigurationError(
            f"output '{name}' has no description; there are {', '.join(by_name) or 'none'}"
        )
    return by_name[name]


def _encode_boxes(
    truth: Truth,
    specification: DetectionSpecification,
    infos: Sequence[TensorInfo],
    input_size: tuple[int, int],
    transform: ImageTransform,
) -> dict[str, NDArray[Any]]:
    in_image = np.asarray([] if truth.boxes is None else truth.boxes, np.float64).reshape(-1, 4)
    class_ids = np.asarray([] if truth.class_ids is None else truth.class_ids)
    boxes = transform.boxes_to_input(np.clip(in_image, 0, np.tile(transform.image_size, 2)))
    visible = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    boxes = boxes[visible]
    channels = _channels_of(specification.labels, class_ids[visible])
    if specification.decoder == 'hailo_nms':
        return {
            infos[0].name: _encode_nms_buffer(boxes, channels, specification, infos[0], input_size)
        }

    grids = detection_grids(specification, infos, input_size)
    coding = BOX_CODINGS[specification.decoder]
    priors = Priors.joined(grid.priors for grid in grids)
    limits = np.concatenate(
        [np.tile(_limits(grid.info, coding.raw_limits), (len(grid.priors), 1)) for grid in grids]
    )
    predictions = np.zeros((len(priors), grids[0].shape[3]), np.float32)
    is_free = np.ones(len(priors), bool)
    for box, channel in zip(boxes, channels, strict=True):
        raw = coding.encode(box[None], priors)
        clipped = np.clip(raw, limits[:, :1], limits[:, 1:])
        cost = _misfit(box, priors) + _OUT_OF_RANGE_COST * np.abs(raw - clipped).sum(axis=1)
        best = int(np.argmin(np.where(is_free, cost, np.inf)))
        if not is_free[best]:
            raise ConfigurationError(f'{len(boxes)} boxes do not fit in {len(priors)} predictions')
        is_free[best] = False
        predictions[best, :4] = clipped[best]
        predictions[best, 4] = 1
        predictions[best, 5 + channel] = 1
    ends = np.cumsum([len(grid.priors) for grid in grids])[:-1]
    return {
        grid.info.name: _written(part, grid.info)
        for grid, part in zip(grids, np.split(predictions, ends), strict=True)
    }


def _channels_of(labels: LabelSet, class_ids: NDArray[Any]) -> list[int]:
    ids = [label.id for label in labels]
    return [ids.index(int(class_id)) for class_id in class_ids]


def _misfit(box: NDArray[np.float32], priors: Priors) -> NDArray[np.float32]:
    """How far a box is from each prior in size and place, (N,)."""
    size_misfit = np.abs(np.log((box[2:] - box[:2]) / priors.anchors))
    offset = (box[:2] + box[2:]) / 2 / priors.strides - priors.cells - 0.5
    misfit: NDArray[np.float32] = size_misfit.sum(axis=1) + _CELL_COST * np.abs(offset).sum(axis=1)
    return misfit


def _limits(info: TensorInfo, raw_limits: tuple[float, float]) -> NDArray[np.float32]:
    """Least and greatest raw value that coding and tensor can both express, (2,)."""
    least, greatest = raw_limits
    if info.dtype.kind != 'f':
        reals = quantization_of(info).real_of_every_code(info.dtype)
        least, greatest = max(least, float(reals[0])), min(greatest, float(reals[-1]))
    return np.array((least, greatest), np.float32)


def _encode_nms_buffer(
    boxes: NDArray[np.float32],
    channels: Sequence[int],
    specification: DetectionSpecification,
    info: TensorInfo,
    input_size: tuple[int, int],
) -> NDArray[Any]:
    normalised = boxes[:, (1, 0, 3, 2)] / np.array(input_size[::-1] * 2, np.float32)
    flat: list[float] = []
    for channel in range(len(specification.labels)):
        own = normalised[[i for i, other in enumerate(channels) if other == channel]]
        flat.append(len(own))
        for box in own:
            flat.extend((*box.tolist(), 1.0))
    buffer = np.zeros(info.shape, np.float32)
    if len(flat) > buffer.size:
        raise ConfigurationError(f'{len(boxes)} boxes do not fit in output {info}')
    buffer.reshape(-1)[: len(flat)] = flat
    return buffer


def _encode_class_map(
    ids: NDArray[np.uint8] | None,
    specification: SegmentationSpecification,
    info: TensorInfo,
    transform: ImageTransform,
) -> NDArray[Any]:
    nothing = UNLABELLED
    if specification.background is not None:
        nothing = specification.labels.id_of(specification.background)
    sampled = _sampled(ids, nothing, info, transform)
    if specification.decoder == 'argmax':
        return sampled[..., None].astype(info.dtype)
    return _written(sampled[..., None] == np.arange(info.channels), info)


def _encode_depth(
    depth_m: NDArray[np.floating[Any]] | None,
    specification: DepthSpecification,
    info: TensorInfo,
    transform: ImageTransform,
    camera_model: CameraModel | None,
) -> NDArray[Any]:
    ratio = 1.0
    if camera_model is not None:
        ratio = focal_ratio(specification, transform, camera_model)
    elif specification.focal_length_px is not None:
        raise ConfigurationError('the depth depends on the focal length: give the camera model')
    near_m, far_m = specification.minimum_m, specification.maximum_m
    metres = _sampled(depth_m, np.nan, info, transform).astype(np.float64) / ratio
    metres[np.isnan(metres)] = near_m
    # Sky is as far as the network can say.
    metres = np.clip(metres, near_m, far_m)
    values = DEPTH_CODINGS[specification.decoder].encode(metres, near_m, far_m)
    return _written(np.clip(values, 0, 1), info)


def _sampled(
    values: NDArray[Any] | None, nothing: float, info: TensorInfo, transform: ImageTransform
) -> NDArray[Any]:
    """Sample an image-sized array at the centres of an output map's pixels; padding is nothing."""
    if values is None:
        return np.full((info.height, info.width), nothing)
    rows, columns = transform.map_region(info.width, info.height)
    sampled = np.full((info.height, info.width), nothing, values.dtype)
    sampled[rows, columns] = values[
        nearest_pixels(rows.stop - rows.start, values.shape[0])[:, None],
        nearest_pixels(columns.stop - columns.start, values.shape[1]),
    ]
    return sampled


def _written(values: NDArray[Any], info: TensorInfo) -> NDArray[Any]:
    """Write real values in a tensor's type and layout."""
    if info.dtype.kind != 'f':
        values = quantization_of(info).quantize(values, info.dtype)
    return values.astype(info.dtype).reshape(info.shape)
