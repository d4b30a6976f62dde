# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The ROS nodes: parameters, subscriptions, publishers; the work is done elsewhere."""
