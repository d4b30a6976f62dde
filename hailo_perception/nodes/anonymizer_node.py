# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cameras in, the same pictures without recognisable people out; it fails closed."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from functools import partial
from typing import Any

from hailo_perception.anonymization.head_network import HeadNetwork
from hailo_perception.anonymization.settings import AnonymizationSettings
from hailo_perception.backends.base import Backend
from hailo_perception.backends.selection import open_backend
from hailo_perception.models.binding import bind
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest
from hailo_perception.nodes.anonymizer_parameters import declare_anonymizer_parameters
from hailo_perception.nodes.model_session import ModelSession
from hailo_perception.nodes.model_session import open_session
from hailo_perception.nodes.pipeline_node import PipelineNode
from hailo_perception.nodes.pipeline_node import run_pipeline_node
from hailo_perception.nodes.pipeline_parameters import PipelineParameters
from hailo_perception.pipeline.anonymization import AnonymizationPipeline
from hailo_perception.pipeline.anonymization import AnonymizedImage
from hailo_perception.ros.anonymized_publishers import AnonymizedPublishers
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.settings_parameters import settings_of
from hailo_perception.ros.settings_parameters import settings_parameters
from hailo_perception.ros.statistics import NetworkAtWork

DEFAULTS = AnonymizationSettings()


@dataclass(frozen=True, slots=True)
class _HeadModel:
    """The second network, opened."""

    name: str
    backend: Backend


class AnonymizerNode(PipelineNode[AnonymizationPipeline]):
    """Publishes the images of one or several cameras with people covered."""

    needs_calibration = False

    def __init__(self, **kwargs: Any) -> None:
        """Make the node; ``configure`` opens the models and ``activate`` subscribes."""
        super().__init__('anonymizer', **kwargs)
        self._publishers_by_camera: dict[str, AnonymizedPublishers] = {}
        self._head_model: _HeadModel | None = None

    # What the transitions need.

    def read_parameters(self) -> PipelineParameters:
        """Declare and read all parameters."""
        self._start_parameters = declare_anonymizer_parameters(self)
        self._settings = settings_of(declare(self, settings_parameters(DEFAULTS)), DEFAULTS)
        return self._start_parameters.pipeline

    def open_session(self) -> ModelSession[AnonymizationPipeline]:
        """Open the model that finds people, and the one that finds heads where there is one."""
        heads = self._open_heads() if self._start_parameters.head_model else None
        parameters = self._start_parameters.pipeline
        return open_session(
            parameters.model,
            load_manifest(find_model(parameters.model)),
            parameters.backend,
            parameters.backend_options,
            partial(self._make_pipeline, parameters, heads),
            self.get_logger(),
        )

    def make_topics(self, camera: str) -> AnonymizedPublishers:
        """Create the topics that take the place of the camera's."""
        publishers = AnonymizedPublishers(
            self, camera, jpeg_quality=self._start_parameters.jpeg_quality
        )
        self._publishers_by_camera[camera] = publishers
        return publishers

    def is_wanted(self, camera: str) -> bool:
        """Tell whether an output has a subscriber."""
        return self._publishers_by_camera[camera].is_wanted()

    def networks(self) -> tuple[NetworkAtWork, ...]:
        """Tell how the network is that finds people, and any that finds heads."""
        heads = self._head_model
        if heads is None:
            return super().networks()
        return (
            *super().networks(),
            NetworkAtWork(heads.name, heads.backend.name, heads.backend.health(), 'head'),
        )

    def release(self) -> None:
        """Stop what runs, remove the topics, and free the device."""
        try:
            super().release()
        finally:
            self._publishers_by_camera.clear()
            heads, self._head_model = self._head_model, None
            if heads is not None:
                heads.backend.close()

    def change_parameters(self, values: Mapping[str, Any]) -> None:
        """Take new settings, all of them or none."""
        pipeline = self._opened.pipeline
        pipeline.settings = settings_of(values, pipeline.settings)

    # The models.

    def _open_heads(self) -> HeadNetwork:
        parameters = self._start_parameters
        manifest = load_manifest(find_model(parameters.head_model))
        # The same devices and group, so that both networks share them.
        options = parameters.pipeline.backend_options
        options = replace(
            options,
            hailort=replace(options.hailort, network_group=parameters.head_network_group),
        )
        opened = open_backend(parameters.head_backend, manifest, options)
        self._head_model = _HeadModel(manifest.name, opened.backend)
        bound = bind(manifest, opened.backend.inputs, opened.backend.outputs)
        self.get_logger().info(f'head model {manifest.name}: {opened.reason}')
        for warning in (*opened.warnings, *bound.warnings):
            self.get_logger().warning(warning)
        return HeadNetwork(bound, opened.backend)

    def _make_pipeline(
        self,
        parameters: PipelineParameters,
        heads: HeadNetwork | None,
        model: BoundModel,
        backend: Backend,
    ) -> AnonymizationPipeline:
        return AnonymizationPipeline(
            model,
            backend,
            self._settings,
            heads=heads,
            on_failure=self._start_parameters.on_failure,
            cameras=parameters.camera_names,
            wanted=self.is_wanted,
            deliver=self._publish,
            report=self._problems,
            in_flight=backend.queue_size,
            schedules=parameters.schedules,
            stamp_clock=self._now_ns,
            telemetry=self._telemetry,
        )

    # Results out, on the pipeline's thread.

    def _publish(self, image: AnonymizedImage) -> None:
        self._publishers_by_camera[image.camera].publish(image)
        self._note_published(image.header)


def main(args: Sequence[str] | None = None) -> int:
    """Run the anonymiser."""
    return run_pipeline_node('anonymizer', AnonymizerNode, args)


if __name__ == '__main__':
    raise SystemExit(main())
