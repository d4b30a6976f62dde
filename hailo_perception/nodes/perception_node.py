# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cameras in, perception out: wires topics to the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rcl_interfaces.msg import SetParametersResult
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter
from std_srvs.srv import SetBool

from hailo_perception.backends.selection import open_backend
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.frame import CameraImage
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.models.binding import bind
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest
from hailo_perception.msg import PipelineStats
from hailo_perception.nodes.executor import EnduringExecutor
from hailo_perception.nodes.perception_parameters import declare_perception_parameters
from hailo_perception.nodes.spin import run_node
from hailo_perception.pipeline.perception import PerceptionPipeline
from hailo_perception.ros import qos
from hailo_perception.ros.camera_subscription import CameraSubscription
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.problem_log import ProblemLog
from hailo_perception.ros.publishers import CameraPublishers
from hailo_perception.ros.settings_parameters import settings_of
from hailo_perception.ros.settings_parameters import settings_parameters
from hailo_perception.ros.shutdown import ShuttingDown
from hailo_perception.ros.shutdown import until_shutdown
from hailo_perception.ros.statistics import to_diagnostics
from hailo_perception.ros.statistics import to_stats_message
from hailo_perception.tasks.settings import PostprocessSettings

_STOP_TIMEOUT_S = 5.0
_CALLBACK_THREADS = 2
"""Callbacks only store a frame or answer a service; the pipeline has threads of its own."""


class PerceptionNode(Node):
    """Publishes what one network finds in the images of one or several cameras."""

    def __init__(self, **kwargs: Any) -> None:
        """Open the model and subscribe; ConfigurationError when the parameters cannot work."""
        super().__init__('perception', **kwargs)
        parameters = declare_perception_parameters(self)
        self._is_enabled = True
        self._problems = ProblemLog(self.get_logger())
        self._manifest = load_manifest(find_model(parameters.model))
        defaults = PostprocessSettings.for_model(self._manifest)
        settings = settings_of(declare(self, settings_parameters(defaults)), defaults)

        opened = open_backend(parameters.backend, self._manifest, parameters.backend_options)
        self._backend = opened.backend
        self.get_logger().info(f'model {self._manifest.name}: {opened.reason}')
        model = bind(self._manifest, self._backend.inputs, self._backend.outputs)
        for warning in (*opened.warnings, *model.warnings):
            self.get_logger().warning(warning)

        self._pipeline = PerceptionPipeline(
            model,
            self._backend,
            settings,
            cameras=[topics.camera for topics in parameters.cameras],
            wanted=self._wanted,
            deliver=self._publish,
            report=self._problems,
            in_flight=self._backend.queue_size,
        )
        self._pipeline.warm_up()
        images = MutuallyExclusiveCallbackGroup()
        self._subscriptions_by_camera = {
            topics.camera: CameraSubscription(
                self,
                topics,
                callback_group=images,
                on_image=self._take,
                on_lost=self._count_lost,
                report=self._report_problem,
            )
            for topics in parameters.cameras
        }
        self._publishers_by_camera = {
            camera: CameraPublishers(
                self,
                camera,
                self._manifest,
                outputs=parameters.outputs,
                options=parameters.output_options,
                calibration=subscription.calibration,
            )
            for camera, subscription in self._subscriptions_by_camera.items()
        }
        self._stats = self.create_publisher(PipelineStats, '~/stats', qos.OUTPUT)
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', qos.OUTPUT)
        control = MutuallyExclusiveCallbackGroup()
        self.create_timer(parameters.stats_period_s, self._on_timer, callback_group=control)
        self.create_service(SetBool, '~/enable', self._enable, callback_group=control)
        self.add_on_set_parameters_callback(self._change_settings)
        self._pipeline.start()

    def close(self) -> None:
        """Deliver what is inside, then release the device."""
        for hung in self._pipeline.stop(_STOP_TIMEOUT_S):
            self.get_logger().error(hung)
        self._backend.close()

    def _take(self, image: CameraImage) -> None:
        if self._is_enabled:
            self._pipeline.put(image)

    def _count_lost(self, camera: str, count: int) -> None:
        if self._is_enabled:
            self._pipeline.telemetry.lost(camera, count)

    def _wanted(self, camera: str) -> frozenset[Output]:
        return self._publishers_by_camera[camera].wanted()

    def _publish(self, perception: Perception) -> None:
        self._publishers_by_camera[perception.camera].publish(perception)

    def _report_problem(self, camera: str, cause: Cause, message: str) -> None:
        self._pipeline.telemetry.problem(camera, cause)
        self._problems.at_once(camera, cause, message)

    def _enable(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        self._is_enabled = request.data
        if request.data:
            self._pipeline.start()
        else:
            for hung in self._pipeline.stop(_STOP_TIMEOUT_S):
                self.get_logger().error(hung)
        response.success = self._pipeline.is_running == request.data
        response.message = 'enabled' if self._pipeline.is_running else 'disabled'
        return response

    def _change_settings(self, changes: list[RosParameter]) -> SetParametersResult:
        values = {change.name: change.value for change in changes}
        try:
            self._pipeline.settings = settings_of(values, self._pipeline.settings)
        except ConfigurationError as error:
            return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    def _on_timer(self) -> None:
        with suppress(ShuttingDown), until_shutdown(self):
            self._tell_state()

    def _tell_state(self) -> None:
        for subscription in self._subscriptions_by_camera.values():
            subscription.adapt_to_publishers()
        snapshot = self._pipeline.telemetry.snapshot()
        health = self._backend.health()
        stamp_ns = self.get_clock().now().nanoseconds
        self._stats.publish(
            to_stats_message(
                snapshot,
                model=self._manifest.name,
                backend=self._backend.name,
                health=health,
                window_s=self._pipeline.telemetry.window_s,
                stamp_ns=stamp_ns,
            )
        )
        self._diagnostics.publish(
            to_diagnostics(
                snapshot,
                node=self.get_fully_qualified_name(),
                health=health,
                model=self._manifest.name,
                backend=self._backend.name,
                waiting={
                    camera: reason
                    for camera, subscription in self._subscriptions_by_camera.items()
                    if (reason := subscription.waiting_for(snapshot.cameras[camera].received))
                },
                stamp_ns=stamp_ns,
            )
        )


def main(args: Sequence[str] | None = None) -> int:
    """Run the perception node."""
    return run_node(
        'perception',
        PerceptionNode,
        args,
        make_executor=lambda: EnduringExecutor(num_threads=_CALLBACK_THREADS),
    )


if __name__ == '__main__':
    raise SystemExit(main())
