# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import Detections
from hailo_perception.core.results import LaneLine
from hailo_perception.core.results import LaneLines
from hailo_perception.tasks.overlay import draw_overlay
from hailo_perception.tasks.overlay import make_backdrop
from hailo_perception.tasks.settings import OverlaySettings

LABELS = LabelSet((Label(0, 'background'), Label(1, 'car', (0, 100, 200)), Label(2, 'bus')))
CAR_BGR = (200, 100, 0)


def draw(image: np.ndarray, color_order: str = 'bgr', **found: object) -> np.ndarray:
    chosen = {name: found.pop(name) for name in ('maximum_width', 'show_names') if name in found}
    nothing = dict.fromkeys(('semantic', 'lane', 'lane_background', 'lane_lines', 'detections'))
    settings = OverlaySettings(**{'maximum_width': 960, **chosen})
    return draw_overlay(
        make_backdrop(image, color_order, settings.maximum_width),
        **{**nothing, **found},
        settings=settings,
        image_size=(image.shape[1], image.shape[0]),
    )


def cars(*boxes: tuple[float, ...], distance_m: float = np.nan) -> Detections:
    count = len(boxes)
    return Detections(
        LABELS,
        np.array(boxes, np.float32).reshape(-1, 4),
        np.ones(count, np.float32),
        np.ones(count, np.int32),
        np.full(count, distance_m, np.float32),
        np.full((count, 3), np.nan, np.float32),
    )


def line(*pixels: tuple[float, float]) -> LaneLines:
    points_m = np.full((len(pixels), 3), np.nan, np.float32)
    return LaneLines(LABELS, (LaneLine(1, 1.0, np.array(pixels, np.float32), points_m),))


