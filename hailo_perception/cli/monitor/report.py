# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A snapshot as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
import json
from typing import Any

from hailo_perception.cli.monitor.node_state import CameraCounts
from hailo_perception.cli.monitor.node_state import NodeState


def to_json(nodes: Iterable[NodeState]) -> str:
    """Write the nodes as a JSON document; null where something is not known."""
    document = {'nodes': [_node(node) for node in nodes]}
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + '\n'


def _node(node: NodeState) -> dict[str, Any]:
    statistics, diagnosis = node.statistics, node.diagnosis
    result: dict[str, Any] = {
        'name': node.name,
        'is_present': node.is_present,
        'age_s': node.age_s,
        'level': node.level,
        'message': '' if diagnosis is None else diagnosis.message,
        'diagnostics': {} if diagnosis is None else dict(diagnosis.values),
    }
    if statistics is not None:
        result |= asdict(statistics)
        result['cameras'] = [_camera(camera, node) for camera in statistics.cameras]
    return result


def _camera(camera: CameraCounts, node: NodeState) -> dict[str, Any]:
    diagnosis = node.camera_diagnoses.get(camera.name)
    if diagnosis is None:
        return asdict(camera)
    return {
        **asdict(camera),
        'level': diagnosis.level,
        'state': diagnosis.values.get('state', ''),
        'topic': diagnosis.values.get('topic', ''),
        'reasons': [asdict(reason) for reason in diagnosis.reasons],
    }
