# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Recordings with partial truth, judged with a network that always finds the same."""

from __future__ import annotations

from dataclasses import replace
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from hailo_perception.backends.recording import load_recording
from hailo_perception.backends.recording import save_recording
from hailo_perception.backends.replay import ReplayBackend
from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import FrameError
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.labelled import LidarPoints
from hailo_perception.evaluation.labelled import TRUE_LANE_LABELS
from hailo_perception.evaluation.labelled import TrueLine
from hailo_perception.evaluation.recordings.recording import Recording
from hailo_perception.evaluation.report import Report
from hailo_perception.evaluation.report import to_json
from hailo_perception.evaluation.report import to_text
from hailo_perception.evaluation.runner import evaluate
from hailo_perception.evaluation.runner import Pictures
from hailo_perception.evaluation.source import UnreadablePicture
from hailo_perception.models.binding import bind
from hailo_perception.models.manifest import load_manifest
from hailo_perception.scenes import SEMANTIC_LABELS

WIDTH, HEIGHT = 64, 32
SKY, ROAD, CAR = (SEMANTIC_LABELS.id_of(name) for name in ('sky', 'road', 'car'))
MARKING, WHITE = (TRUE_LANE_LABELS.id_of(name) for name in ('marking', 'white_line'))
MANIFEST = """
manifest_version: 1
name: flat_earth
files: {replay: flat_earth.npz}
input: {width: 32, height: 32}
tasks:
  semantic: {decoder: argmax, output: classes, classes: [road, sky]}
  lane: {decoder: argmax, output: lane, classes: [background, white_line], background: background}
  depth: {decoder: linear, output: depth, maximum_m: 100, valid_range_m: [0.5, 90]}
"""


