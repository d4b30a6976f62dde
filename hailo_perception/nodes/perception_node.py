# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cameras in, perception out: a managed node that wires topics to the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from functools import partial
from typing import Any

from hailo_perception.backends.base import Backend
from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import Header
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.transform_tree import TransformError
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest
from hailo_perception.models.specification import ModelManifest
from hailo_perception.nodes.camera_parameters import camera_settings_of
from hailo_perception.nodes.camera_parameters import profiles_of
from hailo_perception.nodes.model_session import ModelSession
from hailo_perception.nodes.model_session import open_session
from hailo_perception.nodes.model_settings import ModelSettings
from hailo_perception.nodes.perception_parameters import declare_perception_parameters
from hailo_perception.nodes.pipeline_node import PipelineNode
from hailo_perception.nodes.pipeline_node import run_pipeline_node
from hailo_perception.nodes.pipeline_parameters import PipelineParameters
from hailo_perception.nodes.robot_frames import RobotFrames
from hailo_perception.pipeline.perception import PerceptionPipeline
from hailo_perception.ros.absent_outputs import offered_outputs
from hailo_perception.ros.publishers import CameraPublishers
from hailo_perception.ros.settings_parameters import settings_of
from hailo_perception.tasks.camera_profile import CameraProfile
from hailo_perception.tasks.ground_plane import GroundError
from hailo_perception.tasks.settings import PostprocessSettings


