# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Settings of a whole process that moves images; made once, before the first."""

from __future__ import annotations

from collections.abc import Collection
import ctypes
from dataclasses import dataclass
from functools import cache
import os
from pathlib import Path
import sys

import cv2

from hailo_perception.core.errors import ConfigurationError

MOST_THREADS = 64

_THREADS = Path('/proc/self/task')
_SWITCH_INTERVAL_S = 0.0001
"""How long a thread waits for the interpreter before it asks for it: the stages hold it for short
moments many times. Of 5, 0.5, 0.1 and 0.02 ms, 0.1 gave most frames on a busy machine of two cores
in most rounds; since kernels and publishing no longer hold it, 5 and 0.5 make no difference."""

# The names and numbers of glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_TOP_PAD = -2
_M_MMAP_THRESHOLD = -3
_KEPT_BYTES = 1 << 30
_TOP_PAD_BYTES = 64 << 20


class CpuAffinityError(ConfigurationError):
    """The process may not run on a core that it was told to run on."""


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """Cores and helper threads of the process; ConfigurationError for what cannot be.

    ``cpu_affinity`` are the numbers of the cores that all its threads run on, none for those
    that it was started with. ``opencv_threads`` share one OpenCV call: the pipeline's threads
    already use the cores, and a pool beside them gets in their way. numba needs no number: each
    kernel runs on the thread that calls it. The threads of ONNX Runtime are set where that
    backend is opened, ``BackendOptions.threads``, by default half of the cores set here.
    """

    cpu_affinity: tuple[int, ...] = ()
    opencv_threads: int = 1

    def __post_init__(self) -> None:
        if any(core < 0 for core in self.cpu_affinity) or len(set(self.cpu_affinity)) != len(
            self.cpu_affinity
        ):
            raise CpuAffinityError(
                'cpu_affinity must be different core numbers from 0, e.g. [4, 5, 6, 7], got '
                f'{list(self.cpu_affinity)}'
            )
        if not 1 <= self.opencv_threads <= MOST_THREADS:
            raise ConfigurationError(
                f'opencv_threads must be within 1…{MOST_THREADS}, got {self.opencv_threads}'
            )


def settle_process(settings: ProcessSettings = ProcessSettings()) -> None:
    """Prepare the process for images in several threads of its own.

    Call it before the backend opens and whenever the settings change: threads that exist are
    moved, later ones inherit. CpuAffinityError names the cores that are allowed.
    """
    keep_freed_memory()
    run_on_cores(settings.cpu_affinity)
    cv2.setNumThreads(settings.opencv_threads)
    sys.setswitchinterval(_SWITCH_INTERVAL_S)


def run_on_cores(cores: Collection[int]) -> None:
    """Move all threads of the process to some cores, none for all that it was started with.

    CpuAffinityError, and nothing is moved, when one of them is not among those.
    """
    allowed = startup_cores()
    if not allowed.issuperset(cores):
        raise CpuAffinityError(
            f'cpu_affinity {sorted(cores)}: this process may run on the cores '
            f'{sorted(allowed)} only; choose among these, or start it with others (taskset, '
            "the container's cpuset)"
        )
    wanted = frozenset(cores) or allowed
    if os.sched_getaffinity(0) == wanted:
        return
    moved: set[int] = set()
    # A thread that starts meanwhile may come from one that was not moved yet: look again.
    while new := _thread_ids() - moved:
        for thread_id in new:
            try:
                os.sched_setaffinity(thread_id, wanted)
            except ProcessLookupError:
                # It ended since it was listed: there is nothing to move.
                continue
        moved |= new


@cache
def startup_cores() -> frozenset[int]:
    """Tell the cores that the process had before it was told otherwise."""
    return frozenset(os.sched_getaffinity(0))


def _thread_ids() -> set[int]:
    return {int(entry.name) for entry in _THREADS.iterdir()}


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
