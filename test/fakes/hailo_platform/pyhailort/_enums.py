# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Empty Python subclasses of native enums; their members stay native (section 1)."""

from __future__ import annotations

from hailo_double import enums

_MODULE = 'hailo_platform.pyhailort.pyhailort'


class HailoSchedulingAlgorithm(enums.SchedulingAlgorithm):  # type: ignore[misc]
    """NONE, ROUND_ROBIN."""

    __module__ = _MODULE


class HailoPowerMode(enums.PowerMode):  # type: ignore[misc]
    """PERFORMANCE, ULTRA_PERFORMANCE."""

    __module__ = _MODULE


class HailoFormatFlags(enums.FormatFlags):  # type: ignore[misc]
    """NONE, TRANSPOSED."""

    __module__ = _MODULE


class HailoStreamInterface(enums.StreamInterface):  # type: ignore[misc]
    """PCIe and what the double has not."""

    __module__ = _MODULE


class HailoStreamDirection(enums.StreamDirection):  # type: ignore[misc]
    """H2D, D2H."""

    __module__ = _MODULE


class HailoCpuId(enums.CpuId):  # type: ignore[misc]
    """CPU0, CPU1."""

    __module__ = _MODULE