class PerceptionNode(PipelineNode[PerceptionPipeline]):
    """Publishes what one network finds in the images of one or several cameras."""

    def __init__(self, **kwargs: Any) -> None:
        """Make the node; ``configure`` opens the model and ``activate`` subscribes."""
        super().__init__('perception', **kwargs)
        self._settings = ModelSettings(self)
        self._publishers_by_camera: dict[str, CameraPublishers] = {}
        self._frames: RobotFrames | None = None
        self._headers: dict[str, Header] = {}

    # What the transitions need.

    def read_parameters(self) -> PipelineParameters:
        """Declare and read all start-time parameters."""
        self._start_parameters = declare_perception_parameters(self)
        self._camera_settings = self._start_parameters.camera_settings
        # Read once: a profile may be a picture file.
        self._profiles = profiles_of(self._camera_settings)
        return self._start_parameters.pipeline

    def open_session(self) -> ModelSession[PerceptionPipeline]:
        """Open the model on its device."""
        parameters = self._start_parameters
        manifest = load_manifest(find_model(parameters.pipeline.model))
        settings = self._settings.for_model(manifest)
        self._frames = RobotFrames(
            self,
            target_frame=parameters.target_frame,
            ground_frame=parameters.ground_frame,
        )
        session = self._open(parameters.pipeline.model, manifest, settings, self._profiles)
        self._settings.adopt(manifest, settings)
        self._outputs = self._offered(manifest)
        return session

    def make_topics(self, camera: str) -> CameraPublishers:
        """Create the topics of the offered outputs."""
        publishers = CameraPublishers(
            self,
            camera,
            self._opened.manifest,
            outputs=self._outputs,
            options=self._start_parameters.output_options,
        )
        self._publishers_by_camera[camera] = publishers
        return publishers

    def activate(self) -> None:
        """Name the model, start the pipeline and subscribe to the cameras."""
        self._announce(self._opened.manifest)
        super().activate()

    def release(self) -> None:
        """Stop what runs, remove the topics, and free the device."""
        super().release()
        self._publishers_by_camera.clear()
        if self._frames is not None:
            self._frames.destroy()
            self._frames = None
        self._headers.clear()

    def is_wanted(self, camera: str) -> bool:
        """Tell whether an output has a subscriber."""
        return bool(self._wanted(camera))

    # The model.

    def _open(
        self,
        model: str,
        manifest: ModelManifest,
        settings: PostprocessSettings,
        profiles: Mapping[str, CameraProfile],
    ) -> ModelSession[PerceptionPipeline]:
        parameters = self._start_parameters.pipeline
        session = open_session(
            model,
            manifest,
            parameters.backend,
            parameters.backend_options,
            partial(self._make_pipeline, parameters, settings),
            self.get_logger(),
        )
        session.pipeline.profiles = self._grounded(profiles)
        return session

    def _make_pipeline(
        self,
        parameters: PipelineParameters,
        settings: PostprocessSettings,
        model: BoundModel,
        backend: Backend,
    ) -> PerceptionPipeline:
        return PerceptionPipeline(
            model,
            backend,
            settings,
            cameras=parameters.camera_names,
            wanted=self._wanted,
            deliver=self._publish,
            report=self._problems,
            in_flight=backend.queue_size,
            telemetry=self._telemetry,
            schedules=parameters.schedules,
            stamp_clock=self._now_ns,
        )

    def change_parameters(self, values: Mapping[str, Any]) -> None:
        """Take new settings, or another model beside the old one; all of it or nothing."""
        session = self._opened
        camera_settings = camera_settings_of(values, self._camera_settings)
        changed = {
            camera: settings
            for camera, settings in camera_settings.items()
            if settings != self._camera_settings[camera]
        }
        profiles = {**self._profiles, **profiles_of(changed)}
        model = values.get('model', session.model)
        if model == session.model:
            session.pipeline.settings = settings_of(values, session.pipeline.settings)
        else:
            manifest = load_manifest(find_model(model))
            settings = settings_of(values, self._settings.for_model(manifest))
            session = self._open(model, manifest, settings, profiles)
            self._swap(session, between=partial(self._serve, manifest))
            self._settings.adopt(manifest, settings)
        self._camera_settings, self._profiles = camera_settings, profiles
        self._opened.pipeline.profiles = self._grounded(profiles)

    def _grounded(self, profiles: Mapping[str, CameraProfile]) -> dict[str, CameraProfile]:
        assert self._frames is not None, 'made before the session'
        return self._frames.grounded(profiles)

    def _offered(self, manifest: ModelManifest) -> frozenset[Output]:
        asked, options = self._start_parameters.outputs, self._start_parameters.output_options
        return offered_outputs(self, asked, manifest, options)

    def _serve(self, manifest: ModelManifest) -> None:
        outputs = self._offered(manifest)
        for publishers in self._publishers_by_camera.values():
            publishers.offer(manifest, outputs)
        self._announce(manifest)

    def _announce(self, manifest: ModelManifest) -> None:
        for publishers in self._publishers_by_camera.values():
            publishers.announce(manifest)

    # Results out, on the pipeline's thread.

    def _wanted(self, camera: str) -> frozenset[Output]:
        return self._publishers_by_camera[camera].wanted()

    def _publish(self, perception: Perception) -> None:
        publishers, frames = self._publishers_by_camera[perception.camera], self._frames
        assert frames is not None, 'made with the session whose results come here'
        publishers.publish(perception, frames.other_outputs)
        if frames.moved_outputs and (wanted := frames.moved_outputs & publishers.wanted()):
            try:
                publishers.publish(frames.carried(perception, wanted), wanted)
            except TransformError as error:
                self._report_problem(perception.camera, error.cause, str(error))
        self._headers[perception.camera] = perception.header
        self._note_published(perception.header)

    def refresh(self) -> None:
        """Ask now and then where the cameras stand: a suspension moves them little."""
        frames = self._frames
        if frames is None or not frames.has_ground:
            return
        for camera, header in self._headers.copy().items():
            if self._profiles[camera].ground is not None:
                continue
            try:
                frames.look_for_ground(camera, header)
            except (TransformError, GroundError) as error:
                self._report_problem(camera, Cause.TRANSFORM, str(error))
        self._opened.pipeline.profiles = frames.grounded(self._profiles)


def main(args: Sequence[str] | None = None) -> int:
    """Run the perception node."""
    return run_pipeline_node('perception', PerceptionNode, args)


if __name__ == '__main__':
    raise SystemExit(main())
