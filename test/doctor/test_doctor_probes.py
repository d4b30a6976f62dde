# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The two probes, which run as processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
import json
from typing import Any

import pytest

from hailo_perception.doctor import inference_probe
from hailo_perception.models.catalog import packaged_models


def test_each_packaged_model_is_tried(capsys: pytest.CaptureFixture[str]) -> None:
    inference_probe.main()
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row['model'] for row in rows] == list(packaged_models())
    assert all(('error' in row) != ({'backend', 'reason'} <= set(row)) for row in rows)


def test_a_model_that_nothing_runs_is_an_answer(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    manifest = tmp_path / 'broken.yaml'
    manifest.write_text('manifest_version: 1\n')
    monkeypatch.setattr(inference_probe, 'packaged_models', lambda: {'broken': manifest})
    (row,) = inference_probe.try_models()
    assert row['model'] == 'broken'
    assert str(manifest) in row['error']


@pytest.fixture
def node() -> Iterator[Any]:
    rclpy = pytest.importorskip('rclpy')
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('doctor_probe_test', context=context)
    yield node
    node.destroy_node()
    rclpy.try_shutdown(context=context)


def test_published_camera_topics_are_listed(node: Any) -> None:
    messages = pytest.importorskip('sensor_msgs.msg')
    from rclpy.qos import qos_profile_sensor_data

    from hailo_perception.doctor.camera_probe import camera_topics

    assert camera_topics(node) == []
    node.create_publisher(messages.Image, '/front/image_raw', qos_profile_sensor_data)
    node.create_publisher(messages.CameraInfo, '/front/camera_info', 5)
    node.create_publisher(messages.PointCloud2, '/front/points', 5)
    node.create_subscription(messages.Image, '/rear/image_raw', lambda message: None, 5)
    info, image = camera_topics(node)
    assert (info['name'], info['type']) == ('/front/camera_info', 'sensor_msgs/msg/CameraInfo')
    assert (image['name'], image['type']) == ('/front/image_raw', 'sensor_msgs/msg/Image')
    assert image['publishers'][0]['node'] == '/doctor_probe_test'
    assert image['publishers'][0]['reliability'] == 'best_effort'
    assert image['publishers'][0]['durability'] == 'volatile'


def test_the_results_of_our_own_nodes_are_no_cameras(node: Any) -> None:
    messages = pytest.importorskip('sensor_msgs.msg')
    own = pytest.importorskip('hailo_perception.msg')
    from hailo_perception.doctor.camera_probe import camera_topics

    node.create_publisher(messages.Image, '/perception/front/overlay', 5)
    node.create_publisher(own.PipelineStats, '/perception/stats', 5)
    assert camera_topics(node) == []
