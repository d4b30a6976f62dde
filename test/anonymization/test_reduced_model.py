# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import numpy as np

from hailo_perception.anonymization.reduced_model import boxes_and_classes_of
from hailo_perception.anonymization.reduced_model import boxes_of
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest

MANIFEST = load_manifest(find_model('lightnet_compact'))
INPUT, MAP = (TensorInfo(name, (384, 640, 3), np.dtype(np.uint8)) for name in ('image', 'map'))
WHOLE = BoundModel(MANIFEST, INPUT, semantic=MAP, lane=MAP, depth=MAP)


def test_a_model_without_boxes_has_none() -> None:
    model = replace(WHOLE, manifest=replace(MANIFEST, detection=None))
    assert boxes_and_classes_of(model).manifest.detection is None


def test_classes_do_not_hide_one_another() -> None:
    assert MANIFEST.detection is not None
    for reduced in (boxes_of(WHOLE), boxes_and_classes_of(WHOLE)):
        assert reduced.manifest.detection == replace(MANIFEST.detection, nms='per_class')
        assert reduced.every_class
    assert WHOLE.manifest.detection.nms == 'class_agnostic'


def test_what_is_not_asked_for_is_left_out() -> None:
    for reduced, semantic in ((boxes_of(WHOLE), None), (boxes_and_classes_of(WHOLE), MAP)):
        assert (reduced.semantic, reduced.lane, reduced.depth) == (semantic, None, None)
        manifest = reduced.manifest
        assert (manifest.semantic is not None) == (semantic is not None)
        assert (manifest.lane, manifest.depth) == (None, None)
