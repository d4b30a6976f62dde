# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A workload with what its first steps give, which the later ones are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hailo_perception.bench.workload import Workload
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.results import Detections
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.kernels import Kernels
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.tasks.depth import DepthDecoder
from hailo_perception.tasks.detection import DetectionDecoder
from hailo_perception.tasks.segmentation import SegmentationDecoder
from hailo_perception.tasks.settings import OverlaySettings


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks of the workload's model, known to be there."""

    detection: DetectionSpecification
    semantic: tuple[SegmentationSpecification, TensorInfo]
    lane: tuple[SegmentationSpecification, TensorInfo]
    depth: tuple[DepthSpecification, TensorInfo]

    @classmethod
    def of(cls, work: Workload) -> Tasks:
        """Collect them; ValueError when the model lacks one."""
        manifest, model = work.manifest, work.model
        if not (manifest.detection and manifest.semantic and manifest.lane and manifest.depth):
            raise ValueError('the workload must have all tasks')
        if not (model.semantic and model.lane and model.depth):
            raise ValueError('the workload must have all outputs')
        return cls(
            manifest.detection,
            (manifest.semantic, model.semantic),
            (manifest.lane, model.lane),
            (manifest.depth, model.depth),
        )


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """A workload with what the later steps are made from."""

    work: Workload
    detections: Detections
    semantic: ClassMap
    lane: ClassMap
    lane_background: str | None
    depth: DepthMap
    overlay: OverlaySettings


def detector(work: Workload, tasks: Tasks, kernels: Kernels) -> Callable[[], Detections]:
    """Prepare detection with a set of kernels."""
    decoder = DetectionDecoder(
        tasks.detection, work.model.detection, work.manifest.input.size, kernels=kernels
    )
    return lambda: decoder.decode(work.tensors, work.transform)[0]


def decode_frame(work: Workload, tasks: Tasks, kernels: Kernels) -> DecodedFrame:
    """Decode a workload once, with defaults; the overlay is as wide as the picture."""
    semantic = SegmentationDecoder(*tasks.semantic, kernels=kernels)
    lane = SegmentationDecoder(*tasks.lane, kernels=kernels)
    specification, info = tasks.depth
    depth = DepthDecoder(specification, info, work.manifest.input.size, kernels=kernels)
    return DecodedFrame(
        work,
        detector(work, tasks, kernels)(),
        semantic.decode(work.tensors[tasks.semantic[1].name], work.transform),
        lane.decode(work.tensors[tasks.lane[1].name], work.transform),
        tasks.lane[0].background,
        depth.decode(work.tensors[info.name], work.transform, work.camera)[0],
        OverlaySettings(maximum_width=max(work.picture.shape[1], 64)),
    )
