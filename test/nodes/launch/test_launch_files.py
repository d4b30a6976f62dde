# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The launch files, read everywhere; run where ROS's launch is installed."""

from __future__ import annotations

import ast
from collections.abc import Callable
import importlib.util
import os
from pathlib import Path
import re
import signal
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).parents[3]
FILES = sorted((CHECKOUT / 'launch').glob('*.launch.py'))
PARTS = sorted((CHECKOUT / 'hailo_perception' / 'nodes').glob('launch_*.py'))
NAV2 = {
    'namespace', 'params_file', 'use_sim_time', 'autostart', 'use_respawn', 'log_level',
    'use_rviz', 'rviz_config_file',
}
INCLUDE = """
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch_ros.substitutions import FindPackageShare

def generate_launch_description():
    ours = PythonLaunchDescriptionSource(
        [FindPackageShare('hailo_perception'), '/launch/perception.launch.py']
    )
    return LaunchDescription([
        DeclareLaunchArgument('robot_name'),
        IncludeLaunchDescription(ours, launch_arguments={'params_file': ''}.items()),
    ])
"""
has_launch = importlib.util.find_spec('launch_ros') is not None
needs_launch = pytest.mark.skipif(not has_launch, reason='ROS launch is not installed')


@pytest.mark.parametrize('path', [*FILES, *PARTS], ids=lambda path: path.name)
def test_nothing_is_evaluated_or_fetched(path: Path) -> None:
    """A launch argument is a value, never code; starting needs no network."""
    tree = ast.parse(path.read_text(encoding='utf-8'))
    assert ast.get_docstring(tree)
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {'eval', 'exec', 'compile', 'PythonExpression', 'ExecuteProcess'}
    imported = {
        name.split('.')[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or '']
        )
    }
    assert imported <= {
        '__future__', 'ament_index_python', 'collections', 'hailo_perception', 'launch',
        'launch_ros', 'math', 'pathlib', 'typing',
    }


def arguments_of(path: Path) -> dict[str, Any]:
    from launch.launch_description_sources import (  # noqa: I001
        get_launch_description_from_python_launch_file,
    )

    description = get_launch_description_from_python_launch_file(str(path))
    return {argument.name: argument for argument in description.get_launch_arguments()}


@needs_launch
@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_arguments_are_named_as_nav2_names_them_and_described(path: Path) -> None:
    arguments = arguments_of(path)
    assert arguments.keys() >= NAV2 | {'model', 'backend', 'rviz_fixed_frame'}
    assert all(argument.description for argument in arguments.values())
    assert all(argument.default_value is not None for argument in arguments.values())


def parameters_of(client: Any, node: str, *names: str) -> dict[str, Any]:
    from rcl_interfaces.srv import GetParameters
    from rclpy.parameter import parameter_value_to_python

    request = GetParameters.Request(names=list(names))
    values = client.call(GetParameters, f'{node}/get_parameters', request).values
    return dict(zip(names, map(parameter_value_to_python, values), strict=True))


def state_of(client: Any, node: str) -> str:
    from lifecycle_msgs.srv import GetState

    return str(
        client.call(GetState, f'{node}/get_state', GetState.Request()).current_state.label
    )


def parameter_file(folder: Path, **parameters: Any) -> str:
    path = folder / 'given.yaml'
    path.write_text(yaml.safe_dump({'/**': {'ros__parameters': parameters}}))
    return str(path)


@pytest.mark.parametrize(
    'path', sorted((CHECKOUT / 'config').glob('*.param.yaml')), ids=lambda path: path.name
)
def test_a_shipped_file_tells_nothing_to_a_camera_that_a_launch_may_rename(path: Path) -> None:
    """The node would warn of it, and the file is ours."""
    parameters = yaml.safe_load(path.read_text())['/**']['ros__parameters']
    assert not [name for name in parameters if name.startswith('camera.')]


@needs_launch
def test_an_argument_that_is_not_given_overrides_nothing(
    run_launch: Callable[..., Any], client: Any, tmp_path: Path
) -> None:
    told = {
        'backend': 'onnx',
        'autostart': False,
        'use_sim_time': True,
        'camera.front.image_topic': '/a/image',
    }
    launch = run_launch('perception.launch.py', params_file=parameter_file(tmp_path, **told))
    assert state_of(client, '/perception') == 'unconfigured'
    names: tuple[str, ...] = ('autostart', 'use_sim_time')
    assert parameters_of(client, '/perception', *names) == {name: True for name in names} | {
        'autostart': False
    }
    from lifecycle_msgs.msg import Transition
    from lifecycle_msgs.srv import ChangeState

    request = ChangeState.Request(transition=Transition(id=Transition.TRANSITION_CONFIGURE))
    assert client.call(ChangeState, '/perception/change_state', request).success
    names = ('backend', 'camera.front.image_topic', 'model')
    assert parameters_of(client, '/perception', *names) == {
        'backend': 'onnx',
        'camera.front.image_topic': '/a/image',
        'model': 'lightnet_compact',
    }
    assert launch.stop() == 0


