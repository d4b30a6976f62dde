# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How every node of the package starts, runs and ends."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from typing import Protocol
from typing import TypeVar

import rclpy
from rclpy.executors import Executor
from rclpy.executors import ExternalShutdownException
from rclpy.executors import SingleThreadedExecutor
from rclpy.logging import get_logger

from hailo_perception.core.errors import HailoPerceptionError
from hailo_perception.pipeline.process_settings import settle_process
from hailo_perception.ros.middleware import prepare_transport

EXIT_OK = 0
EXIT_CONFIGURATION = 2

_LONGEST_SLEEP_S = 0.5
_SHUTDOWN_TIMEOUT_S = 2.0
"""What a callback that is running gets to end."""


class ClosableNode(Protocol):
    """A node that owns more than ROS entities."""

    def close(self) -> None:
        """Stop own threads and release devices; called once, before the node is destroyed."""

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
    What the user got wrong ends the process with one line and status 2, without a traceback.
    """
    settle_process()
    prepare_transport()
    rclpy.init(args=args)
    try:
        _spin(make_node(), make_executor(), start)
    except HailoPerceptionError as error:
        get_logger(name).fatal(str(error))
        return EXIT_CONFIGURATION
    except (KeyboardInterrupt, ExternalShutdownException, EndOfInput):
        pass
    except Exception:
        # A signal ends ROS at any moment, also in the middle of a callback that publishes.
        if rclpy.ok():
            raise
    finally:
        rclpy.try_shutdown()
    return EXIT_OK


def _spin(node: NodeT, executor: Executor, start: Callable[[NodeT], None]) -> None:
    try:
        start(node)
        executor.add_node(node)
        while rclpy.ok():
            # Without a timeout an idle node now and then sleeps through SIGTERM: rclpy's signal
            # handler wakes the executor before it ends the context.
            executor.spin_once(timeout_sec=_LONGEST_SLEEP_S)
    finally:
        executor.shutdown(timeout_sec=_SHUTDOWN_TIMEOUT_S)
        node.close()
        node.destroy_node()
