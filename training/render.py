# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Render training scenes to shards: one picture per seed, in several processes.

``nice -n 10 python -m training.render lightnet_compact --first 1000000 --count 5000 --output DIR``

Shards that are there are not rendered again, so an interrupted rendering goes on where it was.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import cv2
import numpy as np

from hailo_perception.evaluation.scenes import FIRST_TRAINING_SEED
from hailo_perception.scenes import DrivingScene
from hailo_perception.scenes import LANE_LABELS
from hailo_perception.scenes import MountedCamera
from hailo_perception.scenes import OBJECT_LABELS
from hailo_perception.scenes import random_conditions
from hailo_perception.scenes import SceneConditions
from hailo_perception.scenes import SceneFrame
from hailo_perception.scenes import SEMANTIC_LABELS
from hailo_perception.scenes.conditions import DAYTIMES
from hailo_perception.scenes.conditions import ROAD_KINDS
from hailo_perception.scenes.conditions import WEATHERS
from training.dataset import LABEL_STRIDE
from training.dataset import Sample
from training.dataset import save_shard
from training.description import label_set
from training.description import load_description
from training.description import NetworkDescription

SHARD = 50
LONGEST_DRIVE_S = 60.0
EVEN_SHARE = 0.35
"""Share of scenes whose road, weather and light are drawn evenly, so that rare ones are met."""

UNUSUAL_SHARE = 0.5
"""Share of scenes with unusual traffic: what is rare on a road has to be learned all the same."""

WIDE_SHARE = 0.2
"""Share of cameras mounted where dashcams are not: on bumpers, roofs, lorries."""

UNUSUAL_HEIGHTS_M = (0.6, 0.9, 2.4, 2.9)

FINE_SHARE = 0.6
"""Share of pictures rendered finer and averaged; the others keep their jagged edges."""

FINENESS = 1.5


def draw_conditions(random: Random) -> SceneConditions:
    """Draw the circumstances of a training scene."""
    drawn = random_conditions(random)
    if random.random() < EVEN_SHARE:
        drawn = replace(
            drawn,
            kind=random.choice(ROAD_KINDS),
            weather=random.choice(WEATHERS),
            daytime=random.choice(DAYTIMES),
        )
    if random.random() < UNUSUAL_SHARE:
        drawn = replace(drawn, unusual=random.uniform(0.3, 1.0))
    return drawn


def draw_camera(scene: DrivingScene, size: tuple[int, int], random: Random) -> MountedCamera:
    """Draw how a training scene is seen: as dashcams do, now and then from elsewhere."""
    camera = scene.random_camera(*size)
    if random.random() < WIDE_SHARE:
        height_m = random.choice(UNUSUAL_HEIGHTS_M) + random.uniform(0.0, 0.5)
        camera = replace(camera, height_m=height_m)
    return camera


def render_sample(seed: int, description: NetworkDescription) -> Sample:
    """Render the picture of a seed, at the network's input size, with the network's classes."""
    random = Random(f'{seed}/training')
    scene = DrivingScene(seed, draw_conditions(random))
    camera = draw_camera(scene, (description.width, description.height), random)
    fineness = FINENESS if random.random() < FINE_SHARE else 1.0
    frame = scene.render(random.uniform(0, LONGEST_DRIVE_S), camera, supersample=fineness)
    return to_sample(frame, description)


def to_sample(frame: SceneFrame, description: NetworkDescription) -> Sample:
    """Translate a rendered frame to the classes of a network; dense truth at half the size."""
    objects = label_set(description.detection_classes).translation_from(OBJECT_LABELS)
    labels = objects[frame.objects.class_ids]
    known = labels != 255
    semantic = label_set(description.semantic_classes).translation_from(SEMANTIC_LABELS)
    lane = label_set(description.lane_classes).translation_from(LANE_LABELS)
    size = (description.width // LABEL_STRIDE, description.height // LABEL_STRIDE)
    smaller = partial(cv2.resize, dsize=size, interpolation=cv2.INTER_NEAREST)
    return Sample(
        image=np.ascontiguousarray(frame.image[..., ::-1]),
        semantic=semantic[smaller(frame.semantic)],
        lane=lane[smaller(frame.lane)],
        depth_m=smaller(frame.depth_m),
        boxes=frame.objects.xyxy[known],
        labels=labels[known].astype(np.int64),
        visibility=frame.objects.visibility[known],
        fx=frame.camera.fx,
    )


def render_shard(first: int, description: NetworkDescription, folder: Path) -> Path:
    """Render SHARD seeds from ``first`` on, unless they are there already."""
    cv2.setNumThreads(1)
    path = folder / f'{first}.npz'
    if not path.exists():
        seeds = range(first, first + SHARD)
        save_shard([render_sample(seed, description) for seed in seeds], path)
    return path


def main() -> None:
    """Render from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('network', help='whose input size and classes to render for')
    parser.add_argument('--first', type=int, required=True, help='first seed')
    parser.add_argument('--count', type=int, required=True)
    parser.add_argument('--output', type=Path, required=True)
    parser.add_argument('--processes', type=int, default=2)
    arguments = parser.parse_args()
    if arguments.first < FIRST_TRAINING_SEED:
        parser.error(f'seeds below {FIRST_TRAINING_SEED} are kept for judging')
    arguments.output.mkdir(parents=True, exist_ok=True)
    work = partial(
        render_shard,
        description=load_description(arguments.network),
        folder=arguments.output,
    )
    starts = range(arguments.first, arguments.first + arguments.count, SHARD)
    with ProcessPoolExecutor(arguments.processes) as pool:
        for path in pool.map(work, starts):
            print(path, flush=True)


if __name__ == '__main__':
    main()
