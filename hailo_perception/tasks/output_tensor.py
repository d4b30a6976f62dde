# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What every decoder asks of a tensor before it reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import TensorInfo


def checked_tensor(tensor: NDArray[Any], info: TensorInfo) -> NDArray[Any]:
    """Return the tensor; NetworkOutputError when it is not what its description promised."""
    if tensor.shape != info.shape or tensor.dtype != info.dtype:
        raise NetworkOutputError(
            f'expected output {info}, got {"×".join(map(str, tensor.shape))} {tensor.dtype}; '
            'was the network changed after it was configured?'
        )
    return tensor


def tensor_of(tensors: Mapping[str, NDArray[Any]], info: TensorInfo) -> NDArray[Any]:
    """Find a tensor among a frame's outputs and check it; NetworkOutputError when it is absent."""
    if info.name not in tensors:
        raise NetworkOutputError(
            f'output {info} is missing; the network gave {", ".join(sorted(tensors)) or "nothing"}'
        )
    return checked_tensor(tensors[info.name], info)


def require_dtype(info: TensorInfo, *allowed: str) -> None:
    """Raise ConfigurationError when an output has a type that its decoder cannot read."""
    if info.dtype not in [np.dtype(name) for name in allowed]:
        raise ConfigurationError(f'output {info} must be {" or ".join(allowed)}')
    if info.quantization is not None and not info.quantization.scale > 0:
        raise ConfigurationError(
            f'output {info} has the quantisation scale {info.quantization.scale}; '
            'it must be positive'
        )


def quantization_of(info: TensorInfo) -> Quantization:
    """How to read an output's values; floats are real values whatever else is said of them."""
    if info.quantization is None or info.dtype.kind == 'f':
        return Quantization()
    return info.quantization
