# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""rviz shows what the nodes beside it publish, whatever their namespace and cameras are called.

A program stands for rviz that does with its arguments and topics what rviz does: a node of rcl's
own name resolution, and subscriptions to the topics of the file as they are written there.
"""

from __future__ import annotations

from collections.abc import Callable
import importlib.util
from pathlib import Path
from typing import Any

import pytest
import yaml

needs_launch = pytest.mark.skipif(
    importlib.util.find_spec('launch_ros') is None, reason='ROS launch is not installed'
)
ONE_VIEW = ('points', 'markers', 'overlay', 'depth/image', 'bird_eye')
OF_EACH = ('points', 'markers', 'overlay')
PLACES = ('front', 'left', 'right', 'rear')
INCLUDE = """
from launch import LaunchDescription
from launch.actions import GroupAction, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch_ros.actions import PushRosNamespace, SetRemap
from launch_ros.substitutions import FindPackageShare

def generate_launch_description():
    ours = PythonLaunchDescriptionSource(
        [FindPackageShare('hailo_perception'), '/launch/perception.launch.py']
    )
    return LaunchDescription([GroupAction([
        PushRosNamespace('fleet'),
        SetRemap('perception/front/points', 'cloud'),
        IncludeLaunchDescription(
            ours, launch_arguments={'namespace': 'robot1', 'use_rviz': 'true'}.items()
        ),
    ])])
