# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A plan: what a link lets through, what a chip may reach, and whether the cameras fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math
from typing import Literal

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.planning.boards import Board
from hailo_perception.planning.boards import BoardLink
from hailo_perception.planning.estimate import Backtest
from hailo_perception.planning.estimate import backtest
from hailo_perception.planning.estimate import Estimate
from hailo_perception.planning.estimate import estimate
from hailo_perception.planning.estimate import Subject
from hailo_perception.planning.links import check_efficiency
from hailo_perception.planning.links import Link
from hailo_perception.planning.links import PROTOCOL_EFFICIENCY
from hailo_perception.planning.network import PlannedNetwork
from hailo_perception.planning.published import Chip
from hailo_perception.planning.published import CONTEXTS
from hailo_perception.planning.published import Contexts
from hailo_perception.planning.published import PublishedNetwork

Verdict = Literal['fits', 'may fit', 'does not fit', 'unknown']

BYTES_PER_PARAMETER = 1
"""Weights in 8 bits; they cross the link with each frame when there are several contexts."""


@dataclass(frozen=True, slots=True)
class Demand:
    """So many cameras at so many frames/s each."""

    cameras: int = 1
    rate_hz: float = 30.0

    def __post_init__(self) -> None:
        if self.cameras < 1:
            raise ConfigurationError(f'expected 1 camera or more, got {self.cameras}')
        if not 0 < self.rate_hz < math.inf:
            raise ConfigurationError(f'expected a camera rate above 0 Hz, got {self.rate_hz:g}')

    @property
    def fps(self) -> float:
        """Frames/s of all cameras together."""
        return self.cameras * self.rate_hz


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What one link means, in frames/s; the range is None where nothing is known of the chip.

    ``bound_fps`` is what the link lets through in one context and in several; ``cameras`` how many
    the low and the high end of the range serve.
    """

    board: str | None
    link: Link
    when: str
    payload_bytes_per_s: float
    bound_fps: dict[Contexts, float]
    low_fps: float | None
    high_fps: float | None
    cameras: tuple[int, int] | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a plan says, and what it rests on."""

    network: PlannedNetwork
    chip: Chip
    demand: Demand
    efficiency: float
    estimate: Estimate | None
    contexts_because: str
    backtest: Backtest | None
    links: tuple[LinkPlan, ...]


def make_plan(
    network: PlannedNetwork,
    published: Sequence[PublishedNetwork],
    chip: Chip,
    links: Sequence[tuple[Board | None, BoardLink]],
    demand: Demand = Demand(),
    *,
    contexts: Contexts | None = None,
    efficiency: float = PROTOCOL_EFFICIENCY,
) -> Plan:
    """Plan a network on a chip behind each of the links.

    ``contexts``: what the compiler made of it, None where it is not known; an executable knows.
    ConfigurationError for an efficiency that cannot be.
    """
    check_efficiency(efficiency)
    contexts, because = _contexts(network, contexts)
    found = None
    if network.gflops and network.parameters:
        pixels = math.prod(network.input_size)
        subject = Subject(network.gflops, network.parameters / 1e6, pixels)
        found = estimate(published, chip, subject, contexts)
    return Plan(
        network=network,
        chip=chip,
        demand=demand,
        efficiency=efficiency,
        estimate=found,
        contexts_because=because,
        backtest=(
            backtest(published, chip, contexts_known=contexts is not None) if found else None
        ),
        links=tuple(
            _link_plan(network, board, link, found, demand, efficiency) for board, link in links
        ),
    )


def _contexts(network: PlannedNetwork, given: Contexts | None) -> tuple[Contexts | None, str]:
    if given is not None:
        return given, f'{given}, as given'
    if network.contexts is not None:
        return network.contexts, f'{network.contexts}, as the executable says'
    return None, 'unknown before the network is compiled'


def _link_plan(
    network: PlannedNetwork,
    board: Board | None,
    link: BoardLink,
    found: Estimate | None,
    demand: Demand,
    efficiency: float,
) -> LinkPlan:
    payload = link.link.payload_bytes_per_s(efficiency)
    bounds = {choice: payload / _busiest_bytes(network, choice) for choice in CONTEXTS}
    rates = [min(n.scaled_fps, bounds[n.contexts]) for n in found.neighbours] if found else []
    low, high = min(rates, default=None), max(rates, default=None)
    cameras = None
    if low is not None and high is not None:
        cameras = int(low // demand.rate_hz), int(high // demand.rate_hz)
    return LinkPlan(
        board=board.name if board else None,
        link=link.link,
        when=link.when,
        payload_bytes_per_s=payload,
        bound_fps=bounds,
        low_fps=low,
        high_fps=high,
        cameras=cameras,
        verdict=_verdict(demand.fps, low, high, max(bounds.values())),
    )


def _busiest_bytes(network: PlannedNetwork, contexts: Contexts) -> int:
    """Count a frame's bytes in the busier direction; each has the link for itself."""
    weights = (network.parameters or 0) * BYTES_PER_PARAMETER if contexts == 'several' else 0
    return max(network.bytes_to_device + weights, network.bytes_to_host)


def _verdict(needed_fps: float, low: float | None, high: float | None, bound: float) -> Verdict:
    if needed_fps > bound:
        return 'does not fit'
    if low is None or high is None:
        return 'unknown'
    if needed_fps <= low:
        return 'fits'
    return 'may fit' if needed_fps <= high else 'does not fit'
