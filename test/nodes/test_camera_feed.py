# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Rounds through the pictures of a source, and the size of those that are resized."""

from __future__ import annotations

import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.nodes.camera_feed import PictureFeed
from hailo_perception.nodes.camera_feed import size_for


@pytest.mark.parametrize(
    ('wanted', 'size'),
    [
        ((0, 0), (641, 383)),
        ((320, 240), (320, 240)),
        ((320, 0), (320, 191)),
        ((0, 100), (167, 100)),
        ((1, 0), (1, 1)),
    ],
)
def test_size_for(wanted: tuple[int, int], size: tuple[int, int]) -> None:
    assert size_for((641, 383), wanted) == size


class _Source:
    """Pictures of which some cannot be read."""

    name = '/pictures'
    frame_rate_hz = None

    def __init__(self, *readable: bool) -> None:
        self.readable = list(readable)
        self._next = 0

    def read(self) -> np.ndarray | None:
        if self._next >= len(self.readable):
            return None
        self._next += 1
        if not self.readable[self._next - 1]:
            raise ImageDataError('broken')
        return np.zeros((4, 6, 3), np.uint8)

    def rewind(self) -> None:
        self._next = 0

    def close(self) -> None:
        pass


def feed_of(source: _Source, *, loop: bool) -> PictureFeed:
    return PictureFeed(source, loop=loop, calibration=None, assumed_view_rad=1.0)


@pytest.mark.parametrize('loop', [False, True])
@pytest.mark.parametrize('count', [0, 1, 3])
def test_a_round_without_one_picture_is_an_error(count: int, loop: bool) -> None:
    feed = feed_of(_Source(*[False] * count), loop=loop)
    for _ in range(count):
        with pytest.raises(ImageDataError):
            feed.read()
    with pytest.raises(ConfigurationError, match='none of the pictures of /pictures can be read'):
        feed.read()


def test_a_later_round_without_one_picture_is_an_error() -> None:
    source = _Source(False, True)
    feed = feed_of(source, loop=True)
    for _ in range(3):
        with pytest.raises(ImageDataError):
            feed.read()
        assert feed.read() is not None
    source.readable = [False]
    with pytest.raises(ImageDataError):
        feed.read()
    with pytest.raises(ConfigurationError):
        feed.read()


def test_some_pictures_end_without_an_error() -> None:
    feed = feed_of(_Source(True, False), loop=False)
    assert feed.read() is not None
    with pytest.raises(ImageDataError):
        feed.read()
    assert feed.read() is None
