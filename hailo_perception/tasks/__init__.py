# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""From a network's raw tensors to what the package publishes; knows no ROS and no device."""
