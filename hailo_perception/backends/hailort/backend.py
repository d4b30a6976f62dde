# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A backend that runs the network on a Hailo-8 or Hailo-8L through HailoRT 4.x."""

from __future__ import annotations

import atexit
from functools import partial
import logging
import math
from threading import current_thread
from threading import Lock
from threading import Thread
import time

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.base import DeviceHealth
from hailo_perception.backends.base import OnDone
from hailo_perception.backends.hailort.buffers import example_outputs
from hailo_perception.backends.hailort.circumstances import Circumstances
from hailo_perception.backends.hailort.circumstances import Stage
from hailo_perception.backends.hailort.diagnosis import explain
from hailo_perception.backends.hailort.flights import Flight
from hailo_perception.backends.hailort.flights import Flights
from hailo_perception.backends.hailort.host import compiled_architecture
from hailo_perception.backends.hailort.host import Host
from hailo_perception.backends.hailort.host import THIS_HOST
from hailo_perception.backends.hailort.keeper import Keeper
from hailo_perception.backends.hailort.monitor import Monitor
from hailo_perception.backends.hailort.monitor import read_identity
from hailo_perception.backends.hailort.options import DEFAULTS
from hailo_perception.backends.hailort.options import HailortOptions
from hailo_perception.backends.hailort.runtime import load_runtime
from hailo_perception.backends.hailort.session import Session
from hailo_perception.backends.worker import check_image
from hailo_perception.backends.worker import deliver
from hailo_perception.core.errors import BackendError
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.models.files import require_file
from hailo_perception.models.specification import ModelManifest

DEFAULT_QUEUE_SIZE = 2
"""Two in flight keep the device busy; more only makes frames older."""

_SLOWEST_LINK_BYTES_PER_S = 500e6
"""One lane of PCIe 2.0, as a Raspberry Pi 5 has it when nothing is set."""

_WIND_DOWN_S = 1.0

_logger = logging.getLogger(__name__)


