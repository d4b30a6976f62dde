# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The Hailo device through the vendor's library, HailoRT 4.18 to 4.23."""

from hailo_perception.backends.hailort.backend import HailortBackend

__all__ = ['HailortBackend']
