# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cores and helper threads, set for real on this process and set back."""

from __future__ import annotations

from collections.abc import Iterator
import os
import sys
import threading

import cv2
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.pipeline.process_settings import CpuAffinityError
from hailo_perception.pipeline.process_settings import ProcessSettings
from hailo_perception.pipeline.process_settings import run_on_cores
from hailo_perception.pipeline.process_settings import settle_process
from hailo_perception.pipeline.process_settings import startup_cores


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    startup_cores()
    opencv_threads, interval_s = cv2.getNumThreads(), sys.getswitchinterval()
    yield
    run_on_cores(())
    cv2.setNumThreads(opencv_threads)
    sys.setswitchinterval(interval_s)


class Helper:
    """A thread that lives as long as the test wants, and says on which cores it may run."""

    def __init__(self) -> None:
        """Start it."""
        self._questions = threading.Semaphore(0)
        self._answered = threading.Semaphore(0)
        self._cores: set[int] = set()
        self._is_over = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def cores(self) -> set[int]:
        """Ask it."""
        self._questions.release()
        assert self._answered.acquire(timeout=20)
        return self._cores

    def end(self) -> None:
        """Let it end."""
        self._is_over = True
        self._questions.release()
        self._thread.join(20)

    def _run(self) -> None:
        while self._questions.acquire() and not self._is_over:
            self._cores = set(os.sched_getaffinity(0))
            self._answered.release()


def test_without_cores_the_process_keeps_what_it_was_started_with() -> None:
    settle_process()
    assert os.sched_getaffinity(0) == startup_cores()
    assert cv2.getNumThreads() == 1


def test_threads_that_exist_are_moved_and_later_ones_inherit() -> None:
    core = max(startup_cores())
    earlier = Helper()
    settle_process(ProcessSettings(cpu_affinity=(core,)))
    later = Helper()
    assert os.sched_getaffinity(0) == {core}
    assert earlier.cores() == {core} == later.cores()
    # Wider again: the cores of the start count, not those of the last call.
    settle_process()
    assert earlier.cores() == startup_cores() == later.cores()
    earlier.end()
    later.end()


def test_a_core_that_is_not_allowed_is_refused_with_those_that_are() -> None:
    missing = max(startup_cores()) + 1
    before = os.sched_getaffinity(0)
    with pytest.raises(CpuAffinityError, match='may run on the cores') as caught:
        settle_process(ProcessSettings(cpu_affinity=(min(startup_cores()), missing)))
    assert str(sorted(startup_cores())) in str(caught.value)
    assert os.sched_getaffinity(0) == before


def test_opencv_gets_its_threads() -> None:
    settle_process(ProcessSettings(opencv_threads=2))
    assert cv2.getNumThreads() == 2


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        ({'cpu_affinity': (4, 4)}, r'different core numbers.*\[4, 4\]'),
        ({'cpu_affinity': (-1,)}, r'core numbers from 0'),
        ({'opencv_threads': 0}, '1…64, got 0'),
        ({'opencv_threads': 65}, '1…64, got 65'),
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        ProcessSettings(**wrong)  # type: ignore[arg-type]
