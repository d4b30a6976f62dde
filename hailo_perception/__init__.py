# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Camera perception for ROS 2: one multitask network, one header, every output."""

from pkgutil import extend_path

# A checkout on sys.path must not hide the installed package's generated messages
# (hailo_perception.msg lives in the install space of a colcon workspace).
__path__ = extend_path(__path__, __name__)

__version__ = '0.1.0'
