# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The executor of nodes that store messages, and add and remove entities while they run."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from threading import Thread
from typing import Any

from rclpy.exceptions import InvalidHandle
from rclpy.executors import MultiThreadedExecutor
from rclpy.subscription import Subscription

# After Jazzy rclpy itself waits for the pool's threads, without a limit, unless told otherwise.
_WAITS_FOR_THREADS = 'wait_for_threads' in signature(MultiThreadedExecutor.shutdown).parameters


class EnduringExecutor(MultiThreadedExecutor):
    """Runs callbacks in threads, but those of messages at once; survives destroyed entities.

    The nodes' messages are only put where another thread finds them. Handing that to a thread
    takes longer than doing it, and wakes this one twice more, to look at every entity anew.

    rclpy lists the entities to wait for in one thread while a callback in another may destroy
    one of them (a subscription of the wrong QoS, say). Its wait then ends with InvalidHandle,
    which would end the node; the next wait no longer knows the entity. An InvalidHandle raised
    by a callback itself does not come this way.
    """

    def wait_for_ready_callbacks(self, *args: Any, **kwargs: Any) -> Any:
        """Wait as the base class does, for what is not a message; what one raises comes out."""
        while True:
            try:
                handler, entity, node = super().wait_for_ready_callbacks(*args, **kwargs)
            except InvalidHandle:
                continue
            if not isinstance(entity, Subscription):
                return handler, entity, node
            handler()
            handler.result()

    def shutdown(self, timeout_sec: float | None = None, **options: Any) -> bool:
        """End once all callbacks have, or once the time is over; None waits for ever.

        Tells whether they have. A process waits at its end for one that hangs, as Python does for
        every thread of a pool; a second signal ends it. rclpy of Humble to Jazzy counts only
        callbacks that a thread has begun; one that waits in the queue would meet a node that is
        gone.
        """
        # The pool itself would wait without a limit.
        ending = Thread(target=self._executor.shutdown, daemon=True)
        ending.start()
        ending.join(timeout_sec)
        if _WAITS_FOR_THREADS:
            options = {'wait_for_threads': False, **options}
        has_ended = super().shutdown(timeout_sec, **options)
        return bool(has_ended) and not ending.is_alive()

    def _take_subscription(self, subscription: Any) -> Any:
        """Take a message; none where the subscription went away, which Humble does not foresee."""
        return _unless_gone(super()._take_subscription, subscription)

    def _take_waitable(self, waitable: Any) -> Any:
        """Take an event; none where what it was about went away (Humble does not ask here)."""
        return _unless_gone(super()._take_waitable, waitable)


def _unless_gone(take: Callable[[Any], Any], entity: Any) -> Any:
    try:
        return take(entity)
    except InvalidHandle:
        return None