class HailortBackend:
    """Runs inferences on one or several Hailo devices, and gets them back when they fail.

    Outputs are the device's own codes in buffers that are reused after ``release``. Frames come
    back on a thread of the backend, never on the library's. After a failure the network is
    configured anew; ``health`` tells how that goes.
    """

    name = 'hailort'

    def __init__(
        self,
        manifest: ModelManifest,
        options: HailortOptions = DEFAULTS,
        *,
        queue_size: int = DEFAULT_QUEUE_SIZE,
        host: Host = THIS_HOST,
    ) -> None:
        """Load the manifest's file ``hef`` into the device; takes about a second.

        ``queue_size`` frames may be in flight, or fewer where the library takes no more. An error
        of ``errors.py`` says what is in the way, MissingDependencyError that HailoRT is.
        """
        if queue_size < 1:
            raise ValueError(f'queue_size must be at least 1, got {queue_size}')
        # A session looks at the file itself, each time it opens it.
        hef = manifest.files.get('hef') or require_file(manifest, 'hef')
        runtime = load_runtime()
        self._circumstances = Circumstances(
            hef=hef,
            library_version=runtime.version,
            requested_ids=options.device_ids,
            device_count=len(options.device_ids) or options.device_count,
            batch_size=options.batch_size,
            is_multi_process=options.multi_process_service,
            group_id=options.group_id,
            host=host,
            scan=runtime.scan,
            read_device=partial(read_identity, runtime),
        )
        open_session = partial(Session, runtime, manifest, hef, options, self._circumstances)
        session = open_session()
        self.inputs = (session.plan.input.info,)
        self.outputs = session.plan.output_infos
        self.queue_size = min(queue_size, session.queue_size)
        input_bytes = math.prod(session.plan.input.info.shape)
        self.input_transfer_s = input_bytes / _SLOWEST_LINK_BYTES_PER_S
        self._example = example_outputs(session.plan.outputs)
        self._closing_s = options.frame_timeout_s + options.release_timeout_s
        monitor = Monitor(runtime, options, host)
        monitor.watch(session.device_ids)
        self.warnings = _warnings(self._circumstances, monitor.health)
        self._flights = Flights(options.frame_timeout_s, options.abort_timeout_s)
        self._flights.admit_to(session, self.queue_size)
        self._submitting = Lock()
        self._keeper = Keeper(
            open_session,
            session,
            self._flights,
            monitor,
            options,
            self._circumstances,
            self.queue_size,
        )
        self._delivery = Thread(target=self._deliver_frames, name='hailort delivery', daemon=True)
        self._delivery.start()
        # The library must not be torn down by the interpreter's end while a network runs.
        atexit.register(self.close)

    def example_outputs(self) -> RawOutputs:
        """Give zeros in the layout of the device's answers."""
        return self._example

    def submit(self, image: NDArray[np.uint8], on_done: OnDone) -> None:
        """See Backend.submit; the device reads a writeable image in place."""
        check_image(image, self.inputs[0])
        # The library keeps track of buffers in the order of its calls: one caller at a time.
        with self._submitting:
            flight = self._flights.add(image, on_done)
            try:
                buffers = flight.session.run(image, partial(self._flights.settle, flight))
            except BaseException as error:
                self._flights.withdraw(flight, error)
                raise
            self._flights.started(flight, buffers)

    def wait_ready(self, timeout_s: float) -> bool:
        """See Backend.wait_ready; False also while the device is being restarted."""
        return self._flights.wait_for_place(timeout_s)

    def health(self) -> DeviceHealth:
        """Give the readings of the last second and the state of a recovery; returns at once."""
        return self._keeper.health()

    def close(self) -> None:
        """See Backend.close; waits for frames and device no longer than the options say.

        Called from a completion it returns at once, and the device is released after the last
        frame.
        """
        atexit.unregister(self.close)
        self._flights.close()
        if current_thread() in (self._delivery, self._keeper.thread):
            return
        deadline_s = time.monotonic() + self._closing_s
        self._keeper.thread.join(self._closing_s)
        if self._keeper.thread.is_alive():
            self._flights.give_up()
            _logger.error(
                'the Hailo device does not let go of the network within %g s; it goes on in the '
                'background',
                self._closing_s,
            )
        self._delivery.join(max(deadline_s - time.monotonic(), _WIND_DOWN_S))
        if self._delivery.is_alive():
            _logger.error('a completion of the hailort backend does not return')

    def _deliver_frames(self) -> None:
        while (flight := self._flights.next_settled()) is not None:
            deliver(flight.on_done, self._outcome(flight))
            # An idle backend must not keep the last frame's memory.
            del flight

    def _outcome(self, flight: Flight) -> RawOutputs | BackendError:
        assert flight.buffers is not None
        pool = flight.session.pool
        if flight.failure is None:
            self._keeper.note_success()
            try:
                return pool.lend_until_release(flight.buffers)
            except Exception as error:
                return _as_backend_error(error)
        return _as_backend_error(explain(flight.failure, Stage.RUN, self._circumstances))


def _as_backend_error(error: Exception) -> BackendError:
    if isinstance(error, BackendError):
        return error
    failure = BackendError(f'the hailort backend failed on this frame: {error}')
    failure.__cause__ = error
    return failure


def _warnings(circumstances: Circumstances, health: DeviceHealth) -> tuple[str, ...]:
    """Say what a user should know although the network runs."""
    if health.architecture is None or health.architecture.endswith('8L'):
        return ()
    compiled = compiled_architecture(circumstances.hef)
    if compiled is None or not compiled.endswith('8L'):
        return ()
    return (
        f'{circumstances.hef}: compiled for {compiled}, which uses only a part of this '
        f'{health.architecture}: it runs with lower performance; take the HEF for hailo8',
    )
