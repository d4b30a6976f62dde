# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How depth heads write metres: each coding's formula and its inverse."""

from __future__ import annotations

from collections.abc import Callable
import math
from typing import Any
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class DepthScale(NamedTuple):
    """How the values of a linear depth head become metres, in float32, term by term.

    metres = (code − zero_point) · scale · maximum_m · factor + offset_m; unknown, NaN, where
    that is not positive or outside nearest_m … farthest_m, both of which belong to it.
    """

    zero_point: float
    scale: float
    maximum_m: float
    factor: float
    offset_m: float
    nearest_m: float
    farthest_m: float


class DepthCoding(NamedTuple):
    """A formula from a network's values to metres along the optical axis, and its inverse.

    Both take (array, minimum_m, maximum_m) and keep the array's floating-point type; what has no
    finite result becomes NaN or infinite, silently.
    """

    decode: Callable[[NDArray[Any], float, float], NDArray[Any]]
    encode: Callable[[NDArray[Any], float, float], NDArray[Any]]
    needs_minimum: bool


def _decode_linear(values: NDArray[Any], minimum_m: float, maximum_m: float) -> NDArray[Any]:
    with np.errstate(over='ignore'):
        return values * maximum_m


def _encode_linear(metres: NDArray[Any], minimum_m: float, maximum_m: float) -> NDArray[Any]:
    return metres / maximum_m


def _decode_inverse(values: NDArray[Any], minimum_m: float, maximum_m: float) -> NDArray[Any]:
    with np.errstate(all='ignore'):
        metres: NDArray[Any] = 1 / (1 / maximum_m + values * (1 / minimum_m - 1 / maximum_m))
    return metres


def _encode_inverse(metres: NDArray[Any], minimum_m: float, maximum_m: float) -> NDArray[Any]:
    with np.errstate(all='ignore'):
        values: NDArray[Any] = (1 / metres - 1 / maximum_m) / (1 / minimum_m - 1 / maximum_m)
    return values


def _decode_logarithmic(values: NDArray[Any], minimum_m: float, maximum_m: float) -> NDArray[Any]:
    with np.errstate(all='ignore'):
        metres: NDArray[Any] = minimum_m * np.exp(values * math.log(maximum_m / minimum_m))
    return metres


def _encode_logarithmic(metres: NDArray[Any], minimum_m: float, maximum_m: float) -> NDArray[Any]:
    with np.errstate(all='ignore'):
        values: NDArray[Any] = np.log(metres / minimum_m) / math.log(maximum_m / minimum_m)
    return values


DEPTH_CODINGS: dict[str, DepthCoding] = {
    'linear': DepthCoding(_decode_linear, _encode_linear, needs_minimum=False),
    'inverse': DepthCoding(_decode_inverse, _encode_inverse, needs_minimum=True),
    'logarithmic': DepthCoding(_decode_logarithmic, _encode_logarithmic, needs_minimum=True),
}
"""Codings by the manifest's decoder name."""
