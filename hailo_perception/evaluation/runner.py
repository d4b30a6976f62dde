# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""From a model and a set of pictures to the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from dataclasses import fields
from pathlib import Path
import statistics

from hailo_perception.backends.base import Backend
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.evaluation.depth import JUDGED_RANGE_M
from hailo_perception.evaluation.depth import LIDAR_RANGE_M
from hailo_perception.evaluation.judge import Judge
from hailo_perception.evaluation.judge import Judgement
from hailo_perception.evaluation.network import Network
from hailo_perception.evaluation.pictures import draw_truth
from hailo_perception.evaluation.pictures import write_comparison
from hailo_perception.evaluation.report import InferenceTime
from hailo_perception.evaluation.report import RecordingSummary
from hailo_perception.evaluation.report import Report
from hailo_perception.evaluation.scenes import SceneSet
from hailo_perception.evaluation.source import pictures_of
from hailo_perception.evaluation.source import Source
from hailo_perception.evaluation.source import UnreadablePicture
from hailo_perception.models.binding import BoundModel

INFERENCE_RUNS = 30


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where to write how many of the first pictures; ConfigurationError below 1."""

    folder: Path
    count: int

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ConfigurationError(f'expected 1 picture or more, got {self.count}')


def evaluate(
    model: BoundModel,
    backend: Backend,
    source: Source,
    *,
    workers: int = 0,
    depth_range_m: tuple[float, float] | None = None,
    pictures: Pictures | None = None,
    on_picture: Callable[[int], None] = lambda done: None,
    on_unreadable: Callable[[UnreadablePicture], None] = lambda picture: None,
) -> Report:
    """Judge a model; the same figures each time, but for the inference time.

    ``workers`` processes render scenes, 0 for this one (with more, a script that calls this needs
    the usual ``if __name__ == '__main__'``). Depth is judged where the truth is within
    ``depth_range_m``, JUDGED_RANGE_M of scenes and LIDAR_RANGE_M of recordings by default.
    ``on_picture`` hears how many pictures are done, ``on_unreadable`` of each that cannot be
    judged. The backend stays the caller's to close. ConfigurationError for what cannot work, such
    as a recording without any picture to judge; BackendError or NetworkOutputError when the
    network fails, as figures of the other pictures would not be comparable.
    """
    if depth_range_m is None:
        depth_range_m = JUDGED_RANGE_M if isinstance(source, SceneSet) else LIDAR_RANGE_M
    network, judge = Network(model, backend), Judge(model.manifest, depth_range_m)
    unreadable: Counter[str] = Counter()
    judged = 0
    with closing(pictures_of(source, workers)) as labelled:
        for done, picture in enumerate(labelled, 1):
            if isinstance(picture, UnreadablePicture):
                unreadable[picture.reason] += 1
                on_unreadable(picture)
            else:
                transform = network.transform_for(picture.size)
                is_shown = pictures is not None and judged < pictures.count
                found, overlay = network.perceive(picture, with_overlay=is_shown)
                judge.add(picture, found, transform)
                judged += 1
                if pictures is not None and overlay is not None:
                    truth = draw_truth(picture, model.manifest, transform)
                    write_comparison(pictures.folder, picture.name, overlay, truth)
            on_picture(done)
    if not judged:
        reason, count = unreadable.most_common(1)[0]
        raise ConfigurationError(f'no picture can be judged; {count} of them because: {reason}')
    # Only now: the workers that render would take its cores from the network.
    durations_s = network.measure_inference_s(INFERENCE_RUNS)
    judgement = judge.result()
    figures = {field.name: getattr(judgement, field.name) for field in fields(Judgement)}
    return Report(
        model=model.manifest.name,
        backend=backend.name,
        scenes=source if isinstance(source, SceneSet) else None,
        recording=(
            None
            if isinstance(source, SceneSet)
            else RecordingSummary(source.dataset, source.origin, judged)
        ),
        depth_range_m=depth_range_m,
        inference=InferenceTime(
            device=backend.health().device,
            median_ms=1e3 * statistics.median(durations_s),
            runs=len(durations_s),
        ),
        **{**figures, 'withheld': {**unreadable, **judgement.withheld}},
    )
