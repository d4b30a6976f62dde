# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cameras in, perception out: a managed node that wires topics to the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Any

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock import ClockType
from sensor_msgs.msg import CameraInfo
from std_srvs.srv import SetBool

from hailo_perception.backends.base import Backend
from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import CameraImage
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
from hailo_perception.nodes.executor import EnduringExecutor
from hailo_perception.nodes.managed_node import ManagedNode
from hailo_perception.nodes.model_session import ModelSession
from hailo_perception.nodes.model_session import open_session
from hailo_perception.nodes.model_settings import ModelSettings
from hailo_perception.nodes.perception_parameters import declare_perception_parameters
from hailo_perception.nodes.perception_parameters import PerceptionParameters
from hailo_perception.nodes.robot_frames import RobotFrames
from hailo_perception.nodes.spin import run_node
from hailo_perception.nodes.status_topics import StatusTopics
from hailo_perception.pipeline.perception import PerceptionPipeline
from hailo_perception.pipeline.process_settings import settle_process
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.ros.camera_subscription import CameraSubscription
from hailo_perception.ros.input_watch import InputWatch
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.parameters import Parameter
from hailo_perception.ros.problem_log import ProblemLog
from hailo_perception.ros.publishers import CameraPublishers
from hailo_perception.ros.settings_parameters import settings_of
from hailo_perception.ros.shutdown import ShuttingDown
from hailo_perception.ros.shutdown import until_shutdown
from hailo_perception.ros.statistics import Published
from hailo_perception.ros.topic_names import check_topic_names
from hailo_perception.ros.unknown_parameters import warn_of_unknown_parameters
from hailo_perception.tasks.ground_plane import GroundError
from hailo_perception.tasks.settings import PostprocessSettings

AUTOSTART = Parameter(
    'autostart',
    True,
    'configure and activate at start; false = a lifecycle manager does it',
)

_IDLE_PERIOD_S = 1.0
_CALLBACK_THREADS = 2
"""One stores images; the other serves all the rest, one after another, without a lock."""