@needs_launch
def test_arguments_that_are_given_override_the_file(
    run_launch: Callable[..., Any], client: Any, tmp_path: Path
) -> None:
    told = {'backend': 'replay', 'cameras': ['left'], 'camera.left.image_topic': '/a/image'}
    run_launch(
        'perception.launch.py',
        params_file=parameter_file(tmp_path, **told),
        namespace='robot',
        backend='onnx',
        camera='left',
        image_topic='b/image',
        use_sim_time='True',
    )
    node = '/robot/perception'
    client.wait_until(
        lambda: client.node.count_subscribers('/robot/b/image') == 1, 'the subscription'
    )
    assert state_of(client, node) == 'active'
    names = ('backend', 'camera.left.image_topic', 'use_sim_time')
    assert parameters_of(client, node, *names) == {
        'backend': 'onnx',
        'camera.left.image_topic': 'b/image',
        'use_sim_time': True,
    }


@needs_launch
def test_many_cameras(run_launch: Callable[..., Any], client: Any) -> None:
    launch = run_launch('multi_camera.launch.py')
    topics = [f'/{camera}/image_raw' for camera in ('front', 'left', 'right', 'rear')]
    client.wait_until(
        lambda: all(client.node.count_subscribers(topic) for topic in topics), 'four cameras'
    )
    names = ('camera.front.priority', 'camera.rear.rate_hz')
    assert parameters_of(client, '/perception', *names) == dict(zip(names, (2, 5.0), strict=True))
    assert launch.stop() == 0


@needs_launch
@pytest.mark.parametrize(
    ('name', 'given', 'complaint'),
    [
        ('multi_camera.launch.py', {'cameras_file': '/nowhere.yaml'}, '/nowhere.yaml: cannot be'),
        ('autoware.launch.py', {'camera_ids': '0,front'}, "got '0,front'"),
        ('perception.launch.py', {'backend': 'tpu'}, 'tpu'),
        (
            'perception.launch.py',
            {'params_file': ''},
            "params_file: expected the path of a file, got ''",
        ),
        ('demo.launch.py', {'namespace': 'a b'}, 'a b'),
        # The camera node comes first, and would be left behind.
        ('demo.launch.py', {'params_file': '/nowhere.yaml'}, "of a file, got '/nowhere.yaml'"),
        ('demo.launch.py', {'camera_params_file': '/'}, 'camera_params_file: expected the path'),
        ('demo.launch.py', {'rviz_config_file': '/nowhere.rviz'}, 'rviz_config_file: expected'),
        ('demo.launch.py', {'calibration_file': '/'}, 'calibration_file: expected the path'),
        ('demo.launch.py', {'seed': 'abc'}, "seed: expected a whole number, got 'abc'"),
        ('demo.launch.py', {'rate_hz': 'nan'}, "rate_hz: expected a number, got 'nan'"),
        ('perception.launch.py', {'model': '/nowhere.yaml'}, "model: no manifest at '/nowhere.y"),
        ('anonymizer.launch.py', {'head_model': 'lightnet'}, "head_model: no model 'lightnet', "),
        ('autoware.launch.py', {'autoware_classes': ''}, 'autoware_classes: expected the path of'),
    ],
)
@pytest.mark.usefixtures('rviz_double')
def test_a_wrong_argument_ends_the_launch_with_the_reason(
    name: str, given: dict[str, str], complaint: str, run_launch: Callable[..., Any]
) -> None:
    """And before anything is started: launch leaves behind what runs when it fails."""
    launch = run_launch(name, **given)
    assert launch.wait() != 0
    assert complaint in launch.log
    assert 'process started' not in launch.log


@needs_launch
@pytest.mark.parametrize(
    ('typed', 'set_by_others', 'expected'),
    [
        ([], [], []),
        ([], ['robot'], []),
        (['model:=a', 'use_rviz:=true'], [], []),
        (['modle:=a:=b', 'model:=c'], [], [r'modle is .* no effect; did you mean model\?']),
        (['score:=1', 'usb_rviz:='], [], ['score is not known', 'usb_rviz .* mean use_rviz']),
        (['score:=1'], [], ['--show-args lists .* stand in params_file']),
        (['sigterm_timeout:=9', 'launch-prefix:=nice'], [], []),
        (['robot:=r2', 'modle:=a'], ['map'], []),
    ],
    ids=['none', 'included', 'known', 'near', 'two', 'far', "launch's", 'in a file that includes'],
)
def test_an_argument_that_nobody_reads(
    typed: list[str], set_by_others: list[str], expected: list[str]
) -> None:
    from launch import LaunchContext

    from hailo_perception.nodes.launch_parts import unknown_arguments

    context = LaunchContext(argv=typed)
    for name in [*(word.partition(':=')[0] for word in typed), *set_by_others]:
        context.launch_configurations[name] = ''
    lines = unknown_arguments(context, ['model', 'use_rviz', 'params_file'])
    assert len(lines) == len(expected)
    for line, pattern in zip(lines, expected, strict=True):
        assert re.search(pattern, line)


