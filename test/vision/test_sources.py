# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Pictures from folders, videos and webcams."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.vision.sources import open_source


def _write_pictures(folder: Path, *values: int) -> None:
    for index, value in enumerate(values):
        cv2.imwrite(str(folder / f'{index:03d}.png'), np.full((4, 6, 3), value, np.uint8))


def test_empty_folder(tmp_path: Path) -> None:
    (tmp_path / 'notes.txt').write_text('not a picture')
    with pytest.raises(ConfigurationError, match=r'expected files ending in \.jpg'):
        open_source(str(tmp_path))


@pytest.mark.parametrize(
    ('source', 'complaint'),
    [('nowhere.mp4', 'no video file'), ('/dev/video987', 'cannot open')],
)
def test_no_source(source: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        open_source(source)


def test_a_picture_lies_as_the_sensor_has_it(
    tmp_path: Path, turned_jpeg: Callable[[bytes], bytes]
) -> None:
    """A calibration given beside the folder is of the sensor, however it was held."""
    picture = cv2.imencode('.jpg', np.zeros((40, 80), np.uint8))[1].tobytes()
    (tmp_path / 'turned.jpg').write_bytes(turned_jpeg(picture))
    assert open_source(str(tmp_path)).read().shape == (40, 80, 3)


def test_broken_video(tmp_path: Path) -> None:
    path = tmp_path / 'broken.mp4'
    path.write_bytes(b'no video')
    with pytest.raises(ConfigurationError, match='cannot open'):
        open_source(str(path))


def test_folder_in_order_and_again(tmp_path: Path) -> None:
    _write_pictures(tmp_path, 10, 20, 30)
    source = open_source(str(tmp_path))
    assert source.frame_rate_hz is None
    for _ in range(2):
        seen = []
        while (image := source.read()) is not None:
            seen.append(int(image[0, 0, 0]))
        assert seen == [10, 20, 30]
        source.rewind()
    source.close()


def test_a_source_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    (tmp_path / 'pictures').mkdir()
    _write_pictures(tmp_path / 'pictures', 10)
    assert open_source('~/pictures').read() is not None
    with pytest.raises(ConfigurationError, match=f'no video file {tmp_path}/drive.mp4'):
        open_source('~/drive.mp4')


def test_unreadable_picture_is_left_out(tmp_path: Path) -> None:
    _write_pictures(tmp_path, 10, 20, 30)
    (tmp_path / '001.png').write_bytes(b'no picture')
    source = open_source(str(tmp_path))
    assert source.read() is not None
    with pytest.raises(ImageDataError, match=r'001\.png'):
        source.read()
    assert source.read() is not None
    assert source.read() is None


def test_video_and_again(tmp_path: Path) -> None:
    path = tmp_path / 'drive.mp4'
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'mp4v'), 25, (64, 48))
    for value in (40, 80, 120):
        writer.write(np.full((48, 64, 3), value, np.uint8))
    writer.release()
    source = open_source(str(path))
    assert source.frame_rate_hz == pytest.approx(25)
    for _ in range(2):
        seen = []
        while (image := source.read()) is not None:
            seen.append(round(float(image.mean()) / 40))
        assert seen == [1, 2, 3]
        source.rewind()
    source.close()
