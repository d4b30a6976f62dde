# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is wrong with this computer, in one line each; needs nothing but Python itself."""

GROUPS = (
    'machine',
    'cpu',
    'heat',
    'pcie',
    'driver',
    'hailort',
    'parts',
    'inference',
    'ros',
    'transport',
    'cameras',
)
"""Modules of this package with an ``examine(system)``, in the order in which a fault spreads."""
