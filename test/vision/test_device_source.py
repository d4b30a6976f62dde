# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A webcam that misses pictures, hangs, is unplugged, and comes back."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.core.errors import SourceLostError
from hailo_perception.vision.device_source import DeviceSource
from hailo_perception.vision.sources import open_source


class _Plug:
    """Stands in for OpenCV's captures and the clock; the test says when pictures come."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.works = True
        self.needs_opening = False
        self.opened: list[Any] = []
        self.released = 0

    def __call__(self, number: Any) -> _Plug:
        self.opened.append(number)
        self.needs_opening = False
        return self

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self.works

    def get(self, name: int) -> float:
        return 25.0

    def read(self) -> tuple[bool, Any]:
        gives = self.works and not self.needs_opening
        return gives, np.zeros((4, 6, 3), np.uint8) if gives else None

    def release(self) -> None:
        self.released += 1


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> _Plug:
    plug = _Plug()
    monkeypatch.setattr(cv2, 'VideoCapture', plug)
    return plug


def test_a_number_and_a_path_are_devices(plug: _Plug) -> None:
    for name in ('3', '/dev/video3'):
        source = open_source(name)
        assert isinstance(source, DeviceSource)
        assert (source.name, source.frame_rate_hz) == (name, 25.0)
        source.close()
    assert (plug.opened, plug.released) == ([3, 3], 2)


def test_one_that_is_not_there(plug: _Plug) -> None:
    plug.works = False
    with pytest.raises(ConfigurationError, match='cannot open /dev/video3'):
        open_source('/dev/video3')


def test_a_moment_without_a_picture_is_no_end(plug: _Plug) -> None:
    source = DeviceSource('/dev/video0', 0, lambda: plug.now_s)
    assert source.read() is not None
    plug.works = False
    for _ in range(3):
        plug.now_s += 0.5
        with pytest.raises(ImageDataError, match='/dev/video0 gave no picture'):
            source.read()
    plug.works = True
    source.rewind()
    assert source.read() is not None
    assert plug.opened == [0]


def test_one_that_hangs_is_opened_anew(plug: _Plug) -> None:
    source = DeviceSource('/dev/video0', 0, lambda: plug.now_s)
    plug.needs_opening = True
    plug.now_s += 2.0
    with pytest.raises(ImageDataError, match='no picture for 2 s; it was opened anew'):
        source.read()
    assert (plug.opened, plug.released) == ([0, 0], 1)
    assert source.read() is not None


def test_one_that_stays_away_is_lost(plug: _Plug) -> None:
    """It is opened anew every two seconds, not at every read."""
    source = DeviceSource('/dev/video0', 0, lambda: plug.now_s)
    plug.works = False
    for _ in range(59):
        plug.now_s += 0.5
        with pytest.raises(ImageDataError):
            source.read()
    assert len(plug.opened) == 1 + 14
    plug.now_s += 0.5
    with pytest.raises(SourceLostError, match='/dev/video0 has given no picture for 30 s'):
        source.read()
