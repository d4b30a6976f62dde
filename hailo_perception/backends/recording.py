# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Recorded output tensors, in memory and as a file.

The file is a compressed ``.npz`` without pickled objects:

* ``format_version``: integer, 1.
* ``outputs``: text (0-dimensional unicode array), a JSON list with one object for each output:
  ``name``; ``shape`` [height, width, channels]; ``dtype`` (numpy's name); ``quantization``
  null or {``scale``, ``zero_point``}.
* ``tensor_0``, ``tensor_1``, …: the outputs in that order, each (frames, height, width,
  channels) of its dtype.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.npz import BROKEN_NPZ
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.files import file_problem

FORMAT_VERSION = 1

Tensors = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Recording:
    """Descriptions of the outputs, and the frames in their order.

    A frame maps each output's name to its array (H, W, C), read-only; a BackendError in the
    place of a frame is played as that frame's failure.
    """

    outputs: tuple[TensorInfo, ...]
    frames: tuple[Tensors | BackendError, ...]

    @classmethod
    def of_frames(
        cls,
        frames: Iterable[RawOutputs | Tensors | BackendError],
        outputs: tuple[TensorInfo, ...] | None = None,
    ) -> Recording:
        """Keep frames in memory; without ``outputs`` the first tensors describe them.

        Arrays are copied, for a backend may own them. ConfigurationError when there are no
        tensors or a frame does not fit the descriptions.
        """
        bare = [frame.tensors if isinstance(frame, RawOutputs) else frame for frame in frames]
        if outputs is None:
            first = next((frame for frame in bare if not isinstance(frame, BackendError)), None)
            if first is None:
                raise ConfigurationError('a recording needs at least one frame with tensors')
            outputs = tuple(
                TensorInfo(name, _shape_of(name, array), array.dtype)
                for name, array in first.items()
            )
        if not bare:
            raise ConfigurationError('a recording needs at least one frame')
        return cls(
            outputs,
            tuple(
                frame if isinstance(frame, BackendError) else _kept(i, frame, outputs)
                for i, frame in enumerate(bare)
            ),
        )


def save_recording(
    path: str | Path,
    infos: tuple[TensorInfo, ...],
    frames: Iterable[RawOutputs | Tensors],
) -> None:
    """Write a recording; ConfigurationError when a frame does not fit ``infos``."""
    recording = Recording.of_frames(frames, infos)
    arrays = [frame for frame in recording.frames if not isinstance(frame, BackendError)]
    if len(arrays) != len(recording.frames):
        raise ConfigurationError('a recording file holds tensors only, not errors')
    stacks: dict[str, Any] = {
        f'tensor_{i}': np.stack([frame[info.name] for frame in arrays])
        for i, info in enumerate(infos)
    }
    with Path(path).open('wb') as stream:
        np.savez_compressed(
            stream,
            format_version=np.array(FORMAT_VERSION),
            outputs=np.array(json.dumps([_content(info) for info in infos])),
            **stacks,
        )


def load_recording(path: str | Path) -> Recording:
    """Read a recording; ConfigurationError says what is wrong with the file."""
    path = Path(path)
    problem = file_problem(path)
    if problem:
        raise ConfigurationError(f'expected a recording; {problem}')
    try:
        with np.load(path, allow_pickle=False) as archive:
            version = int(archive['format_version'])
            if version != FORMAT_VERSION:
                raise ConfigurationError(
                    f'{path}: expected recording format {FORMAT_VERSION}, found {version}; '
                    'record it again'
                )
            outputs = tuple(_info(entry) for entry in json.loads(str(archive['outputs'])))
            stacks = [archive[f'tensor_{i}'] for i in range(len(outputs))]
        counts = {len(stack) for stack in stacks}
    except ConfigurationError:
        raise
    except BROKEN_NPZ as error:
        raise ConfigurationError(
            f'{path}: expected a recording that save_recording wrote, found one that cannot be '
            f'read ({type(error).__name__}: {error}); record it again'
        ) from error
    if len(counts) != 1:
        raise ConfigurationError(
            f'{path}: expected equally many frames of every output, found {sorted(counts)}; '
            'record it again'
        )
    names = [info.name for info in outputs]
    try:
        frames = (dict(zip(names, tensors, strict=True)) for tensors in zip(*stacks, strict=True))
        return Recording.of_frames(frames, outputs)
    except ConfigurationError as error:
        raise ConfigurationError(f'{path}: {error}') from error


def _kept(index: int, frame: Tensors, outputs: tuple[TensorInfo, ...]) -> Tensors:
    expected = {info.name for info in outputs}
    if set(frame) != expected:
        raise ConfigurationError(
            f'frame {index}: expected the outputs {sorted(expected)}, found {sorted(frame)}'
        )
    kept = {}
    for info in outputs:
        array = frame[info.name]
        if array.shape != info.shape or array.dtype != info.dtype:
            raise ConfigurationError(
                f'frame {index}: expected {info}, found {array.shape} {array.dtype}'
            )
        kept[info.name] = array.copy()
        kept[info.name].flags.writeable = False
    return kept


def _shape_of(name: str, array: NDArray[Any]) -> tuple[int, int, int]:
    if array.ndim != 3:
        raise ConfigurationError(
            f"expected '{name}' as (height, width, channels), found shape {array.shape}"
        )
    height, width, channels = array.shape
    return height, width, channels


def _content(info: TensorInfo) -> dict[str, Any]:
    codes = info.quantization
    return {
        'name': info.name,
        'shape': list(info.shape),
        'dtype': info.dtype.name,
        'quantization': codes and {'scale': codes.scale, 'zero_point': codes.zero_point},
    }


def _info(entry: dict[str, Any]) -> TensorInfo:
    codes = entry['quantization']
    height, width, channels = entry['shape']
    return TensorInfo(
        name=entry['name'],
        shape=(height, width, channels),
        dtype=np.dtype(entry['dtype']),
        quantization=Quantization(**codes) if codes else None,
    )
