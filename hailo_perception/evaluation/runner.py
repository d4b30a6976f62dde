# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""From a model and a set of scenes to the report."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
import statistics

from hailo_perception.backends.base import Backend
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.evaluation.judge import Judge
from hailo_perception.evaluation.network import Network
from hailo_perception.evaluation.pictures import draw_truth
from hailo_perception.evaluation.pictures import write_comparison
from hailo_perception.evaluation.report import InferenceTime
from hailo_perception.evaluation.report import Report
from hailo_perception.evaluation.scenes import render_scenes
from hailo_perception.evaluation.scenes import SceneSet
from hailo_perception.models.binding import BoundModel

INFERENCE_RUNS = 30


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where to write pictures of how many of the first scenes; ConfigurationError below 1."""

    folder: Path
    count: int

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ConfigurationError(f'expected pictures of 1 scene or more, got {self.count}')


def evaluate(
    model: BoundModel,
    backend: Backend,
    scenes: SceneSet,
    *,
    workers: int = 0,
    pictures: Pictures | None = None,
    on_scene: Callable[[int], None] = lambda done: None,
) -> Report:
    """Judge a model on rendered scenes; the same figures each time, but for the inference time.

    ``workers`` processes render, 0 for this one (with more, a script that calls this needs the
    usual ``if __name__ == '__main__'``). ``on_scene`` hears how many scenes are judged. The
    backend stays the caller's to close. ConfigurationError for what cannot work; BackendError or
    NetworkOutputError when the network fails, as figures of the other scenes would not be
    comparable.
    """
    network, judge = Network(model, backend), Judge(model.manifest)
    transform = network.transform_for((scenes.width, scenes.height))
    with closing(render_scenes(scenes, workers)) as frames:
        for seed, scene in enumerate(frames):
            is_shown = pictures is not None and seed < pictures.count
            found, overlay = network.perceive(scene, with_overlay=is_shown)
            judge.add(scene, found, transform)
            if pictures is not None and overlay is not None:
                truth = draw_truth(scene, model.manifest, transform)
                write_comparison(pictures.folder, seed, overlay, truth)
            on_scene(seed + 1)
    # Only now: the workers that render would take its cores from the network.
    durations_s = network.measure_inference_s(INFERENCE_RUNS)
    return Report(
        model=model.manifest.name,
        backend=backend.name,
        scenes=scenes,
        detection=judge.detection.result() if judge.detection else None,
        semantic=judge.semantic.result() if judge.semantic else None,
        lane=judge.lane.result() if judge.lane else None,
        lane_lines=judge.lane_lines.result() if judge.lane_lines else None,
        depth=judge.depth.result() if judge.depth else None,
        inference=InferenceTime(
            device=backend.health().device,
            median_ms=1e3 * statistics.median(durations_s),
            runs=len(durations_s),
        ),
        withheld=dict(judge.withheld),
    )
