# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Finished steps as a table, a CSV file and plots, and as the middle of a page."""

from __future__ import annotations

from collections.abc import Sequence
import csv
from pathlib import Path
import time

from matplotlib import pyplot
import numpy as np

from training.count import Cost
from training.export import export_onnx
from training.export import output_names
from training.pruning.channels import PruningError
from training.pruning.fine_tuning import CHECKPOINT
from training.pruning.fine_tuning import load_network
from training.pruning.sensitivity import Point
from training.pruning.sensitivity import read_points
from training.pruning.steps import read_result
from training.pruning.steps import RESULT
from training.pruning.steps import SENSITIVITY
from training.pruning.steps import step_folder
from training.pruning.steps import StepResult
from training.validate import predict_with_onnx

FIGURES = {
    'map50': 'mAP50',
    'ap50_car': 'car AP50',
    'miou_semantic': 'mIoU',
    'depth_absrel': 'AbsRel',
}
START, END = '<!-- results of python -m training.pruning -->', '<!-- end of results -->'
ROUNDS = 40


def gflops(step: StepResult) -> float:
    """Give the operations of a step's network in 10⁹."""
    return Cost(step.macs).gflops


def figures_of(steps: Sequence[StepResult]) -> dict[str, str]:
    """Name the FIGURES of the tasks that the network has."""
    return {name: title for name, title in FIGURES.items() if name in steps[0].after}


def read_steps(output: Path) -> list[StepResult]:
    """Read the finished steps, the unpruned network first."""
    steps: list[StepResult] = []
    while (step_folder(output, len(steps)) / RESULT).exists():
        steps.append(read_result(step_folder(output, len(steps))))
    if not steps:
        raise PruningError(f'{output} holds no finished step')
    return steps


def measure_latencies(output: Path, steps: Sequence[StepResult]) -> list[float]:
    """Time each step's network in ONNX Runtime on one thread: the best of ROUNDS, milliseconds.

    The thread's own time is taken, and the networks take turns, so that what else runs on the
    machine disturbs little and all of them alike.
    """
    predicts, images = [], []
    for step in steps:
        folder = step_folder(output, step.step)
        network = load_network(folder, CHECKPOINT)
        path = folder / f'{network.description.name}.onnx'
        if not path.exists():
            export_onnx(network, path)
        predicts.append(predict_with_onnx(path, output_names(network.description)))
        shape = (network.description.height, network.description.width, 3)
        images.append(np.random.default_rng(0).integers(0, 256, shape, np.uint8))
    best = [float('inf')] * len(steps)
    for _ in range(ROUNDS):
        for index, (predict, image) in enumerate(zip(predicts, images)):
            start = time.thread_time()
            predict(image)
            best[index] = min(best[index], time.thread_time() - start)
    return [1e3 * seconds for seconds in best]


def write_report(
    steps: Sequence[StepResult], latencies: Sequence[float], output: Path, page: Path | None
) -> None:
    """Write table and plots beside the steps, or beside a page, whose results are replaced."""
    stem = page.with_suffix('') if page else output / 'pruning'
    _write_csv(steps, latencies, stem.with_name(f'{stem.name}.csv'))
    draw_steps(steps, latencies, stem.with_name(f'{stem.name}.png'))
    points = [read_points(step_folder(output, s.step) / SENSITIVITY) for s in steps[1:]]
    lines = [describe(steps), '', *tabulate_steps(steps, latencies), '']
    lines += [f'![Quality and latency per step]({stem.name}.png)', '']
    if points:
        draw_sensitivity(points[0], stem.with_name(f'{stem.name}_sensitivity.png'))
        lines += [*tabulate_groups(steps, points[0]), '']
        lines += [f'![Loss by group]({stem.name}_sensitivity.png)', '']
    text = '\n'.join(lines)
    if page:
        before, after = read_around_results(page)
        page.write_text(f'{before}{START}\n\n{text}\n{END}{after}', encoding='utf-8')
    else:
        stem.with_name(f'{stem.name}.md').write_text(text, encoding='utf-8')


def read_around_results(page: Path) -> tuple[str, str]:
    """Read what stands before and after the results of a page; PruningError without a place."""
    content = page.read_text(encoding='utf-8')
    if content.count(START) != 1 or content.count(END) != 1:
        raise PruningError(f'{page}: expected the lines {START!r} and {END!r}, once each')
    before, rest = content.split(START)
    return before, rest.split(END)[1]


def describe(steps: Sequence[StepResult]) -> str:
    """Say under what conditions the figures came about."""
    minutes = ', '.join(f'{s.minutes:.1f}' for s in steps[1:]) or 'none'
    images = ', '.join(f'{s.images:,}' for s in steps[1:]) or 'none'
    rates = ', '.join(f'{rate:g}' for rate in sorted({s.learning_rate for s in steps[1:]}))
    return (
        f'Minutes of fine-tuning per step: {minutes}; pictures seen: {images}; '
        f'learning rate: {rates or "none"}. '
        f'Judged on {steps[0].judged_scenes} validation scenes that chose nothing. '
        'CPU time: ONNX Runtime on one thread, time of that thread alone, the best of '
        f'{ROUNDS} rounds in which the networks took turns. '
        '"a → b": before and after fine-tuning.'
    )


