# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""rviz beside our nodes: the same namespace, the same clock, and the cameras that there are.

The topics in config/*.rviz are relative, so the namespace of rviz is theirs too, and with it any
namespace or remapping that an including launch file sets. They are those of a node ``perception``
or ``anonymizer`` with cameras called as the places of the view; other names are remapped.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence

from ament_index_python import has_resource
from launch import Action
from launch import LaunchContext
from launch.actions import LogInfo
from launch_ros.actions import Node

from hailo_perception.nodes.launch_parts import file_of
from hailo_perception.nodes.launch_parts import given_switches
from hailo_perception.nodes.launch_parts import is_on
from hailo_perception.nodes.launch_parts import Part
from hailo_perception.nodes.launch_parts import text
from hailo_perception.nodes.launch_parts import UNSET

ONE_PLACE = ('front',)
FOUR_PLACES = ('front', 'left', 'right', 'rear')
TOPICS = ('points', 'markers', 'overlay', 'depth/image', 'bird_eye', 'image')
"""What the views show of a camera, under the node's name and the camera's."""

_PACKAGE = 'rviz2'

ReadCameras = Callable[[LaunchContext], Sequence[str]]


def rviz(
    read_cameras: ReadCameras = lambda _: ONE_PLACE,
    *,
    places: Sequence[str] = ONE_PLACE,
    node: str = 'perception',
    viewed_node: str = 'perception',
) -> Part:
    """Run rviz where it is asked for and installed; the nodes do without it.

    ``places`` are the cameras of the rviz file, ``viewed_node`` its node; ``read_cameras`` names
    those of ``node``, and is called when the launch has read its arguments.
    """

    def make(context: LaunchContext) -> list[Action]:
        if not is_on(context, 'use_rviz'):
            return []
        if not has_resource('packages', _PACKAGE):
            return [
                LogInfo(
                    msg='rviz is not installed and does not start, the nodes do: '
                    'sudo apt install ros-$ROS_DISTRO-rviz2, or give use_rviz:=false'
                )
            ]
        cameras = read_cameras(context)
        shown = placed(cameras, places)
        missing = [camera for camera in cameras if camera not in shown.values()]
        return [
            *_notice(missing, shown.values()),
            _rviz_node(context, remappings(shown, node=node, viewed_node=viewed_node)),
        ]

    return make


def placed(cameras: Sequence[str], places: Sequence[str]) -> dict[str, str]:
    """Say which camera each place of a view shows: one of its name, or the next of the others."""
    shown = {camera: camera for camera in cameras if camera in places}
    free = (place for place in places if place not in shown)
    others = (camera for camera in cameras if camera not in shown)
    return shown | dict(zip(free, others, strict=False))


def remappings(shown: Mapping[str, str], *, node: str, viewed_node: str) -> list[tuple[str, str]]:
    """Lead the topics of a view's places to those of the cameras that they show."""
    pairs = [
        (f'{viewed_node}/{place}/{topic}', f'{node}/{camera}/{topic}')
        for place, camera in shown.items()
        for topic in TOPICS
    ]
    return [(viewed, published) for viewed, published in pairs if viewed != published]


def _notice(missing: Sequence[str], shown: Iterable[str]) -> list[LogInfo]:
    if not missing:
        return []
    return [
        LogInfo(
            msg=f'rviz shows {", ".join(shown)} and has no place for {", ".join(missing)}: add '
            'displays for them and give the saved file as rviz_config_file'
        )
    ]


def _rviz_node(context: LaunchContext, remapped: list[tuple[str, str]]) -> Node:
    frame = text(context, 'rviz_fixed_frame')
    clock = given_switches(context, 'use_sim_time')
    return Node(
        package=_PACKAGE,
        executable='rviz2',
        name='rviz2',
        namespace=text(context, 'namespace'),
        parameters=[clock] if clock else [],
        remappings=remapped,
        arguments=[
            '-d',
            file_of(context, 'rviz_config_file'),
            *(['-f', frame] if frame != UNSET else []),
        ],
    )
