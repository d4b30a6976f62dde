# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Publishers are called by names that people know."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip('rclpy')

from hailo_perception.ros.topic_input import node_of  # noqa: E402


@pytest.mark.parametrize(
    ('namespace', 'name', 'expected'),
    [
        ('_NODE_NAMESPACE_UNKNOWN_', '_NODE_NAME_UNKNOWN_', 'a node (name not known yet)'),
        ('/', 'driver', '/driver'),
        ('/robot', 'driver', '/robot/driver'),
    ],
)
def test_node_of(namespace: str, name: str, expected: str) -> None:
    endpoint: Any = SimpleNamespace(node_namespace=namespace, node_name=name)
    assert node_of(endpoint) == expected