def noise(height: int = 120, width: int = 200) -> np.ndarray:
    return np.random.default_rng(4).integers(0, 256, (height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    'found',
    [
        {},
        {'detections': cars()},
        {'lane_lines': LaneLines(LABELS, ())},
        {'semantic': ClassMap(LABELS, np.full((12, 20), 255, np.uint8))},
        {
            'lane': ClassMap(LABELS, np.zeros((12, 20), np.uint8)),
            'lane_background': 'background',
        },
    ],
)
def test_nothing_found_shows_the_image(found: dict) -> None:
    image = noise()
    np.testing.assert_array_equal(draw(image, **found), image)
    np.testing.assert_array_equal(draw(image, 'rgb', **found), image[..., ::-1])


@pytest.mark.parametrize(
    ('size', 'maximum_width', 'expected'),
    [
        ((200, 120), 960, (120, 200, 3)),
        ((200, 120), 100, (60, 100, 3)),
        ((1920, 1080), 960, (540, 960, 3)),
        ((960, 601), 960, (601, 960, 3)),
        ((3000, 1), 64, (1, 64, 3)),
    ],
)
def test_size(size: tuple[int, int], maximum_width: int, expected: tuple[int, ...]) -> None:
    picture = draw(noise(size[1], size[0]), maximum_width=maximum_width)
    assert picture.shape == expected and picture.dtype == np.uint8
    assert picture.flags.c_contiguous


@pytest.mark.parametrize('size', [(640, 360), (638, 360), (1281, 721), (512, 320)])
@pytest.mark.parametrize('maximum_width', [160, 200, 319, 511])
def test_a_line_of_one_pixel_is_seen_wherever_it_is(
    size: tuple[int, int], maximum_width: int
) -> None:
    width, height = size
    lines = np.zeros((height, width, 3), np.uint8)
    columns = np.arange(14, width - 9, 23)
    lines[:, columns] = 255
    picture = draw(lines, maximum_width=maximum_width)
    centres = (columns + 0.5) * picture.shape[1] / width
    nearest = np.floor(centres).astype(int)
    around = picture[:, nearest[:, None] + (-1, 0, 1)]
    seen = around.astype(int).sum(axis=2)
    fair = 255 * picture.shape[1] / width
    assert (seen > 0.6 * fair).all()
    assert (seen < 1.4 * fair).all()


@pytest.mark.parametrize('color_order', ['bgr', 'rgb'])
@pytest.mark.parametrize('maximum_width', [100, 960])
def test_the_image_stays_as_it_is(color_order: str, maximum_width: int) -> None:
    image = noise()
    image.flags.writeable = False
    copy = image.copy()
    picture = draw(
        image,
        color_order,
        maximum_width=maximum_width,
        semantic=ClassMap(LABELS, np.ones((12, 20), np.uint8)),
        lane_lines=line((10, 100), (60, 20)),
        detections=cars((10, 20, 80, 90), distance_m=7),
    )
    np.testing.assert_array_equal(image, copy)
    assert not np.shares_memory(picture, image)


def test_classes_are_blended_where_they_are() -> None:
    ids = np.full((12, 20), 255, np.uint8)
    ids[:, 10:] = 1
    image = np.full((120, 200, 3), 100, np.uint8)
    picture = draw(image, semantic=ClassMap(LABELS, ids))
    assert (picture[:, :100] == 100).all()
    expected = 0.6 * 100 + 0.4 * np.array(CAR_BGR)
    np.testing.assert_allclose(picture[:, 100:].reshape(-1, 3), [expected] * 12000, atol=1)


def test_a_lane_line_lies_on_its_pixels() -> None:
    image = np.zeros((120, 200, 3), np.uint8)
    picture = draw(image, lane_lines=line((50, 110), (50, 10)))
    np.testing.assert_allclose(picture[60, 50], CAR_BGR, atol=30)
    assert not picture[:, 60:].any()


@pytest.mark.parametrize('maximum_width', [200, 400])
def test_boxes_have_their_class_colour_and_keep_their_inside(maximum_width: int) -> None:
    image = np.full((240, 400, 3), 255, np.uint8)
    picture = draw(image, detections=cars((100, 80, 300, 200)), maximum_width=maximum_width)
    scale = maximum_width / 400
    edge = picture[round(140 * scale), round(100 * scale) - 2 : round(100 * scale) + 2]
    assert (np.abs(edge.astype(int) - CAR_BGR).sum(axis=1) < 120).any()
    inside = picture[
        round(120 * scale) : round(180 * scale), round(150 * scale) : round(250 * scale)
    ]
    assert (inside == 255).all()


def test_the_distance_is_written_only_where_known() -> None:
    image = np.zeros((240, 400, 3), np.uint8)
    unknown = draw(image, detections=cars((100, 80, 300, 200)))
    known = draw(image, detections=cars((100, 80, 300, 200), distance_m=12.3))
    plate = [(picture == CAR_BGR).all(axis=-1)[60:79].any(axis=0) for picture in (unknown, known)]
    assert plate[1].sum() > plate[0].sum() + 20


def test_without_names_nothing_but_the_boxes_is_drawn() -> None:
    image = noise(240, 400)
    found = cars((100, 80, 300, 200), distance_m=12.3)
    named, nameless = (draw(image, detections=found, show_names=each) for each in (True, False))
    drawn = (nameless != image).any(axis=-1)
    assert drawn.any() and not drawn[:76].any() and not drawn[88:192, 108:292].any()
    other = (named != nameless).any(axis=-1)
    assert other[60:76, 100:160].any() and not other[88:].any()


@pytest.mark.parametrize(
    'box',
    [(0, 0, 5, 5), (395, 235, 400, 240), (-50, -50, 900, 900), (390, 0, 400, 240), (0, 0, 0, 0)],
)
def test_labels_stay_in_the_picture(box: tuple[float, ...]) -> None:
    picture = draw(np.zeros((240, 400, 3), np.uint8), detections=cars(box, distance_m=5))
    assert (picture == CAR_BGR).all(axis=-1).sum() > 100


def test_the_nearer_object_covers_the_farther() -> None:
    near, far = cars((50, 50, 150, 150), distance_m=5), cars((50, 50, 150, 150), distance_m=50)
    both = Detections(
        LABELS,
        np.concatenate((near.xyxy, far.xyxy)),
        np.ones(2, np.float32),
        np.int32([1, 2]),
        np.float32([5, 50]),
        np.full((2, 3), np.nan, np.float32),
    )
    picture = draw(np.zeros((240, 400, 3), np.uint8), detections=both)
    # The grey of the farther one would show in the red channel.
    assert picture[100, 150, 0] and not picture[100, 145:155, 2].any()
