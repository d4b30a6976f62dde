# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import numpy as np

from hailo_perception.anonymization.every_class import with_every_class
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest

MANIFEST = load_manifest(find_model('lightnet_compact'))
INPUT = TensorInfo('image', (384, 640, 3), np.dtype(np.uint8))


def test_a_model_without_boxes_stays() -> None:
    model = BoundModel(replace(MANIFEST, detection=None), INPUT)
    assert with_every_class(model) is model


def test_classes_do_not_hide_one_another() -> None:
    model = BoundModel(MANIFEST, INPUT)
    assert MANIFEST.detection is not None
    changed = with_every_class(model)
    assert changed.manifest.detection == replace(MANIFEST.detection, nms='per_class')
    assert changed.manifest.semantic == MANIFEST.semantic
    assert model.manifest.detection.nms == 'class_agnostic'
