# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Faults of the installed parts, the inference, ROS, its transport and the cameras."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path

from computer_changes import answers
from computer_changes import Change
from computer_changes import files
from computer_changes import gone
from computer_changes import having
from computer_changes import shell
from computer_changes import together
from computer_changes import topics
from example_computers import calibration_topic
from example_computers import CAMERAS
from example_computers import Computer
from example_computers import image_topic
from example_computers import INFERENCE
from example_computers import PACKAGES
import pytest

from hailo_perception.doctor import transport
from hailo_perception.doctor.commands import Answer
from hailo_perception.doctor.finding import Severity
from hailo_perception.doctor.system import Space

OK, WARNING, ERROR = Severity.OK, Severity.WARNING, Severity.ERROR
CALIBRATION = calibration_topic('/front/camera_info')
NO_PROFILE = shell(FASTRTPS_DEFAULT_PROFILES_FILE='')

# A change to the healthy Raspberry Pi 5; group, check, severity; parts of fact and remedy.
FAULTS = {
    'no onnxruntime': (
        gone('onnxruntime'), 'parts', 'onnxruntime', WARNING, 'CPU', 'pip install onnxruntime'),
    'an onnxruntime that is too old': (
        lambda computer: computer.versions.update(onnxruntime='1.17.3'),
        'parts', 'onnxruntime', WARNING, '1.17.3 is older than 1.18.0',
        'pip install -U onnxruntime'),
    'no numba, in a Python that Debian manages': (
        together(gone('numba'), files({'/usr/lib/python3.12/EXTERNALLY-MANAGED': ''})),
        'parts', 'numba', WARNING, 'not installed',
        'pip install --break-system-packages numba'),
    'no OpenCV': (
        gone('cv2', 'opencv-python-headless'), 'parts', 'cv2', ERROR, 'nothing works',
        "pip install 'opencv-python-headless<5'"),
    'no OpenCV, in a Python that Debian manages': (
        together(
            gone('cv2', 'opencv-python-headless'),
            files({'/usr/lib/python3.12/EXTERNALLY-MANAGED': ''}),
        ),
        'parts', 'cv2', ERROR, 'nothing works', 'sudo apt install python3-opencv'),
    'no vision_msgs': (
        gone('vision_msgs'), 'parts', 'vision_msgs', WARNING, 'detections', 'apt install ros-'),
    'no foxglove_msgs': (
        together(),
        'parts', 'foxglove_msgs', OK, 'no topic annotations', 'ros-$ROS_DISTRO-foxglove'),
    'two OpenCVs': (
        lambda computer: computer.versions.update({'opencv-python': '4.9.0.80'}),
        'parts', 'opencv_twice', WARNING,
        'opencv-python-headless 4.11.0.86 and opencv-python 4.9.0.80 overwrite each other',
        'pip install --force-reinstall --no-deps opencv-python-headless==4.11.0.86 '
        'opencv-python==4.11.0.86'),
    'two OpenCVs, one of them too new': (
        lambda computer: computer.versions.update({'opencv-python': '5.0.0.93'}),
        'parts', 'opencv_twice', WARNING, 'overwrite', 'opencv-python==4.11.0.86'),
    'OpenCV 5': (
        lambda computer: computer.versions.update({'opencv-python-headless': '5.0.0'}),
        'parts', 'opencv_version', WARNING, '5.0.0', "'opencv-python-headless<5'"),
    'numpy over the OpenCV of the system': (
        together(
            lambda computer: computer.versions.update(numpy='2.1.0'),
            files({f'{PACKAGES}/numpy-1.26.4.egg-info/PKG-INFO': ''}),
        ),
        'parts', 'numpy_clash', ERROR, 'compiled for numpy 1', "'numpy<2'"),
    'cv_bridge beside numpy 2': (
        lambda computer: (
            computer.versions.update(numpy='2.1.0'), computer.modules.update(cv_bridge='/x')),
        'parts', 'cv_bridge', OK, 'numpy 1', '_ARRAY_API'),
    'the CPU runs it although there is a Hailo': (
        answers(INFERENCE, Answer(0, json.dumps(
            {'model': 'm', 'backend': 'onnx', 'reason': 'backend onnx runs m (hailort: busy)'}))),
        'inference', 'auto', WARNING, 'hailort: busy', 'hailort'),
    'the device warns': (
        answers(INFERENCE, Answer(0, json.dumps(
            {'model': 'm', 'backend': 'hailort', 'reason': '.', 'warnings': ['an 8L network']}))),
        'inference', 'auto', WARNING, 'an 8L network', 'change'),
    'nothing runs it': (
        answers(INFERENCE, Answer(0, '{"model": "m", "error": "no backend can run m"}')),
        'inference', 'auto', ERROR, 'no backend can run m', 'repair'),
    'the models crash Python': (
        answers(INFERENCE, Answer(-11, '', '')),
        'inference', 'auto', ERROR, 'exit status -11', 'inference_probe'),
    'the models take too long': (
        answers(INFERENCE, Answer(None, '', '', 'no answer in 7 s', is_late=True)),
        'inference', 'auto', WARNING, 'no answer in 7 s', 'inference_probe'),
    'ROS installed, not sourced': (
        together(gone('rclpy'), lambda computer: computer.environment.pop('ROS_DISTRO')),
        'ros', 'distribution', WARNING, 'not sourced', 'source /opt/ros/jazzy/setup.bash'),
    'ROS sourced for another Python': (
        gone('rclpy'), 'ros', 'distribution', ERROR, 'finds no rclpy', 'Python'),
    'an old ROS': (
        shell(ROS_DISTRO='foxy'), 'ros', 'distribution', WARNING, 'foxy', 'jazzy'),
    'rclpy for another Python': (
        having(python_version=(3, 11)), 'ros', 'rclpy', ERROR, 'compiled for Python 3.12', '3.12'),
    'messages not built': (
        gone('hailo_perception.msg'), 'ros', 'messages', ERROR, 'not built', 'colcon build'),
    'middleware not installed': (
        shell(RMW_IMPLEMENTATION='rmw_cyclonedds_cpp'),
        'ros', 'middleware', ERROR, 'rmw_cyclonedds_cpp', 'rmw-cyclonedds-cpp'),
    'Cyclone DDS with small buffers': (
        together(
            shell(RMW_IMPLEMENTATION='rmw_cyclonedds_cpp'),
            files({
                '/opt/ros/jazzy/share/ament_index/resource_index/packages/rmw_cyclonedds_cpp': '',
                '/proc/sys/net/core/rmem_max': '212992\n',
            }),
        ),
        'ros', 'receive_buffer', WARNING, '212992', 'sysctl'),
    'no domain': (
        shell(ROS_DOMAIN_ID='front'), 'ros', 'domain', ERROR, 'front', '101'),
    'a risky domain': (
        shell(ROS_DOMAIN_ID='200'), 'ros', 'domain', WARNING, '200', '101'),
    'discovery off': (
        shell(ROS_AUTOMATIC_DISCOVERY_RANGE='OFF'), 'ros', 'discovery', WARNING, 'OFF', 'unset'),
    'no profile': (
        NO_PROFILE, 'transport', 'profile', WARNING, '512 KB',
        'export FASTRTPS_DEFAULT_PROFILES_FILE=/'),
    'profile under the name that Jazzy does not read': (
        together(NO_PROFILE, shell(FASTDDS_DEFAULT_PROFILES_FILE='/opt/profiles/images.xml')),
        'transport', 'profile', WARNING, 'reads only FASTRTPS_DEFAULT', 'export FASTRTPS'),
    'profile lost': (
        shell(FASTRTPS_DEFAULT_PROFILES_FILE='/tmp/none.xml'),
        'transport', 'profile', ERROR, '/tmp/none.xml', 'export'),
    'profile without large segments': (
        files({'/opt/profiles/images.xml': '<segment_size>524288</segment_size>'}),
        'transport', 'profile', WARNING, '8 MiB', 'export'),
    'shared memory is full': (
        having(shared_memory=Space(1 << 30, 1 << 20)),
        'transport', 'shared_memory', ERROR, '1 MiB of 1 GiB', 'fastdds shm clean'),
    'shared memory is scarce': (
        having(shared_memory=Space(1 << 30, 128 << 20)),
        'transport', 'shared_memory', WARNING, '128 MiB', 'fastdds shm clean'),
    'shared memory is small': (
        having(shared_memory=Space(100 << 20, 100 << 20)),
        'transport', 'shared_memory', WARNING, '100 MiB of 100 MiB', 'remount,size=1G /dev/shm'),
    'no shared memory': (
        having(shared_memory=None), 'transport', 'shared_memory', ERROR, 'no /dev/shm', 'mount'),
    'nodes of two users': (
        together(
            files({'/dev/shm/fastrtps_port7411': ''}),
            having(forbidden={'/dev/shm/fastrtps_port7411'}),
        ),
        'transport', 'shared_memory_owner', WARNING, 'fastrtps_port7411', 'one user'),
    'webcam closed': (
        together(files({'/dev/video0': ''}), having(forbidden={'/dev/video0'})),
        'cameras', 'video_devices', WARNING, '/dev/video0', 'usermod -aG video'),
    'no camera': (
        topics(), 'cameras', 'topics', WARNING, 'domain 7', 'camera_node'),
    'ROS broken': (
        answers(CAMERAS, Answer(1, '', 'Traceback\nImportError: librcl.so')),
        'cameras', 'topics', ERROR, 'ImportError: librcl.so', 'camera_probe'),
    'ROS takes too long': (
        answers(CAMERAS, Answer(None, '', '', 'no answer in 7 s', is_late=True)),
        'cameras', 'topics', WARNING, 'no answer in 7 s', 'camera_probe'),
    'not calibrated': (
        topics(image_topic('/front/image_raw')),
        'cameras', 'calibration', WARNING, '/front/camera_info', 'cameracalibrator'),
    'two publishers': (
        topics(image_topic('/front/image_raw', publishers=2), CALIBRATION),
        'cameras', 'topic', WARNING, '2 publishers', 'stop one'),
    'best effort without the profile': (
        together(NO_PROFILE, topics(image_topic('/front/image_raw', 'best_effort'), CALIBRATION)),
        'cameras', 'topic', WARNING, 'best effort loses', 'publish reliably'),
    'another name': (
        topics(image_topic('/usb/image_raw')),
        'cameras', 'topic', OK, '/usb/image_raw: sensor_msgs/msg/Image from /usb_cam, reliable',
        'camera.front.image_topic:=/usb/image_raw'),
}


