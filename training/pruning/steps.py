# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The steps of a pruning: measure, plan, cut, judge, fine-tune, judge; each kept on disk."""

from __future__ import annotations

from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
import json
from pathlib import Path

import torch
from torch import Tensor

from training.dataset import Sample
from training.dataset import Scenes
from training.digest import digest_weights
from training.network import count_parameters
from training.network import MultitaskNetwork
from training.pruning.channels import ChannelGraph
from training.pruning.channels import PruningError
from training.pruning.channels import trace_channels
from training.pruning.fine_tuning import CHECKPOINT
from training.pruning.fine_tuning import DESCRIPTION
from training.pruning.fine_tuning import Excerpt
from training.pruning.fine_tuning import fine_tune
from training.pruning.fine_tuning import FineTuning
from training.pruning.fine_tuning import load_network
from training.pruning.fine_tuning import load_weights
from training.pruning.fine_tuning import NARROWED
from training.pruning.fine_tuning import save_weights
from training.pruning.origin import claim
from training.pruning.origin import Origin
from training.pruning.plan import plan_widths
from training.pruning.sensitivity import measure_sensitivity
from training.pruning.surgery import choose_channels
from training.pruning.surgery import measure_means
from training.pruning.surgery import remove_channels
from training.pruning.surgery import weigh_channels
from training.pruning.widths import find_widths
from training.pruning.widths import group_by_width
from training.pruning.widths import list_changes
from training.pruning.widths import narrow_description
from training.pruning.widths import save_description
from training.train import Recipe
from training.validate import predict_with_torch
from training.validate import validate

RESULT = 'result.json'
SENSITIVITY = 'sensitivity.csv'
SUFFIX = '_macs_'
"""Between a network's name and the percentage of its work that remains."""

MEANS_SCENES = 8
"""How many of the trial scenes tell what a channel gives on average."""


def gentle_recipe() -> Recipe:
    """Give the recipe for weights that are nearly right: small steps, on whole windows only."""
    return replace(Recipe(), learning_rate=5e-4, small_share=0.0)


