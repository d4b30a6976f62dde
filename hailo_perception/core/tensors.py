# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Descriptions of a network's inputs and outputs, the same for every backend."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.quantization import Quantization


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """Name, host layout and numeric meaning of one input or output.

    ``shape`` is (height, width, channels) without a batch axis; a class map has one channel.
    ``quantization`` is None where the values are real already (floats, class ids).
    """

    name: str
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    quantization: Quantization | None = None

    @property
    def height(self) -> int:
        """Rows."""
        return self.shape[0]

    @property
    def width(self) -> int:
        """Columns."""
        return self.shape[1]

    @property
    def channels(self) -> int:
        """Features of one pixel."""
        return self.shape[2]

    def __str__(self) -> str:
        """Print as name[H×W×C dtype], for error messages."""
        return f'{self.name}[{"×".join(map(str, self.shape))} {self.dtype}]'


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class RawOutputs:
    """One frame's output tensors as the device gives them: not dequantised, not copied.

    ``tensors`` maps a name to an array (H, W, C) in its TensorInfo's dtype. The arrays are the
    backend's own buffers: they stay valid until ``release`` is called, once, by whoever holds
    the outputs last.
    """

    tensors: Mapping[str, NDArray[Any]]
    release: Callable[[], None] = _nothing
