# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Print the package's requirements, one per line, for the extras named on the command line."""

from __future__ import annotations

from configparser import ConfigParser
import os
from pathlib import Path
import sys

ROS_WHEELS = 'ros-jazzy-'


def requirements(extras: list[str], *, ros_wheels: bool) -> list[str]:
    """Return what setup.cfg requires; raises KeyError for an extra that it does not have."""
    config = ConfigParser()
    config.read(Path(__file__).parents[1] / 'setup.cfg', encoding='utf-8')
    texts = [config['options']['install_requires']]
    texts += [config['options.extras_require'][extra] for extra in extras]
    names = dict.fromkeys('\n'.join(texts).split())
    return [name for name in names if ros_wheels or not name.startswith(ROS_WHEELS)]


if __name__ == '__main__':
    ros_is_sourced = bool(os.environ.get('AMENT_PREFIX_PATH'))
    print('\n'.join(requirements(sys.argv[1:], ros_wheels=not ros_is_sourced)))
