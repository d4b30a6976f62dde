# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Collects the facts from which the reasons follow; called by a timer, it never waits."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
import time

from rclpy.node import Node

from hailo_perception.core.nanoseconds import to_seconds
from hailo_perception.pipeline.stage_clock import Stage
from hailo_perception.pipeline.telemetry import CameraStatistics
from hailo_perception.pipeline.telemetry import TelemetrySnapshot
from hailo_perception.ros.camera_facts import CameraFacts
from hailo_perception.ros.camera_facts import Unserved
from hailo_perception.ros.camera_reasons import camera_reasons
from hailo_perception.ros.camera_subscription import CameraSubscription
from hailo_perception.ros.clock_watch import clock_publishers
from hailo_perception.ros.clock_watch import is_simulated
from hailo_perception.ros.input_report import CameraReport
from hailo_perception.ros.input_report import ClockSteps
from hailo_perception.ros.input_report import FrameProgress
from hailo_perception.ros.input_report import InputReport
from hailo_perception.ros.input_report import Lasting
from hailo_perception.ros.input_report import RecentProblems
from hailo_perception.ros.input_report import StampDistance
from hailo_perception.ros.problem_log import ProblemLog
from hailo_perception.ros.processing_delay import ProcessingDelay
from hailo_perception.ros.processing_delay import ProcessingLimits
from hailo_perception.ros.reason_log import ReasonLog
from hailo_perception.ros.reasons import camera_state
from hailo_perception.ros.reasons import clock_reasons
from hailo_perception.ros.reasons import name_reasons
from hailo_perception.ros.reasons import Reason
from hailo_perception.ros.shutdown import ShuttingDown

NO_LIMITS = ProcessingLimits()
_ALMOST = 0.95
"""Looks come at a beat, and patience is often a multiple of it: a look that comes a few
milliseconds early must not cost another beat."""
_NO_COUNTS = CameraStatistics(0, 0, {}, {}, 0.0, 0.0)


