# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Frames per second of the synthetic scene on one core: python benchmarks/scene.py."""

from __future__ import annotations

import statistics
import time

import cv2

from hailo_perception.pipeline.process_settings import keep_freed_memory
from hailo_perception.scenes import DrivingScene

SIZE = (640, 384)
SEEDS = range(8)
WARM_UP_FRAMES = 20
FRAMES = 30
PERIOD_S = 0.1


def main() -> None:
    """Drive a little through several scenes, all labels included, and print the rates."""
    keep_freed_memory()
    cv2.setNumThreads(1)
    took_s = []
    for seed in SEEDS:
        scene = DrivingScene(seed)
        camera = scene.random_camera(*SIZE)
        # The first seconds build what later frames share: chunks of road, people's steps.
        for index in range(WARM_UP_FRAMES):
            scene.render(index * PERIOD_S, camera)
        for index in range(WARM_UP_FRAMES, WARM_UP_FRAMES + FRAMES):
            began_s = time.thread_time()
            scene.render(index * PERIOD_S, camera)
            took_s.append(time.thread_time() - began_s)
    quantiles = statistics.quantiles(took_s, n=10)
    print(f'{SIZE[0]}×{SIZE[1]}, CPU time of one thread')
    print(f'mean   {1 / statistics.fmean(took_s):5.1f} frames/s')
    print(f'median {1 / statistics.median(took_s):5.1f} frames/s')
    print(f'p90    {1 / quantiles[-1]:5.1f} frames/s')


if __name__ == '__main__':
    main()
