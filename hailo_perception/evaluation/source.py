# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The pictures that a model is judged on, one after the other: rendered or recorded."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from hailo_perception.core.errors import FrameError
from hailo_perception.evaluation.labelled import labelled_scene
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.evaluation.recordings.recording import Recording
from hailo_perception.evaluation.scenes import render_scenes
from hailo_perception.evaluation.scenes import SceneSet

Source = SceneSet | Recording


@dataclass(frozen=True, slots=True)
class UnreadablePicture:
    """A picture that cannot be judged, and why."""

    name: str
    reason: str


def pictures_of(
    source: Source, workers: int
) -> Generator[LabelledPicture | UnreadablePicture, None, None]:
    """Give the pictures of a source; ``workers`` processes render scenes, 0 for this one."""
    if isinstance(source, SceneSet):
        with closing(render_scenes(source, workers)) as scenes:
            for seed, scene in enumerate(scenes):
                yield labelled_scene(seed, scene)
        return
    for number, name in source.names.items():
        try:
            picture = source.read(number)
        except FrameError as error:
            yield UnreadablePicture(name, str(error))
        else:
            yield picture
