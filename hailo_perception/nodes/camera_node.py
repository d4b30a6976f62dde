# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A camera for machines without one: video, pictures, webcam, or the synthetic scene."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
import math
import time
from typing import Any

from rclpy.node import Node

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import FrameError
from hailo_perception.core.frame import Header
from hailo_perception.core.results import Detections
from hailo_perception.core.user_path import user_path
from hailo_perception.nodes.camera_feed import CameraFeed
from hailo_perception.nodes.camera_feed import PictureFeed
from hailo_perception.nodes.camera_feed import SCENE_SIZE
from hailo_perception.nodes.camera_feed import SceneFeed
from hailo_perception.nodes.camera_feed import Shot
from hailo_perception.nodes.spin import EndOfInput
from hailo_perception.nodes.spin import run_node
from hailo_perception.ros.camera_publisher import CameraPublisher
from hailo_perception.ros.camera_publisher import GroundTruthPublisher
from hailo_perception.ros.clock_watch import ClockWatch
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.parameters import Parameter
from hailo_perception.ros.problem_log import ProblemLog
from hailo_perception.ros.shutdown import ShuttingDown
from hailo_perception.ros.shutdown import until_shutdown
from hailo_perception.ros.topic_names import check_topic_name
from hailo_perception.ros.unknown_parameters import unknown_parameter_reasons
from hailo_perception.scenes import OBJECT_LABELS
from hailo_perception.scenes import SceneFrame
from hailo_perception.vision.calibration_file import load_calibration
from hailo_perception.vision.sources import open_source

_SCENE = 'scene'
_DEFAULT_RATE_HZ = 10.0
_FLUSH_TIMEOUT_S = 2.0
_QUIET_S = 30.0

PARAMETERS = (
    Parameter(
        'source',
        _SCENE,
        'scene, a video file, a folder of pictures, or a webcam (/dev/video0 or 0)',
    ),
    Parameter('camera', 'front', 'name of the camera: topics are /<camera>/image_raw, …'),
    Parameter('frame_id', '', 'frame of the images; empty = <camera>_optical_frame'),
    Parameter(
        'rate_hz',
        0.0,
        'images per second; 0 = as the source says, else 10',
        0.0,
        240.0,
        unit='Hz',
    ),
    Parameter('loop', True, 'start over after the last picture; otherwise the node ends'),
    Parameter(
        'wait_for_subscribers',
        0,
        'subscribers that must be there before the first picture; 0 = start at once',
        0,
        100,
    ),
    Parameter(
        'width',
        0,
        'of the images; 0 = as their shape and height ask, without height as they are (scene: '
        f'{SCENE_SIZE[0]})',
        0,
        8192,
        unit='px',
    ),
    Parameter(
        'height',
        0,
        'of the images; 0 = as their shape and width ask, without width as they are (scene: '
        f'{SCENE_SIZE[1]})',
        0,
        8192,
        unit='px',
    ),
    Parameter(
        'transport', 'raw', 'which image topics there are', choices=('raw', 'compressed', 'both')
    ),
    Parameter('jpeg_quality', 90, 'of compressed images', 1, 100),
    Parameter('calibration_file', '', 'camera_info YAML file of the camera; empty = none'),
    Parameter(
        'field_of_view_deg',
        60.0,
        'horizontal field of view that is assumed without a calibration',
        1.0,
        179.0,
        unit='deg',
    ),
    Parameter('seed', 0, 'which scene is driven through', 0, 2**31 - 1),
    Parameter('ground_truth', False, 'publish the truth of the scene too'),
)


