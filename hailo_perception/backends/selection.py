# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which backend runs a model, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args
from typing import Literal

from hailo_perception.backends import onnx
from hailo_perception.backends import replay
from hailo_perception.backends.base import Backend
from hailo_perception.backends.onnx import OnnxBackend
from hailo_perception.backends.replay import ReplayBackend
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.models.files import file_problem
from hailo_perception.models.specification import ModelManifest

BackendName = Literal['auto', 'hailort', 'onnx', 'replay']

_HAILORT_OBSTACLE = 'backend hailort is not part of this version'


@dataclass(frozen=True, slots=True)
class BackendOptions:
    """What a user may set about a backend; each takes what concerns it.

    ``threads`` for one inference on the CPU, 0 for half of the cores; ``latency_s`` of a
    replayed frame; ``queue_size`` inferences in flight, 0 for what suits the backend.
    """

    threads: int = 0
    latency_s: float = 0.0
    queue_size: int = 0


@dataclass(frozen=True, slots=True)
class OpenedBackend:
    """An opened backend, and one sentence for the log that says which it is and why."""

    backend: Backend
    reason: str


def open_backend(
    name: str, manifest: ModelManifest, options: BackendOptions = BackendOptions()
) -> OpenedBackend:
    """Open a backend by name, or with ``auto`` the best that can run the model.

    ``auto`` takes the Hailo device, else ONNX Runtime, and recorded tensors only for a model
    that has nothing else. ConfigurationError, ManifestError or MissingDependencyError say what
    is in the way.
    """
    if name not in get_args(BackendName):
        raise ConfigurationError(
            f"no backend '{name}'; expected one of {', '.join(get_args(BackendName))}"
        )
    if name != 'auto':
        return OpenedBackend(_open(name, manifest, options), f'backend {name}, as asked for')
    declined: list[str] = []
    for candidate, obstacle in _obstacles(manifest).items():
        if obstacle is None:
            reason = f'backend {candidate} runs {manifest.name} ({"; ".join(declined)})'
            return OpenedBackend(_open(candidate, manifest, options), reason)
        declined.append(f'{candidate}: {obstacle}')
    raise ConfigurationError(
        f'{manifest.path}: no backend can run {manifest.name} ({"; ".join(declined)}); '
        'repair one of these'
    )


def _obstacles(manifest: ModelManifest) -> dict[str, str | None]:
    """Say for each backend, best first, what is in its way; None where nothing is."""
    networks = [kind for kind in ('hef', 'onnx') if _exists(manifest, kind)]
    # Recorded tensors in the place of a broken network would look like a working camera.
    replay = f'a network is there ({", ".join(networks)})' if networks else None
    return {
        'hailort': _HAILORT_OBSTACLE,
        'onnx': _file_obstacle(manifest, 'onnx'),
        'replay': replay or _file_obstacle(manifest, 'replay'),
    }


def _open(name: str, manifest: ModelManifest, options: BackendOptions) -> Backend:
    if name == 'onnx':
        return OnnxBackend(
            manifest,
            threads=options.threads,
            queue_size=options.queue_size or onnx.DEFAULT_QUEUE_SIZE,
        )
    if name == 'replay':
        return ReplayBackend(
            manifest,
            latency_s=options.latency_s,
            queue_size=options.queue_size or replay.DEFAULT_QUEUE_SIZE,
        )
    raise ConfigurationError(f'{_HAILORT_OBSTACLE}; use onnx, replay or auto')


def _file_obstacle(manifest: ModelManifest, kind: str) -> str | None:
    path = manifest.files.get(kind)
    return file_problem(path) if path else f"the manifest names no file '{kind}'"


def _exists(manifest: ModelManifest, kind: str) -> bool:
    return kind in manifest.files and manifest.files[kind].exists()