class InputWatch:
    """Looks at all cameras of a node, and logs what has changed since the last look."""

    def __init__(
        self,
        node: Node,
        subscriptions: Mapping[str, CameraSubscription],
        problems: ProblemLog,
        *,
        patience_s: float,
        limits: ProcessingLimits = NO_LIMITS,
        standing: tuple[Reason, ...] = (),
        before: TelemetrySnapshot | None = None,
        unserved: Callable[[str], tuple[Unserved, ...]] = lambda camera: (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Watch the cameras by their names; what is missing for ``patience_s`` is a reason.

        ``limits`` are what a frame may take, ``standing`` reasons that hold as long as the watch,
        ``before`` what was counted already when it began, and ``unserved(camera)`` finds the
        subscribers that no output can reach.
        """
        self._node = node
        self._subscriptions = subscriptions
        self._problems = problems
        self._patience_s = _ALMOST * patience_s
        self._clock = clock
        self._log = ReasonLog(node.get_logger())
        self._standing = standing
        self._unserved = unserved
        counted = {} if before is None else before.cameras
        self._progress = {
            camera: FrameProgress(clock(), counted.get(camera)) for camera in subscriptions
        }
        self._sharing = {
            camera: tuple(
                name
                for name, other in subscriptions.items()
                if name != camera and other.image.name == each.image.name
            )
            for camera, each in subscriptions.items()
        }
        self._delay = ProcessingDelay(limits)
        self._recent = {camera: RecentProblems() for camera in subscriptions}
        self._stamps = {camera: StampDistance(clock()) for camera in subscriptions}
        self._clock_steps = ClockSteps()
        self._is_named_twice = Lasting(clock())

    def look(
        self,
        snapshot: TelemetrySnapshot,
        *,
        is_wanted: Callable[[str], bool],
        is_enabled: bool = True,
    ) -> InputReport:
        """Report on all cameras, after following what their publishers offer.

        ``is_wanted(camera)`` tells whether somebody subscribes to an output. ShuttingDown once
        ROS has ended.
        """
        now_ns = self._node.get_clock().now().nanoseconds
        general = (
            *self._standing,
            *self._judge_name(),
            *self._judge_clock(now_ns),
            *self._delay.look(self._clock(), snapshot.stages[Stage.TOTAL].p50_s),
        )
        report = InputReport(
            cameras=tuple(
                self._look_at(
                    camera,
                    snapshot.cameras.get(camera, _NO_COUNTS),
                    now_ns,
                    is_wanted=is_enabled and is_wanted(camera),
                    is_enabled=is_enabled,
                )
                for camera in self._subscriptions
            ),
            general=general,
            delay_s=self._delay.lasts_s,
        )
        if not self._node.context.ok():
            raise ShuttingDown('ROS has shut down; the graph that was seen is empty')
        self._log.tell(report)
        return report

    def _look_at(
        self,
        camera: str,
        statistics: CameraStatistics,
        now_ns: int,
        *,
        is_wanted: bool,
        is_enabled: bool,
    ) -> CameraReport:
        subscription = self._subscriptions[camera]
        subscription.adapt_to_publishers()
        now_s = self._clock()
        latest = subscription.latest_image
        silent_s = None if latest is None else now_s - latest.arrived_s
        messages = self._problems.latest(camera)
        recent = self._recent[camera].look(now_s, statistics.problems, self._patience_s)
        stamp_ns = None if latest is None else latest.header.stamp_ns
        offset_s = 0.0 if stamp_ns is None else to_seconds(now_ns - stamp_ns)
        runs_simulated = is_simulated(self._node)
        is_timeless = runs_simulated and now_ns == 0
        # Stamps may lie ahead of the clock, for instance after it was set back.
        age_s = None if stamp_ns is None or is_timeless else max(offset_s, 0.0)
        facts = CameraFacts(
            camera=camera,
            image=subscription.image.facts(),
            camera_info=subscription.camera_info.facts(),
            waited_s=now_s - subscription.subscribed_s,
            silent_s=silent_s,
            image_size=None if latest is None else latest.size,
            image_age_s=age_s,
            frame_id=None if latest is None else latest.header.frame_id,
            stamps=self._stamps[camera].look(
                now_s,
                None if is_timeless else stamp_ns,
                offset_s - (silent_s or 0.0),
                is_simulated=runs_simulated,
            ),
            calibration=subscription.calibration_facts(),
            frames=self._progress[camera].look(
                now_s,
                statistics,
                messages,
                is_expected=is_wanted,
                waiting=subscription.waiting_images,
            ),
            problems={cause: messages.get(cause, '') for cause in recent},
            is_enabled=is_enabled,
            is_wanted=is_wanted,
            sharing=self._sharing[camera],
            unserved=self._unserved(camera),
        )
        reasons = camera_reasons(facts, self._patience_s)
        return CameraReport(
            camera=camera,
            topic=facts.image.name,
            state=camera_state(reasons, has_image=latest is not None),
            reasons=reasons,
            image_stamp_ns=stamp_ns,
            image_age_s=age_s,
        )

    def _judge_name(self) -> tuple[Reason, ...]:
        node = self._node
        own = (node.get_name(), node.get_namespace())
        namesakes = node.get_node_names_and_namespaces().count(own)
        # A node that was started again meets its predecessor for a moment.
        if self._is_named_twice.look(self._clock(), holds=namesakes > 1) < self._patience_s:
            return ()
        return name_reasons(node.get_fully_qualified_name(), namesakes)

    def _judge_clock(self, now_ns: int) -> tuple[Reason, ...]:
        return clock_reasons(
            use_sim_time=is_simulated(self._node),
            now_ns=now_ns,
            clock_publishers=clock_publishers(self._node),
            went_back_s=self._clock_steps.look(self._clock(), now_ns, self._patience_s),
        )
