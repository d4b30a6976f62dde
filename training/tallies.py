# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The figures of a network's tasks, by the names of a manifest's metrics."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from hailo_perception.evaluation.depth import DepthTally
from hailo_perception.evaluation.detection import DetectionTally
from hailo_perception.evaluation.segmentation import SegmentationTally


@dataclass(frozen=True, slots=True)
class Tallies:
    """A tally for each task that is judged: ``maps`` are class maps by their task's name."""

    objects: DetectionTally | None = None
    maps: dict[str, SegmentationTally] = field(default_factory=dict)
    depth: DepthTally | None = None

    def figures(self) -> dict[str, float]:
        """Give the figures of these tasks alone; NaN where there was nothing to judge."""
        figures: dict[str, float | None] = {}
        if self.objects:
            precision = self.objects.result()
            figures |= {f'ap50_{name}': found.ap50 for name, found in precision.classes.items()}
            figures['map50'] = precision.map50
        for task, tally in self.maps.items():
            overlap = tally.result()
            figures |= {f'iou_{name}': found.iou for name, found in overlap.classes.items()}
            figures[f'miou_{task}'] = overlap.miou
        if self.depth:
            errors = self.depth.result()
            figures |= {'depth_absrel': errors.abs_rel, 'depth_delta_1_25': errors.delta_1}
        return {name: float('nan') if value is None else value for name, value in figures.items()}
