# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Rendered scenes on disk, one picture with its truth, and batches of them."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
import math
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor

from hailo_perception.evaluation.judge import LEAST_HEIGHT_PX
from hailo_perception.evaluation.judge import LEAST_VISIBILITY
from training.targets import Objects

LABEL_STRIDE = 2
"""Dense truth is kept at this fraction of the picture."""

LABEL_CENTER_PX = 0.5
"""Where in its cell a dense label was taken: at the centre of the cell's first pixel."""

SMALLEST_TRAINED_PX = 6.0
"""Lower objects are not taught, so that the limit of judgement is well within what is."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture with its truth.

    ``image`` (H, W, 3) uint8 RGB; ``semantic``, ``lane`` (H/2, W/2) uint8, 255 unlabelled;
    ``depth_m`` (H/2, W/2) float32, NaN where unknown; ``boxes`` (G, 4) float32 xyxy edges in
    pixels; ``labels`` (G,) int64; ``visibility`` (G,) float32 within 0…1; ``fx`` in pixels.
    """

    image: NDArray[np.uint8]
    semantic: NDArray[np.uint8]
    lane: NDArray[np.uint8]
    depth_m: NDArray[np.float32]
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    visibility: NDArray[np.float32]
    fx: float


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples as tensors: ``image`` (N, 3, H, W) within 0…1, ``depth`` canonical metres."""

    image: Tensor
    semantic: Tensor
    lane: Tensor
    depth: Tensor
    objects: Objects
    ignored: Objects


class Scenes:
    """All scenes of folders of shards, in memory; a folder may grow while it is read.

    Of several processes that share the work, each holds its ``part`` (which, of how many), or
    all shards where there are too few for each to have one.
    """

    def __init__(self, *folders: Path, part: tuple[int, int] = (0, 1)) -> None:
        self.folders, self.part = folders, part
        self._shards: dict[Path, dict[str, NDArray[np.generic]]] = {}
        self._index: list[tuple[Path, int]] = []
        self.refresh()

    def refresh(self) -> None:
        """Read the shards that were added since.

        While there is no shard of its part, a process shares all of the others'.
        """
        paths = sorted(path for folder in self.folders for path in folder.glob('*.npz'))
        own = [path for path in paths if self._is_own(path)]
        if own:
            # What was shared while there was none is left to its holders.
            self._shards = {p: shard for p, shard in self._shards.items() if self._is_own(p)}
        for path in own or paths:
            if path not in self._shards:
                with np.load(path) as content:
                    self._shards[path] = dict(content)
        self._index = [
            (path, i) for path, shard in self._shards.items() for i in range(len(shard['image']))
        ]

    def _is_own(self, path: Path) -> bool:
        # By the name, so that a shard keeps its holder however the folder grows.
        return crc32(path.stem.encode()) % self.part[1] == self.part[0]

    def __len__(self) -> int:
        """Count the scenes."""
        return len(self._index)

    def __getitem__(self, index: int) -> Sample:
        """Give one scene; the arrays are views, not to be written."""
        path, i = self._index[index]
        shard = self._shards[path]
        own = shard['scene'] == i
        return Sample(
            image=shard['image'][i],
            semantic=shard['semantic'][i],
            lane=shard['lane'][i],
            depth_m=shard['depth_m'][i].astype(np.float32),
            boxes=shard['boxes'][own],
            labels=shard['labels'][own].astype(np.int64),
            visibility=shard['visibility'][own],
            fx=float(shard['fx'][i]),
        )


def save_shard(samples: Sequence[Sample], path: Path) -> None:
    """Write samples as one shard; it appears under its name only when it is complete."""
    counts = [len(s.labels) for s in samples]
    partial = path.with_suffix('.partial')
    with partial.open('wb') as file:
        np.savez(
            file,
            image=np.stack([s.image for s in samples]),
            semantic=np.stack([s.semantic for s in samples]),
            lane=np.stack([s.lane for s in samples]),
            depth_m=np.stack([s.depth_m for s in samples]).astype(np.float16),
            fx=np.array([s.fx for s in samples], np.float32),
            scene=np.repeat(np.arange(len(samples)), counts),
            boxes=np.concatenate([s.boxes for s in samples]).astype(np.float32),
            labels=np.concatenate([s.labels for s in samples]).astype(np.uint8),
            visibility=np.concatenate([s.visibility for s in samples]).astype(np.float32),
        )
    partial.rename(path)


def is_judged(sample: Sample) -> NDArray[np.bool_]:
    """Tell which objects count when a network is judged: high and visible enough."""
    height = sample.boxes[:, 3] - sample.boxes[:, 1]
    return (height >= LEAST_HEIGHT_PX) & (sample.visibility >= LEAST_VISIBILITY)


def make_batch(samples: Sequence[Sample], focal_length_px: float | None) -> Batch:
    """Stack samples; depth becomes what a camera of ``focal_length_px`` would have to see.

    Without a focal length, as a network without depth has none, no depth is known.
    """
    taught = [
        (s.boxes[:, 3] - s.boxes[:, 1] >= SMALLEST_TRAINED_PX) & (s.visibility >= LEAST_VISIBILITY)
        for s in samples
    ]
    images = torch.from_numpy(np.stack([s.image for s in samples]))
    focal_length = math.nan if focal_length_px is None else focal_length_px
    depth = np.stack([s.depth_m * np.float32(focal_length / s.fx) for s in samples])
    return Batch(
        image=images.permute(0, 3, 1, 2).float().div_(255),
        semantic=torch.from_numpy(np.stack([s.semantic for s in samples])).long(),
        lane=torch.from_numpy(np.stack([s.lane for s in samples])).long(),
        depth=torch.from_numpy(depth),
        objects=_objects(samples, taught),
        ignored=_objects(samples, [~t for t in taught]),
    )


def _objects(samples: Sequence[Sample], chosen: Sequence[NDArray[np.bool_]]) -> Objects:
    counts = [int(c.sum()) for c in chosen]
    return Objects(
        image=torch.from_numpy(np.repeat(np.arange(len(samples)), counts)),
        label=torch.from_numpy(np.concatenate([s.labels[c] for s, c in zip(samples, chosen)])),
        box=torch.from_numpy(np.concatenate([s.boxes[c] for s, c in zip(samples, chosen)])),
    )


def shuffled(scenes: Scenes, random: np.random.Generator) -> Iterator[Sample]:
    """Give scenes without end, each round in a new order and with what has been added."""
    while True:
        scenes.refresh()
        if not len(scenes):
            folders = ', '.join(map(str, scenes.folders))
            raise ValueError(f'no shard in {folders}; render some first')
        for index in random.permutation(len(scenes)):
            yield scenes[index]


def mixed(
    first: Iterator[Sample], second: Iterator[Sample], share: float, random: np.random.Generator
) -> Iterator[tuple[Sample, bool]]:
    """Draw from two streams, a ``share`` from the second; True beside what comes from there."""
    while True:
        is_second = random.random() < share
        yield next(second if is_second else first), is_second
