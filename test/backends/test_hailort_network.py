# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""The packaged model on the simulated device gives what it gives on the CPU."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip('onnxruntime')

from hailo_perception.backends.hailort import HailortBackend
from hailo_perception.backends.onnx import OnnxBackend
from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.results import Output
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.models.binding import bind
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.tasks.settings import PostprocessSettings
from hailo_perception.vision.preprocess import Preprocessor

MODEL = find_model('lightnet_compact')
WIDTH, HEIGHT = load_manifest(MODEL).input.size
ROUNDING = 0.501
"""Half a code, and what float32 adds."""


def road_like(seed):
    """Draw a picture with something in it: a sky, a road, boxes."""
    rng = np.random.default_rng(seed)
    image = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    image[: HEIGHT // 2] = (150, 180, 220)
    image[HEIGHT // 2 :] = (90, 90, 95)
    for _ in range(6):
        x, y = rng.integers(0, WIDTH - 80), rng.integers(HEIGHT // 3, HEIGHT - 70)
        image[y : y + 60, x : x + 80] = rng.integers(0, 255, 3)
    return image


IMAGES = [road_like(seed) for seed in range(2)]


@pytest.fixture(params=[(), ('semantic', 'depth')], ids=['one scale', 'a scale for each feature'])
def on_both(request, hailo_machine, tmp_path, completions):
    """Run the pictures on both backends: manifest, and for each its backend and answers."""
    from hailo_double import hef_from_manifest

    manifest = load_manifest(MODEL)
    hef = hef_from_manifest(tmp_path / 'net.hef', MODEL, images=IMAGES, per_feature=request.param)
    manifest = replace(manifest, files={**manifest.files, 'hef': hef})
    results = []
    for backend in (HailortBackend(manifest), OnnxBackend(manifest, threads=1)):
        count = len(completions.outcomes)
        for image in IMAGES:
            assert backend.wait_ready(30)
            backend.submit(image, completions.on_done(backend.name))
        outcomes = completions.wait_for(count + len(IMAGES))[count:]
        backend.close()
        answers = [outcome for _, outcome in outcomes]
        assert all(isinstance(answer, RawOutputs) for answer in answers)
        results.append((backend, answers))
    return manifest, *results


def test_outputs_are_equal_within_quantisation(on_both):
    manifest, (hailort, codes_of_images), (onnx, reals_of_images) = on_both
    assert {info.name: info.shape for info in hailort.outputs} == {
        info.name: info.shape for info in onnx.outputs
    }
    for codes, reals in zip(codes_of_images, reals_of_images, strict=True):
        for info in hailort.outputs:
            tensor, real = codes.tensors[info.name], reals.tensors[info.name]
            if info.quantization is None:
                span = real.max(axis=(0, 1)) - real.min(axis=(0, 1))
                assert np.all(np.abs(tensor - real) <= np.maximum(span, 1e-3) / 100)
                continue
            scale = info.quantization.scale
            error = np.abs(info.quantization.dequantize(tensor) - real)
            assert error.max() <= ROUNDING * scale
            assert tensor.max() > 0


def test_results_are_equal_within_quantisation(on_both):
    manifest, hailort, onnx = on_both
    camera = CameraModel(WIDTH, HEIGHT, 400, 400, WIDTH / 2, HEIGHT / 2)
    perceptions = []
    for backend, answers in (hailort, onnx):
        model = bind(manifest, backend.inputs, backend.outputs)
        postprocessor = Postprocessor(model, PostprocessSettings.for_model(manifest))
        transform = Preprocessor(manifest.input, model.alignment).transform_for((WIDTH, HEIGHT))
        frame = Frame('front', Header(1, 'front'), IMAGES[0], 'rgb', camera)
        wanted = frozenset({Output.OBJECTS, Output.SEMANTIC_MASK, Output.LANE_MASK, Output.DEPTH})
        perceptions.append(postprocessor.run(frame, transform, answers[0], wanted))
    device, cpu = perceptions
    assert np.mean(device.semantic.ids == cpu.semantic.ids) > 0.97
    assert np.mean(device.lane.ids == cpu.lane.ids) > 0.97
    both = np.isfinite(device.depth.depth_m) & np.isfinite(cpu.depth.depth_m)
    assert np.mean(both) > 0.5
    assert np.median(np.abs(device.depth.depth_m[both] / cpu.depth.depth_m[both] - 1)) < 0.05