"""


def topics_of(node: str, cameras: tuple[str, ...], names: tuple[str, ...]) -> set[str]:
    return {f'{node}/{camera}/{name}' for camera in cameras for name in names}


def wait_for_rviz(client: Any, namespace: str, shown: set[str]) -> None:
    """Wait until rviz subscribes to exactly these topics, and each is published."""

    def subscribed() -> set[str]:
        if ('rviz2', namespace) not in client.node.get_node_names_and_namespaces():
            return set()
        found = client.node.get_subscriber_names_and_types_by_node('rviz2', namespace)
        return {topic for topic, _ in found} - {'/clock'}

    client.wait_until(lambda: len(subscribed()) >= len(shown), 'the subscriptions of rviz')
    assert subscribed() == shown
    client.wait_until(
        lambda: all(client.node.count_publishers(topic) == 1 for topic in shown),
        'a publisher of each topic',
    )


def cameras_file(folder: Path, *names: str) -> str:
    path = folder / 'cameras.yaml'
    entries = [{'name': name, 'image_topic': f'/{name}/image_raw'} for name in names]
    path.write_text(yaml.safe_dump({'cameras': entries}))
    return str(path)


def parameter_file(folder: Path, *cameras: str) -> str:
    path = folder / 'given.yaml'
    path.write_text(yaml.safe_dump({'/**': {'ros__parameters': {'cameras': list(cameras)}}}))
    return str(path)


@needs_launch
@pytest.mark.usefixtures('rviz_double')
def test_without_names_of_our_own(
    run_launch: Callable[..., Any], client: Any, prefix: Path
) -> None:
    launch = run_launch('perception.launch.py', use_rviz='true')
    wait_for_rviz(client, '/', topics_of('/perception', ('front',), ONE_VIEW))
    view = prefix / 'share' / 'hailo_perception' / 'config' / 'perception.rviz'
    told = f'rviz was given -d {view}\n'
    client.wait_until(lambda: told in launch.log, 'the arguments of rviz')
    assert launch.stop() == 0


@needs_launch
@pytest.mark.usefixtures('rviz_double')
def test_in_a_namespace_with_another_camera_frame_and_clock(
    run_launch: Callable[..., Any], client: Any, tmp_path: Path
) -> None:
    from rcl_interfaces.srv import GetParameters

    launch = run_launch(
        'perception.launch.py',
        use_rviz='true',
        namespace='robot1',
        params_file=parameter_file(tmp_path, 'stereo_left'),
        camera='stereo_left',
        image_topic='/stereo/left/image_rect',
        rviz_fixed_frame='stereo_left_frame',
        use_sim_time='true',
    )
    wait_for_rviz(client, '/robot1', topics_of('/robot1/perception', ('stereo_left',), ONE_VIEW))
    told = 'perception.rviz -f stereo_left_frame\n'
    client.wait_until(lambda: told in launch.log, 'the arguments of rviz')
    request = GetParameters.Request(names=['use_sim_time'])
    values = client.call(GetParameters, '/robot1/rviz2/get_parameters', request).values
    assert [value.bool_value for value in values] == [True]


@needs_launch
@pytest.mark.usefixtures('rviz_double')
def test_included_with_a_namespace_and_a_remapping(
    run_launch: Callable[..., Any], client: Any, tmp_path: Path
) -> None:
    """What an including file sets for its group holds for rviz as for the node."""
    path = tmp_path / 'fleet.launch.py'
    path.write_text(INCLUDE)
    run_launch(path)
    node = '/fleet/robot1/perception'
    shown = topics_of(node, ('front',), ONE_VIEW) - {f'{node}/front/points'}
    wait_for_rviz(client, '/fleet/robot1', shown | {'/fleet/robot1/cloud'})


@needs_launch
@pytest.mark.usefixtures('rviz_double')
def test_the_anonymised_picture(
    run_launch: Callable[..., Any], client: Any, tmp_path: Path
) -> None:
    run_launch(
        'anonymizer.launch.py',
        use_rviz='true',
        namespace='robot1',
        params_file=parameter_file(tmp_path, 'door'),
        camera='door',
        image_topic='/door/image_raw',
    )
    wait_for_rviz(client, '/robot1', {'/robot1/anonymizer/door/image'})


@needs_launch
@pytest.mark.usefixtures('rviz_double')
def test_four_cameras_and_one_too_many(
    run_launch: Callable[..., Any], client: Any, tmp_path: Path
) -> None:
    """A camera called as a group is shown in it, the others in those that are left over."""
    names = ('fisheye', 'rear', 'front', 'thermal', 'roof')
    launch = run_launch(
        'multi_camera.launch.py',
        use_rviz='true',
        namespace='/robot1',
        cameras_file=cameras_file(tmp_path, *names),
    )
    shown = topics_of('/robot1/perception', ('rear', 'front', 'fisheye', 'thermal'), OF_EACH)
    wait_for_rviz(client, '/robot1', shown)
    assert 'has no place for roof' in launch.log


@needs_launch
@pytest.mark.usefixtures('rviz_double')
def test_the_cameras_of_autoware(run_launch: Callable[..., Any], client: Any) -> None:
    launch = run_launch(
        'autoware.launch.py', use_rviz='true', camera_ids='5,0,1,2', publish_rois='false'
    )
    namespace = '/perception/object_recognition/detection'
    cameras = ('camera5', 'camera0', 'camera1', 'camera2')
    wait_for_rviz(client, namespace, topics_of(f'{namespace}/hailo_perception', cameras, OF_EACH))
    assert launch.stop() == 0


@needs_launch
def test_where_rviz_is_not_installed(run_launch: Callable[..., Any], client: Any) -> None:
    """The nodes run, and end with the launch; the message says how to get rviz."""
    from ament_index_python import has_resource

    from hailo_perception.msg import ObjectArray

    if has_resource('packages', 'rviz2'):
        pytest.skip('rviz is installed')
    launch = run_launch('demo.launch.py')
    objects = '/perception/front/objects'
    client.subscribe(ObjectArray, objects)
    client.wait_until(lambda: client.received[objects], 'objects of the scene')
    assert 'sudo apt install ros-$ROS_DISTRO-rviz2' in launch.log
    assert launch.stop() == 0


@needs_launch
@pytest.mark.parametrize(
    ('cameras', 'shown'),
    [
        ([], {}),
        (['front'], {'front': 'front'}),
        (['door'], {'front': 'door'}),
        (['rear', 'left'], {'left': 'left', 'rear': 'rear'}),
        (['a', 'left', 'b'], {'front': 'a', 'left': 'left', 'right': 'b'}),
        (['a', 'b', 'c', 'd', 'e'], {'front': 'a', 'left': 'b', 'right': 'c', 'rear': 'd'}),
    ],
)
def test_which_camera_is_shown_where(cameras: list[str], shown: dict[str, str]) -> None:
    from hailo_perception.nodes.launch_rviz import placed

    assert placed(cameras, PLACES) == shown


@needs_launch
def test_only_other_names_are_remapped() -> None:
    from hailo_perception.nodes.launch_rviz import remappings
    from hailo_perception.nodes.launch_rviz import TOPICS

    shown = {'front': 'front', 'left': 'door'}
    assert remappings(shown, node='perception', viewed_node='perception') == [
        (f'perception/left/{topic}', f'perception/door/{topic}') for topic in TOPICS
    ]
