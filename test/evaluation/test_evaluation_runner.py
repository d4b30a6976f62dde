# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A perfect network gets perfect figures; a broken or poor one is told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from hailo_perception.backends.recording import load_recording
from hailo_perception.backends.recording import Recording
from hailo_perception.backends.replay import ReplayBackend
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.evaluation import coco
from hailo_perception.evaluation.report import Report
from hailo_perception.evaluation.report import to_json
from hailo_perception.evaluation.report import to_text
from hailo_perception.evaluation.runner import evaluate
from hailo_perception.evaluation.runner import INFERENCE_RUNS
from hailo_perception.evaluation.runner import Pictures
from hailo_perception.evaluation.scenes import SceneSet
from hailo_perception.models.binding import bind
from hailo_perception.models.manifest import load_manifest
from hailo_perception.models.specification import ModelManifest

PICTURE = (640, 384)
Frame = dict[str, np.ndarray]


def report_of(
    path: Path,
    change: Callable[[Frame], Frame] | None = None,
    manifest_change: Callable[[ModelManifest], ModelManifest] = lambda manifest: manifest,
    count: int = 2,
    **options: object,
) -> Report:
    manifest = manifest_change(load_manifest(path))
    recording = load_recording(manifest.files['replay'])
    if change is not None:
        frames = tuple(change(dict(frame)) for frame in recording.frames)
        recording = Recording(recording.outputs, frames)
    backend = ReplayBackend(manifest, recording)
    try:
        model = bind(manifest, backend.inputs, backend.outputs)
        return evaluate(model, backend, SceneSet(count, *PICTURE), **options)
    finally:
        backend.close()


@pytest.fixture(scope='module')
def perfect_report(perfect_network: Path) -> Report:
    return report_of(perfect_network)


def test_perfect_objects(perfect_report: Report) -> None:
    assert perfect_report.detection is not None
    known = {n: c for n, c in perfect_report.detection.classes.items() if c.objects}
    assert len(known) >= 3
    assert {name: row.ap50 for name, row in known.items()} == dict.fromkeys(known, 1.0)
    assert perfect_report.detection.map50 == 1.0
    assert perfect_report.detection.map50_95 > 0.95


