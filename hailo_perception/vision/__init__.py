# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Image decode, and preprocessing into the network's input; needs OpenCV, knows no ROS."""