@pytest.fixture(scope='module')
def flat_earth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sky above road, a white line in column 8 of 32 below, everything 10 m away."""
    folder = tmp_path_factory.mktemp('flat_earth')
    classes = np.zeros((32, 32, 1), np.uint8)
    classes[:16] = 1
    lane = np.zeros((32, 32, 1), np.uint8)
    lane[16:, 8] = 1
    depth = np.full((32, 32, 1), 0.1, np.float32)
    infos = (
        TensorInfo('classes', classes.shape, np.dtype(np.uint8)),
        TensorInfo('lane', lane.shape, np.dtype(np.uint8)),
        TensorInfo('depth', depth.shape, np.dtype(np.float32)),
    )
    frame = {'classes': classes, 'lane': lane, 'depth': depth}
    save_recording(folder / 'flat_earth.npz', infos, [frame])
    path = folder / 'flat_earth.yaml'
    path.write_text(MANIFEST)
    return path


EMPTY = LabelledPicture(
    name='empty',
    image=np.zeros((HEIGHT, WIDTH, 3), np.uint8),
    camera=CameraModel(WIDTH, HEIGHT, 60, 60, 31.5, 15.5),
)


def recording_of(*pictures: LabelledPicture | str) -> Recording:
    """A recording; a text stands for a picture that cannot be read, for this reason."""

    def read(number: int) -> LabelledPicture:
        picture = pictures[number]
        if isinstance(picture, str):
            raise FrameError(picture)
        return picture

    return Recording('made_up', 'all', {i: f'p{i}' for i in range(len(pictures))}, read)


def report_of(path: Path, *pictures: LabelledPicture | str, **options: object) -> Report:
    manifest = load_manifest(path)
    backend = ReplayBackend(manifest, load_recording(manifest.files['replay']))
    try:
        model = bind(manifest, backend.inputs, backend.outputs)
        return evaluate(model, backend, recording_of(*pictures), **options)
    finally:
        backend.close()


def halves(upper: int, lower: int) -> np.ndarray:
    ids = np.full((HEIGHT, WIDTH), upper, np.uint8)
    ids[HEIGHT // 2 :] = lower
    return ids


def lidar(depth_m: list[float], rows: list[float], **ids: list[int]) -> LidarPoints:
    pixels = np.array([(20.0, row) for row in rows], np.float32).reshape(-1, 2)
    return LidarPoints(
        pixels,
        np.array(depth_m, np.float32),
        **{name: np.array(value, np.uint8) for name, value in ids.items()},
    )


def test_a_picture_without_labels_is_judged_in_nothing(flat_earth: Path) -> None:
    report = report_of(flat_earth, EMPTY)
    assert (report.semantic, report.lane, report.marking, report.depth) == (None,) * 4
    assert (report.lane_lines, report.tusimple, report.pseudo_lidar) == (None,) * 3
    assert report.pictures == {} and report.recording.pictures == 1


def test_each_kind_of_truth_is_judged_where_it_is(flat_earth: Path) -> None:
    report = report_of(
        flat_earth,
        EMPTY,
        replace(EMPTY, semantic=halves(SKY, ROAD)),
        replace(EMPTY, semantic=halves(SKY, CAR), lane=halves(255, 0)),
    )
    assert report.pictures == {'semantic': 2, 'lane': 1}
    # The model has no cars: nothing is known there.
    assert report.semantic.miou == 1.0
    assert report.semantic.classes['road'].pixels == 512
    assert report.lane.classes['white_line'].iou is None
    assert report.marking.classes['background'].iou == 1 - 16 / 512
    assert report.depth is None


def test_paint_of_unknown_colour_is_judged_as_any_marking_only(flat_earth: Path) -> None:
    """The true marking is two of the found map's columns wide, the found one is one of them."""
    lane = halves(0, 0)
    lane[HEIGHT // 2 :, 14:18] = MARKING
    report = report_of(flat_earth, replace(EMPTY, lane=lane))
    assert report.marking.classes['marking'].iou == 0.5
    assert report.lane.classes['white_line'].iou is None


def test_points_of_a_lidar(flat_earth: Path) -> None:
    """In the sky, twice on the road; the last one is too far to be judged."""
    points = lidar(
        [20.0, 10.0, 70.0], [5, 20, 25], class_ids=[ROAD, ROAD, 255], lane_ids=[255, 0, 0]
    )
    report = report_of(flat_earth, replace(EMPTY, lidar=points))
    assert report.pictures == {
        'semantic at LiDAR points': 1, 'lane at LiDAR points': 1, 'depth at LiDAR points': 1
    }  # fmt: skip
    assert report.semantic.classes['road'].iou == 0.5
    assert report.lane.classes['background'].iou == 1.0
    assert report.depth.abs_rel == pytest.approx(0.25)
    assert report.depth_range_m == (3.0, 60.0)
    near, middle, far, farthest = report.pseudo_lidar
    assert (near.points, middle.points, far.points, farthest.points) == (0, 1, 1, 0)
    assert middle.mean_m == pytest.approx(0, abs=1e-5)
    assert far.bias_m < -10


def test_the_range_of_depth_is_an_option(flat_earth: Path) -> None:
    points = lidar([20.0, 10.0], [5, 20])
    picture = replace(EMPTY, lidar=points)
    report = report_of(flat_earth, picture, depth_range_m=(5.0, 15.0))
    assert report.depth.abs_rel == pytest.approx(0, abs=1e-6)
    assert report.depth_range_m == (5.0, 15.0)


def test_a_map_goes_before_points(flat_earth: Path) -> None:
    points = lidar([10.0], [5], class_ids=[ROAD])
    picture = replace(EMPTY, lidar=points, semantic=halves(SKY, ROAD))
    report = report_of(flat_earth, picture)
    assert report.semantic.miou == 1.0
    assert report.pictures == {'semantic': 1, 'depth at LiDAR points': 1}


def test_lines_without_a_mask(flat_earth: Path) -> None:
    """The found line is the column 16.5 of the picture, in its lower half."""
    pixels = np.array([(16.5, 31), (16.5, 16)], np.float32)
    beside = np.array([(40, 31), (40, 16)], np.float32)
    report = report_of(
        flat_earth,
        replace(EMPTY, lane_lines=(TrueLine(WHITE, pixels), TrueLine(MARKING, beside))),
    )
    assert report.lane_lines.lines == report.tusimple.lines == 2
    assert report.lane_lines.recall == report.tusimple.recall == 0.5
    assert report.lane_lines.precision == report.tusimple.precision == 1.0


def test_pictures_that_cannot_be_judged_are_counted(flat_earth: Path) -> None:
    bad: list[UnreadablePicture] = []
    done: list[int] = []
    report = report_of(
        flat_earth,
        'no labels',
        replace(EMPTY, semantic=halves(SKY, ROAD)),
        'no labels',
        on_unreadable=bad.append,
        on_picture=done.append,
    )
    assert report.withheld == {'no labels': 2}
    assert [picture.name for picture in bad] == ['p0', 'p2']
    assert done == [1, 2, 3] and report.recording.pictures == 1
    assert report.semantic.miou == 1.0


def test_no_picture_to_judge_is_an_error(flat_earth: Path) -> None:
    with pytest.raises(ConfigurationError, match='2 of them because: no labels'):
        report_of(flat_earth, 'no labels', 'broken', 'no labels')


def test_pictures_of_found_above_truth(flat_earth: Path, tmp_path: Path) -> None:
    points = lidar([20.0, 10.0], [25, 28], class_ids=[ROAD, 255])
    line = TrueLine(MARKING, np.array([(50, 31), (50, 16)], np.float32))
    report_of(
        flat_earth,
        'broken',
        replace(EMPTY, name='sparse', lidar=points, lane_lines=(line,)),
        replace(EMPTY, name='second'),
        pictures=Pictures(tmp_path, 1),
    )
    assert [path.name for path in tmp_path.iterdir()] == ['sparse.png']
    written = cv2.imread(str(tmp_path / 'sparse.png'))
    assert written.shape == (2 * HEIGHT, WIDTH, 3)
    truth = written[HEIGHT:]
    assert truth[28, 20].any() and truth[25, 20].any() and truth[24, 50].any()
    assert not truth[4, 4].any()


def test_json_and_text_say_what_was_judged(flat_earth: Path) -> None:
    points = lidar([20.0, 10.0], [5, 20], class_ids=[SKY, ROAD])
    report = report_of(flat_earth, replace(EMPTY, lidar=points), 'broken')
    content = json.loads(to_json(report))
    assert content['scenes'] is None and content['detection'] is None
    assert content['recording'] == {'dataset': 'made_up', 'origin': 'all', 'pictures': 1}
    assert content['pictures']['depth at LiDAR points'] == 1
    assert content['pseudo_lidar'][1]['points'] == 1
    lines = to_text(report).splitlines()
    assert lines[0] == 'flat_earth on 1 picture of made_up, all'
    assert any(line.split() == ['semantic', 'at', 'LiDAR', 'points', '1'] for line in lines)
    assert any(line.split() == ['broken', '1'] for line in lines)
    assert any(line.startswith('10–20 m') for line in lines)
