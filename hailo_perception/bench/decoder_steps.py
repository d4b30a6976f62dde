# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Tensors to objects, masks and metres, one step each: the package beside the plain C++."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.bench.decoded import detector
from hailo_perception.bench.decoded import Tasks
from hailo_perception.bench.plain import PlainCode
from hailo_perception.bench.plain import PlainDetections
from hailo_perception.bench.step import Agreement
from hailo_perception.bench.step import CPP
from hailo_perception.bench.step import largest_difference
from hailo_perception.bench.step import Step
from hailo_perception.bench.workload import HEADS
from hailo_perception.bench.workload import Workload
from hailo_perception.core.results import Detections
from hailo_perception.kernels import Kernels
from hailo_perception.tasks.depth import DepthDecoder
from hailo_perception.tasks.detection import MAXIMUM_OBJECTS
from hailo_perception.tasks.output_tensor import quantization_of
from hailo_perception.tasks.segmentation import SegmentationDecoder

DETECTION, MASKS, DEPTH = 'detection', 'masks', 'depth'

_BOX_PX, _DEPTH_M = 1e-3, 1e-5
"""Greatest differences that the package promises."""


def detection_step(
    work: Workload, tasks: Tasks, kernels: Mapping[str, Kernels], plain: PlainCode | None
) -> Step:
    """Heads to objects in image pixels; compared box by box."""
    variants: dict[str, Callable[[], Any]] = {
        name: detector(work, tasks, each) for name, each in kernels.items()
    }
    heads = [work.tensors[name] for name in HEADS]
    if plain is not None:
        variants[CPP] = plain.detect(
            heads,
            tasks.detection.anchors,
            len(tasks.detection.labels),
            quantization_of(work.model.detection[0]),
            thresholds=(tasks.detection.score_threshold, tasks.detection.iou_threshold),
            maximum=MAXIMUM_OBJECTS,
            input_size=work.manifest.input.size,
            image_size=work.transform.image_size,
        )
    return Step(DETECTION, variants, sum(head.nbytes for head in heads), _same_objects)


def _same_objects(own: Detections, plain: PlainDetections) -> Agreement:
    agreement = largest_difference('px', own.xyxy, plain.boxes, _BOX_PX)
    if not np.array_equal(own.class_ids, plain.classes):
        return Agreement('px', np.inf, _BOX_PX)
    return agreement


def masks_step(
    work: Workload, tasks: Tasks, kernels: Mapping[str, Kernels], plain: PlainCode | None
) -> Step:
    """Two tensors of class ids to class maps; compared pixel by pixel."""

    def decode_both(each: Kernels) -> Callable[[], list[NDArray[np.uint8]]]:
        decoders = [
            (SegmentationDecoder(*task, kernels=each), work.tensors[task[1].name])
            for task in (tasks.semantic, tasks.lane)
        ]
        return lambda: [decoder.decode(ids, work.transform).ids for decoder, ids in decoders]

    variants: dict[str, Callable[[], Any]] = {
        name: decode_both(each) for name, each in kernels.items()
    }
    tensors = [work.tensors[info.name] for _, info in (tasks.semantic, tasks.lane)]
    if plain is not None:
        calls = [
            plain.known_ids(tensor[..., 0], specification.labels)
            for tensor, (specification, _) in zip(
                tensors, (tasks.semantic, tasks.lane), strict=True
            )
        ]
        variants[CPP] = lambda: [call() for call in calls]
    return Step(MASKS, variants, sum(tensor.nbytes for tensor in tensors), _same_maps)


def _same_maps(own: list[NDArray[np.uint8]], plain: list[NDArray[np.uint8]]) -> Agreement:
    different = sum(
        int(np.count_nonzero(one != other)) for one, other in zip(own, plain, strict=True)
    )
    return Agreement('pixels', different, 0)


def depth_step(
    work: Workload, tasks: Tasks, kernels: Mapping[str, Kernels], plain: PlainCode | None
) -> Step:
    """Depth codes to metres; compared pixel by pixel."""
    specification, info = tasks.depth
    codes = work.tensors[info.name]
    variants: dict[str, Callable[[], Any]] = {}
    for name, each in kernels.items():
        decoder = DepthDecoder(specification, info, work.manifest.input.size, kernels=each)
        variants[name] = partial(_depth_of, decoder, codes, work)
    if plain is not None:
        variants[CPP] = plain.depth(
            codes[..., 0],
            quantization_of(info),
            specification.maximum_m,
            specification.valid_range_m,
        )
    return Step(
        DEPTH,
        variants,
        4 * codes.size,
        lambda own, other: largest_difference('m', own, other, _DEPTH_M),
    )


def _depth_of(decoder: DepthDecoder, codes: NDArray[Any], work: Workload) -> NDArray[np.float32]:
    return decoder.decode(codes, work.transform, work.camera)[0].depth_m
