# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which backend runs a model, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import get_args
from typing import Literal

from hailo_perception.backends import onnx
from hailo_perception.backends import replay
from hailo_perception.backends.base import Backend
from hailo_perception.backends.hailort import backend as hailort
from hailo_perception.backends.hailort import HailortBackend
from hailo_perception.backends.hailort.options import HailortOptions
from hailo_perception.backends.hailort.probe import device_obstacle
from hailo_perception.backends.onnx import OnnxBackend
from hailo_perception.backends.replay import ReplayBackend
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import HailoPerceptionError
from hailo_perception.models.files import file_problem
from hailo_perception.models.files import is_absent
from hailo_perception.models.specification import ModelManifest

BackendName = Literal['auto', 'hailort', 'onnx', 'replay']


@dataclass(frozen=True, slots=True)
class BackendOptions:
    """What a user may set about a backend; each takes what concerns it.

    ``threads`` for one inference on the CPU, 0 for half of the cores; ``latency_s`` of a
    replayed frame; ``queue_size`` inferences in flight, 0 for what suits the backend;
    ``hailort`` for the Hailo device.
    """

    threads: int = 0
    latency_s: float = 0.0
    queue_size: int = 0
    hailort: HailortOptions = field(default_factory=HailortOptions)


@dataclass(frozen=True, slots=True)
class OpenedBackend:
    """An opened backend, one sentence for the log that says which and why, and warnings."""

    backend: Backend
    reason: str
    warnings: tuple[str, ...] = ()


def open_backend(
    name: str, manifest: ModelManifest, options: BackendOptions = BackendOptions()
) -> OpenedBackend:
    """Open a backend by name, or with ``auto`` the best that can run the model.

    ``auto`` takes the Hailo device when one answers, else ONNX Runtime, and recorded tensors only
    for a model that has nothing else. ConfigurationError, ManifestError, MissingDependencyError
    or, from a device, BackendError say what is in the way; with ``auto`` a ConfigurationError says
    it of each backend.
    """
    if name not in get_args(BackendName):
        raise ConfigurationError(
            f"no backend '{name}'; expected one of {', '.join(get_args(BackendName))}"
        )
    if name != 'auto':
        return _opened(name, manifest, options, f'backend {name}, as asked for')
    declined: list[str] = []
    warnings: tuple[str, ...] = ()
    failure: HailoPerceptionError | None = None
    for candidate, obstacle in _obstacles(manifest).items():
        problem = obstacle()
        if problem is None:
            reason = '; '.join(declined) or 'the best of all'
            try:
                opened = _opened(
                    candidate,
                    manifest,
                    options,
                    f'backend {candidate} runs {manifest.name} ({reason})',
                )
                return replace(opened, warnings=warnings + opened.warnings)
            except HailoPerceptionError as error:
                failure, problem = error, str(error)
                if candidate == 'hailort':
                    warnings = (f'a Hailo device is there and not used: {problem}',)
        declined.append(f'{candidate}: {problem}')
    raise ConfigurationError(
        f'{manifest.path}: no backend can run {manifest.name} ({"; ".join(declined)}); '
        'repair one of these'
    ) from failure


def _obstacles(manifest: ModelManifest) -> dict[str, Callable[[], str | None]]:
    """Say for each backend, best first, how to find what is in its way; None where nothing is."""
    networks = [kind for kind in ('hef', 'onnx') if _exists(manifest, kind)]
    # Recorded tensors in the place of a broken network would look like a working camera.
    network = f'a network is there ({", ".join(networks)})' if networks else None
    return {
        'hailort': lambda: _file_obstacle(manifest, 'hef') or device_obstacle(),
        'onnx': lambda: _file_obstacle(manifest, 'onnx'),
        'replay': lambda: network or _file_obstacle(manifest, 'replay'),
    }


def _opened(
    name: str, manifest: ModelManifest, options: BackendOptions, reason: str
) -> OpenedBackend:
    if name == 'hailort':
        device = HailortBackend(
            manifest,
            options.hailort,
            queue_size=options.queue_size or hailort.DEFAULT_QUEUE_SIZE,
        )
        return OpenedBackend(device, f'{reason}; {device.health().device}', device.warnings)
    if name == 'onnx':
        network = OnnxBackend(
            manifest,
            threads=options.threads,
            queue_size=options.queue_size or onnx.DEFAULT_QUEUE_SIZE,
        )
        return OpenedBackend(network, reason)
    recording = ReplayBackend(
        manifest,
        latency_s=options.latency_s,
        queue_size=options.queue_size or replay.DEFAULT_QUEUE_SIZE,
    )
    return OpenedBackend(recording, reason)


def _file_obstacle(manifest: ModelManifest, kind: str) -> str | None:
    path = manifest.files.get(kind)
    return file_problem(path) if path else f"the manifest names no file '{kind}'"


def _exists(manifest: ModelManifest, kind: str) -> bool:
    return kind in manifest.files and not is_absent(manifest.files[kind])
