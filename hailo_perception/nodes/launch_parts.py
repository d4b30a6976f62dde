# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What our launch files share: nav2's arguments, and nodes that are told only what was given.

An argument that is left empty overrides nothing: the parameter file keeps its say.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import TypeVar

from launch import Action
from launch import LaunchContext
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.actions import OpaqueFunction
from launch.logging import get_logger
from launch.substitutions import LaunchConfiguration
from launch.substitutions import PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.nodes.launch_values import existing_file
from hailo_perception.nodes.launch_values import known_model
from hailo_perception.ros.similar_names import nearest_name

PACKAGE = 'hailo_perception'
SWITCH = ['true', 'false', 'True', 'False']
UNSET = ''

_RESPAWN_DELAY_S = 2.0
_OF_LAUNCH = frozenset(
    {'emulate_tty', 'launch-prefix', 'launch-prefix-filter', 'sigkill_timeout', 'sigterm_timeout'}
)
"""Arguments that launch's own actions read, and no file declares."""
_REMEDY = '--show-args lists those that are, and parameters of a node stand in params_file'

Part = Callable[[LaunchContext], Sequence[Action]]
"""What a launch file starts, called when the launch has read its arguments."""

ValueT = TypeVar('ValueT')

ReadParameters = Callable[[LaunchContext], Mapping[str, Any]]
ReadRemappings = Callable[[LaunchContext], list[tuple[str, str]]]


def shared(folder: str, name: str) -> PathJoinSubstitution:
    """Name an installed file of the package."""
    return PathJoinSubstitution([FindPackageShare(PACKAGE), folder, name])


def optional(
    name: str, description: str, choices: list[str] | None = None
) -> DeclareLaunchArgument:
    """Declare an argument that overrides the parameter file only where it is given."""
    return DeclareLaunchArgument(
        name,
        default_value=UNSET,
        description=f'{description}; empty = as the parameter file says',
        choices=None if choices is None else [UNSET, *choices],
    )


def switch(name: str, default: str, description: str) -> DeclareLaunchArgument:
    """Declare an argument that is true or false."""
    return DeclareLaunchArgument(
        name, default_value=default, description=description, choices=SWITCH
    )


def perception_arguments(
    *,
    namespace: str = '',
    use_rviz: str = 'false',
    rviz_config: str = 'perception.rviz',
    node: str = 'perception',
) -> list[DeclareLaunchArgument]:
    """Declare what every launch file takes whose main node runs cameras through a network.

    They have the names of nav2. ``node`` is the main node's name, and that of its file.
    """
    return [
        DeclareLaunchArgument(
            'namespace', default_value=namespace, description='Namespace of the nodes'
        ),
        DeclareLaunchArgument(
            'params_file',
            default_value=shared('config', f'{node}.param.yaml'),
            description=f'Parameter file of the {node} node',
        ),
        optional('use_sim_time', 'Take the time from /clock, e.g. of a bag', SWITCH),
        optional(
            'autostart',
            'Configure and activate at start; false = a lifecycle manager does it',
            SWITCH,
        ),
        switch('use_respawn', 'false', 'Start a node again when it ends'),
        DeclareLaunchArgument(
            'log_level',
            default_value='info',
            description='Least severity that is logged',
            choices=['debug', 'info', 'warn', 'error', 'fatal'],
        ),
        optional('model', 'Packaged model, or path of a model manifest'),
        optional('backend', 'What runs the network', ['auto', 'hailort', 'onnx', 'replay']),
        switch('use_rviz', use_rviz, 'Start rviz'),
        DeclareLaunchArgument(
            'rviz_config_file',
            default_value=shared('config', rviz_config),
            description='Configuration of rviz',
        ),
        DeclareLaunchArgument(
            'rviz_fixed_frame',
            default_value=UNSET,
            description="Frame that rviz shows points and markers in, e.g. the images' frame_id; "
            'empty = as rviz_config_file says',
        ),
    ]


def describe_launch(arguments: Sequence[DeclareLaunchArgument], *parts: Part) -> LaunchDescription:
    """Take these arguments, and start all parts; what one raises ends the launch with its message.

    What raises after a process was started would end the launch and leave that process behind,
    so no part starts anything before the last one has read its arguments and files.
    """

    def warn(context: LaunchContext) -> None:
        for line in unknown_arguments(context, [argument.name for argument in arguments]):
            get_logger(PACKAGE).warning(line)

    def start(context: LaunchContext) -> list[Action]:
        return [action for part in parts for action in part(context)]

    return LaunchDescription(
        [OpaqueFunction(function=warn), *arguments, OpaqueFunction(function=start)]
    )


