# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The only part that knows ROS message types: messages in, messages out, parameters."""
