# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Calibration sets: which pictures, prepared how, and what happens to those that are broken."""

from __future__ import annotations

from dataclasses import replace
import json
from pathlib import Path
import shutil

import cv2
from hypothesis import given
from hypothesis import strategies
import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.evaluation.scenes import FIRST_TRAINING_SEED
from hailo_perception.models.specification import InputSpecification
from hailo_perception.toolchain.array_file import array_bytes
from hailo_perception.toolchain.array_file import ArrayFileWriter
from hailo_perception.toolchain.calibration import CalibrationPlan
from hailo_perception.toolchain.calibration import make_calibration_set
from hailo_perception.toolchain.calibration import spread
from hailo_perception.toolchain.calibration_check import check_calibration_set
from hailo_perception.toolchain.normalisation import normalisation_note
from hailo_perception.toolchain.pictures import Picture
from hailo_perception.toolchain.pictures import ScenePictures
from hailo_perception.toolchain.pictures import VideoPictures
from hailo_perception.toolchain.sources import open_pictures
from hailo_perception.vision.preprocess import Preprocessor

INPUT = InputSpecification(width=48, height=32)


class Pictures:
    """Pictures whose shade is their number; those in ``broken`` cannot be read."""

    def __init__(self, count: int, broken: tuple[int, ...] = ()) -> None:
        self.count = count
        self.broken = broken

    def __len__(self) -> int:
        return self.count

    def label(self, index: int) -> str:
        return f'p{index}'

    def read(self, index: int) -> Picture:
        if index in self.broken:
            raise ImageDataError('it is broken')
        return np.full((20, 30, 3), index, np.uint8), 'bgr'

    def close(self) -> None:
        pass


@pytest.fixture
def plan(tmp_path: Path) -> CalibrationPlan:
    return CalibrationPlan(tmp_path / 'set.npy', INPUT, 'tiny', 'somewhere', count=4)


def shades(path: Path) -> list[int]:
    return [int(picture.mean()) for picture in np.load(path)]


@pytest.mark.parametrize(
    ('available', 'wanted', 'expected'),
    [
        (0, 4, []),
        (3, 4, [0, 1, 2]),
        (4, 4, [0, 1, 2, 3]),
        (8, 4, [1, 3, 5, 7]),
        (100, 1, [50]),
        (10, 3, [1, 5, 8]),
    ],
)
def test_even_choices(available: int, wanted: int, expected: list[int]) -> None:
    assert list(spread(available, wanted)) == expected


@given(strategies.integers(0, 5000), strategies.integers(1, 600))
def test_choices_are_even_and_different(available: int, wanted: int) -> None:
    chosen = spread(available, wanted)
    assert len(set(chosen)) == len(chosen) == min(available, wanted)
    assert all(0 <= index < available for index in chosen)
    gaps = np.diff(chosen)
    assert not len(gaps) or gaps.max() - gaps.min() <= 1


def test_pixels_are_those_of_a_node(plan: CalibrationPlan, tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 256, (90, 160, 3), np.uint8)
    folder = tmp_path / 'pictures'
    folder.mkdir()
    cv2.imwrite(str(folder / 'a.png'), image)
    input = replace(INPUT, resize='letterbox', mean=(100, 100, 100), scale=(50, 50, 50))
    plan = replace(plan, input=input, alignment=8)
    make_calibration_set(open_pictures(str(folder), wanted=4, scene_size=(64, 64)), plan)
    expected = np.zeros((32, 48, 3), np.uint8)
    Preprocessor(input, 8).prepare(image, 'bgr', expected)
    written = np.load(plan.path)
    assert written.dtype == np.float32
    np.testing.assert_array_equal(written, expected[None])


def test_the_same_each_time(plan: CalibrationPlan) -> None:
    make_calibration_set(Pictures(50), plan)
    first = plan.path.read_bytes()
    make_calibration_set(Pictures(50), plan)
    assert plan.path.read_bytes() == first
    assert shades(plan.path) == spread(50, 4)


