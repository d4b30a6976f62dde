# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a network may reach on a chip, from what others published about similar networks.

Published networks that are near in arithmetic, parameters and input pixels got so many
operations done in a second; the network at hand would get as many. What those neighbours
disagree about is the width of the range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.planning.published import Chip
from hailo_perception.planning.published import Contexts
from hailo_perception.planning.published import PublishedNetwork

NEIGHBOURS = 8
"""With fewer the ranges miss more published rates, with more they say less (see backtest)."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The network to be estimated: 1e9 operations a frame, parameters in millions, pixels."""

    gflops: float
    parameters_m: float
    input_pixels: int


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A published network and the rate it stands for when its work is scaled, in frames/s."""

    network: PublishedNetwork
    fps: float
    contexts: Contexts
    scaled_fps: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A range of frames/s on the chip alone, and the networks whose rates it spans.

    ``contexts``: what the networks were chosen by, None for any.
    """

    contexts: Contexts | None
    low_fps: float
    high_fps: float
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class Backtest:
    """How often the published rate lay in the range made of all the other networks."""

    inside: int
    tried: int


def estimate(
    networks: Sequence[PublishedNetwork],
    chip: Chip,
    subject: Subject,
    contexts: Contexts | None = None,
) -> Estimate:
    """Take the range of the nearest networks, those of as many contexts where that is known.

    ConfigurationError when none of the networks can be compared.
    """
    neighbours = tuple(
        Neighbour(
            network,
            network.rates[chip].fps,
            network.rates[chip].contexts,
            network.rates[chip].fps * network.gflops / subject.gflops,
        )
        for network in _nearest(_comparable(networks, chip, contexts), subject)
    )
    if not neighbours:
        raise ConfigurationError(f'no published network to compare with on {chip}')
    rates = [neighbour.scaled_fps for neighbour in neighbours]
    return Estimate(contexts, min(rates), max(rates), neighbours)


def backtest(
    networks: Sequence[PublishedNetwork], chip: Chip, *, contexts_known: bool
) -> Backtest:
    """Leave each published network out in turn and estimate it from the others."""
    inside = tried = 0
    for network in _comparable(networks, chip, None):
        rate = network.rates[chip]
        contexts = rate.contexts if contexts_known else None
        others = [o for o in _comparable(networks, chip, contexts) if o is not network]
        if others:
            found = estimate(others, chip, _subject_of(network))
            tried += 1
            inside += found.low_fps <= rate.fps <= found.high_fps
    return Backtest(inside, tried)


def _comparable(
    networks: Sequence[PublishedNetwork], chip: Chip, contexts: Contexts | None
) -> list[PublishedNetwork]:
    """Choose convolutional networks: the chips run matrix products by other laws."""
    return [
        network
        for network in networks
        if network.layers == 'convolution'
        and chip in network.rates
        and contexts in (None, network.rates[chip].contexts)
    ]


def _nearest(networks: Sequence[PublishedNetwork], subject: Subject) -> list[PublishedNetwork]:
    return sorted(networks, key=lambda network: _distance(_subject_of(network), subject))[
        :NEIGHBOURS
    ]


def _distance(one: Subject, other: Subject) -> float:
    """Measure by factors: twice the work is as far as half of it."""
    return math.hypot(
        math.log(one.gflops / other.gflops),
        math.log(one.parameters_m / other.parameters_m),
        math.log(one.input_pixels / other.input_pixels),
    )


def _subject_of(network: PublishedNetwork) -> Subject:
    return Subject(network.gflops, network.parameters_m, math.prod(network.input_size))
