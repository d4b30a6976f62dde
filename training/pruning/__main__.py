# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Prune a trained network in steps with fine-tuning between them; may be killed and run again.

``python -m training.pruning lightnet_compact --weights RUN/checkpoint.pt --scenes DIR
--validation DIR --output DIR``
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from training.description import load_description
from training.form import DescriptionError
from training.network import MultitaskNetwork
from training.pruning.channels import PruningError
from training.pruning.fine_tuning import load_weights
from training.pruning.report import measure_latencies
from training.pruning.report import read_around_results
from training.pruning.report import read_steps
from training.pruning.report import write_report
from training.pruning.steps import gentle_recipe
from training.pruning.steps import prune
from training.pruning.steps import Settings


def add_options(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    usual = Settings((), Path(), Path())
    parser.add_argument(
        'network', help='a name in training/networks, or the path of a description'
    )
    parser.add_argument('--weights', type=Path, required=True, help='checkpoint of training.train')
    parser.add_argument(
        '--scenes', type=Path, required=True, nargs='+', help='folders of training shards'
    )
    parser.add_argument(
        '--real', type=Path, nargs='*', default=[], help='folders of shards of real pictures'
    )
    parser.add_argument('--validation', type=Path, required=True, help='folder of other shards')
    parser.add_argument('--output', type=Path, required=True, help='where the steps are kept')
    parser.add_argument(
        '--remaining',
        type=float,
        nargs='+',
        default=[0.8, 0.65, 0.5, 0.35],
        help="share of the first network's multiply-accumulates that remains after each step",
    )
    parser.add_argument(
        '--minutes-per-step',
        type=float,
        default=usual.minutes_per_step,
        help='fine-tuning after each cut, pauses not counted',
    )
    parser.add_argument(
        '--shares',
        type=float,
        nargs='+',
        default=usual.shares,
        help='shares of a group that are removed in trials',
    )
    parser.add_argument(
        '--multiple', type=int, default=usual.multiple, help='widths are multiples of this'
    )
    parser.add_argument(
        '--trial-scenes',
        type=int,
        default=usual.trial_scenes,
        help='validation scenes for the trials; the others judge the steps',
    )
    parser.add_argument(
        '--judged-scenes', type=int, help='validation scenes that judge; not given: all others'
    )
    parser.add_argument('--learning-rate', type=float, default=usual.recipe.learning_rate)
    parser.add_argument(
        '--batch', type=int, default=usual.recipe.batch, help='pictures per process and step'
    )
    parser.add_argument(
        '--every',
        type=int,
        default=usual.every,
        help='training steps between checkpoints, each of which judges the trial scenes',
    )
    parser.add_argument('--processes', type=int, default=usual.processes, help='for fine-tuning')
    parser.add_argument(
        '--page', type=Path, help='page whose results are replaced; plots go beside it'
    )


def main() -> None:
    """Prune from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    recipe = replace(gentle_recipe(), learning_rate=arguments.learning_rate, batch=arguments.batch)
    settings = Settings(
        scenes=tuple(arguments.scenes),
        validation=arguments.validation,
        output=arguments.output,
        real=tuple(arguments.real),
        shares=tuple(arguments.shares),
        multiple=arguments.multiple,
        trial_scenes=arguments.trial_scenes,
        judged_scenes=arguments.judged_scenes,
        minutes_per_step=arguments.minutes_per_step,
        every=arguments.every,
        processes=arguments.processes,
        recipe=recipe,
    )
    try:
        if arguments.page:
            read_around_results(arguments.page)
        network = MultitaskNetwork(load_description(arguments.network))
        network.load_state_dict(load_weights(arguments.weights))
        prune(network.eval(), tuple(arguments.remaining), settings)
        steps = read_steps(arguments.output)
        latencies = measure_latencies(arguments.output, steps)
        write_report(steps, latencies, arguments.output, arguments.page)
    except (DescriptionError, OSError, PruningError) as error:
        parser.exit(1, f'{error}\n')


if __name__ == '__main__':
    main()