def test_bytes_hold_the_same_values(plan: CalibrationPlan) -> None:
    small = replace(plan, path=plan.path.with_name('bytes.npy'), is_uint8=True)
    make_calibration_set(Pictures(50), plan)
    make_calibration_set(Pictures(50), small)
    np.testing.assert_array_equal(np.load(small.path), np.load(plan.path))
    assert small.path.stat().st_size < plan.path.stat().st_size / 3.9


def test_the_set_fits_the_model_it_was_made_for(plan: CalibrationPlan) -> None:
    make_calibration_set(Pictures(80), replace(plan, count=40))
    assert check_calibration_set(plan.path, INPUT).problems == ()
    (problem,) = check_calibration_set(plan.path, replace(INPUT, color_order='bgr')).problems
    assert 'color_order rgb instead of bgr' in problem


def test_broken_pictures_are_named_and_replaced_by_their_neighbours(
    plan: CalibrationPlan,
) -> None:
    report = make_calibration_set(Pictures(8, broken=(3, 2)), plan)
    assert shades(plan.path) == [1, 4, 5, 7]
    assert report.pictures == ('p1', 'p4', 'p5', 'p7')
    assert report.unreadable == ('p3 (it is broken)', 'p2 (it is broken)')
    (first, second) = report.warnings(4)
    assert first.startswith('left out as not readable, 2: ') and 'p3 (it is broken)' in first
    assert second.startswith('a small set (4)')
    assert json.loads(plan.path.with_suffix('.json').read_text())['unreadable'] == [
        'p3 (it is broken)', 'p2 (it is broken)',
    ]  # fmt: skip


def test_fewer_than_asked_for_is_a_warning(plan: CalibrationPlan) -> None:
    report = make_calibration_set(Pictures(3, broken=(0,)), plan)
    assert np.load(plan.path).shape == (2, 32, 48, 3)
    assert '2 of the 4 pictures asked for were found' in report.warnings(4)


def test_many_broken_pictures_are_not_all_listed(plan: CalibrationPlan) -> None:
    report = make_calibration_set(Pictures(40, broken=tuple(range(30))), replace(plan, count=40))
    assert len(report.unreadable) == 30
    assert report.warnings(40)[0].endswith('p9 (it is broken); and 20 more')


def test_nothing_readable_is_an_error_and_leaves_nothing(plan: CalibrationPlan) -> None:
    with pytest.raises(ConfigurationError, match='none of the 2 pictures of somewhere'):
        make_calibration_set(Pictures(2, broken=(0, 1)), plan)
    assert list(plan.path.parent.iterdir()) == []


def test_a_full_disk_is_said_before(
    plan: CalibrationPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(plan.path.parent)
    monkeypatch.setattr(shutil, 'disk_usage', lambda path: usage._replace(free=10_000_000))
    with pytest.raises(ConfigurationError, match=r'0\.07 GB, the disk has 0\.01 GB free'):
        make_calibration_set(Pictures(50), plan)
    assert list(plan.path.parent.iterdir()) == []


def test_more_than_can_be_listed_is_a_full_disk(plan: CalibrationPlan) -> None:
    count = 10**14
    with pytest.raises(ConfigurationError, match=f'{count} pictures need .* GB free'):
        make_calibration_set(ScenePictures(count, (64, 48)), replace(plan, count=count))


def test_a_disk_that_fills_up_all_the_same_is_one_line(
    plan: CalibrationPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: ArrayFileWriter, row: np.ndarray) -> None:
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr(ArrayFileWriter, 'append', full)
    with pytest.raises(ConfigurationError, match=r'set\.npy cannot be written .*No space left'):
        make_calibration_set(Pictures(5), plan)
    assert list(plan.path.parent.iterdir()) == []


def test_the_size_is_known_before(plan: CalibrationPlan) -> None:
    report = make_calibration_set(Pictures(50), plan)
    assert report.size_bytes == array_bytes(4, (32, 48, 3), np.dtype(np.float32))
    big = array_bytes(256, (960, 960, 3), np.dtype(np.float32))
    assert 2.8e9 < big < 2.9e9


def test_an_interrupted_file_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='expected rows'):
        with ArrayFileWriter(tmp_path / 'a.npy', (2,), np.dtype(np.uint8)) as file:
            file.append(np.zeros(3))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('rows', [0, 1, 12345])