def test_pycocotools_says_the_same_where_it_is_there(
    perfect_network: Path, perfect_report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert report_of_no_coco(perfect_network, monkeypatch).coco is None
    pytest.importorskip('pycocotools')
    assert perfect_report.coco.ap50 == pytest.approx(1.0)
    ap50 = {name: row.ap50 for name, row in perfect_report.coco.classes.items()}
    assert ap50['car'] == pytest.approx(1.0) and ap50['train'] is None


def report_of_no_coco(path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.setattr(coco, 'is_installed', lambda: False)
    return report_of(path, count=1)


@pytest.mark.parametrize('task', ['semantic', 'lane'])
def test_perfect_masks(perfect_report: Report, task: str) -> None:
    result = getattr(perfect_report, task)
    known = {name: row.iou for name, row in result.classes.items() if row.pixels}
    assert len(known) >= 3
    assert known == dict.fromkeys(known, 1.0)
    assert result.miou == result.pixel_accuracy == 1.0
    assert perfect_report.marking.miou == 1.0


def test_perfect_depth(perfect_report: Report) -> None:
    depth = perfect_report.depth
    assert depth is not None and depth.pictures == 2
    assert depth.abs_rel < 1e-4 and depth.rmse_m < 0.01
    assert depth.delta_1 == depth.coverage == 1.0


def test_perfect_depth_is_perfect_pseudo_lidar(perfect_report: Report) -> None:
    assert [row.points > 0 for row in perfect_report.pseudo_lidar] == [True] * 4
    assert all(row.mean_m < 0.01 for row in perfect_report.pseudo_lidar)


def test_a_perfect_mask_gives_good_lines(perfect_report: Report) -> None:
    """Not perfect ones: they are what can be made of a mask with its gaps and hidden parts."""
    lines = perfect_report.lane_lines
    assert lines is not None and lines.lines >= 4
    assert lines.f1 > 0.6
    assert lines.lateral_error < 0.004
    assert perfect_report.tusimple.lines == lines.lines
    assert perfect_report.tusimple.accuracy > 0.6


def test_everything_of_a_scene_is_judged(perfect_report: Report) -> None:
    kinds = ('objects', 'semantic', 'lane', 'lane lines', 'depth')
    assert perfect_report.pictures == dict.fromkeys(kinds, 2)
    assert perfect_report.recording is None


def test_nothing_is_withheld_and_the_time_is_measured(perfect_report: Report) -> None:
    assert perfect_report.withheld == {}
    assert perfect_report.inference.runs == INFERENCE_RUNS
    assert perfect_report.inference.median_ms > 0
    assert (perfect_report.model, perfect_report.backend) == ('perfect', 'replay')


def test_json_and_text_tell_the_same(perfect_report: Report) -> None:
    content = json.loads(to_json(perfect_report))
    assert content['scenes'] == {'count': 2, 'width': 640, 'height': 384}
    assert content['detection']['classes']['car']['ap50'] == 1.0
    assert content['detection']['classes']['train']['ap50'] is None
    assert content['semantic']['classes']['road']['iou'] == 1.0
    text = to_text(perfect_report)
    assert 'perfect on 2 rendered scenes of 640×384' in text
    assert any(line.split()[:2] == ['car', '1.000'] for line in text.splitlines())
    assert any(line.split()[:2] == ['train', '–'] for line in text.splitlines())


def test_double_depth_is_off_by_one(perfect_network: Path) -> None:
    """A scale of 2 makes each relative error 1, whatever the picture."""

    def with_half_focal_length(manifest: ModelManifest) -> ModelManifest:
        return replace(
            manifest,
            depth=replace(manifest.depth, focal_length_px=200.0, valid_range_m=(0.5, 1000.0)),
        )

    depth = report_of(perfect_network, manifest_change=with_half_focal_length, count=1).depth
    assert depth.abs_rel == pytest.approx(1.0, abs=1e-3)
    assert depth.rmse_log == pytest.approx(np.log(2), abs=1e-3)
    assert depth.delta_3 == 0.0


def test_a_wrong_half_costs_half(perfect_network: Path) -> None:
    """Objects gone; the lower half of the masks says sky and background."""

    def spoil(frame: Frame) -> Frame:
        spoilt = {name: tensor.copy() for name, tensor in frame.items()}
        for head in ('head_8', 'head_16', 'head_32'):
            spoilt[head][:] = 0
        spoilt['semantic'][72:] = 0
        spoilt['lane'][:] = 0
        return spoilt

    perfect = report_of(perfect_network, count=1)
    report = report_of(perfect_network, spoil, count=1)
    assert report.detection.map50 == 0.0
    assert report.semantic.classes['road'].iou < 0.5
    assert report.semantic.pixel_accuracy < 0.8
    assert report.lane.classes['white_line'].iou == 0.0 == report.lane_lines.recall
    assert report.lane_lines.precision is None
    assert report.depth == perfect.depth


def test_missing_tasks_are_null_and_no_error(perfect_network: Path) -> None:
    def only_depth(manifest: ModelManifest) -> ModelManifest:
        return replace(manifest, detection=None, semantic=None, lane=None)

    report = report_of(perfect_network, manifest_change=only_depth, count=1)
    assert (report.detection, report.semantic, report.lane, report.lane_lines) == (None,) * 4
    assert report.depth.coverage == 1.0 and report.withheld == {}
    assert json.loads(to_json(report))['lane'] is None
    assert 'objects' not in to_text(report)


def test_a_failing_network_ends_the_evaluation(perfect_network: Path) -> None:
    with pytest.raises(BackendError, match='device lost'):
        report_of(perfect_network, lambda frame: BackendError('device lost'))


def test_workers_and_progress_change_nothing(
    perfect_network: Path, perfect_report: Report
) -> None:
    done: list[int] = []
    report = report_of(perfect_network, workers=1, on_picture=done.append)
    assert done == [1, 2]
    assert replace(report, inference=perfect_report.inference) == perfect_report


def test_pictures_of_the_first_scenes(perfect_network: Path, tmp_path: Path) -> None:
    folder = tmp_path / 'new' / 'folder'
    report_of(perfect_network, pictures=Pictures(folder, 1))
    assert [path.name for path in folder.iterdir()] == ['scene_00000.png']
    picture = cv2.imread(str(folder / 'scene_00000.png'))
    assert picture.shape == (2 * 384, 640, 3)
    found, truth = picture[:384].astype(int), picture[384:].astype(int)
    # The road and the sky are found where they are; boxes, texts and lines differ.
    assert (np.abs(found - truth).max(axis=2) < 8).mean() > 0.8


def test_a_folder_that_cannot_be_made_is_a_user_error(
    perfect_network: Path, tmp_path: Path
) -> None:
    (tmp_path / 'file').write_text('')
    with pytest.raises(ConfigurationError, match='cannot be written'):
        report_of(perfect_network, count=1, pictures=Pictures(tmp_path / 'file' / 'folder', 1))


def test_no_pictures_is_not_a_number_of_pictures() -> None:
    with pytest.raises(ConfigurationError, match='1 picture or more'):
        Pictures(Path('folder'), 0)
