# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the user may have meant: topics of the right kind and names that read alike."""

from __future__ import annotations

import pytest

from hailo_perception.ros.similar_names import is_near
from hailo_perception.ros.similar_names import nearest_name
from hailo_perception.ros.similar_names import similar_topics


@pytest.mark.parametrize(
    ('wanted', 'available', 'expected'),
    [
        ('/front/image_raw', [], ()),
        ('/front/image_raw', ['/front/image_raw'], ()),
        (
            '/front/image_raw',
            ['/rear/image_raw', '/front/image_raw/compressed'],
            ('/front/image_raw/compressed', '/rear/image_raw'),
        ),
        (
            '/front/image_raw/compressed',
            ['/front/image_raw', '/rear/image_raw/compressed'],
            ('/front/image_raw', '/rear/image_raw/compressed'),
        ),
        (
            '/front/image_raw',
            ['/front/image_rect', '/robot/front/image_raw'],
            ('/robot/front/image_raw', '/front/image_rect'),
        ),
        ('/robot/camera/image', ['/x', '/camera/image'], ('/camera/image', '/x')),
        ('/a/image', ['/e/image', '/d/image', '/c/image', '/b/image'],
         ('/b/image', '/c/image', '/d/image')),
    ],
    ids=['none', 'itself', 'compressed', 'raw', 'namespace', 'no-namespace', 'three'],
)
def test_similar_topics(wanted: str, available: list[str], expected: tuple[str, ...]) -> None:
    assert similar_topics(wanted, available) == expected


@pytest.mark.parametrize(
    ('wanted', 'expected'),
    [
        ('detection.score_treshold', 'detection.score_threshold'),
        ('score_threshold', 'detection.score_threshold'),
        ('entirely different', None),
    ],
)
def test_nearest_name(wanted: str, expected: str | None) -> None:
    assert nearest_name(wanted, ['model', 'detection.score_threshold']) == expected


def test_nothing_is_near_nothing() -> None:
    assert nearest_name('model', []) is None


@pytest.mark.parametrize(
    ('wanted', 'found', 'expected'),
    [
        ('/front/image_raw', '/front/image_raw/compressed', True),
        ('/front/image_raw', '/robot/front/image_raw', True),
        ('/front/image_raw', '/usb_cam/image_raw', True),
        ('/front/image_raw', '/zed/left/image_rect_color', True),
        ('/front/image_raw', '/depth', False),
        ('/front/camera_info', '/front/calibration', True),
        ('/uninformed/camera_info', '/elsewhere/calibration', False),
    ],
)
def test_near(wanted: str, found: str, expected: bool) -> None:
    assert is_near(wanted, found) == expected
