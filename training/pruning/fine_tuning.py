# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Let a narrowed network learn again, with the training's own steps; resumable at any kill."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import torch
from torch import distributed
from torch.multiprocessing.spawn import spawn

from training.dataset import Sample
from training.dataset import Scenes
from training.description import load_description
from training.network import MultitaskNetwork
from training.train import Pictures
from training.train import Recipe
from training.train import run
from training.train import Training

DESCRIPTION = 'network.yaml'
NARROWED = 'narrowed.pt'
CHECKPOINT = 'checkpoint.pt'
"""A step's files: the description, the weights before fine-tuning, and those on the way."""

PORT = 29513


@dataclass(frozen=True, slots=True)
class FineTuning:
    """How to fine-tune what lies in ``folder``, and on what; ``minutes`` leave pauses out.

    ``scenes`` are folders of rendered, ``real`` of recorded pictures. Every ``every`` steps a
    checkpoint is written and the first ``trial_scenes`` of ``validation`` are judged.
    """

    folder: Path
    scenes: tuple[Path, ...]
    real: tuple[Path, ...]
    validation: Path
    trial_scenes: int
    minutes: float
    recipe: Recipe
    every: int
    processes: int = 1


class Excerpt(Scenes):
    """The scenes ``first`` to ``end`` of a folder."""

    def __init__(self, folder: Path, first: int, end: int | None) -> None:
        super().__init__(folder)
        self.chosen = range(super().__len__())[first:end]

    def __len__(self) -> int:
        """Count the chosen scenes."""
        return len(self.chosen)

    def __getitem__(self, index: int) -> Sample:
        """Give one of the chosen scenes."""
        return super().__getitem__(self.chosen[index])


def load_network(folder: Path, weights: str) -> MultitaskNetwork:
    """Build the network that lies in a folder, with one of its files of weights."""
    network = MultitaskNetwork(load_description(folder / DESCRIPTION))
    network.load_state_dict(load_weights(folder / weights))
    return network.eval()


def load_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read the averaged weights of a checkpoint."""
    content = torch.load(path, map_location='cpu', weights_only=True)
    weights: dict[str, torch.Tensor] = content['average']
    return weights


def save_weights(network: MultitaskNetwork, path: Path) -> None:
    """Write weights in the form of a checkpoint, complete or not at all."""
    partial = path.with_suffix('.partial')
    torch.save({'average': network.state_dict()}, partial)
    partial.replace(path)


def fine_tune(wanted: FineTuning) -> None:
    """Train until the time is spent; the result is the folder's checkpoint."""
    if wanted.processes == 1:
        _work(0, wanted)
    else:
        spawn(_work, (wanted,), wanted.processes)  # type: ignore[no-untyped-call]


def _work(rank: int, wanted: FineTuning) -> None:
    """Be one of the fine-tuning processes."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if wanted.processes > 1:
        store = distributed.TCPStore(  # type: ignore[attr-defined]
            '127.0.0.1', PORT, is_master=rank == 0
        )
        distributed.init_process_group('gloo', store=store, rank=rank, world_size=wanted.processes)
    description = load_description(wanted.folder / DESCRIPTION)
    training = Training(description, wanted.recipe, wanted.minutes * 60)
    if (wanted.folder / CHECKPOINT).exists():
        training.load(wanted.folder / CHECKPOINT)
    else:
        training.start_from(wanted.folder / NARROWED)
    pictures = Pictures(
        scenes=Scenes(*wanted.scenes, part=(rank, wanted.processes)),
        real=Scenes(*wanted.real),
        held_out={'': Excerpt(wanted.validation, 0, wanted.trial_scenes)},
    )
    run(training, pictures, wanted.folder, wanted.every, rank)
