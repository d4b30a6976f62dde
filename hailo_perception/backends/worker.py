# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The one thread of a backend whose library has none of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
import logging
import threading
from typing import Generic
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.base import OnDone
from hailo_perception.core.errors import BackendError
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.core.tensors import TensorInfo

Job = TypeVar('Job')

_logger = logging.getLogger(__name__)


def check_image(image: NDArray[np.uint8], expected: TensorInfo) -> None:
    """Raise ValueError unless the image has the network's shape, dtype and layout."""
    if image.shape != expected.shape or image.dtype != expected.dtype:
        raise ValueError(f'expected an image for {expected}, got {image.shape} {image.dtype}')
    if not image.flags.c_contiguous:
        raise ValueError(
            f'expected a C-contiguous image for {expected}, got strides {image.strides}; '
            'pass numpy.ascontiguousarray(image)'
        )


def deliver(on_done: OnDone, outcome: RawOutputs | BackendError) -> None:
    """Call a completion; what it raises is logged, for the thread of a backend must go on."""
    try:
        on_done(outcome)
    # Even sys.exit in a completion must not end the thread: the frames behind it would be lost.
    except BaseException:
        _logger.exception('the completion of an inference raised; its frame is lost')


class InOrderWorker(Generic[Job]):
    """Serves jobs one after another and completes each exactly once, in order.

    ``serve`` runs on the worker's thread; what it raises becomes the job's BackendError. A
    place in the queue is free again as soon as ``serve`` returned, so that a completion may
    submit the next job.
    """

    def __init__(self, name: str, serve: Callable[[Job], RawOutputs], queue_size: int) -> None:
        """Start the thread; ValueError unless at least one job may be in flight."""
        if queue_size < 1:
            raise ValueError(f'queue_size must be at least 1, got {queue_size}')
        self.queue_size = queue_size
        self._name = name
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Job, OnDone]] = deque()
        self._in_flight = 0
        self._closed = False
        # Only the thread holds ``serve``: when it ends, the network that serves is released.
        self._thread = threading.Thread(
            target=self._run, args=(serve,), name=f'{name} inference', daemon=True
        )
        self._thread.start()

    def submit(self, job: Job, on_done: OnDone) -> None:
        """Queue a job; BackendError when closed or when the queue is full."""
        with self._changed:
            if self._closed:
                raise BackendError(f'the {self._name} backend is closed; open it again')
            if self._in_flight >= self.queue_size:
                raise BackendError(
                    f'{self._in_flight} inferences are in flight, as many as the {self._name} '
                    'backend takes; call wait_ready first'
                )
            self._in_flight += 1
            self._waiting.append((job, on_done))
            self._changed.notify_all()

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait for a free place in the queue; False on timeout or when closed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._in_flight < self.queue_size, timeout_s
            )
            return not self._closed and self._in_flight < self.queue_size

    def close(self) -> None:
        """Finish every queued job and end the thread; idempotent.

        Called from a completion it returns at once, and the thread ends after the last job.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self, serve: Callable[[Job], RawOutputs]) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._waiting)
                if not self._waiting:
                    return
                job, on_done = self._waiting.popleft()
            outcome = self._outcome(serve, job)
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()
            deliver(on_done, outcome)
            # An idle worker must not keep the last frame's image and tensors alive.
            del job, on_done, outcome

    def _outcome(self, serve: Callable[[Job], RawOutputs], job: Job) -> RawOutputs | BackendError:
        try:
            return serve(job)
        except BackendError as error:
            return error
        except Exception as error:
            failure = BackendError(f'the {self._name} backend failed on this frame: {error}')
            failure.__cause__ = error
            return failure
