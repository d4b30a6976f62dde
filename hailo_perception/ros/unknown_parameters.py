# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Parameters that somebody gave and nobody reads: a typing error, or another camera's."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable

from rclpy.node import Node

from hailo_perception.ros.parameters import given_parameters
from hailo_perception.ros.reasons import Reason
from hailo_perception.ros.reasons import ReasonCause
from hailo_perception.ros.similar_names import nearest_name

_CAMERA = 'camera.'
_OF_ROS = ('qos_overrides.', 'use_sim_time', 'start_type_description_service')


def unknown_parameters(
    given: Iterable[str], known: Collection[str], cameras: Collection[str]
) -> tuple[str, ...]:
    """Say of each given name that is not known what it may have meant; one line per camera."""
    lines: dict[str, str] = {}
    for name in sorted(given):
        if name in known or name.startswith(_OF_ROS):
            continue
        camera, dot, _ = name.removeprefix(_CAMERA).partition('.')
        if name.startswith(_CAMERA) and dot and camera not in cameras:
            lines[f'{_CAMERA}{camera}'] = _of_other_camera(camera, cameras)
        else:
            nearest = nearest_name(name, known)
            meant = f'; did you mean {nearest}?' if nearest else ''
            lines[name] = f'parameter {name} is not known and has no effect{meant}'
    return tuple(lines.values())


def unknown_parameter_reasons(node: Node, cameras: Collection[str]) -> tuple[Reason, ...]:
    """Judge what was given and is not declared; call it once everything is declared."""
    declared = node.get_parameters_by_prefix('')
    lines = unknown_parameters(given_parameters(node), declared, cameras)
    if not lines:
        return ()
    return (
        Reason(
            ReasonCause.UNKNOWN_PARAMETERS,
            '; '.join(lines),
            'correct the parameter file or the command line and start the node again '
            '(docs/parameters.md lists all names)',
        ),
    )


def _of_other_camera(camera: str, cameras: Collection[str]) -> str:
    listed = ', '.join(cameras)
    nearest = nearest_name(camera, cameras)
    remedy = f'did you mean camera.{nearest}?' if nearest else f'add {camera} to cameras'
    return (
        f'parameters camera.{camera}.… have no effect: cameras lists {listed} and not {camera}; '
        f'{remedy}'
    )
