# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The own vehicle's outline, by picture and by polygon."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from hailo_perception.tasks.own_vehicle import OwnVehicle
from hailo_perception.tasks.own_vehicle import OwnVehicleError

IMAGE_SIZE = (640, 480)
LOWER_QUARTER = '0,360 640,360 640,480 0,480'


def picture_file(folder: Path, picture: np.ndarray) -> str:
    path = folder / 'own.png'
    assert cv2.imwrite(str(path), picture)
    return str(path)


def test_none() -> None:
    assert OwnVehicle.read('', '') is None


@pytest.mark.parametrize('map_size', [(64, 48), (640, 480), (33, 20), (1, 1)])
def test_polygon_at_any_resolution(map_size: tuple[int, int]) -> None:
    mask = OwnVehicle.read('', LOWER_QUARTER).mask(map_size, IMAGE_SIZE)
    width, height = map_size
    assert mask.shape == (height, width)
    centres = (np.arange(height) + 0.5) / height
    np.testing.assert_array_equal(mask.all(axis=1), centres >= 0.75)
    np.testing.assert_array_equal(mask.any(axis=1), centres >= 0.75)


@pytest.mark.parametrize('corners', ['100,100 300,100 200,300', '200,300 300,100 100,100'])
def test_a_triangle_either_way_round(corners: str) -> None:
    mask = OwnVehicle.read('', corners).mask(IMAGE_SIZE, IMAGE_SIZE)
    drawn = np.zeros(IMAGE_SIZE[::-1], np.uint8)
    cv2.fillPoly(drawn, [np.array(((100, 100), (300, 100), (200, 300)))], 1)
    assert mask.sum() == pytest.approx(200 * 200 / 2, rel=0.01)
    assert (mask != drawn.astype(bool)).sum() < 1000
    assert mask[150, 200] and not mask[250, 120]


def test_a_polygon_may_reach_beyond_the_image() -> None:
    mask = OwnVehicle.read('', '-100,360.5 900,360.5 900,999 -100,999').mask((64, 48), IMAGE_SIZE)
    assert mask[36:].all() and not mask[:36].any()


def test_picture_is_stretched_over_the_image(tmp_path: Path) -> None:
    picture = np.zeros((12, 16, 3), np.uint8)
    picture[9:, :, 2] = 1
    vehicle = OwnVehicle.read(picture_file(tmp_path, picture * 255), '')
    mask = vehicle.mask((64, 48), IMAGE_SIZE)
    assert mask[36:].all() and not mask[:36].any()


def test_a_picture_lies_as_the_sensor_has_it(
    tmp_path: Path, turned_jpeg: Callable[[bytes], bytes]
) -> None:
    picture = np.zeros((48, 64), np.uint8)
    picture[36:] = 255
    path = tmp_path / 'turned.jpg'
    path.write_bytes(turned_jpeg(cv2.imencode('.jpg', picture)[1].tobytes()))
    mask = OwnVehicle.read(str(path), '').mask((64, 48), IMAGE_SIZE)
    assert mask[44:].all() and not mask[:28].any()


def test_picture_and_polygon_add_up(tmp_path: Path) -> None:
    picture = np.zeros((2, 2), np.uint8)
    picture[0, 0] = 255
    vehicle = OwnVehicle.read(picture_file(tmp_path, picture), LOWER_QUARTER)
    mask = vehicle.mask((4, 4), IMAGE_SIZE)
    assert mask.tolist() == [[True, True, False, False]] * 2 + [[False] * 4, [True] * 4]


def test_coverage_of_no_boxes() -> None:
    vehicle = OwnVehicle.read('', LOWER_QUARTER)
    assert vehicle.coverage(np.empty((0, 4), np.float32), IMAGE_SIZE).shape == (0,)


@pytest.mark.parametrize(
    ('box', 'share'),
    [
        ((0, 0, 640, 480), 0.25),
        ((100, 400, 200, 450), 1.0),
        ((100, 100, 200, 200), 0.0),
        ((100, 320, 200, 400), 0.5),
        ((-50, 360, 900, 700), 1.0),
        ((300.1, 400.1, 300.2, 400.2), 1.0),
        ((700, 500, 800, 600), 1.0),
    ],
)
def test_coverage(box: tuple[float, ...], share: float) -> None:
    vehicle = OwnVehicle.read('', LOWER_QUARTER)
    assert vehicle.coverage(np.array([box], np.float32), IMAGE_SIZE) == pytest.approx(share)


@pytest.mark.parametrize(
    'polygon', ['nonsense', '1,2 3,4', '1,2 3,4 5', '1 2 3 4 5 6', '1,2;3,4;5,6', '1,2 3,4 5,nan']
)
def test_a_wrong_polygon(polygon: str) -> None:
    with pytest.raises(OwnVehicleError, match="three or more corners .* 'x,y x,y x,y'"):
        OwnVehicle.read('', polygon)


def test_a_missing_picture(tmp_path: Path) -> None:
    with pytest.raises(OwnVehicleError, match='cannot be read'):
        OwnVehicle.read(str(tmp_path / 'none.png'), '')


def test_a_picture_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    path = Path(picture_file(tmp_path, np.full((4, 4), 255, np.uint8)))
    assert OwnVehicle.read(f'~/{path.name}', '') is not None


@pytest.mark.parametrize('content', [b'', b'not a picture'])
def test_a_file_that_is_no_picture(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / 'own.png'
    path.write_bytes(content)
    with pytest.raises(OwnVehicleError, match='is no picture'):
        OwnVehicle.read(str(path), '')
