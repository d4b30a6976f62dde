# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Plain OpenCV in a process like any other's, where memory is allocated as by default.

The package's processes keep freed image buffers (pipeline.process_settings). A program that just
calls OpenCV does not, and pays for fresh pages with every picture: timed in the package's own
process it would borrow a part of what it is compared with.
"""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.connection import Connection
import time
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_HANG_GUARD_S = 60.0


class PlainJpeg:
    """Decodes a JPEG, resizes and reorders the channels by OpenCV's functions, in a child.

    The child starts with the first call and ends with this process.
    """

    def __init__(self, data: NDArray[np.uint8], size: tuple[int, int]) -> None:
        """Take a JPEG, flat uint8, and the (width, height) to make of it."""
        self._data, self._size = data, size
        self._connection: Connection | None = None

    def __call__(self) -> NDArray[np.uint8]:
        """Give the resized picture, (h, w, 3) RGB."""
        result: NDArray[np.uint8] = self._ask(0)
        return result

    def sample(self, calls: int) -> tuple[float, float]:
        """Do it so many times: CPU and wall seconds of one of them."""
        cpu_s, wall_s = self._ask(calls)
        return cpu_s, wall_s

    def _ask(self, calls: int) -> Any:
        if self._connection is None:
            self._connection = self._start()
        self._connection.send(calls)
        if not self._connection.poll(_HANG_GUARD_S):
            raise TimeoutError(f'the process of plain OpenCV did not answer in {_HANG_GUARD_S} s')
        return self._connection.recv()

    def _start(self) -> Connection:
        context = get_context('spawn')
        connection, other = context.Pipe()
        arguments = (other, self._data, self._size)
        context.Process(target=_serve, args=arguments, daemon=True).start()
        other.close()
        return connection


def _serve(connection: Connection, data: NDArray[np.uint8], size: tuple[int, int]) -> None:
    """Answer with the picture when asked for 0 calls, else with their mean times."""
    cv2.setNumThreads(1)
    while True:
        try:
            calls = connection.recv()
        except EOFError:
            return
        if not calls:
            connection.send(_into_input(data, size))
            continue
        began_wall_s, began_cpu_s = time.perf_counter(), time.thread_time()
        for _ in range(calls):
            _into_input(data, size)
        cpu_s = (time.thread_time() - began_cpu_s) / calls
        connection.send((cpu_s, (time.perf_counter() - began_wall_s) / calls))


def _into_input(data: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(cv2.resize(picture, size), cv2.COLOR_BGR2RGB), np.uint8)
