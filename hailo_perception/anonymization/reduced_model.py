# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What an anonymiser needs of a model: no class hides another, and nothing is placed in space."""

from __future__ import annotations

from dataclasses import replace

from hailo_perception.models.binding import BoundModel


def boxes_of(model: BoundModel) -> BoundModel:
    """Leave a model its boxes alone; doubles are suppressed class by class."""
    reduced = boxes_and_classes_of(model)
    return replace(reduced, manifest=replace(reduced.manifest, semantic=None), semantic=None)


def boxes_and_classes_of(model: BoundModel) -> BoundModel:
    """Leave a model its boxes and class map; doubles are suppressed class by class.

    Of a cyclist and a bicycle with nearly the same box a perception may keep the better one; the
    cyclist must not vanish behind the bicycle here, nor in it where one prediction is a little
    surer of the bicycle. Depth would ask for a calibration, to place what is found, for which
    nobody asks.
    """
    manifest = replace(model.manifest, lane=None, depth=None)
    if manifest.detection is not None:
        manifest = replace(manifest, detection=replace(manifest.detection, nms='per_class'))
    return replace(model, manifest=manifest, lane=None, depth=None, every_class=True)
