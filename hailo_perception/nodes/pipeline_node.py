# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What every node has that runs the images of cameras through a network."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Sequence
from contextlib import suppress
from threading import Lock
from typing import Any
from typing import Generic
from typing import Protocol

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock import ClockType
from std_srvs.srv import SetBool

from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import CameraImage
from hailo_perception.core.frame import Header
from hailo_perception.nodes.executor import EnduringExecutor
from hailo_perception.nodes.managed_node import ManagedNode
from hailo_perception.nodes.model_session import ModelSession
from hailo_perception.nodes.model_session import PipelineT
from hailo_perception.nodes.pipeline_parameters import PipelineParameters
from hailo_perception.nodes.spin import run_node
from hailo_perception.nodes.status_topics import StatusTopics
from hailo_perception.pipeline.process_settings import settle_process
from hailo_perception.pipeline.telemetry import Telemetry
from hailo_perception.ros.camera_facts import Unserved
from hailo_perception.ros.camera_sets import CameraSets
from hailo_perception.ros.camera_subscription import CameraSubscription
from hailo_perception.ros.input_watch import InputWatch
from hailo_perception.ros.lifecycle_status import idle_line
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.parameters import Parameter
from hailo_perception.ros.problem_log import ProblemLog
from hailo_perception.ros.shutdown import ShuttingDown
from hailo_perception.ros.shutdown import until_shutdown
from hailo_perception.ros.statistics import NetworkAtWork
from hailo_perception.ros.statistics import Published
from hailo_perception.ros.topic_names import check_topic_names
from hailo_perception.ros.unknown_parameters import unknown_parameter_reasons

AUTOSTART = Parameter(
    'autostart',
    True,
    'configure and activate at start; false = a lifecycle manager does it',
)

_IDLE_PERIOD_S = 1.0
_CALLBACK_THREADS = 2
"""One stores images; the other serves all the rest, one after another, without a lock."""


class Topics(Protocol):
    """One camera's output topics."""

    def unserved(self) -> tuple[Unserved, ...]:
        """Find the subscribers that get nothing, for what they ask is not offered."""

    def destroy(self) -> None:
        """Remove them."""


