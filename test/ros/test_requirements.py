# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a node needs is asked for before it is imported, so this needs no ROS."""

from __future__ import annotations

import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.ros.requirements import require_ros


def have_all_but(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        'hailo_perception.ros.requirements.find_spec',
        lambda name: None if name == missing else name,
    )
    monkeypatch.delenv('ROS_DOMAIN_ID', raising=False)


@pytest.mark.parametrize(
    ('missing', 'told'),
    [
        ('rclpy', "^rclpy is needed .* source your ROS 2 .* pip install '.\\[jazzy\\]'$"),
        ('hailo_perception.msg', '^hailo_perception.msg is needed .* colcon build, or pip inst'),
    ],
)
def test_what_is_missing_and_what_brings_it(
    missing: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    have_all_but('', monkeypatch)
    require_ros()
    have_all_but(missing, monkeypatch)
    with pytest.raises(MissingDependencyError, match=told):
        require_ros()


@pytest.mark.parametrize('domain', ['abc', '-1', '233', '1.0', ' '])
def test_a_ros_domain_that_is_none(domain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    have_all_but('', monkeypatch)
    for allowed in ('', '0', '101'):
        monkeypatch.setenv('ROS_DOMAIN_ID', allowed)
        require_ros()
    monkeypatch.setenv('ROS_DOMAIN_ID', domain)
    with pytest.raises(ConfigurationError, match=f"ROS_DOMAIN_ID is '{domain}'; expected"):
        require_ros()
