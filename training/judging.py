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
from training.dataset import is_judged
from training.dataset import Sample
from training.tallies import Tallies


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
    tallies = _tallies(manifest)
    for index, sample in enumerate(samples):
        found, _ = network.perceive(_picture(index, sample, manifest))
        if tallies.objects and found.detections:
            boxes = Boxes(found.detections.xyxy, found.detections.class_ids)
            truth = Boxes(sample.boxes, sample.labels)
            tallies.objects.add(boxes, found.detections.scores, truth, is_judged(sample))
        for task, classes in (('semantic', found.semantic), ('lane', found.lane)):
            if task in tallies.maps and classes:
                truth_map = sampled(getattr(sample, task), classes.ids.shape)
                tallies.maps[task].add(truth_map, classes.ids)
        if tallies.depth and found.depth:
            found_m = found.depth.depth_m
            tallies.depth.add(sampled(sample.depth_m, found_m.shape), found_m)
    return tallies.figures()


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


def _tallies(manifest: ModelManifest) -> Tallies:
    maps = {
        task: SegmentationTally(specification.labels, specification.background)
        for task, specification in (('semantic', manifest.semantic), ('lane', manifest.lane))
        if specification
    }
    return Tallies(
        DetectionTally(manifest.detection.labels) if manifest.detection else None,
        maps,
        DepthTally() if manifest.depth else None,
    )
