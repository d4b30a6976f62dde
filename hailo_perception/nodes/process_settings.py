# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Settings of a whole process that moves images; made once, before the first."""

from __future__ import annotations

import ctypes
import sys

import cv2

_SWITCH_INTERVAL_S = 0.0005

# The names and numbers of glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_TOP_PAD = -2
_M_MMAP_THRESHOLD = -3
_KEPT_BYTES = 1 << 30
_TOP_PAD_BYTES = 64 << 20


def settle_process() -> None:
    """Prepare the process for images in several threads of its own."""
    keep_freed_memory()
    # The pipeline's threads already use the cores; OpenCV's pool would only get in their way.
    cv2.setNumThreads(1)
    # A thread that waits for the interpreter should not wait longer than a stage takes.
    sys.setswitchinterval(_SWITCH_INTERVAL_S)


def keep_freed_memory() -> bool:
    """Let glibc keep freed image buffers; False where there is no glibc.

    By default it returns each buffer to the kernel, so every frame pays for page faults on
    megabytes of fresh memory.
    """
    mallopt = getattr(ctypes.CDLL(None), 'mallopt', None)
    if mallopt is None:
        return False
    return all(
        mallopt(option, value)
        for option, value in (
            (_M_MMAP_THRESHOLD, _KEPT_BYTES),
            (_M_TRIM_THRESHOLD, _KEPT_BYTES),
            (_M_TOP_PAD, _TOP_PAD_BYTES),
        )
    )
