# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What crosses the link according to a Hailo executable; needs HailoRT's library, no device."""

from __future__ import annotations

from dataclasses import dataclass
import math
from pathlib import Path
from typing import Any

import numpy as np

from hailo_perception.backends.hailort.runtime import load_runtime
from hailo_perception.core.errors import ManifestError


@dataclass(frozen=True, slots=True)
class HefStream:
    """A stream as it crosses the link: the device's own shape, with its padding."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def bytes_per_frame(self) -> int:
        """Bytes of one frame."""
        return math.prod(self.shape) * self.dtype.itemsize


@dataclass(frozen=True, slots=True)
class HefDescription:
    """One network of an executable.

    ``compiler_fps`` is the compiler's own estimate; it makes none for several contexts.
    """

    inputs: tuple[HefStream, ...]
    outputs: tuple[HefStream, ...]
    is_multi_context: bool
    compiler_fps: float | None


def read_hef(path: Path) -> HefDescription:
    """Read an executable's streams without opening a device.

    MissingDependencyError without HailoRT's Python package; ManifestError when the file cannot
    be read or has a stream without a shape.
    """
    runtime = load_runtime()
    try:
        hef = runtime.read_hef(str(path))
        groups = hef.get_network_groups_infos()
        inputs, outputs = hef.get_input_stream_infos(), hef.get_output_stream_infos()
    # HailoRT's errors share no base but Exception.
    except Exception as error:
        raise ManifestError(
            f'{path}: expected a Hailo executable that the installed HailoRT reads, found an '
            f'error: {error}; compile it again or install the HailoRT it was compiled for'
        ) from error
    if len(groups) != 1:
        raise ManifestError(
            f'{path}: expected one network group, found {len(groups)}; compile one network'
        )
    return HefDescription(
        inputs=tuple(_stream(path, info) for info in inputs),
        outputs=tuple(_stream(path, info) for info in outputs),
        is_multi_context=bool(groups[0].is_multi_context),
        compiler_fps=_compiler_fps(hef),
    )


def _stream(path: Path, info: Any) -> HefStream:
    try:
        shape = tuple(int(length) for length in info.shape)
    # Streams of boxes found on the device raise here, and their bytes change with each frame.
    except Exception as error:
        raise ManifestError(
            f"{path}: stream '{info.name}': expected a fixed shape, found none ({error}); its "
            'bytes change with each frame, so plan with the ONNX file alone'
        ) from error
    return HefStream(str(info.name), shape, np.dtype(f'u{int(info.data_bytes)}'))


def _compiler_fps(hef: Any) -> float | None:
    try:
        return float(hef.bottleneck_fps())
    # Raised where the compiler left no estimate, which is no fault of the file.
    except Exception:
        return None
