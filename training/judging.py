# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Judge any model on shards of scenes, by the package's own path and definitions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.base import Backend
from hailo_perception.backends.onnx import OnnxBackend
from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.evaluation.depth import DepthTally
from hailo_perception.evaluation.detection import Boxes
from hailo_perception.evaluation.detection import DetectionTally
from hailo_perception.evaluation.judge import sampled
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.network import Network
from hailo_perception.evaluation.segmentation import SegmentationTally
from hailo_perception.models.binding import bind
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from training.dataset import is_judged
from training.dataset import Sample


def open_onnx(manifest: ModelManifest, network: Path, threads: int) -> OnnxBackend:
    """Open an ONNX file as the model of a manifest, which may name another file.

    ManifestError when its inputs and outputs do not serve the manifest.
    """
    backend = OnnxBackend(replace(manifest, files={'onnx': network}), threads=threads)
    try:
        bind(manifest, backend.inputs, backend.outputs)
    except ManifestError:
        backend.close()
        raise
    return backend


def judge(
    manifest: ModelManifest, backend: Backend, samples: Iterable[Sample]
) -> dict[str, float]:
    """Compute a network's figures over samples, by the names of a manifest's metrics.

    The samples' classes are the manifest's, in its order, and their pictures have the size of
    its input: shards that were rendered for this network. NaN where there is nothing to judge.
    """
    network = Network(bind(manifest, backend.inputs, backend.outputs), backend)
    objects = DetectionTally(manifest.detection.labels) if manifest.detection else None
    semantic, lane = _tally(manifest.semantic), _tally(manifest.lane)
    depth = DepthTally() if manifest.depth else None
    for index, sample in enumerate(samples):
        found, _ = network.perceive(_picture(index, sample, manifest))
        if objects and found.detections:
            boxes = Boxes(found.detections.xyxy, found.detections.class_ids)
            truth = Boxes(sample.boxes, sample.labels)
            objects.add(boxes, found.detections.scores, truth, is_judged(sample))
        for tally, truth_map, classes in (
            (semantic, sample.semantic, found.semantic),
            (lane, sample.lane, found.lane),
        ):
            if tally and classes:
                tally.add(sampled(truth_map, classes.ids.shape), classes.ids)
        if depth and found.depth:
            found_m = found.depth.depth_m
            depth.add(sampled(sample.depth_m, found_m.shape), found_m)
    figures: dict[str, float | None] = {}
    if objects:
        precision = objects.result()
        figures |= {f'ap50_{name}': found.ap50 for name, found in precision.classes.items()}
        figures['map50'] = precision.map50
    for task, tally in (('semantic', semantic), ('lane', lane)):
        if tally:
            overlap = tally.result()
            figures |= {f'iou_{name}': found.iou for name, found in overlap.classes.items()}
            figures[f'miou_{task}'] = overlap.miou
    if depth:
        errors = depth.result()
        figures |= {'depth_absrel': errors.abs_rel, 'depth_delta_1_25': errors.delta_1}
    return {name: float('nan') if value is None else value for name, value in figures.items()}


def _picture(index: int, sample: Sample, manifest: ModelManifest) -> LabelledPicture:
    height, width = sample.image.shape[:2]
    if (width, height) != manifest.input.size:
        raise ConfigurationError(
            f"{manifest.path}: expected pictures of the input's {manifest.input.width}×"
            f'{manifest.input.height}, found {width}×{height}; render shards for this network'
        )
    image: NDArray[np.uint8] = np.ascontiguousarray(sample.image[..., ::-1])
    camera = CameraModel(width, height, sample.fx, sample.fx, (width - 1) / 2, (height - 1) / 2)
    return LabelledPicture(f'sample_{index:05}', image, camera)


def _tally(specification: SegmentationSpecification | None) -> SegmentationTally | None:
    if specification is None:
        return None
    return SegmentationTally(specification.labels, specification.background)
