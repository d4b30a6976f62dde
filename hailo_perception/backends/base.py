# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The small interface between the pipeline and whatever runs the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import BackendError
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.core.tensors import TensorInfo

OnDone = Callable[[RawOutputs | BackendError], None]


@dataclass(frozen=True, slots=True)
class Outage:
    """Why a backend takes no frame at the moment, and what it does about it.

    ``activity`` is what it is at, in a word: releasing, waiting or opening the device;
    ``attempts`` to bring it back have failed; ``error`` is the latest trouble, with its remedy.
    """

    lasts_s: float
    activity: str
    attempts: int
    error: str

    def __str__(self) -> str:
        """Print in one line, for logs and diagnostics."""
        attempts = f', {self.attempts} attempts failed' if self.attempts else ''
        return f'recovering for {self.lasts_s:.0f} s ({self.activity}{attempts}): {self.error}'


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """State of the device that runs the network; None where it cannot be known, never 0.

    ``temperature_c`` is that of the hottest sensor, ``temperatures_c`` are those of each. An
    ``outage`` is there while no frame is taken; ``recoveries`` counts those that ended.
    """

    device: str
    device_id: str | None = None
    architecture: str | None = None
    temperature_c: float | None = None
    temperatures_c: tuple[float, ...] = ()
    power_w: float | None = None
    is_throttling: bool | None = None
    firmware_version: str | None = None
    driver_version: str | None = None
    library_version: str | None = None
    outage: Outage | None = None
    recoveries: int = 0
    last_error: str | None = None


class Backend(Protocol):
    """An opened network on a device. One thread submits; completions come from another."""

    @property
    def name(self) -> str:
        """Short name: hailort, onnx, replay."""

    @property
    def inputs(self) -> tuple[TensorInfo, ...]:
        """The network's inputs; exactly one for the networks of this package."""

    @property
    def outputs(self) -> tuple[TensorInfo, ...]:
        """The network's outputs."""

    @property
    def queue_size(self) -> int:
        """How many submissions may be in flight at once, at least 1."""

    @property
    def input_transfer_s(self) -> float:
        """How long an input may be on its way to the device, which meanwhile runs another.

        0 where the network runs in the memory in which the input is.
        """

    def example_outputs(self) -> RawOutputs:
        """Give outputs in the memory layout of every answer, with values that mean nothing.

        Code that is compiled for a layout is warmed up with them before the first frame.
        """

    def submit(self, image: NDArray[np.uint8], on_done: OnDone) -> None:
        """Start one inference and return at once.

        ``image`` is (H, W, 3) uint8, C-contiguous, in the manifest's colour order; it must stay
        untouched until ``on_done`` was called. ``on_done`` is called exactly once, from the
        backend's own thread, in the order of submission, with the outputs or a BackendError;
        it must return soon and must not raise. A device that has to be restarted after a failure
        fails all frames that are in flight with it. When ``submit`` itself raises, nothing was
        started and ``on_done`` never comes: ValueError for an image of another shape, dtype or
        layout, BackendError when closed, while a device is being restarted, or when
        ``queue_size`` submissions are in flight.
        """

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until one more submission would be accepted; False on timeout or when closed.

        After a failure of its device the backend recovers by itself; it is not ready until then.
        """

    def health(self) -> DeviceHealth:
        """Tell how the device is, as known lately; may take a moment, keep it off the hot path."""

    def close(self) -> None:
        """Finish what is in flight (each ``on_done`` is called), then release; idempotent.

        Returns within a bounded time also when a device does not answer any more.
        """