class PipelineNode(ManagedNode, Generic[PipelineT]):
    """Subscribes to cameras, drives a pipeline, and tells how it works.

    A node of this kind gives what the methods without an underscore ask for.
    """

    needs_calibration = True
    """Whether results come of the calibration; otherwise it is passed on at most."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        """Make the node; ``configure`` opens the model and ``activate`` subscribes."""
        super().__init__(name, **kwargs)
        self._autostart: bool = declare(self, (AUTOSTART,))[AUTOSTART.name]
        self._problems = ProblemLog(self.get_logger())
        self._status = StatusTopics(self)
        self._images = MutuallyExclusiveCallbackGroup()
        self._gate = Lock()
        self._is_taking = False
        self._session: ModelSession[PipelineT] | None = None
        self._topics_by_camera: dict[str, Topics] = {}
        self._subscriptions_by_camera: dict[str, CameraSubscription] = {}
        self._sets: CameraSets | None = None
        self._watch: InputWatch | None = None
        self._published: Published | None = None
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
            resting = idle_line(self.get_fully_qualified_name(), self.resting_state)
            self.get_logger().info(f'autostart is off; {resting}')

    # What a node gives.

    @abstractmethod
    def read_parameters(self) -> PipelineParameters:
        """Declare and read all start-time parameters, and give those of every such node."""

    @abstractmethod
    def open_session(self) -> ModelSession[PipelineT]:
        """Open what the parameters name; called with the parameters read."""

    @abstractmethod
    def make_topics(self, camera: str) -> Topics:
        """Create a camera's output topics; called with the session open."""

    @abstractmethod
    def is_wanted(self, camera: str) -> bool:
        """Tell whether somebody listens to an output of a camera."""

    def networks(self) -> tuple[NetworkAtWork, ...]:
        """Tell how networks and devices are; first the one that every frame goes through."""
        session = self._opened
        return (
            NetworkAtWork(session.manifest.name, session.backend.name, session.backend.health()),
        )

    def refresh(self) -> None:
        """Look at what changes slowly; called now and then while the node is active."""

    # Transitions.

    def configure(self) -> None:
        """Open the model on its device and create the publishers."""
        self._pipeline_parameters = self.read_parameters()
        cameras = [topics.camera for topics in self._pipeline_parameters.cameras]
        check_topic_names(self, self._pipeline_parameters.cameras)
        self._telemetry = Telemetry(cameras)
        # Before a backend opens: the threads that it starts inherit the cores.
        settle_process(self._pipeline_parameters.process)
        self._session = self.open_session()
        for camera in cameras:
            self._topics_by_camera[camera] = self.make_topics(camera)
        self._unknown = unknown_parameter_reasons(self, cameras)
        self._set_timer(self._pipeline_parameters.stats_period_s)

    def activate(self) -> None:
        """Start the pipeline and subscribe to the cameras."""
        self._opened.pipeline.start()
        self._sets = self._make_sets()
        self._is_taking = True
        for topics in self._pipeline_parameters.cameras:
            self._subscriptions_by_camera[topics.camera] = CameraSubscription(
                self,
                topics,
                callback_group=self._images,
                on_image=self._take,
                on_lost=self._count_lost,
                report=self._report_problem,
                needs_calibration=self.needs_calibration,
            )
        self._watch = InputWatch(
            self,
            self._subscriptions_by_camera,
            self._problems,
            patience_s=self._pipeline_parameters.patience_s,
            limits=self._pipeline_parameters.processing_limits,
            standing=self._unknown,
            before=self._telemetry.snapshot(),
            unserved=lambda camera: self._topics_by_camera[camera].unserved(),
        )

    def deactivate(self) -> None:
        """Unsubscribe, then deliver what is inside."""
        self._watch = None
        while self._subscriptions_by_camera:
            self._subscriptions_by_camera.popitem()[1].destroy()
        self._opened.stop(self.get_logger())
        self._take_no_more()
        self._sets = None

    def release(self) -> None:
        """Stop what runs, remove the topics, and free the device."""
        if self._session is not None:
            self.deactivate()
            self._session.close(self.get_logger())
            self._session = None
        while self._topics_by_camera:
            self._topics_by_camera.popitem()[1].destroy()
        self._published = None
        self._set_timer(_IDLE_PERIOD_S)

    def tell_state(self) -> None:
        """Say in the diagnostics what a transition came to, without waiting for the timer."""
        self._on_timer()

    # For the node.

    @property
    def _opened(self) -> ModelSession[PipelineT]:
        assert self._session is not None, 'only a configured node has a model'
        return self._session

    def _swap(self, new: ModelSession[PipelineT], *, between: Callable[[], None]) -> None:
        """Change models between two frames; an image that comes meanwhile waits.

        When what is done ``between`` raises, the new model is closed and the old one works on.
        """
        old = self._opened
        with self._gate:
            is_running = old.pipeline.is_running
            old.stop(self.get_logger())
            try:
                between()
                self._session = new
            except Exception:
                new.close(self.get_logger())
                raise
            finally:
                if is_running:
                    self._opened.pipeline.start()
        old.close(self.get_logger())

    def _note_published(self, header: Header) -> None:
        self._published = Published(header.stamp_ns, self._now_ns())

    def _report_problem(self, camera: str, cause: Cause, message: str) -> None:
        self._telemetry.problem(camera, cause)
        self._problems.at_once(camera, cause, message)

    def _now_ns(self) -> int:
        now_ns: int = self.get_clock().now().nanoseconds
        return now_ns

    # Images in, on a thread of their own.

    def _take(self, image: CameraImage) -> None:
        with self._gate:
            if self._is_taking and self._session is not None:
                if self._sets is None:
                    self._session.pipeline.put(image)
                else:
                    self._sets.put(image)

    def _take_no_more(self) -> None:
        """Take no more images; those that wait for a calibration or a partner are given up."""
        for subscription in self._subscriptions_by_camera.values():
            subscription.give_up_waiting()
        # An image may just be on its way in.
        with self._gate:
            if self._sets is not None:
                self._sets.close()
            self._is_taking = False

    def _make_sets(self) -> CameraSets | None:
        parameters = self._pipeline_parameters
        if not parameters.together.is_on:
            return None
        return CameraSets(
            parameters.camera_names,
            parameters.together,
            # The session of that moment: models change while sets are under way.
            on_set=lambda images: self._opened.pipeline.put_set(images),
            on_lost=self._count_lost,
            logger=self.get_logger(),
        )

    def _count_lost(self, camera: str, count: int, cause: Cause) -> None:
        if self._is_taking:
            self._telemetry.lost(camera, count, cause)

    # Services and the timer.

    def _enable(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        if self._watch is None:
            resting = idle_line(self.get_fully_qualified_name(), self.resting_state)
            response.message = f'the node is not active; {resting}'
            return response
        session = self._opened
        if request.data:
            for subscription in self._subscriptions_by_camera.values():
                subscription.wait_again()
            self._is_taking = True
            session.pipeline.start()
        else:
            self._take_no_more()
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
            self.refresh()
            inputs = self._watch.look(
                self._telemetry.snapshot(), is_wanted=self.is_wanted, is_enabled=self._is_taking
            )
            self._status.tell_active(self._telemetry, self.networks(), inputs, self._published)


def run_pipeline_node(
    name: str, node: type[PipelineNode[Any]], args: Sequence[str] | None
) -> int:
    """Run a node of this kind until its end; returns the process's exit status."""
    return run_node(
        name,
        node,
        args,
        start=lambda made: made.start_unless_managed(),
        make_executor=lambda: EnduringExecutor(num_threads=_CALLBACK_THREADS),
    )
