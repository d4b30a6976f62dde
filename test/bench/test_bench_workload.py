# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The benchmark's frame: LightNet's shapes, true to life, always the same."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.bench.workload import HEADS
from hailo_perception.bench.workload import lightnet_manifest
from hailo_perception.bench.workload import make_workload
from hailo_perception.bench.workload import Workload
from hailo_perception.bench.workload import WorkloadSize
from hailo_perception.models.tier4 import SCORE_THRESHOLD
from hailo_perception.tasks.detection import DetectionDecoder


def test_the_shapes_are_those_of_lightnet(work: Workload, small_size: WorkloadSize) -> None:
    side = small_size.input_side
    heads = [work.tensors[name].shape for name in HEADS]
    assert heads == [(side // stride, side // stride, 75) for stride in (8, 16, 32)]
    for name in ('semantic', 'lane', 'depth'):
        assert work.tensors[name].shape == (side // 2, side // 2, 1)
    assert work.tensors['semantic'].dtype == work.tensors['lane'].dtype == np.uint8
    assert work.tensors['depth'].dtype == work.tensors['detect_8'].dtype
    assert work.picture.shape == (*small_size.picture[::-1], 3)


def test_several_weak_predictions_surround_each_object(work: Workload) -> None:
    codes = np.concatenate([work.tensors[name].reshape(-1, 15)[:, 4] for name in HEADS])
    passing = np.count_nonzero(codes / np.iinfo(codes.dtype).max >= SCORE_THRESHOLD)
    assert 3 * work.truth_boxes < passing < len(codes) / 10
    assert len(np.unique(codes)) > 100


def test_the_objects_are_found_again(work: Workload) -> None:
    specification = work.manifest.detection
    assert specification is not None
    decoder = DetectionDecoder(specification, work.model.detection, work.manifest.input.size)
    found, non_finite = decoder.decode(work.tensors, work.transform)
    assert non_finite == 0
    # Neighbours that overlap are one to suppression that does not look at classes.
    assert 0.6 * work.truth_boxes <= len(found) <= 1.4 * work.truth_boxes


def test_it_is_always_the_same(work: Workload, small_size: WorkloadSize) -> None:
    again = make_workload(str(work.tensors['depth'].dtype), small_size)
    for name, tensor in work.tensors.items():
        assert np.array_equal(tensor, again.tensors[name])


@pytest.mark.parametrize('side', [320, 960])
def test_the_manifest_has_every_task(side: int) -> None:
    manifest = lightnet_manifest(side)
    assert manifest.input.size == (side, side)
    assert manifest.detection and manifest.semantic and manifest.lane and manifest.depth
