# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Train a described network on rendered and real pictures in a given time; resumable at any kill.

``python -m training.train lightnet_compact --scenes DIR --validation DIR --output DIR``

Several processes of one thread each share the work: each computes its own batch, and the
gradients are averaged once per step. On a CPU that others use too, this is many times faster
than one process of several threads, which would wait for each other in every layer.
"""

from __future__ import annotations

import argparse
import copy
from dataclasses import dataclass
from dataclasses import replace
from itertools import islice
import math
from pathlib import Path
import time
from typing import Any

import cv2
import numpy as np
import torch
from torch import distributed
from torch import nn
from torch.multiprocessing.spawn import spawn

from training.augment import augment
from training.augment import tones_of
from training.dataset import Batch
from training.dataset import make_batch
from training.dataset import mixed
from training.dataset import Scenes
from training.dataset import shuffled
from training.description import load_description
from training.description import NetworkDescription
from training.log import Log
from training.log import Means
from training.losses import multitask_loss
from training.network import MultitaskNetwork
from training.validate import predict_with_torch
from training.validate import validate

SHOWN = ('ap50_car', 'map50', 'iou_road', 'miou_semantic', 'iou_white_line', 'depth_absrel')
"""The figures that are printed, of those that the network has."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train; ``batch`` is per process.

    ``small_share`` of the time is spent on windows of ``small_size`` at most.
    """

    batch: int = 16
    real_share: float = 0.3
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    warm_up: float = 0.02
    average_decay: float = 0.995
    small_share: float = 0.5
    small_size: tuple[int, int] = (416, 256)
    largest_gradient: float = 10.0
    seed: int = 1


class Training:
    """A network, its optimiser, its running average, and how far it has come.

    Progress is the share of the time budget spent, over all resumptions. With ``only`` a dense
    task, its own decoder learns and all else stays what it is, to the last bit.
    """

    def __init__(
        self,
        description: NetworkDescription,
        recipe: Recipe,
        budget_s: float,
        only: str | None = None,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.description, self.recipe, self.budget_s = description, recipe, budget_s
        self.only, self.taught = only, description
        self.network = MultitaskNetwork(description)
        if only:
            if only not in self.network.dense:
                raise ValueError(f'no dense task {only!r}; expected {list(self.network.dense)}')
            self.network.requires_grad_(False)
            self.network.dense[only].requires_grad_(True)
            others = {'detection', 'decoupled', 'semantic', 'lane', 'depth'} - {only}
            self.taught = replace(description, **dict.fromkeys(others))
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        self.optimizer = torch.optim.AdamW(_groups(self.network, recipe), lr=recipe.learning_rate)
        self.processes = distributed.get_world_size() if distributed.is_initialized() else 1
        self.steps = self.images = 0
        self.spent_s = 0.0

    @property
    def progress(self) -> float:
        """Share of the time spent, 0…1."""
        return min(self.spent_s / self.budget_s, 1.0)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the windows to train on now, never beyond the network's."""
        width, height = self.description.width, self.description.height
        if self.progress < self.recipe.small_share:
            small_width, small_height = self.recipe.small_size
            return min(small_width, width), min(small_height, height)
        return width, height

    def step(self, batch: Batch) -> dict[str, float]:
        """Make one step and give the losses."""
        for group in self.optimizer.param_groups:
            group['lr'] = self.recipe.learning_rate * learning_rate(self.progress, self.recipe)
        if self.only:
            self.network.eval().dense[self.only].train()
        else:
            self.network.train()
        image = batch.image.contiguous(memory_format=torch.channels_last)
        losses = multitask_loss(self.network(image), batch, self.taught)
        self.optimizer.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        average_gradients(self.network)
        nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.largest_gradient)
        self.optimizer.step()
        self.steps += 1
        self.images += len(batch.image) * self.processes
        self._follow()
        return {name: value.item() for name, value in losses.items()}

    @torch.no_grad()
    def _follow(self) -> None:
        decay = min(self.recipe.average_decay, (1 + self.steps) / (10 + self.steps))
        target = self.network.state_dict()
        for name, value in self.average.state_dict().items():
            if value.dtype.is_floating_point:
                value.lerp_(target[name], 1 - decay)
            else:
                value.copy_(target[name])

    def save(self, path: Path) -> None:
        """Write a checkpoint; the old one stays until the new one is complete."""
        content = {
            'network': self.network.state_dict(),
            'average': self.average.state_dict(),
            'optimizer': self.optimizer.state_dict(),
            'counters': {'steps': self.steps, 'images': self.images, 'spent_s': self.spent_s},
        }
        partial = path.with_suffix('.partial')
        torch.save(content, partial)
        partial.replace(path)

    def start_from(self, path: Path) -> None:
        """Begin with the averaged weights of another training.

        Where one task alone is taught, its decoder may be another one and begins anew.
        """
        weights = torch.load(path, map_location='cpu', weights_only=True)['average']
        own = self.network.state_dict()
        if self.only:
            prefix = f'dense.{self.only}.'
            kept = {name: value for name, value in weights.items() if not name.startswith(prefix)}
            weights = kept | {n: value for n, value in own.items() if n.startswith(prefix)}
        self.network.load_state_dict(weights)
        self.average.load_state_dict(weights)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint."""
        content = torch.load(path, map_location='cpu', weights_only=True)
        self.network.load_state_dict(content['network'])
        self.average.load_state_dict(content['average'])
        self.optimizer.load_state_dict(content['optimizer'])
        counters = content['counters']
        self.steps, self.images = counters['steps'], counters['images']
        self.spent_s = counters['spent_s']


def learning_rate(progress: float, recipe: Recipe) -> float:
    """Give the factor at a progress of 0…1: linear warm-up, then a half cosine to 1 %."""
    if progress < recipe.warm_up:
        return 0.05 + 0.95 * progress / recipe.warm_up
    rest = (progress - recipe.warm_up) / (1 - recipe.warm_up)
    return 0.01 + 0.99 * (1 + math.cos(math.pi * rest)) / 2


def _groups(network: nn.Module, recipe: Recipe) -> list[dict[str, Any]]:
    """Decay the convolutions' weights only, not biases and norms."""
    values = [p for p in network.parameters() if p.requires_grad]
    return [
        {'params': [p for p in values if p.ndim > 1], 'weight_decay': recipe.weight_decay},
        {'params': [p for p in values if p.ndim <= 1], 'weight_decay': 0.0},
    ]


