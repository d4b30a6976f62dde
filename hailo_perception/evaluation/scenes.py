# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The pictures that models are judged on: one moment of each scene, rendered in processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import Future
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
import multiprocessing
from random import Random
import signal

import cv2

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.scenes import DrivingScene
from hailo_perception.scenes import SceneFrame

FIRST_TRAINING_SEED = 100_000
"""Seeds below are for judging only; training takes none of them."""
DEFAULT_SIZE = (960, 576)
_LATEST_MOMENT_S = 60.0
_WAITING_PER_WORKER = 2
"""Rendered pictures, 6 MB each, that may wait to be judged."""


@dataclass(frozen=True, slots=True)
class SceneSet:
    """The scenes of the seeds 0 … count − 1, each as its own camera of this size sees it.

    ConfigurationError when there is no scene, or when they would reach into training.
    """

    count: int
    width: int = DEFAULT_SIZE[0]
    height: int = DEFAULT_SIZE[1]

    def __len__(self) -> int:
        """Count the scenes."""
        return self.count

    def __post_init__(self) -> None:
        if not 1 <= self.count <= FIRST_TRAINING_SEED:
            raise ConfigurationError(
                f'expected 1…{FIRST_TRAINING_SEED} scenes, got {self.count}; seeds from '
                f'{FIRST_TRAINING_SEED} on are trained on and say nothing about a model'
            )
        if self.width < 32 or self.height < 32:
            raise ConfigurationError(
                f'expected pictures of at least 32×32 pixels, got {self.width}×{self.height}'
            )


def render_scene(seed: int, width: int, height: int) -> SceneFrame:
    """Render the picture of a seed: its conditions, camera and moment are drawn from it alone."""
    scene = DrivingScene(seed)
    moment_s = Random(f'{seed}/evaluation').uniform(0.0, _LATEST_MOMENT_S)
    return scene.render(moment_s, scene.random_camera(width, height))


def render_scenes(scenes: SceneSet, workers: int) -> Generator[SceneFrame, None, None]:
    """Render a set in the order of the seeds, in ``workers`` processes, 0 for this one.

    The pictures do not depend on the number of workers. ConfigurationError for less than 0.
    """
    if workers < 0:
        raise ConfigurationError(f'workers must be 0 or more, got {workers}')
    if not workers:
        for seed in range(scenes.count):
            yield render_scene(seed, scenes.width, scenes.height)
        return
    # A forked copy of a process with ONNX Runtime's threads may hang.
    context = multiprocessing.get_context('spawn')
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker)
    try:
        pending = (
            pool.submit(render_scene, seed, scenes.width, scenes.height)
            for seed in range(scenes.count)
        )
        waiting: deque[Future[SceneFrame]] = deque(islice(pending, workers * _WAITING_PER_WORKER))
        while waiting:
            frame = waiting.popleft().result()
            waiting.extend(islice(pending, 1))
            yield frame
    finally:
        pool.shutdown(cancel_futures=True)


def _begin_worker() -> None:
    cv2.setNumThreads(1)
    # Ctrl-C reaches the whole process group; the parent ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
