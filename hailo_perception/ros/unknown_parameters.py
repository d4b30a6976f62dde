# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Parameters that somebody gave and nobody reads: a typing error, or another camera's."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from pathlib import Path
import sys

from rclpy.node import Node

from hailo_perception.ros.parameter_files import foreign_files
from hailo_perception.ros.parameters import given_parameters
from hailo_perception.ros.reasons import Reason
from hailo_perception.ros.reasons import ReasonCause
from hailo_perception.ros.similar_names import nearest_name

_CAMERA = 'camera.'
_OF_ROS = (
    'qos_overrides./clock.',
    'qos_overrides./parameter_events.',
    'qos_overrides./rosout.',
    'use_sim_time',
    'start_type_description_service',
)


def unknown_parameters(
    given: Iterable[str], known: Collection[str], cameras: Collection[str]
) -> tuple[str, ...]:
    """Say of each given name that is not known what it may have meant; one line per camera."""
    lines: dict[str, str] = {}
    for name in sorted(given):
        if name in known or name.startswith(_OF_ROS):
            continue
        camera, dot, _ = name.removeprefix(_CAMERA).partition('.')
        if cameras and name.startswith(_CAMERA) and dot and camera not in cameras:
            lines[f'{_CAMERA}{camera}'] = _of_other_camera(camera, cameras)
        else:
            nearest = nearest_name(name, known)
            meant = f'; did you mean {nearest}?' if nearest else ''
            lines[name] = f'parameter {name} is not known and has no effect{meant}'
    return tuple(lines.values())


def unknown_parameter_reasons(
    node: Node, cameras: Collection[str] = (), arguments: Sequence[str] | None = None
) -> tuple[Reason, ...]:
    """Judge what was given and is not declared; call it once everything is declared.

    ``arguments`` are those that the process was started with, ``sys.argv`` where they are None.
    """
    declared = node.get_parameters_by_prefix('')
    lines = unknown_parameters(given_parameters(node), declared, cameras)
    name = node.get_fully_qualified_name()
    files = foreign_files(name, sys.argv if arguments is None else arguments)
    if not (lines or files):
        return ()
    remedies = []
    if files:
        remedies.append(f"write '/**:' in place of the node's name in the file, or '{name}:'")
    if lines:
        remedies.append(
            'correct the parameter file or the command line (docs/parameters.md lists all names)'
        )
    facts = (*(_of_other_nodes(name, *file) for file in files.items()), *lines)
    return (
        Reason(
            ReasonCause.UNKNOWN_PARAMETERS,
            '; '.join(facts),
            f"{', '.join(remedies)}, and start the node again",
        ),
    )


def _of_other_nodes(name: str, file: Path, names: Sequence[str]) -> str:
    return (
        f"parameter file {file} has no effect: it is for {', '.join(names)}, and this node is "
        f'called {name}'
    )


def _of_other_camera(camera: str, cameras: Collection[str]) -> str:
    listed = ', '.join(cameras)
    nearest = nearest_name(camera, cameras)
    remedy = f'did you mean camera.{nearest}?' if nearest else f'add {camera} to cameras'
    return (
        f'parameters camera.{camera}.… have no effect: cameras lists {listed} and not {camera}; '
        f'{remedy}'
    )
