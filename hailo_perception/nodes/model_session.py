# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One model, opened: its manifest, the backend that runs it, and the pipeline around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from typing import Generic
from typing import TypeVar

from rclpy.impl.rcutils_logger import RcutilsLogger

from hailo_perception.backends.base import Backend
from hailo_perception.backends.selection import BackendOptions
from hailo_perception.backends.selection import open_backend
from hailo_perception.models.binding import bind
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.specification import ModelManifest
from hailo_perception.nodes.slow_step import told_if_slow
from hailo_perception.pipeline.network_pipeline import NetworkPipeline

STOP_TIMEOUT_S = 5.0
"""What frames that are inside get to come out."""

_WARMING_UP = (
    'not ready yet; after an installation the kernels are compiled for this computer, once, which '
    'takes a while. Images are taken when that is done'
)

PipelineT = TypeVar('PipelineT', bound=NetworkPipeline[Any, Any])


@dataclass(frozen=True, slots=True)
class ModelSession(Generic[PipelineT]):
    """A model that is ready for frames; ``model`` is what the user called it."""

    model: str
    manifest: ModelManifest
    backend: Backend
    pipeline: PipelineT

    def stop(self, logger: RcutilsLogger) -> None:
        """Deliver what is inside and take no more; says what hung."""
        for hung in self.pipeline.stop(STOP_TIMEOUT_S):
            logger.error(hung)

    def close(self, logger: RcutilsLogger) -> None:
        """Stop, then release the device."""
        self.stop(logger)
        self.backend.close()


def open_session(
    model: str,
    manifest: ModelManifest,
    backend: str,
    options: BackendOptions,
    make_pipeline: Callable[[BoundModel, Backend], PipelineT],
    logger: RcutilsLogger,
) -> ModelSession[PipelineT]:
    """Open a model on its device and warm it up; the pipeline does not run yet.

    ConfigurationError, ManifestError, MissingDependencyError or BackendError say why it cannot;
    the device is free again then.
    """
    opened = open_backend(backend, manifest, options)
    try:
        bound = bind(manifest, opened.backend.inputs, opened.backend.outputs)
        pipeline = make_pipeline(bound, opened.backend)
        with told_if_slow(logger.info, f'model {manifest.name}: {_WARMING_UP}'):
            pipeline.warm_up()
    except Exception:
        opened.backend.close()
        raise
    logger.info(f'model {manifest.name}: {opened.reason}')
    for warning in (*opened.warnings, *bound.warnings):
        logger.warning(warning)
    return ModelSession(model, manifest, opened.backend, pipeline)
