# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whatever runs a network: one small interface, one implementation per module."""