@pytest.mark.parametrize('fault', FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(
    fault: tuple[Change, str, str, Severity, str, str], check_fault: Callable[..., None]
) -> None:
    check_fault(*fault)


def test_opencvs_of_one_version_go_together(
    make_computer: Callable[[str], Computer], tmp_path: Path
) -> None:
    computer = make_computer('raspberry_pi_5')
    computer.versions['opencv-python'] = computer.versions['opencv-python-headless']
    checks = [finding.check for finding in computer.examine(tmp_path)['parts']]
    assert 'cv2' in checks and 'opencv_twice' not in checks


@pytest.mark.parametrize('distribution', ['kilted', 'rolling'])
def test_the_profile_is_exported_under_the_name_that_is_read(
    distribution: str,
    make_computer: Callable[[str], Computer],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def prefer(environment: dict[str, str]) -> None:
        environment['FASTRTPS_DEFAULT_PROFILES_FILE'] = '/my robot/a.xml'
        environment['FASTDDS_DEFAULT_PROFILES_FILE'] = '/my robot/a.xml'

    monkeypatch.setattr(transport, 'prefer_shared_memory', prefer)
    computer = make_computer('raspberry_pi_5')
    computer.environment['ROS_DISTRO'] = distribution
    line = transport.export_command(computer.system(tmp_path))
    assert line == "export FASTDDS_DEFAULT_PROFILES_FILE='/my robot/a.xml'"