def tabulate_steps(steps: Sequence[StepResult], latencies: Sequence[float]) -> list[str]:
    """Give the lines of the table of steps."""
    shown = figures_of(steps)
    head = ['step', 'MACs', 'GFLOPs', 'parameters', 'CPU ms', *shown.values()]
    rows = [head, ['---'] * len(head)]
    for step, latency in zip(steps, latencies):
        figures = [
            f'{step.before[name]:.3f} → {step.after[name]:.3f}'
            if step.step
            else f'{step.after[name]:.3f}'
            for name in shown
        ]
        size = [f'{step.share:.1%}', f'{gflops(step):.3f}', f'{step.parameters / 1e6:.2f} M']
        rows.append([str(step.step), *size, f'{latency:.1f}', *figures])
    return [f'| {" | ".join(row)} |' for row in rows]


def tabulate_groups(steps: Sequence[StepResult], points: Sequence[Point]) -> list[str]:
    """Give the lines of the table of groups: the first step's trials, the widths of all steps."""
    head = ['group', 'trials: kept, loss of quality, MACs saved']
    head += [f'width after step {step.step}' for step in steps]
    rows = [head, ['---'] * len(head)]
    for group in dict.fromkeys(point.group for point in points):
        trials = [point for point in points if point.group == group]
        shown = '; '.join(f'{p.kept}: {p.loss:.1%}, {p.saved:.1%}' for p in trials)
        widths = [trials[0].width]
        for step in steps[1:]:
            widths.append(step.narrowed.get(group, (0, widths[-1]))[1])
        rows.append([f'`{group}`', shown, *map(str, widths)])
    return [f'| {" | ".join(row)} |' for row in rows]


def draw_steps(steps: Sequence[StepResult], latencies: Sequence[float], picture: Path) -> None:
    """Draw the figures before (dashed) and after (solid) fine-tuning, and the latency."""
    work = [gflops(step) for step in steps]
    figure, (quality, speed) = pyplot.subplots(1, 2, figsize=(9, 3.4), dpi=100)
    for name, title in figures_of(steps).items():
        (line,) = quality.plot(work, [s.after[name] for s in steps], 'o-', label=title)
        quality.plot(work, [s.before[name] for s in steps], 'x--', color=line.get_color())
    quality.set(xlabel='GFLOPs', ylabel='after (solid), before (dashed) fine-tuning')
    quality.legend(fontsize=8, ncols=4, loc='lower center', bbox_to_anchor=(0.5, 1.0))
    speed.plot(work, latencies, 'o-', color='black')
    speed.set(xlabel='GFLOPs', ylabel='CPU time of one thread (ms)')
    speed.set_ylim(bottom=0)
    for axes in (quality, speed):
        axes.invert_xaxis()
        axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(picture)
    pyplot.close(figure)


def draw_sensitivity(points: Sequence[Point], picture: Path) -> None:
    """Draw what each group's trials lost, in percent of the quality."""
    groups = list(dict.fromkeys(point.group for point in points))
    figure, axes = pyplot.subplots(figsize=(8, 1 + 0.22 * len(groups)), dpi=100)
    for removed, marker in ((0.0, 's'), (0.3, 'o')):
        chosen = [p for p in points if (1 - p.kept / p.width > 0.3) == (removed > 0)]
        label = 'more than 30 % removed' if removed else 'up to 30 % removed'
        places = [groups.index(p.group) for p in chosen]
        axes.plot([100 * p.loss for p in chosen], places, marker, label=label)
    axes.set_yticks(range(len(groups)), groups, fontsize=7)
    axes.set(xlabel='loss of quality (%)')
    axes.invert_yaxis()
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(picture)
    pyplot.close(figure)


def _write_csv(steps: Sequence[StepResult], latencies: Sequence[float], path: Path) -> None:
    with path.open('w', newline='', encoding='utf-8') as file:
        head = ['step', 'share', 'gflops', 'parameters', 'latency_ms', 'minutes', 'images']
        names = sorted(steps[0].after)
        writer = csv.writer(file)
        columns = [f'{name}_{when}' for name in names for when in ('before', 'after')]
        writer.writerow([*head, *columns])
        for step, latency in zip(steps, latencies):
            size = [step.step, f'{step.share:.4f}', f'{gflops(step):.4f}', step.parameters]
            cost = [f'{latency:.2f}', f'{step.minutes:.2f}', step.images]
            values = [step.before[n] if b else step.after[n] for n in names for b in (1, 0)]
            writer.writerow([*size, *cost, *(f'{value:.4f}' for value in values)])
