# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How every node of the package starts, runs and ends."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
import signal
from socket import socketpair
from types import FrameType
from typing import Any
from typing import Protocol
from typing import TypeVar

import rclpy
from rclpy.exceptions import InvalidParameterTypeException
from rclpy.exceptions import InvalidParameterValueException
from rclpy.exceptions import ParameterUninitializedException
from rclpy.executors import Executor
from rclpy.executors import SingleThreadedExecutor
from rclpy.logging import get_logger

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import HailoPerceptionError
from hailo_perception.core.errors import SourceLostError
from hailo_perception.nodes.exit_status import EXIT_CONFIGURATION
from hailo_perception.nodes.exit_status import EXIT_LOST
from hailo_perception.nodes.exit_status import EXIT_OK
from hailo_perception.pipeline.process_settings import settle_process
from hailo_perception.ros.initialization import initialize
from hailo_perception.ros.middleware import check_domain
from hailo_perception.ros.middleware import prepare_transport

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHUTDOWN_TIMEOUT_S = 2.0
"""What a callback that is running gets to end."""


class ClosableNode(Protocol):
    """A node that owns more than ROS entities."""

    def close(self) -> None:
        """Stop own threads and release devices; called once, before the node is destroyed."""

    def create_guard_condition(self, callback: Callable[[], None]) -> Any:
        """Give something whose ``trigger`` makes the executor call the callback."""

    def destroy_node(self) -> None:
        """Remove the node from the graph."""


NodeT = TypeVar('NodeT', bound=ClosableNode)


class EndOfInput(Exception):  # noqa: N818 - the normal end, not an error
    """Raised by a node's callback when there is nothing more to do."""


def run_node(
    name: str,
    make_node: Callable[[], NodeT],
    args: Sequence[str] | None,
    *,
    start: Callable[[NodeT], None] = lambda node: None,
    make_executor: Callable[[], Executor] = SingleThreadedExecutor,
) -> int:
    """Run a node until Ctrl-C, SIGTERM or its own end; returns the process's exit status.

    ``start`` gets the node before it serves anything; what it raises ends the process.
    What the user got wrong ends the process with one line and status 2, without a traceback;
    a source of pictures that is lost does so with status 1, for it may come back.
    Call it from the main thread: only that one takes signals.
    """
    try:
        check_domain()
        settle_process()
        prepare_transport()
        initialize(args)
        with _StopRequest.watch() as stop:
            if not _spin(_made(make_node), make_executor(), start, stop):
                get_logger(name).warning(
                    f'a callback has not ended within {_SHUTDOWN_TIMEOUT_S:g} s, and the process '
                    'waits for it; a second signal ends it'
                )
    except SourceLostError as error:
        get_logger(name).fatal(str(error))
        return EXIT_LOST
    except HailoPerceptionError as error:
        get_logger(name).fatal(str(error))
        return EXIT_CONFIGURATION
    except (KeyboardInterrupt, EndOfInput):
        pass
    finally:
        rclpy.try_shutdown()
    return EXIT_OK


def _made(make_node: Callable[[], NodeT]) -> NodeT:
    """Make the node; ConfigurationError where ROS refuses a parameter that it declares itself."""
    try:
        return make_node()
    except (
        InvalidParameterTypeException,
        InvalidParameterValueException,
        ParameterUninitializedException,
    ) as error:
        raise ConfigurationError(
            f'{error}; give it a value of the type expected, without quotes'
        ) from error


def _spin(
    node: NodeT, executor: Executor, start: Callable[[NodeT], None], stop: _StopRequest
) -> bool:
    """Serve until the end; tells whether every callback has ended too."""
    has_ended = False

    def serve() -> None:
        while not stop.is_made:
            executor.spin_once()

    try:
        start(node)
        executor.add_node(node)
        alarm = node.create_guard_condition(_nothing)
        stop.defer()
        # The main thread takes the signals: it must not sleep in the middleware.
        with ThreadPoolExecutor(1, 'executor') as thread:
            serving = thread.submit(serve)
            stop.wait(serving)
            alarm.trigger()
            serving.result()
    finally:
        stop.defer()
        has_ended = executor.shutdown(timeout_sec=_SHUTDOWN_TIMEOUT_S)
        node.close()
        node.destroy_node()
    return has_ended


class _StopRequest:
    """Ctrl-C and SIGTERM: KeyboardInterrupt while a node starts, and ``is_made`` from then on."""

    def __init__(self) -> None:
        self.is_made = False
        self._is_deferred = False
        # Whichever thread a signal comes to writes into it at once; the main thread alone, asleep
        # on a lock, would not hear of a signal that came to another one.
        self._heard, self._bell = socketpair()
        self._bell.setblocking(False)

    @classmethod
    @contextmanager
    def watch(cls) -> Iterator[_StopRequest]:
        """Take the signals over, and give them back at the end."""
        request = cls()
        former = {number: signal.signal(number, request._take) for number in _SIGNALS}
        former_bell = signal.set_wakeup_fd(request._bell.fileno(), warn_on_full_buffer=False)
        try:
            yield request
        finally:
            signal.set_wakeup_fd(former_bell)
            for number, handler in former.items():
                signal.signal(number, handler)
            request._heard.close()
            request._bell.close()

    def defer(self) -> None:
        """Raise no more, from now on."""
        self._is_deferred = True

    def wait(self, serving: Future[None]) -> None:
        """Sleep until the request is made or the service has ended by itself."""
        serving.add_done_callback(lambda _: self._bell.send(b'\0'))
        while not (self.is_made or serving.done()):
            self._heard.recv(1)

    def _take(self, number: int, frame: FrameType | None) -> None:
        if not self._is_deferred:
            raise KeyboardInterrupt
        self.is_made = True


def _nothing() -> None:
    """Do nothing."""