@dataclass(frozen=True, slots=True)
class Settings:
    """How to prune.

    ``shares`` of each group are removed in trials on the first ``trial_scenes`` of the
    validation; the others judge the steps. Widths become multiples of ``multiple``.
    """

    scenes: tuple[Path, ...]
    validation: Path
    output: Path
    real: tuple[Path, ...] = ()
    shares: tuple[float, ...] = (0.25, 0.5)
    multiple: int = 4
    trial_scenes: int = 24
    judged_scenes: int | None = None
    minutes_per_step: float = 30.0
    every: int = 100
    processes: int = 1
    recipe: Recipe = field(default_factory=gentle_recipe)


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step came to: figures ``before`` and ``after`` fine-tuning, and what that took.

    ``share`` of the first network's multiply-accumulates remain, ``wanted`` was the limit;
    ``narrowed`` tells each changed width before and after.
    """

    step: int
    wanted: float
    share: float
    macs: int
    parameters: int
    judged_scenes: int
    before: dict[str, float]
    after: dict[str, float]
    minutes: float
    learning_rate: float
    images: int
    narrowed: dict[str, tuple[int, int]]


def step_folder(output: Path, step: int) -> Path:
    """Say where a step is kept."""
    return output / f'step_{step}'


def read_result(folder: Path) -> StepResult:
    """Read what a finished step came to."""
    content = json.loads((folder / RESULT).read_text(encoding='utf-8'))
    content['narrowed'] = {name: tuple(pair) for name, pair in content['narrowed'].items()}
    return StepResult(**content)


def prune(network: MultitaskNetwork, shares: tuple[float, ...], settings: Settings) -> None:
    """Make one step per wanted share of the MACs, from the largest to the smallest.

    Steps that are finished are left as they are, a step that was cut short goes on. Raises
    PruningError when the folder holds steps of another network, other weights or other shares,
    and for YOLOX heads.
    """
    bounds = (1.0, *shares, 0.0)
    if not shares or any(before <= now for before, now in zip(bounds, bounds[1:])):
        raise PruningError(f'expected falling shares between 0 and 1, got {shares}')
    if network.description.decoupled:
        raise PruningError(
            f'{network.description.name}: expected heads with anchors or none, found YOLOX heads, '
            'which can be neither judged nor fine-tuned here'
        )
    first = step_folder(settings.output, 0)
    claim(first, Origin(1.0, digest_weights(network.state_dict())))
    if not (first / RESULT).exists():
        _start(network, first, settings)
    elif load_network(first, CHECKPOINT).description != network.description:
        raise PruningError(f'{first} holds another network; give another output folder')
    for step, share in enumerate(shares, start=1):
        folder = step_folder(settings.output, step)
        source = load_weights(step_folder(settings.output, step - 1) / CHECKPOINT)
        claim(folder, Origin(share, digest_weights(source)))
        if not (folder / RESULT).exists():
            _make_step(step, share, settings)


def _start(network: MultitaskNetwork, folder: Path, settings: Settings) -> None:
    """Keep and judge the network as it comes."""
    save_description(network.description, folder / DESCRIPTION)
    save_weights(network, folder / CHECKPOINT)
    figures, judged = _judge_step(network, settings)
    result = StepResult(
        step=0,
        wanted=1.0,
        share=1.0,
        macs=_whole(_trace(network)),
        parameters=count_parameters(network),
        judged_scenes=judged,
        before=figures,
        after=figures,
        minutes=0.0,
        learning_rate=0.0,
        images=0,
        narrowed={},
    )
    _save(result, folder)


def _make_step(step: int, share: float, settings: Settings) -> None:
    folder, previous = (step_folder(settings.output, s) for s in (step, step - 1))
    original = read_result(step_folder(settings.output, 0))
    source = load_network(previous, CHECKPOINT)
    if not (folder / NARROWED).exists():
        name = source.description.name.split(SUFFIX)[0] + f'{SUFFIX}{share * 100:.0f}'
        _narrow(source, name, share * original.macs, folder, settings)
    narrowed = load_network(folder, NARROWED)
    before, judged = _judge_step(narrowed, settings)
    fine_tune(
        FineTuning(
            folder,
            settings.scenes,
            settings.real,
            settings.validation,
            settings.trial_scenes,
            settings.minutes_per_step,
            settings.recipe,
            settings.every,
            settings.processes,
        )
    )
    tuned = load_network(folder, CHECKPOINT)
    counters = torch.load(folder / CHECKPOINT, weights_only=True)['counters']
    macs = _whole(_trace(tuned))
    result = StepResult(
        step=step,
        wanted=share,
        share=macs / original.macs,
        macs=macs,
        parameters=count_parameters(tuned),
        judged_scenes=judged,
        before=before,
        after=_judge_step(tuned, settings)[0],
        minutes=counters['spent_s'] / 60,
        learning_rate=settings.recipe.learning_rate,
        images=counters['images'],
        narrowed=list_changes(source.description, tuned.description),
    )
    _save(result, folder)


def _narrow(
    source: MultitaskNetwork, name: str, most_macs: float, folder: Path, settings: Settings
) -> None:
    """Measure, plan and cut; leaves the smaller description and its weights in the folder."""
    description = source.description
    graph, widths = _trace(source), find_widths(description)
    groups = group_by_width(graph, widths)
    trials = Excerpt(settings.validation, 0, settings.trial_scenes)
    images = (_tensor(trials[i]) for i in range(min(len(trials), MEANS_SCENES)))
    means = measure_means(source, graph, images)
    points = measure_sensitivity(
        source,
        graph,
        groups,
        means,
        lambda network: _judge(network, trials),
        settings.shares,
        settings.multiple,
        folder / SENSITIVITY,
    )
    weight = weigh_channels(source, graph)
    chosen = plan_widths(graph, weight, groups, points, most_macs, settings.multiple)
    kept = choose_channels(graph, weight, groups, chosen)
    smaller = replace(narrow_description(description, widths, chosen), name=name, published=None)
    network = MultitaskNetwork(smaller)
    network.load_state_dict(remove_channels(source, graph, kept, means).state_dict())
    save_description(smaller, folder / DESCRIPTION)
    save_weights(network, folder / NARROWED)


def _tensor(sample: Sample) -> Tensor:
    return torch.from_numpy(sample.image).permute(2, 0, 1)[None].float() / 255


def _trace(network: MultitaskNetwork) -> ChannelGraph:
    return trace_channels(network, (network.description.width, network.description.height))


def _whole(graph: ChannelGraph) -> int:
    return graph.macs(graph.everything())


def _judge(network: MultitaskNetwork, scenes: Scenes) -> dict[str, float]:
    samples = (scenes[i] for i in range(len(scenes)))
    return validate(predict_with_torch(network.eval()), samples, network.description)


def _judge_step(network: MultitaskNetwork, settings: Settings) -> tuple[dict[str, float], int]:
    """Judge on the validation scenes that choose nothing; gives the figures and their number."""
    judged, end = settings.judged_scenes, None
    if judged is not None:
        end = settings.trial_scenes + judged
    scenes = Excerpt(settings.validation, settings.trial_scenes, end)
    if not len(scenes):
        raise PruningError(
            f'{settings.validation}: expected more than {settings.trial_scenes} scenes, which are '
            'for the trials; render more or try on fewer'
        )
    return _judge(network, scenes), len(scenes)


def _save(result: StepResult, folder: Path) -> None:
    partial = (folder / RESULT).with_suffix('.partial')
    partial.write_text(json.dumps(asdict(result), indent=1) + '\n', encoding='utf-8')
    partial.replace(folder / RESULT)
    print(
        f'step {result.step}: {result.share:.1%} of the MACs, {result.parameters} parameters, '
        f'mAP50 {result.before.get("map50", float("nan")):.3f} before and '
        f'{result.after.get("map50", float("nan")):.3f} after fine-tuning',
        flush=True,
    )
