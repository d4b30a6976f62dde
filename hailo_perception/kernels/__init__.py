# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The few hot loops, as pure functions on arrays: numpy and numba twins, one signature each."""

from hailo_perception.kernels.selection import Choice
from hailo_perception.kernels.selection import Kernels
from hailo_perception.kernels.selection import load_kernels

__all__ = ['Choice', 'Kernels', 'load_kernels']