def test_numpy_reads_what_is_written(tmp_path: Path, rows: int) -> None:
    path = tmp_path / 'a.npy'
    with ArrayFileWriter(path, (2,), np.dtype(np.float32)) as file:
        for number in range(rows):
            file.append(np.array([number, -number]))
    array = np.load(path, mmap_mode='r')
    assert array.shape == (rows, 2) and array.dtype == np.float32
    assert rows == 0 or array[-1].tolist() == [rows - 1, 1 - rows]


def test_a_folder_in_the_place_of_the_set_is_refused(
    plan: CalibrationPlan, tmp_path: Path
) -> None:
    (tmp_path / 'folder.npy').mkdir()
    with pytest.raises(ConfigurationError, match='expected a file, found a folder'):
        replace(plan, path=tmp_path / 'folder.npy')


@pytest.mark.parametrize(
    ('changes', 'expected'),
    [
        ({'count': 0}, 'expected 1 picture or more'),
        ({'path': Path('set.txt')}, 'expected a file ending in .npy'),
        ({'path': Path('/nowhere/set.npy')}, 'in a folder that is there'),
    ],
)
def test_plans_that_cannot_work(
    plan: CalibrationPlan, changes: dict[str, object], expected: str
) -> None:
    with pytest.raises(ConfigurationError, match=expected):
        replace(plan, **changes)


@pytest.mark.parametrize(
    ('source', 'topic', 'expected'),
    [
        ('nowhere', None, "no pictures at 'nowhere'"),
        ('.', None, 'no pictures in'),
        ('notes.txt', None, 'cannot open .*notes.txt'),
        ('scene', '/front/image', 'is no recording and has no topics'),
    ],
)
def test_sources_that_are_none(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    topic: str | None,
    expected: str,
) -> None:
    (tmp_path / 'notes.txt').write_text('no video')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=expected):
        open_pictures(source, wanted=1, scene_size=(64, 64), topic=topic)


def test_scenes_are_none_that_models_are_judged_on() -> None:
    pictures = open_pictures('scene', wanted=3, scene_size=(64, 40))
    assert len(pictures) == 3
    assert pictures.label(0) == f'scene {FIRST_TRAINING_SEED}'
    image, order = pictures.read(1)
    assert (image.shape, order) == ((40, 64, 3), 'bgr')
    np.testing.assert_array_equal(pictures.read(1)[0], image)


def test_a_video_is_read_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / 'a.avi'
    video = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*'MJPG'), 10, (64, 48))
    for shade in range(0, 250, 25):
        video.write(np.full((48, 64, 3), shade, np.uint8))
    video.release()
    pictures = VideoPictures(path)
    assert len(pictures) == 10
    for index in (7, 2, 9, 9):
        assert abs(int(pictures.read(index)[0].mean()) - 25 * index) <= 2
    with pytest.raises(ImageDataError, match='frame 10 of'):
        pictures.read(10)
    pictures.close()


@pytest.mark.parametrize(
    ('input', 'expected'),
    [
        (INPUT, 'nothing is left to normalise'),
        (replace(INPUT, scale=(255.0, 255.0, 255.0)), 'do not normalise the set'),
    ],
)
def test_who_normalises_is_said(input: InputSpecification, expected: str) -> None:
    assert expected in normalisation_note(input)


def test_real_pictures(recorded_data: Path, plan: CalibrationPlan) -> None:
    folder = recorded_data / 'driveai'
    if not folder.is_dir():
        pytest.skip(f'no {folder}')
    pictures = open_pictures(str(folder), wanted=4, scene_size=(64, 64))
    report = make_calibration_set(pictures, plan)
    assert len(report.pictures) == 4 and report.unreadable == ()
    assert 20 < np.load(plan.path).mean() < 235
