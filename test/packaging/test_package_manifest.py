# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""package.xml (colcon), setup.cfg (pip) and the code agree with each other."""

from __future__ import annotations

import ast
from configparser import ConfigParser
from pathlib import Path
import re
import xml.etree.ElementTree as ElementTree

import pytest

from hailo_perception.doctor.parts import OLDEST_ONNX_RUNTIME

CHECKOUT = Path(__file__).parents[2]
PACKAGE = CHECKOUT / 'hailo_perception'
ROSDEP_KEY = {
    'numpy': 'python3-numpy',
    'opencv-python-headless': 'python3-opencv',
    'PyYAML': 'python3-yaml',
}
ROS_MODULE = re.compile(
    r'^(launch|launch_ros|message_filters|rclpy|\w+_(interfaces|msgs|srvs))$'
)
# Used where they are installed, and nowhere required.
OPTIONAL_ROS = {
    'autoware_perception_msgs', 'foxglove_msgs', 'message_filters', 'tier4_perception_msgs',
}
# Part of a ROS installation, but not among the wheels.
NOT_AMONG_THE_WHEELS = {'launch', 'launch_ros', 'tf2_msgs', 'tf2_ros_py', 'vision_msgs'}


@pytest.fixture(scope='module')
def manifest() -> ElementTree.Element:
    return ElementTree.parse(CHECKOUT / 'package.xml').getroot()


@pytest.fixture(scope='module')
def setup_config() -> ConfigParser:
    config = ConfigParser()
    config.read(CHECKOUT / 'setup.cfg', encoding='utf-8')
    return config


def dependencies(manifest: ElementTree.Element, *tags: str) -> set[str]:
    return {element.text for tag in tags for element in manifest.findall(tag)}


def requirement_names(text: str) -> set[str]:
    return {re.split(r'[<>=\[;]', line)[0].strip() for line in text.split()}


def imported_ros_modules() -> set[str]:
    found = set()
    for path in [*PACKAGE.rglob('*.py'), *(CHECKOUT / 'launch').rglob('*.py')]:
        if path.is_relative_to(PACKAGE / 'msg'):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split('.')[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found.add(node.module.split('.')[0])
    return {name for name in found if ROS_MODULE.match(name)} - OPTIONAL_ROS


def test_manifest_is_well_formed(manifest):
    assert manifest.tag == 'package'
    assert manifest.get('format') == '3'
    assert manifest.findtext('name') == PACKAGE.name
    assert manifest.findtext('export/build_type') == 'ament_cmake'
    assert manifest.findtext('member_of_group') == 'rosidl_interface_packages'
    assert manifest.find('maintainer').get('email')
    assert manifest.findtext('description').strip()


def test_no_dependency_is_named_twice(manifest):
    for tag in ('buildtool_depend', 'depend', 'exec_depend', 'test_depend'):
        names = [element.text for element in manifest.findall(tag)]
        assert names == sorted(set(names)), tag
    assert not dependencies(manifest, 'depend') & dependencies(manifest, 'exec_depend')


def test_version_is_the_same_everywhere(manifest, setup_config):
    import hailo_perception

    assert setup_config['metadata']['version'] == 'attr: hailo_perception.__version__'
    assert manifest.findtext('version') == hailo_perception.__version__


def test_licence_is_the_same_everywhere(manifest, setup_config):
    assert manifest.findtext('license') == setup_config['metadata']['license'] == 'Apache-2.0'
    assert 'Apache License' in (CHECKOUT / manifest.find('license').get('file')).read_text()


def test_pip_requirements_have_their_rosdep_keys(manifest, setup_config):
    required = requirement_names(setup_config['options']['install_requires'])
    assert {ROSDEP_KEY[name] for name in required} <= dependencies(manifest, 'exec_depend')


def test_every_imported_ros_package_is_a_dependency(manifest):
    assert imported_ros_modules() <= dependencies(manifest, 'depend', 'exec_depend')


def test_every_imported_ros_package_is_in_the_jazzy_extra(setup_config):
    extra = requirement_names(setup_config['options.extras_require']['jazzy'])
    wheels = {name.removeprefix('ros-jazzy-').replace('-', '_') for name in extra}
    # The one comes with every message package, the other with rclpy.
    brought = {'builtin_interfaces', 'rcl_interfaces'}
    assert imported_ros_modules() - NOT_AMONG_THE_WHEELS - brought <= wheels


def test_the_jazzy_extra_alone_brings_ros(setup_config):
    """Beside a ROS from apt its wheels would lie over it, and aarch64 has none."""
    extras = setup_config['options.extras_require']
    assert [name for name in extras if 'ros-' in extras[name]] == ['jazzy']


@pytest.mark.parametrize('part', ['onnx', 'numba', 'jpeg'])
def test_demo_extra_contains(setup_config, part):
    extras = setup_config['options.extras_require']
    assert requirement_names(extras[part]) <= requirement_names(extras['demo'])


def test_the_doctor_wants_the_onnx_runtime_that_pip_installs(setup_config):
    oldest = '.'.join(map(str, OLDEST_ONNX_RUNTIME[:2]))
    assert setup_config['options.extras_require']['onnx'].strip() == f'onnxruntime>={oldest}'


def test_messages_depend_on_what_they_use(manifest):
    used = {
        match[1]
        for path in (CHECKOUT / 'msg').glob('*.msg')
        for match in re.finditer(r'^(\w+)/\w+', path.read_text(encoding='utf-8'), re.MULTILINE)
    }
    assert used
    assert used <= dependencies(manifest, 'depend')
    cmake = (CHECKOUT / 'CMakeLists.txt').read_text(encoding='utf-8')
    for name in used:
        assert f'find_package({name} REQUIRED)' in cmake


def test_every_folder_of_code_is_a_package():
    folders = {path.parent for path in PACKAGE.rglob('*.py')}
    assert [str(path) for path in sorted(folders) if not (path / '__init__.py').is_file()] == []


def test_every_console_script_has_its_function(setup_config):
    scripts = setup_config['options.entry_points']['console_scripts'].strip().splitlines()
    assert scripts
    for script in scripts:
        target = script.split(' = ')[1]
        module, function = target.split(':')
        path = CHECKOUT / f'{module.replace(".", "/")}.py'
        assert path.is_file(), script
        tree = ast.parse(path.read_text(encoding='utf-8'))
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_node_is_started_by_what_can_say_that_ros_is_missing(setup_config):
    """The module of a node cannot be imported without ROS, and a traceback would be its end."""
    scripts = setup_config['options.entry_points']['console_scripts'].strip().splitlines()
    nodes = [line.split(' = ') for line in scripts if line.split(' = ')[0].endswith('_node')]
    assert nodes
    for name, target in nodes:
        assert target == f'hailo_perception.nodes.executables:{name}'
