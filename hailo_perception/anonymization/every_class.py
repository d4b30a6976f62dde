# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A model whose classes do not hide one another."""

from __future__ import annotations

from dataclasses import replace

from hailo_perception.models.binding import BoundModel


def with_every_class(model: BoundModel) -> BoundModel:
    """Suppress doubles class by class, whatever the manifest says.

    Of a cyclist and a bicycle with nearly the same box a perception may keep the better one; the
    cyclist must not vanish behind the bicycle here.
    """
    detection = model.manifest.detection
    if detection is None:
        return model
    manifest = replace(model.manifest, detection=replace(detection, nms='per_class'))
    return replace(model, manifest=manifest)
