# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""
The pip build: the Python package and, where ROS is found, its messages for Python.

A ROS workspace is built by CMakeLists.txt instead. HAILO_PERCEPTION_MESSAGES says what to do about
the messages: ``auto`` (the default) builds them where ROS is found, ``require`` fails without,
``skip`` leaves them out.
"""

from __future__ import annotations

import os
from pathlib import Path
import sys

from setuptools import setup

sys.path.insert(0, str(Path(__file__).parent / 'build_support'))

from ros_interfaces import BuildInterfaces  # noqa: E402
from ros_interfaces import find_ros  # noqa: E402
from ros_interfaces import interface_extensions  # noqa: E402
from ros_interfaces import InterfaceBuildError  # noqa: E402

PACKAGE = 'hailo_perception'
SHARED_FOLDERS = ('config', 'launch', 'msg')
LEFT_OUT = """
hailo-perception: no ROS 2 was found, so the ROS messages and with them the nodes are LEFT OUT.
  The Python library, the command line tool and the models work without them.
  To have them: on x86_64 Linux, pip install with build isolation (the default);
  elsewhere source a ROS 2 installation first and use pip install --no-build-isolation.
"""


def messages_wanted() -> bool:
    """Decide whether to build the ROS messages; raise where they are required and impossible."""
    wish = os.environ.get('HAILO_PERCEPTION_MESSAGES', 'auto')
    if wish not in ('auto', 'require', 'skip'):
        raise InterfaceBuildError(
            f'HAILO_PERCEPTION_MESSAGES must be auto, require or skip, but is {wish!r}'
        )
    if wish == 'skip':
        return False
    if find_ros() is None:
        if wish == 'require':
            raise InterfaceBuildError(LEFT_OUT)
        print(LEFT_OUT, file=sys.stderr)
        return False
    return True


def shared_files() -> list[tuple[str, list[str]]]:
    """Return what ament looks for under ``share``: manifest, index marker, launch, config."""
    share = f'share/{PACKAGE}'
    files = [
        ('share/ament_index/resource_index/packages', [f'resource/{PACKAGE}']),
        (share, ['package.xml']),
    ]
    for folder in SHARED_FOLDERS:
        for directory in (Path(folder), *sorted(Path(folder).rglob('*/'))):
            found = [str(path) for path in sorted(directory.glob('*')) if path.is_file()]
            if directory.name != '__pycache__' and found:
                files.append((f'{share}/{directory}', found))
    return files


build_messages = messages_wanted()

setup(
    data_files=shared_files(),
    ext_modules=interface_extensions(PACKAGE) if build_messages else [],
    cmdclass={'build_ext': BuildInterfaces} if build_messages else {},
)
