# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a topic's name says of its images, and what it does not."""

from __future__ import annotations

import pytest

from hailo_perception.ros.image_names import ImageName


@pytest.mark.parametrize(
    ('topic', 'name', 'sibling'),
    [
        ('/image', ImageName('', 'image', is_compressed=False), '/camera_info'),
        ('/a/b/image', ImageName('/a/b', 'image', is_compressed=False), '/a/b/camera_info'),
        ('/a/image/compressed', ImageName('/a', 'image', is_compressed=True), '/a/camera_info'),
        ('/image/compressed', ImageName('', 'image', is_compressed=True), '/camera_info'),
        ('/compressed', ImageName('', '', is_compressed=True), '/camera_info'),
    ],
)
def test_parts(topic: str, name: ImageName, sibling: str) -> None:
    assert ImageName.of(topic) == name
    assert name.camera_info == sibling


@pytest.mark.parametrize(
    'image', ['image_rect', 'image_rect_color', 'rect', 'image_rectified', 'rectified_left']
)
@pytest.mark.parametrize('transport', ['', '/compressed'])
def test_names_of_rectified_images(image: str, transport: str) -> None:
    assert ImageName.of(f'/left/{image}{transport}').says_rectified


@pytest.mark.parametrize(
    'topic',
    [
        '/left/image_raw', '/left/image_unrectified', '/left/image_corrected', '/left/direct',
        '/left/rectangle', '/image_rect/image_raw', '/image_rect/image_raw/compressed',
    ],
)
def test_names_of_other_images(topic: str) -> None:
    assert not ImageName.of(topic).says_rectified
