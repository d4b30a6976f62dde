# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One piece of work that several implementations do, and whether they give the same."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

NUMBA, NUMPY, PACKAGE = 'numba', 'numpy', 'package'
"""The package's own ways: with either set of kernels, or one that knows only one way."""
CPP, OPENCV, MEMCPY = 'cpp', 'opencv', 'memcpy'
"""The yardsticks: plain C++, whole passes of OpenCV's functions, copying bytes."""

OWN = (NUMBA, NUMPY, PACKAGE)
YARDSTICKS = (CPP, OPENCV)
"""Ways of doing the whole work; results are compared with the first that is there."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two results are apart, in the unit of ``measure``, and how far they may be."""

    measure: str
    difference: float
    allowed: float

    @property
    def holds(self) -> bool:
        """Whether both computed the same; not when the difference is NaN."""
        return self.difference <= self.allowed


@dataclass(frozen=True, slots=True)
class Step:
    """Work by name and its implementations, each a function that returns its result.

    ``compare(own, yardstick)`` judges results of the package. ``moved_bytes`` is what the work
    must at least read or write, whichever is more; copying so many is its physical limit here.
    """

    name: str
    variants: Mapping[str, Callable[[], Any]]
    moved_bytes: int
    compare: Callable[[Any, Any], Agreement] | None = None

    @property
    def yardstick(self) -> str | None:
        """The variant that the package is compared with; None when there is none."""
        return next((name for name in YARDSTICKS if name in self.variants), None)

    def agreements(self) -> dict[str, Agreement]:
        """Run everything once and compare each of the package's results with the yardstick's."""
        yardstick = self.yardstick
        if yardstick is None or self.compare is None:
            return {}
        expected = self.variants[yardstick]()
        return {
            name: self.compare(self.variants[name](), expected)
            for name in OWN
            if name in self.variants
        }

    def timed_variants(self) -> dict[str, Callable[[], Any]]:
        """All implementations, and copying as many bytes as the work moves."""
        return {**self.variants, MEMCPY: copying(self.moved_bytes)}


def copying(byte_count: int) -> Callable[[], object]:
    """Prepare copying so many bytes from one buffer to another."""
    source, target = np.ones(byte_count, np.uint8), np.zeros(byte_count, np.uint8)

    def copy() -> object:
        np.copyto(target, source)
        return target

    return copy


def largest_difference(
    measure: str, one: NDArray[Any], other: NDArray[Any], allowed: float
) -> Agreement:
    """Compare two arrays value by value; NaN equals NaN only, another shape is infinitely far."""
    if one.shape != other.shape:
        return Agreement(measure, np.inf, allowed)
    wide_one, wide_other = one.astype(np.float64), other.astype(np.float64)
    unknown = np.isnan(wide_one)
    if not np.array_equal(unknown, np.isnan(wide_other)):
        return Agreement(measure, np.inf, allowed)
    difference = np.abs(wide_one - wide_other)[~unknown]
    return Agreement(measure, float(difference.max(initial=0.0)), allowed)