def average_gradients(network: nn.Module) -> None:
    """Replace each process's gradients by the mean over all processes."""
    if not distributed.is_initialized():
        return
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    distributed.all_reduce(flat)
    flat /= distributed.get_world_size()
    for gradient, mean in zip(gradients, torch.split(flat, [g.numel() for g in gradients])):
        gradient.copy_(mean.view_as(gradient))


def agree(value: float) -> float:
    """Give every process the first one's value."""
    if not distributed.is_initialized():
        return value
    tensor = torch.tensor([value], dtype=torch.float64)
    distributed.broadcast(tensor, 0)
    return float(tensor)


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is trained on, and what is only judged: by the prefix of its figures' names."""

    scenes: Scenes
    real: Scenes
    held_out: dict[str, Scenes]


def run(training: Training, pictures: Pictures, folder: Path, every: int, rank: int = 0) -> None:
    """Train until the time is spent; every so many steps validate the average and save."""
    recipe, description = training.recipe, training.description
    depth = description.depth_range if description.depth else None
    focal_length_px = depth.focal_length_px if depth else None
    random = np.random.default_rng((recipe.seed, training.steps, rank))
    real, tones = pictures.real, None
    if len(real):
        tones = np.stack([tones_of(real[i].image) for i in range(len(real))])
    samples = mixed(
        shuffled(pictures.scenes, random),
        shuffled(real, random),
        recipe.real_share if len(real) else 0.0,
        random,
    )
    losses = Means()
    before = time.monotonic()
    while training.progress < 1:
        size = training.size
        chosen = [
            augment(sample, size, description.width, random, None if is_real else tones)
            for sample, is_real in islice(samples, recipe.batch)
        ]
        losses.add(training.step(make_batch(chosen, focal_length_px)))
        now = time.monotonic()
        training.spent_s, before = agree(training.spent_s + now - before), now
        if training.steps % every == 0 or training.progress >= 1:
            means = losses.take()
            if rank == 0:
                report(training, means, pictures, folder)


