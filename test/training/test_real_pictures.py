# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Real pictures beside rendered ones: what teachers say, what stays open, how both are mixed."""

from itertools import islice

import cv2
import numpy as np
import pytest

from training.augment import shaded
from training.augment import tinted
from training.augment import tones_of
from training.dataset import mixed
from training.dataset import save_shard
from training.dataset import Scenes
from training.labeller import open_sky
from training.labeller import Picture
from training.labeller import Points
from training.labeller import with_riders
from training.teachers import Seen
from training.teachers import tiles

BLANK = np.zeros((540, 960, 3), np.uint8)


def points(row, column):
    row, column = np.atleast_1d(row), np.atleast_1d(column)
    count = len(row)
    return Points(
        row, column, np.ones(count, np.float32), np.zeros(count, np.uint8),
        np.zeros(count, np.uint8),
    )  # fmt: skip


def test_without_lidar_the_sky_is_everywhere():
    assert open_sky(270, 480, Picture(BLANK)).all()


def test_below_a_lidar_point_and_beside_it_there_is_no_sky():
    sky = open_sky(270, 480, Picture(BLANK, points=points([50, 90], [100, 100])))
    assert sky[:50, 100].all() and not sky[50:, 100].any()
    assert not sky[60, 95] and sky[60, 120]


@pytest.mark.parametrize(
    'names, boxes, expected',
    [
        ((), [], ()),
        (('person',), [(0, 0, 10, 30)], ('person',)),
        (('person', 'bike'), [(0, 0, 10, 30), (-5, 15, 15, 35)], ('rider', 'bike')),
        (('person', 'motor'), [(0, 0, 10, 30), (40, 15, 60, 35)], ('person', 'motor')),
        (('car', 'bike'), [(0, 0, 10, 30), (-5, 15, 15, 35)], ('car', 'bike')),
    ],
)
def test_a_person_on_a_cycle_is_a_rider(names, boxes, expected):
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    assert with_riders(Seen(boxes, np.ones(len(boxes), np.float32), names)).names == expected


@pytest.mark.parametrize('size', [(960, 540), (1242, 375), (640, 640), (300, 900)])
def test_tiles_cover_the_picture_and_stay_inside(size):
    whole, *parts = tiles(*size)
    assert whole == (0, 0, *size)
    seen = np.zeros(size[::-1], bool)
    for left, top, right, bottom in parts:
        assert 0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]
        seen[top:bottom, left:right] = True
    assert seen.all()


def test_a_tinted_picture_has_the_other_ones_tones():
    random = np.random.default_rng(0)
    one = cv2.GaussianBlur(random.integers(0, 256, (60, 80, 3), np.uint8), (0, 0), 2)
    other = np.clip(one * np.array((0.7, 0.9, 1.1)) + 20, 0, 255).astype(np.uint8)
    np.testing.assert_array_equal(tinted(one, tones_of(one), 1.0).shape, one.shape)
    np.testing.assert_allclose(tones_of(tinted(one, tones_of(one), 1.0)), tones_of(one), atol=1.5)
    wanted = tones_of(other)
    np.testing.assert_allclose(tones_of(tinted(one, wanted, 1.0)), wanted, atol=4)


def test_shadows_only_darken():
    image = np.full((96, 160, 3), 200, np.uint8)
    dark = [shaded(image, np.random.default_rng(seed)) for seed in range(5)]
    assert all((one <= image).all() for one in dark)
    assert any((one < 150).any() for one in dark)


@pytest.mark.parametrize('share', [0.0, 0.3, 1.0])
def test_streams_are_mixed_by_share(paint, share):
    one, other = paint([], (64, 32)), paint([], (32, 32))

    def endless(sample):
        while True:
            yield sample

    random = np.random.default_rng(1)
    drawn = list(islice(mixed(endless(one), endless(other), share, random), 500))
    assert all(is_other == (sample is other) for sample, is_other in drawn)
    assert np.mean([is_other for _, is_other in drawn]) == pytest.approx(share, abs=0.06)


def test_processes_share_the_shards_of_all_folders(paint, tmp_path):
    for index in range(12):
        folder = tmp_path / str(index % 2)
        folder.mkdir(exist_ok=True)
        save_shard([paint([], (64, 32))] * (index + 1), folder / f'{index}.npz')
    folders = (tmp_path / '0', tmp_path / '1')
    parts = [len(Scenes(*folders, part=(rank, 3))) for rank in range(3)]
    assert all(parts) and sum(parts) == len(Scenes(*folders)) == 78
