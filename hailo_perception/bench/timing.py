# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Timing several ways of doing the same against each other, on a machine that is not quiet."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
import gc
import math
import time
from typing import Any
from typing import Protocol
from typing import runtime_checkable

import cv2
import numpy as np

_SHORTEST_SAMPLE_S = 0.001
"""Shorter calls are repeated until their sum is this long: clocks and caches then matter less."""
_MOST_CALLS = 1000


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one call: CPU time of the calling thread, and time on the wall.

    Medians, and 10th percentiles, which estimate what a quiet machine would need.
    """

    cpu_median_ms: float
    cpu_p10_ms: float
    wall_median_ms: float
    wall_p10_ms: float
    samples: int
    calls_per_sample: int


@runtime_checkable
class TimesItself(Protocol):
    """A call that knows which part of it counts, or runs in a process of its own."""

    def __call__(self) -> object:
        """Do the work once and give its result."""

    def sample(self, calls: int) -> tuple[float, float]:
        """Do it so many times: CPU and wall seconds of one of them."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Work before which something is made anew each time, which is not timed."""

    prepare: Callable[[], object]
    work: Callable[[], Any]

    def __call__(self) -> Any:
        """Prepare and do the work; give its result."""
        self.prepare()
        return self.work()

    def sample(self, calls: int) -> tuple[float, float]:
        """Do both so many times: CPU and wall seconds of the work alone, of one of them."""
        cpu_s = wall_s = 0.0
        for _ in range(calls):
            self.prepare()
            work_cpu_s, work_wall_s = _sample(self.work, 1)
            cpu_s, wall_s = cpu_s + work_cpu_s, wall_s + work_wall_s
        return cpu_s / calls, wall_s / calls


def time_interleaved(
    variants: Mapping[str, Callable[[], object]],
    samples: int,
    *,
    shortest_sample_s: float = _SHORTEST_SAMPLE_S,
) -> dict[str, Timing]:
    """Call each variant in turn, ``samples`` rounds long, so that all meet the same disturbances.

    Each round begins with another variant. Every variant is called twice before, which compiles
    and allocates what is kept. ValueError when ``samples`` is not positive.
    """
    if samples < 1:
        raise ValueError(f'samples must be at least 1, got {samples}')
    calls = {name: _calls_for(call, shortest_sample_s) for name, call in variants.items()}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in variants}
    names = list(variants)
    with _without_collection():
        for number in range(samples):
            first = number % len(names) if names else 0
            for name in (*names[first:], *names[:first]):
                spent[name].append(_sample(variants[name], calls[name]))
    return {name: _summary(spent[name], calls[name]) for name in names}


@contextmanager
def one_opencv_thread() -> Iterator[None]:
    """Keep OpenCV on the calling thread; otherwise a thread's CPU time misses the helpers'."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


@contextmanager
def _without_collection() -> Iterator[None]:
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _calls_for(call: Callable[[], object], shortest_sample_s: float) -> int:
    call()
    cpu_s, _ = _sample(call, 1)
    return min(max(math.ceil(shortest_sample_s / max(cpu_s, 1e-9)), 1), _MOST_CALLS)


def _sample(call: Callable[[], object], calls: int) -> tuple[float, float]:
    """Time some calls: CPU and wall seconds of one of them."""
    if isinstance(call, TimesItself):
        return call.sample(calls)
    began_wall_s = time.perf_counter()
    began_cpu_s = time.thread_time()
    for _ in range(calls):
        call()
    cpu_s = time.thread_time() - began_cpu_s
    wall_s = time.perf_counter() - began_wall_s
    return cpu_s / calls, wall_s / calls


def _summary(spent: list[tuple[float, float]], calls: int) -> Timing:
    cpu_ms, wall_ms = np.array(spent).T * 1000
    return Timing(
        cpu_median_ms=float(np.median(cpu_ms)),
        cpu_p10_ms=float(np.percentile(cpu_ms, 10)),
        wall_median_ms=float(np.median(wall_ms)),
        wall_p10_ms=float(np.percentile(wall_ms, 10)),
        samples=len(spent),
        calls_per_sample=calls,
    )
