# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A perfect network for the first scenes, as a recording with its manifest."""

from __future__ import annotations

from pathlib import Path
import sys

import numpy as np
import pytest

from hailo_perception.backends.recording import save_recording
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.evaluation.scenes import render_scene
from hailo_perception.models.manifest import write_manifest
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.scenes import LANE_LABELS
from hailo_perception.scenes import OBJECT_LABELS
from hailo_perception.scenes import SEMANTIC_LABELS
from hailo_perception.scenes.oracle import encode_truth
from hailo_perception.scenes.oracle import Truth

# Tables of tests take their rows from modules beside them, where fixtures come too late.
sys.path.append(str(Path(__file__).parent))

INPUT = (480, 288)
PICTURE = (640, 384)
SCENES = 2
CODE = Quantization(1 / 65535, 0)
SEMANTIC = LabelSet(
    (
        Label(0, 'sky'),
        Label(1, 'road', members=('sidewalk',)),
        Label(2, 'vehicle', members=('car', 'truck', 'bus')),
        Label(3, 'rest', members=('building', 'vegetation', 'terrain', 'pole')),
    )
)
"""Fewer classes in another order than the scenes have, so that ids are translated."""
ANCHORS = (
    ((6, 8), (14, 18), (24, 14)),
    ((20, 44), (40, 30), (64, 46)),
    ((60, 110), (110, 80), (200, 140)),
)


@pytest.fixture(scope='session')
def perfect_network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the truth of SCENES scenes as network outputs; returns the manifest's path."""
    folder = tmp_path_factory.mktemp('perfect')
    objects = LabelSet.from_names(*reversed(OBJECT_LABELS.names))
    manifest = ModelManifest(
        name='perfect',
        path=folder / 'perfect.yaml',
        files={'replay': folder / 'perfect.npz'},
        input=InputSpecification(*INPUT),
        detection=DetectionSpecification(
            'yolo_new_coords', ('head_8', 'head_16', 'head_32'), objects, ANCHORS, 0.5, 0.999
        ),
        semantic=SegmentationSpecification('argmax', 'semantic', SEMANTIC),
        lane=SegmentationSpecification('argmax', 'lane', LANE_LABELS, 'background'),
        depth=DepthSpecification('logarithmic', 'depth', 200.0, 0.5, 400.0, (0.5, 300.0)),
    )
    predictions = 3 * (5 + len(objects))
    infos = (
        *(
            TensorInfo(f'head_{s}', (288 // s, 480 // s, predictions), np.dtype(np.uint16), CODE)
            for s in (8, 16, 32)
        ),
        TensorInfo('semantic', (144, 240, 1), np.dtype(np.uint8)),
        TensorInfo('lane', (144, 240, 1), np.dtype(np.uint8)),
        TensorInfo('depth', (144, 240, 1), np.dtype(np.uint16), CODE),
    )
    transform = ImageTransform.stretch(PICTURE, INPUT)
    frames = []
    for seed in range(SCENES):
        scene = render_scene(seed, *PICTURE)
        truth = Truth(
            boxes=scene.objects.xyxy,
            class_ids=objects.translation_from(OBJECT_LABELS)[scene.objects.class_ids],
            semantic=SEMANTIC.translation_from(SEMANTIC_LABELS)[scene.semantic],
            lane=scene.lane,
            depth_m=scene.depth_m,
        )
        frames.append(encode_truth(truth, manifest, infos, transform, scene.camera))
    save_recording(folder / 'perfect.npz', infos, frames)
    write_manifest(manifest, manifest.path)
    return manifest.path
