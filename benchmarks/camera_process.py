# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The cameras of cameras_over_dds.py, in a process of their own.

Reads the scenario's options as arguments. Waits until somebody listens to all of them, sends
every camera's picture at its rate, and prints one JSON object a line: ``{"began_s": …}`` with the
first picture, then ``{"sent_ns": {camera: [stamps]}}``. Times are of the system's clock.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import json
import time
from typing import Any

import numpy as np
import rclpy
from rclpy.duration import Duration
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image

from hailo_perception.bench.pipeline import sending_times
from hailo_perception.bench.scenario import Scenario
from hailo_perception.bench.workload import render_street
from hailo_perception.cli.bench.scenario import add_options
from hailo_perception.cli.bench.scenario import to_scenario
from hailo_perception.core.frame import Header
from hailo_perception.pipeline.process_settings import settle_process
from hailo_perception.ros import camera_info
from hailo_perception.ros import headers
from hailo_perception.ros import images
from hailo_perception.ros import qos
from hailo_perception.vision.jpeg import encode_jpeg

_JPEG_QUALITY = 90
_PATIENCE_S = 60.0
_SETTLE_S = 1.0
"""A subscriber may know of a publisher a little later than the publisher of it."""


class Camera:
    """One camera: the same picture again and again, built once, stamped when it is sent."""

    def __init__(self, node: Any, name: str, scenario: Scenario) -> None:
        """Create the topics /<name>/image_raw, or …/compressed, and /<name>/camera_info."""
        street = render_street(scenario.camera_size)
        picture = np.ascontiguousarray(street.image)
        header = Header(0, f'{name}_optical_frame')
        self.sent_ns: list[int] = []
        self._info = camera_info.to_message(street.camera, header)
        self._image: Image | CompressedImage
        if scenario.image_format == 'jpeg':
            self._image = images.to_compressed_message(encode_jpeg(picture, _JPEG_QUALITY), header)
        else:
            self._image = images.to_message(picture, header)
        self._infos = node.create_publisher(CameraInfo, f'{name}/camera_info', qos.OUTPUT)
        self._images = node.create_publisher(type(self._image), image_topic(name, scenario), 5)

    @property
    def is_heard(self) -> bool:
        """Whether somebody listens to images and calibration."""
        return min(each.get_subscription_count() for each in (self._infos, self._images)) > 0

    def send(self) -> None:
        """Publish the picture with the time of now."""
        stamp_ns = time.time_ns()
        stamp = headers.to_time(stamp_ns)
        self._info.header.stamp = self._image.header.stamp = stamp
        self._infos.publish(self._info)
        self._images.publish(self._image)
        self.sent_ns.append(stamp_ns)

    def flush(self) -> None:
        """Wait until all has arrived: what a publisher leaves behind is lost with it."""
        self._images.wait_for_all_acked(Duration(seconds=2))


def image_topic(camera: str, scenario: Scenario) -> str:
    """Name the topic of a camera's images."""
    topic = f'/{camera}/image_raw'
    return f'{topic}/compressed' if scenario.image_format == 'jpeg' else topic


def camera_names(scenario: Scenario) -> tuple[str, ...]:
    """Name the cameras of a scenario."""
    return tuple(f'camera_{number}' for number in range(len(scenario.rates_hz)))


def main() -> None:
    """Send, print, end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    scenario = to_scenario(parser.parse_args())
    settle_process()
    rclpy.init(args=[])
    node = rclpy.create_node('cameras_over_dds_cameras')
    cameras = [Camera(node, name, scenario) for name in camera_names(scenario)]
    _wait_until_heard(cameras)
    _send(cameras, scenario)
    for camera in cameras:
        camera.flush()
    names = camera_names(scenario)
    sent_ns = {name: camera.sent_ns for name, camera in zip(names, cameras, strict=True)}
    print(json.dumps({'sent_ns': sent_ns}), flush=True)
    rclpy.try_shutdown()


def _wait_until_heard(cameras: Sequence[Camera]) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while not all(camera.is_heard for camera in cameras):
        if time.monotonic() > deadline_s:
            raise SystemExit(f'nobody listens to the cameras after {_PATIENCE_S:g} s')
        time.sleep(0.05)
    time.sleep(_SETTLE_S)


def _send(cameras: Sequence[Camera], scenario: Scenario) -> None:
    start_s = time.time()
    end_s = start_s + scenario.settle_s + scenario.duration_s
    stop_s = end_s - scenario.duration_s / 2
    print(json.dumps({'began_s': start_s}), flush=True)
    for due_s, number in sending_times(start_s, scenario.rates_hz):
        if due_s >= end_s:
            return
        if number == scenario.stops and due_s >= stop_s:
            continue
        time.sleep(max(due_s - time.time(), 0.0))
        cameras[number].send()


if __name__ == '__main__':
    main()