class CameraNode(Node):
    """Publishes images and calibration at a set rate."""

    def __init__(self, **kwargs: Any) -> None:
        """Open the source; ConfigurationError when there is none."""
        super().__init__('camera', **kwargs)
        values = declare(self, PARAMETERS)
        camera = values['camera']
        check_topic_name(self, 'camera', camera)
        self._feed = self._open_feed(values)
        self._camera = camera
        self._problems = ProblemLog(self.get_logger())
        self._frame_id = values['frame_id'] or f'{camera}_optical_frame'
        self._publisher = CameraPublisher(
            self, camera, transport=values['transport'], jpeg_quality=values['jpeg_quality']
        )
        self._truth = GroundTruthPublisher(self, camera) if values['ground_truth'] else None
        for reason in unknown_parameter_reasons(self):
            self.get_logger().warning(str(reason))
        self._wait_for_subscribers = values['wait_for_subscribers']
        rate_hz = values['rate_hz'] or self._feed.frame_rate_hz or _DEFAULT_RATE_HZ
        self._period_s = 1.0 / rate_hz
        self.get_logger().info(f"{values['source']} as camera {camera} at {rate_hz:g} images/s")
        self.create_timer(self._period_s, self._on_timer)
        self._clock_watch = ClockWatch(self)

    def close(self) -> None:
        """Release the source."""
        self._feed.close()

    def _open_feed(self, values: dict[str, Any]) -> CameraFeed:
        size = (values['width'], values['height'])
        calibration = (
            load_calibration(user_path(values['calibration_file']))
            if values['calibration_file']
            else None
        )
        if values['source'] == _SCENE:
            return SceneFeed(
                values['seed'],
                size=size,
                rate_hz=values['rate_hz'] or _DEFAULT_RATE_HZ,
                calibration=calibration,
            )
        if values['ground_truth']:
            raise ConfigurationError(
                f"ground_truth is known only for source '{_SCENE}', got '{values['source']}'"
            )
        if calibration is None:
            self.get_logger().warning(
                'no calibration_file: assuming an ideal camera with a horizontal field of view of '
                f"{values['field_of_view_deg']:g}°; depth and points are only as right as that"
            )
        return PictureFeed(
            open_source(values['source']),
            loop=values['loop'],
            calibration=calibration,
            assumed_view_rad=math.radians(values['field_of_view_deg']),
            size=size,
        )

    def _on_timer(self) -> None:
        if self._publisher.subscriptions < self._wait_for_subscribers:
            return
        self._wait_for_subscribers = 0
        began_s = time.monotonic()
        try:
            shot = self._feed.read()
            with suppress(ShuttingDown), until_shutdown(self):
                if shot is None:
                    self.get_logger().info('end of the source')
                    self._publisher.flush(_FLUSH_TIMEOUT_S)
                    raise EndOfInput
                self._publish(shot)
        except FrameError as error:
            self._problems(self._camera, error.cause, str(error))
            return
        self._warn_if_slow(time.monotonic() - began_s)

    def _warn_if_slow(self, took_s: float) -> None:
        if took_s > self._period_s:
            self.get_logger().warning(
                f'an image takes {took_s * 1000:.0f} ms, too long for {1 / self._period_s:g} '
                'images/s; set rate_hz, width or height lower',
                throttle_duration_sec=_QUIET_S,
            )

    def _publish(self, shot: Shot) -> None:
        header = Header(self.get_clock().now().nanoseconds, self._frame_id)
        self._publisher.publish(shot.image, shot.camera_model, header)
        truth = shot.truth
        if self._truth is not None and truth is not None:
            self._truth.publish(
                _objects_of(truth), truth.semantic, truth.lane, truth.depth_m, header
            )


def _objects_of(frame: SceneFrame) -> Detections:
    """List a scene's objects; the score is how much of each is visible."""
    objects = frame.objects
    return Detections(
        labels=OBJECT_LABELS,
        xyxy=objects.xyxy,
        scores=objects.visibility,
        class_ids=objects.class_ids,
        distances_m=objects.distance_m,
        positions_m=objects.position_m,
    )


def main(args: Sequence[str] | None = None) -> int:
    """Run the camera node."""
    return run_node('camera', CameraNode, args)


if __name__ == '__main__':
    raise SystemExit(main())