@needs_launch
@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_a_misspelt_argument_is_told(path: Path, run_launch: Callable[..., Any]) -> None:
    """The launch goes on: here to what ends it."""
    launch = run_launch(path.name, modle='a', params_file='')
    assert launch.wait() != 0
    told = '[hailo_perception]: launch argument modle is not known and has no effect'
    assert launch.log.count(told) == 1
    assert 'params_file: expected' in launch.log


@needs_launch
def test_what_a_file_that_includes_ours_reads_is_its_own(
    tmp_path: Path, run_launch: Callable[..., Any]
) -> None:
    path = tmp_path / 'robot.launch.py'
    path.write_text(INCLUDE)
    launch = run_launch(path, robot_name='r2')
    assert launch.wait() != 0
    assert 'params_file: expected' in launch.log
    assert 'launch argument' not in launch.log


@needs_launch
def test_autoware(run_launch: Callable[..., Any], client: Any) -> None:
    """Images come from Autoware's topics, masks and objects go to those of its fusion."""
    launch = run_launch('autoware.launch.py', camera_ids='0,3', publish_rois='false')
    inputs = [
        f'/sensing/camera/camera{number}/{name}'
        for number in (0, 3)
        for name in ('image_rect_color', 'camera_info')
    ]
    client.wait_until(
        lambda: all(client.node.count_subscribers(topic) for topic in inputs), 'both cameras'
    )
    detection = '/perception/object_recognition/detection'
    outputs = [
        f'{detection}/mask0',
        f'{detection}/mask3',
        f'{detection}/hailo_perception/camera3/objects',
    ]
    client.wait_until(
        lambda: all(client.node.count_publishers(topic) == 1 for topic in outputs), 'the outputs'
    )
    assert client.node.count_publishers(f'{detection}/rois0') == 0
    assert launch.stop() == 0
    # Of what the user neither wrote nor chose, no complaint.
    assert 'have no effect' not in launch.log
    assert 'not offered' not in launch.log


@needs_launch
@pytest.mark.skipif(
    importlib.util.find_spec('tier4_perception_msgs') is not None, reason='the package is there'
)
def test_autoware_without_its_messages(run_launch: Callable[..., Any], client: Any) -> None:
    """The node ends and says which package is missing."""
    launch = run_launch('autoware.launch.py')
    client.wait_until(lambda: 'process has died' in launch.log, 'the end of the node')
    assert 'tier4_perception_msgs is needed' in launch.log


@needs_launch
def test_demo(run_launch: Callable[..., Any], client: Any) -> None:
    from hailo_perception.msg import ObjectArray

    launch = run_launch('demo.launch.py', use_rviz='false', namespace='robot', seed='3')
    objects = '/robot/perception/front/objects'
    client.subscribe(ObjectArray, objects)
    client.wait_until(lambda: client.received[objects], 'objects of the scene')
    assert parameters_of(client, '/robot/camera', 'seed') == {'seed': 3}
    assert launch.stop() == 0
    assert 'Traceback' not in launch.log


@needs_launch
def test_anonymizer(run_launch: Callable[..., Any], client: Any) -> None:
    """The camera's topics come back under the anonymiser's name."""
    launch = run_launch(
        'anonymizer.launch.py', namespace='robot', image_topic='/a/image', on_failure='solid'
    )
    client.wait_until(lambda: client.node.count_subscribers('/a/image') == 1, 'the subscription')
    node = '/robot/anonymizer'
    assert client.node.count_publishers(f'{node}/front/image') == 1
    names = ('camera.front.image_topic', 'on_failure', 'head_model')
    assert parameters_of(client, node, *names) == dict(
        zip(names, ('/a/image', 'solid', ''), strict=True)
    )
    assert launch.stop() == 0


@needs_launch
def test_a_killed_node_comes_back(run_launch: Callable[..., Any], client: Any) -> None:
    from hailo_perception.msg import PipelineStats

    stats = '/perception/stats'
    client.subscribe(PipelineStats, stats)
    launch = run_launch('perception.launch.py', use_respawn='true')
    client.wait_until(lambda: client.received[stats], 'the node to be active')
    first, *_ = launch.started_processes
    os.kill(first, signal.SIGKILL)
    client.wait_until(lambda: len(launch.started_processes) == 2, 'the start of another')
    client.received[stats].clear()
    client.wait_until(lambda: client.received[stats], 'the other to be active')
    assert launch.stop() == 0