def report(
    training: Training, losses: dict[str, float], pictures: Pictures, folder: Path
) -> None:
    """Save a checkpoint, validate the running average, log its figures and the mean losses."""
    training.save(folder / 'checkpoint.pt')
    count = {'steps': training.steps, 'images': training.images, 'minutes': training.spent_s / 60}
    own = {'scenes': len(pictures.scenes), 'real': len(pictures.real)}
    Log(folder / 'losses.csv').write({**count, **own, **losses})
    predict = predict_with_torch(training.average)
    figures: dict[str, float] = {}
    for prefix, held_out in pictures.held_out.items():
        samples = (held_out[i] for i in range(len(held_out)))
        judged = validate(predict, samples, training.description)
        figures.update({f'{prefix}{name}': value for name, value in judged.items()})
    Log(folder / 'figures.csv').write({**count, **figures})
    names = (prefix + name for prefix in pictures.held_out for name in SHOWN)
    text = ' '.join(f'{name}={figures[name]:.3f}' for name in names if name in figures)
    total = sum(losses.values())
    print(
        f'{training.progress:.1%} {training.steps} steps {training.images} images '
        f'loss {total:.2f} {text}',
        flush=True,
    )


def work(rank: int, arguments: argparse.Namespace) -> None:
    """Be one of the training processes."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if arguments.processes > 1:
        store = distributed.TCPStore(  # type: ignore[attr-defined]
            '127.0.0.1', arguments.port, is_master=rank == 0
        )
        distributed.init_process_group(
            'gloo', store=store, rank=rank, world_size=arguments.processes
        )
    recipe, folder = Recipe(learning_rate=arguments.learning_rate), arguments.output
    description = load_description(arguments.network)
    training = Training(description, recipe, arguments.minutes * 60, arguments.only)
    if arguments.resume and (folder / 'checkpoint.pt').exists():
        training.load(folder / 'checkpoint.pt')
    elif arguments.start:
        training.start_from(arguments.start)
    held_out = {'': Scenes(arguments.validation)}
    if arguments.real_validation:
        held_out['real_'] = Scenes(arguments.real_validation)
    pictures = Pictures(
        scenes=Scenes(*arguments.scenes, part=(rank, arguments.processes)),
        real=Scenes(*arguments.real),
        held_out=held_out,
    )
    run(training, pictures, folder, arguments.every, rank)


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('network')
    parser.add_argument(
        '--scenes', type=Path, required=True, nargs='+', help='folders of training shards'
    )
    parser.add_argument('--validation', type=Path, required=True, help='folder of other shards')
    parser.add_argument(
        '--real', type=Path, nargs='*', default=[], help='folders of shards of real pictures'
    )
    parser.add_argument('--real-validation', type=Path, help='folder of other real pictures')
    parser.add_argument('--start', type=Path, help='checkpoint whose weights to begin with')
    parser.add_argument('--only', help='teach the decoder of one dense task, leave all else')
    parser.add_argument('--learning-rate', type=float, default=Recipe().learning_rate)
    parser.add_argument('--output', type=Path, required=True, help='checkpoints and logs')
    parser.add_argument('--minutes', type=float, default=70.0, help='time budget, with pauses out')
    parser.add_argument('--resume', action='store_true', help='go on from the last checkpoint')
    parser.add_argument('--every', type=int, default=250, help='steps between validations')
    parser.add_argument('--processes', type=int, default=2)
    parser.add_argument('--port', type=int, default=29511, help='where the processes meet')
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    if arguments.processes == 1:
        work(0, arguments)
    else:
        spawn(work, (arguments,), arguments.processes)  # type: ignore[no-untyped-call]


if __name__ == '__main__':
    main()
