# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Each network that ships with the package is whole, small, licensed, and sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import statistics

import numpy as np
import pytest

from hailo_perception.backends.base import Backend
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.network import Network
from hailo_perception.evaluation.report import Report
from hailo_perception.evaluation.runner import evaluate
from hailo_perception.evaluation.scenes import SceneSet
from hailo_perception.evaluation.source import pictures_of
from hailo_perception.models.binding import bind
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.catalog import packaged_models
from hailo_perception.models.manifest import load_manifest

LARGEST_FILE_BYTES = 8 * 10**6
DEFAULT, FAST = 'lightnet_compact', 'lightnet_compact_448x256'
SCENES = 6
"""Too few for a judgement, enough to notice broken weights."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A packaged model on one thread of the CPU."""

    model: BoundModel
    backend: Backend


@pytest.fixture(scope='module')
def opened() -> Iterator[dict[str, Opened]]:
    """Open every packaged model."""
    pytest.importorskip('onnxruntime')
    from hailo_perception.backends.onnx import OnnxBackend

    models = {}
    for name, path in packaged_models().items():
        manifest = load_manifest(path)
        backend = OnnxBackend(manifest, threads=1)
        models[name] = Opened(bind(manifest, backend.inputs, backend.outputs), backend)
    yield models
    for item in models.values():
        item.backend.close()


@pytest.fixture(scope='module')
def reports(opened: dict[str, Opened]) -> dict[str, Report]:
    """Judge every packaged model on a few scenes."""
    scenes = SceneSet(SCENES, 480, 288)
    return {name: evaluate(item.model, item.backend, scenes) for name, item in opened.items()}


def test_the_default_and_the_faster_one_ship() -> None:
    assert {DEFAULT, FAST} <= set(packaged_models())


@pytest.mark.parametrize('name', packaged_models())
def test_files_are_there_and_small_and_say_whose_they_are(name: str) -> None:
    path = packaged_models()[name]
    manifest = load_manifest(path)
    assert manifest.licence == 'Apache-2.0'
    assert manifest.attribution == load_manifest(packaged_models()[DEFAULT]).attribution
    assert manifest.metrics['scenes'] >= 200
    weights = path.with_suffix('.onnx')
    assert manifest.files == {'onnx': weights}
    assert weights.stat().st_size <= LARGEST_FILE_BYTES


@pytest.mark.parametrize('name', packaged_models())
def test_one_takes_the_place_of_the_other(name: str) -> None:
    """Who subscribes to classes and labels need not know which network runs."""
    manifest, default = (load_manifest(packaged_models()[n]) for n in (name, DEFAULT))
    for task in ('detection', 'semantic', 'lane'):
        assert getattr(manifest, task).labels == getattr(default, task).labels
    assert manifest.depth.valid_range_m == default.depth.valid_range_m
    assert manifest.input.color_order == default.input.color_order


@pytest.mark.parametrize('name', packaged_models())
def test_every_output_is_used_and_has_half_the_inputs_size(
    name: str, opened: dict[str, Opened]
) -> None:
    model = opened[name].model
    width, height = model.manifest.input.size
    assert model.left_over == ()
    for info in (model.semantic, model.lane, model.depth):
        assert (info.width, info.height) == (width // 2, height // 2)


@pytest.mark.parametrize('name', packaged_models())
def test_it_sees_what_the_scenes_show(name: str, reports: dict[str, Report]) -> None:
    report = reports[name]
    assert report.withheld == {}
    assert report.detection.classes['car'].ap50 > 0.6
    assert report.semantic.classes['road'].iou > 0.9
    assert report.semantic.miou > 0.55
    assert report.lane.classes['white_line'].iou > 0.5
    assert report.depth.abs_rel < 0.2
    assert report.depth.coverage > 0.95


def test_both_say_the_same_metres(opened: dict[str, Opened]) -> None:
    """Each has its own focal length; a wrong one would scale every depth."""
    networks = [Network(opened[name].model, opened[name].backend) for name in (DEFAULT, FAST)]
    ratios = []
    for picture in pictures_of(SceneSet(SCENES, 480, 288), workers=0):
        assert isinstance(picture, LabelledPicture)
        depths = [network.perceive(picture)[0].depth for network in networks]
        assert all(depth is not None for depth in depths)
        large, small = (depth.depth_m for depth in depths)
        rows, columns = (
            (np.arange(n) * m) // n for n, m in zip(small.shape, large.shape, strict=True)
        )
        ratios.append(np.nanmedian(small / large[np.ix_(rows, columns)]))
    assert abs(np.log(statistics.median(ratios))) < np.log(1.1)
    assert max(abs(np.log(ratios))) < np.log(1.3)