def unknown_arguments(context: LaunchContext, declared: Collection[str]) -> list[str]:
    """Say which arguments of the command line nobody reads: launch ignores them.

    To be asked before the arguments are declared. A launch file that includes ours reads
    arguments of its own; where anything but the command line has set one, none is judged.
    """
    typed = dict.fromkeys(argument.partition(':=')[0] for argument in context.argv)
    if not context.launch_configurations.keys() <= typed.keys():
        return []
    lines = []
    for name in typed:
        if name not in declared and name not in _OF_LAUNCH:
            nearest = nearest_name(name, declared)
            lines.append(
                f'launch argument {name} is not known and has no effect; '
                + (f'did you mean {nearest}?' if nearest else _REMEDY)
            )
    return lines


def perception_node(
    read_parameters: ReadParameters,
    read_remappings: ReadRemappings = lambda _: [],
    *,
    name: str = 'perception',
) -> Part:
    """Run the perception node with its file, the given arguments, and more parameters."""
    return _pipeline_node('perception_node', name, read_parameters, read_remappings)


def anonymizer_node(read_parameters: ReadParameters) -> Part:
    """Run the anonymiser with its file, the given arguments, and more parameters."""
    return _pipeline_node('anonymizer_node', 'anonymizer', read_parameters, lambda _: [])


def camera_node(read_parameters: ReadParameters) -> Part:
    """Run the camera node with its file and more parameters."""

    def make(context: LaunchContext) -> list[Node]:
        parameters = read_parameters(context)
        return [_node(context, 'camera_node', 'camera', 'camera_params_file', parameters, [])]

    return make


def text(context: LaunchContext, argument: str) -> str:
    """Read an argument as it was given."""
    return str(LaunchConfiguration(argument).perform(context))


def file_of(context: LaunchContext, argument: str) -> str:
    """Read an argument that names a file; ConfigurationError unless there is one."""
    return _value_of(context, argument, existing_file)


def is_on(context: LaunchContext, argument: str) -> bool:
    """Read a switch."""
    return text(context, argument).lower() == 'true'


def given(
    context: LaunchContext, names: Mapping[str, str], kind: Callable[[str], Any] = str
) -> dict[str, Any]:
    """Read the arguments that are not empty, as parameters: parameter name to argument.

    ``kind`` makes the value from its text; what it refuses is a ConfigurationError that names the
    argument.
    """
    return {
        parameter: _value_of(context, argument, kind)
        for parameter, argument in names.items()
        if text(context, argument) != UNSET
    }


def given_switches(context: LaunchContext, *names: str) -> dict[str, bool]:
    """Read the switches that are not empty, as parameters of their own names."""
    return given(context, {name: name for name in names}, lambda value: value.lower() == 'true')


def _value_of(context: LaunchContext, argument: str, kind: Callable[[str], ValueT]) -> ValueT:
    try:
        return kind(text(context, argument))
    except ConfigurationError as error:
        raise ConfigurationError(f'{argument}: {error}') from error


def _pipeline_node(
    executable: str,
    name: str,
    read_parameters: ReadParameters,
    read_remappings: ReadRemappings,
) -> Part:
    def make(context: LaunchContext) -> list[Node]:
        parameters = {
            **given(context, {'model': 'model'}, known_model),
            **given(context, {'backend': 'backend'}),
            **given_switches(context, 'use_sim_time', 'autostart'),
            **read_parameters(context),
        }
        remappings = read_remappings(context)
        return [_node(context, executable, name, 'params_file', parameters, remappings)]

    return make


def _node(
    context: LaunchContext,
    executable: str,
    name: str,
    params_file: str,
    parameters: Mapping[str, Any],
    remappings: list[tuple[str, str]],
) -> Node:
    return Node(
        package=PACKAGE,
        executable=executable,
        name=name,
        namespace=text(context, 'namespace'),
        output='screen',
        respawn=is_on(context, 'use_respawn'),
        respawn_delay=_RESPAWN_DELAY_S,
        parameters=[file_of(context, params_file), *([dict(parameters)] if parameters else [])],
        remappings=remappings,
        arguments=['--ros-args', '--log-level', text(context, 'log_level')],
    )
