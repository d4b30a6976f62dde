# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Pictures that can be read in any order: of a folder, a video, a recording, rendered scenes."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.core.frame import ColorOrder
from hailo_perception.evaluation.scenes import FIRST_TRAINING_SEED
from hailo_perception.evaluation.scenes import render_scene
from hailo_perception.vision.picture_file import AS_THE_SENSOR_HAS_IT
from hailo_perception.vision.sources import FolderSource
from hailo_perception.vision.sources import VideoSource

Picture = tuple[NDArray[np.uint8], ColorOrder]
"""(H, W, 3) uint8 and the order of its channels."""


class PictureSequence(Protocol):
    """A known number of pictures."""

    def __len__(self) -> int:
        """Say how many there are."""

    def label(self, index: int) -> str:
        """Name a picture, for a report."""

    def read(self, index: int) -> Picture:
        """Read one; FrameError for one that cannot be read, others still can."""

    def close(self) -> None:
        """Release what is held open."""


class FolderPictures:
    """The pictures of a folder in the order of their names."""

    def __init__(self, folder: Path) -> None:
        """List them; ConfigurationError when there are none."""
        self._paths = FolderSource(folder).paths

    def __len__(self) -> int:
        return len(self._paths)

    def label(self, index: int) -> str:
        """Give the file's name."""
        return self._paths[index].name

    def read(self, index: int) -> Picture:
        """Decode one file."""
        image = cv2.imread(str(self._paths[index]), AS_THE_SENSOR_HAS_IT)
        if image is None:
            raise ImageDataError(f'cannot read {self._paths[index]} as a picture')
        return np.asarray(image, np.uint8), 'bgr'

    def close(self) -> None:
        """Nothing is held open."""


class VideoPictures:
    """The frames of a video file.

    They are counted by decoding, as what containers state is often wrong, and found by decoding
    forwards, as seeking lands beside the frame asked for.
    """

    def __init__(self, path: Path) -> None:
        """Count the frames; ConfigurationError for what OpenCV cannot open or that has none."""
        self._path = path
        self._source = VideoSource(str(path))
        self._count = 0
        while self._source.read() is not None:
            self._count += 1
        if not self._count:
            self._source.close()
            raise ConfigurationError(f'no picture of the video {path} can be decoded')
        self._source.rewind()
        self._next = 0

    def __len__(self) -> int:
        return self._count

    def label(self, index: int) -> str:
        """Give the frame's number."""
        return f'frame {index}'

    def read(self, index: int) -> Picture:
        """Decode up to the frame."""
        if index < self._next:
            self._source.rewind()
            self._next = 0
        image = None
        while self._next <= index:
            image = self._source.read()
            self._next += 1
        if image is None:
            raise ImageDataError(f'frame {index} of {self._path} cannot be decoded')
        return image, 'bgr'

    def close(self) -> None:
        """Close the file."""
        self._source.close()


class ScenePictures:
    """Rendered scenes, one moment of each; none of those that models are judged on."""

    def __init__(self, count: int, size: tuple[int, int]) -> None:
        """Give pictures of ``size`` (width, height); nothing is rendered yet."""
        if min(size) < 32:
            raise ConfigurationError(
                f'expected scenes of at least 32×32 pixels, got {size[0]}×{size[1]}'
            )
        self._count = count
        self._size = size

    def __len__(self) -> int:
        return self._count

    def label(self, index: int) -> str:
        """Give the scene's seed."""
        return f'scene {FIRST_TRAINING_SEED + index}'

    def read(self, index: int) -> Picture:
        """Render one."""
        return render_scene(FIRST_TRAINING_SEED + index, *self._size).image, 'bgr'

    def close(self) -> None:
        """Nothing is held open."""
