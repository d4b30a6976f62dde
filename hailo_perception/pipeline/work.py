# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the pipeline moves, and the functions it moves it through."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic
from typing import Protocol
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import Cause
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.pipeline.stage_clock import StageClock

Report = Callable[[str, Cause, str], None]
"""Tells a person about a problem: camera, cause, message."""


class Stamped(Protocol):
    """A header, as far as the pipeline reads it."""

    @property
    def stamp_ns(self) -> int:
        """When the image was taken, nanoseconds of the camera's clock."""


class Item(Protocol):
    """What arrives: an image of a camera, unread."""

    @property
    def camera(self) -> str:
        """The camera's name."""

    @property
    def header(self) -> Stamped:
        """The image's header."""


class Result(Protocol):
    """What leaves; ``withheld`` says why something that was asked for is not in it."""

    @property
    def withheld(self) -> Sequence[tuple[Cause, str]]:
        """Cause and a sentence for the user; empty when nothing is missing."""


ItemT = TypeVar('ItemT', bound=Item)
PreparedT = TypeVar('PreparedT')
ResultT = TypeVar('ResultT', bound=Result)


@dataclass(frozen=True, slots=True)
class Work(Generic[ItemT, PreparedT, ResultT]):
    """The caller's functions, each called without any lock held.

    On the prepare thread: ``wanted(camera)`` is asked before any work on a frame; ``prepare(item,
    buffer, clock)`` decodes and preprocesses into ``buffer``, the network's input, and measures
    Stage.DECODE and Stage.PREPROCESS with ``clock``; it must not write there once it returned.
    ``meanwhile(prepared)`` follows while the network has the frame: what does not need its answer.
    The next frame waits for it, and ``finish`` may run at the same time.
    On the finish thread: ``finish(prepared, outputs)`` is the postprocess. When it has returned,
    the outputs' arrays go back to the backend: the result must not refer to them.
    On the deliver thread: ``deliver(result)`` publishes. When that has returned, ``buffer`` goes
    to another frame: a result that lives longer must not refer to it.
    ``make_buffer()`` is called a few times at each start; ``report`` from any thread.

    A FrameError costs the frame and is counted under its own cause. Any other exception costs
    the frame too and is reported with its traceback, under PREPROCESS from ``wanted`` and
    ``prepare`` (this image could not be turned into the network's input), POSTPROCESS from
    ``finish``, PUBLISH from ``deliver``. One of ``meanwhile`` is reported as a problem of the
    postprocess and costs nothing by itself: ``finish`` has to do without. An exception of
    ``report`` is logged and goes no further.

    ``stand_in(prepared, cause, message)`` may give a result that is delivered in the place of one
    that the backend or ``finish`` could not give; it says why in its ``withheld``. None, as by
    default, costs the frame.
    """

    make_buffer: Callable[[], NDArray[np.uint8]]
    prepare: Callable[[ItemT, NDArray[np.uint8], StageClock], PreparedT]
    finish: Callable[[PreparedT, RawOutputs], ResultT]
    deliver: Callable[[ResultT], None]
    wanted: Callable[[str], bool]
    report: Report
    stand_in: Callable[[PreparedT, Cause, str], ResultT | None] = lambda *_: None
    meanwhile: Callable[[PreparedT], None] = lambda _: None