class PerceptionNode(ManagedNode):
    """Publishes what one network finds in the images of one or several cameras."""

    def __init__(self, **kwargs: Any) -> None:
        """Make the node; ``configure`` opens the model and ``activate`` subscribes."""
        super().__init__('perception', **kwargs)
        self._autostart: bool = declare(self, (AUTOSTART,))[AUTOSTART.name]
        self._settings = ModelSettings(self)
        self._problems = ProblemLog(self.get_logger())
        self._status = StatusTopics(self)
        self._images = MutuallyExclusiveCallbackGroup()
        self._gate = Lock()
        self._is_taking = False
        self._session: ModelSession | None = None
        self._publishers_by_camera: dict[str, CameraPublishers] = {}
        self._subscriptions_by_camera: dict[str, CameraSubscription] = {}
        self._watch: InputWatch | None = None
        self._published: Published | None = None
        self._frames: RobotFrames | None = None
        self._headers: dict[str, Header] = {}
        self.create_service(SetBool, '~/enable', self._enable)
        # Not the node's clock: a paused simulation must not silence the diagnostics.
        self._timer = self.create_timer(
            _IDLE_PERIOD_S, self._on_timer, clock=Clock(clock_type=ClockType.STEADY_TIME)
        )

    def start_unless_managed(self) -> None:
        """Become active by itself, unless a lifecycle manager is to do it."""
        if self._autostart:
            self.start()
        else:
            self.get_logger().info('autostart is off: waiting to be configured')

    # Transitions.

    def configure(self) -> None:
        """Open the model on its device and create the publishers."""
        self._start_parameters = declare_perception_parameters(self)
        cameras = [topics.camera for topics in self._start_parameters.cameras]
        check_topic_names(self, self._start_parameters.cameras)
        manifest = load_manifest(find_model(self._start_parameters.model))
        settings = self._settings.for_model(manifest)
        self._telemetry = Telemetry(cameras)
        self._camera_settings = self._start_parameters.camera_settings
        # Read once: a profile may be a picture file.
        self._profiles = profiles_of(self._camera_settings)
        # Before the backend opens: the threads that it starts inherit the cores.
        settle_process(self._start_parameters.process)
        self._frames = RobotFrames(
            self,
            target_frame=self._start_parameters.target_frame,
            ground_frame=self._start_parameters.ground_frame,
        )
        self._session = self._open(self._start_parameters.model, manifest, settings)
        self._settings.adopt(manifest, settings)
        for camera in cameras:
            self._publishers_by_camera[camera] = CameraPublishers(
                self,
                camera,
                manifest,
                outputs=self._start_parameters.outputs,
                options=self._start_parameters.output_options,
                calibration=partial(self._calibration, camera),
            )
        warn_of_unknown_parameters(self, cameras)
        self._set_timer(self._start_parameters.stats_period_s)

    def activate(self) -> None:
        """Start the pipeline and subscribe to the cameras."""
        session = self._opened
        self._announce(session.manifest)
        session.pipeline.start()
        self._is_taking = True
        for topics in self._start_parameters.cameras:
            self._subscriptions_by_camera[topics.camera] = CameraSubscription(
                self,
                topics,
                callback_group=self._images,
                on_image=self._take,
                on_lost=self._count_lost,
                report=self._report_problem,
            )
        self._watch = InputWatch(
            self,
            self._subscriptions_by_camera,
            self._problems,
            patience_s=self._start_parameters.patience_s,
            limits=self._start_parameters.processing_limits,
        )

    def deactivate(self) -> None:
        """Unsubscribe, then deliver what is inside."""
        self._watch = None
        while self._subscriptions_by_camera:
            self._subscriptions_by_camera.popitem()[1].destroy()
        self._opened.stop(self.get_logger())
        self._is_taking = False

    def release(self) -> None:
        """Stop what runs, remove the topics, and free the device."""
        if self._session is not None:
            self.deactivate()
            self._session.close(self.get_logger())
            self._session = None
        while self._publishers_by_camera:
            self._publishers_by_camera.popitem()[1].destroy()
        if self._frames is not None:
            self._frames.destroy()
            self._frames = None
        self._published = None
        self._headers.clear()
        self._set_timer(_IDLE_PERIOD_S)

    # The model.

    @property
    def _opened(self) -> ModelSession:
        assert self._session is not None, 'only a configured node has a model'
        return self._session

    def _open(
        self, model: str, manifest: ModelManifest, settings: PostprocessSettings
    ) -> ModelSession:
        parameters = self._start_parameters
        return open_session(
            model,
            manifest,
            parameters.backend,
            parameters.backend_options,
            partial(self._make_pipeline, parameters, settings),
            self.get_logger(),
        )

    def _make_pipeline(
        self,
        parameters: PerceptionParameters,
        settings: PostprocessSettings,
        model: BoundModel,
        backend: Backend,
    ) -> PerceptionPipeline:
        pipeline = PerceptionPipeline(
            model,
            backend,
            settings,
            cameras=[topics.camera for topics in parameters.cameras],
            wanted=self._wanted,
            deliver=self._publish,
            report=self._problems,
            in_flight=backend.queue_size,
            telemetry=self._telemetry,
            schedules=parameters.schedules,
            stamp_clock=self._now_ns,
        )
        pipeline.profiles = self._profiles
        return pipeline

    def change_parameters(self, values: Mapping[str, Any]) -> None:
        """Take new settings, or another model beside the old one; all of it or nothing."""
        session = self._opened
        camera_settings = camera_settings_of(values, self._camera_settings)
        profiles = profiles_of(camera_settings)
        model = values.get('model', session.model)
        if model == session.model:
            session.pipeline.settings = settings_of(values, session.pipeline.settings)
        else:
            manifest = load_manifest(find_model(model))
            settings = settings_of(values, self._settings.for_model(manifest))
            self._swap(self._open(model, manifest, settings))
            self._settings.adopt(manifest, settings)
        self._camera_settings, self._profiles = camera_settings, profiles
        self._opened.pipeline.profiles = profiles

    def _swap(self, new: ModelSession) -> None:
        """Change models between two frames; an image that comes meanwhile waits."""
        old = self._opened
        with self._gate:
            is_running = old.pipeline.is_running
            old.stop(self.get_logger())
            self._session = new
            self._announce(new.manifest)
            if is_running:
                new.pipeline.start()
        old.close(self.get_logger())

    def _announce(self, manifest: ModelManifest) -> None:
        for publishers in self._publishers_by_camera.values():
            publishers.announce(manifest)

    # Images in, results out; on threads of their own.

    def _take(self, image: CameraImage) -> None:
        with self._gate:
            if self._is_taking and self._session is not None:
                self._session.pipeline.put(image)

    def _count_lost(self, camera: str, count: int, cause: Cause) -> None:
        if self._is_taking:
            self._telemetry.lost(camera, count, cause)

    def _calibration(self, camera: str) -> CameraInfo | None:
        subscription = self._subscriptions_by_camera.get(camera)
        return None if subscription is None else subscription.calibration()

    def _report_problem(self, camera: str, cause: Cause, message: str) -> None:
        self._telemetry.problem(camera, cause)
        self._problems.at_once(camera, cause, message)

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
        self._published = Published(perception.header.stamp_ns, self._now_ns())

    def _now_ns(self) -> int:
        now_ns: int = self.get_clock().now().nanoseconds
        return now_ns

    # Services and the timer.

    def _enable(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        if self._watch is None:
            response.message = 'the node is not active: activate it first'
            return response
        session = self._opened
        self._is_taking = request.data
        if request.data:
            session.pipeline.start()
        else:
            session.stop(self.get_logger())
        response.success = session.pipeline.is_running == request.data
        response.message = 'enabled' if session.pipeline.is_running else 'disabled'
        return response

    def _set_timer(self, period_s: float) -> None:
        self._timer.timer_period_ns = round(period_s * 1e9)
        self._timer.reset()

    def _on_timer(self) -> None:
        with suppress(ShuttingDown), until_shutdown(self):
            if self._watch is None:
                self._status.tell_idle()
                return
            self._find_ground()
            inputs = self._watch.look(
                self._telemetry.snapshot(),
                is_wanted=lambda camera: bool(self._wanted(camera)),
                is_enabled=self._is_taking,
            )
            self._status.tell_active(self._opened, inputs, self._published)

    def _find_ground(self) -> None:
        """Ask now and then where the cameras stand: a suspension moves them little."""
        if self._frames is None or not self._frames.has_ground:
            return
        pipeline = self._opened.pipeline
        for camera, header in self._headers.copy().items():
            given = {camera: self._profiles[camera]}
            try:
                grounded = self._frames.grounded(given, {camera: header})
            except (TransformError, GroundError) as error:
                self._report_problem(camera, Cause.TRANSFORM, str(error))
            else:
                pipeline.profiles = {**pipeline.profiles, **grounded}


def main(args: Sequence[str] | None = None) -> int:
    """Run the perception node."""
    return run_node(
        'perception',
        PerceptionNode,
        args,
        start=PerceptionNode.start_unless_managed,
        make_executor=lambda: EnduringExecutor(num_threads=_CALLBACK_THREADS),
    )


if __name__ == '__main__':
    raise SystemExit(main())
