# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which pictures a source stands for: the word ``scene``, a folder, a recording, a video."""

from __future__ import annotations

from pathlib import Path

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.toolchain.bag import BagPictures
from hailo_perception.toolchain.bag import is_bag
from hailo_perception.toolchain.pictures import FolderPictures
from hailo_perception.toolchain.pictures import PictureSequence
from hailo_perception.toolchain.pictures import ScenePictures
from hailo_perception.toolchain.pictures import VideoPictures

SCENE = 'scene'


def open_pictures(
    source: str, *, wanted: int, scene_size: tuple[int, int], topic: str | None = None
) -> PictureSequence:
    """Open what a person named; ConfigurationError when it is nothing of the kind, or empty.

    Scenes have no end: there are as many as are wanted. ``topic`` is for a recording only.
    """
    path = Path(source)
    if source == SCENE:
        pictures: PictureSequence = ScenePictures(wanted, scene_size)
    elif is_bag(path):
        return BagPictures(path, topic)
    elif path.is_dir():
        pictures = FolderPictures(path)
    elif path.is_file():
        pictures = VideoPictures(path)
    else:
        raise ConfigurationError(
            f"no pictures at '{source}'; expected a folder of pictures, a recording (.mcap, "
            f".db3 or its folder), a video file, or '{SCENE}'"
        )
    if topic is not None:
        pictures.close()
        raise ConfigurationError(f'--topic {topic}: {source} is no recording and has no topics')
    return pictures
