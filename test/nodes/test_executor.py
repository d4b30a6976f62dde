# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""An entity that goes away while the executor lists what to wait for does not end the node."""

from __future__ import annotations

from collections.abc import Iterator
from threading import current_thread
from threading import Event
from threading import Semaphore
from threading import Thread
from typing import Any

import pytest

rclpy = pytest.importorskip('rclpy')

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.exceptions import InvalidHandle  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.waitable import NumberOfEntities  # noqa: E402
from rclpy.waitable import Waitable  # noqa: E402
from std_msgs.msg import Empty  # noqa: E402

from hailo_perception.nodes.executor import EnduringExecutor  # noqa: E402


class Intruder(Waitable):
    """Waits for nothing; destroys a subscription at the moment a slow callback may do it.

    Executors ask every waitable how much it waits for after they have listed the entities and
    before they hand them to the middleware.
    """

    def __init__(self, node: Node) -> None:
        super().__init__(MutuallyExclusiveCallbackGroup())
        self._node = node
        node.add_waitable(self)
        self.subscription = node.create_subscription(Empty, 'topic', print, 1)
        self.has_struck = False

    def get_num_entities(self) -> NumberOfEntities:
        if not self.has_struck:
            self.has_struck = True
            self._node.destroy_subscription(self.subscription)
        return NumberOfEntities()

    def add_to_wait_set(self, wait_set: Any) -> None:
        pass

    def is_ready(self, wait_set: Any) -> bool:
        return False

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass


@pytest.fixture
def node() -> Iterator[Node]:
    """Make a node in a graph of its own, which nothing outside reaches."""
    context = Context()
    rclpy.init(context=context, domain_id=91)
    node = Node('waiting', context=context)
    yield node
    node.destroy_node()
    context.try_shutdown()


def spin_until_called(node: Node, executor: EnduringExecutor) -> Intruder:
    intruder = Intruder(node)
    called: list[bool] = []
    guard = node.create_guard_condition(lambda: called.append(True))
    guard.trigger()
    executor.add_node(node)
    try:
        while not called:
            # Another thread calls: it may do so when this one already waits for what comes next.
            executor.spin_once(timeout_sec=0.1)
    finally:
        executor.shutdown()
        node.remove_waitable(intruder)
    return intruder


def test_the_rest_is_served(node: Node) -> None:
    executor = EnduringExecutor(num_threads=2, context=node.context)
    assert spin_until_called(node, executor).has_struck


class LateEvent(Waitable):
    """Is ready once, for something that is gone by then."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.default_callback_group)
        node.add_waitable(self)
        self.was_asked = False

    def get_num_entities(self) -> NumberOfEntities:
        return NumberOfEntities()

    def add_to_wait_set(self, wait_set: Any) -> None:
        pass

    def is_ready(self, wait_set: Any) -> bool:
        return not self.was_asked

    def take_data(self) -> None:
        self.was_asked = True
        raise InvalidHandle('gone')

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass


def test_an_event_of_what_is_gone_blocks_nobody(node: Node) -> None:
    """Not even the callbacks of its own group, which run one at a time."""
    event = LateEvent(node)
    called: list[bool] = []
    guard = node.create_guard_condition(lambda: called.append(event.was_asked))
    executor = EnduringExecutor(num_threads=2, context=node.context)
    executor.add_node(node)
    try:
        while not (called and called[-1]):
            guard.trigger()
            executor.spin_once(timeout_sec=0.1)
    finally:
        executor.shutdown()
        node.remove_waitable(event)


def test_a_callback_that_uses_what_is_destroyed_is_told(node: Node) -> None:
    publisher = node.create_publisher(Empty, 'gone', 1)
    node.destroy_publisher(publisher)
    guard = node.create_guard_condition(lambda: publisher.publish(Empty()))
    executor = EnduringExecutor(num_threads=2, context=node.context)
    executor.add_node(node)
    try:
        with pytest.raises(InvalidHandle):
            while True:
                # An executor of threads tells of an error when it has something else to do.
                guard.trigger()
                executor.spin_once(timeout_sec=0.1)
    finally:
        executor.shutdown()


def test_nothing_runs_after_the_end(node: Node) -> None:
    """A callback that waits for a thread is called before shutdown returns."""
    called: list[int] = []
    has_begun, may_end = Semaphore(0), Event()

    def call(number: int) -> None:
        has_begun.release()
        may_end.wait()
        called.append(number)

    executor = EnduringExecutor(num_threads=2, context=node.context)
    executor.add_node(node)
    for number in range(4):
        executor.create_task(call, number)
        executor.spin_once()
        if number < 2:
            # rclpy would take it again in the next round, instead of the new one.
            has_begun.acquire()
    assert not called
    # What lets the callbacks end comes while shutdown waits for them, or before: either will do.
    helper = Thread(target=may_end.set)
    helper.start()
    executor.shutdown()
    helper.join()
    assert sorted(called) == [0, 1, 2, 3]


def test_a_message_is_stored_by_the_thread_that_waits(node: Node) -> None:
    """And what its callback raises comes out of there."""
    threads: list[Thread] = []

    def store(message: Empty) -> None:
        threads.append(current_thread())
        if len(threads) == 2:
            raise ValueError('the second')

    node.create_subscription(Empty, 'stored', store, 2)
    publisher = node.create_publisher(Empty, 'stored', 2)
    executor = EnduringExecutor(num_threads=2, context=node.context)
    executor.add_node(node)
    publisher.publish(Empty())
    publisher.publish(Empty())
    try:
        with pytest.raises(ValueError, match='the second'):
            while True:
                executor.spin_once(timeout_sec=1)
    finally:
        executor.shutdown()
    assert threads == [current_thread()] * 2


def test_a_callback_that_hangs_does_not_keep_the_end_from_coming(node: Node) -> None:
    may_end = Event()
    executor = EnduringExecutor(num_threads=2, context=node.context)
    executor.add_node(node)
    executor.create_task(may_end.wait)
    executor.spin_once()
    assert not executor.shutdown(timeout_sec=0.01)
    may_end.set()


def test_rclpy_is_not_left_to_wait_for_threads(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As newer ones do, for as long as it takes."""
    told: list[dict[str, Any]] = []
    monkeypatch.setattr('hailo_perception.nodes.executor._WAITS_FOR_THREADS', True)
    monkeypatch.setattr(
        'rclpy.executors.MultiThreadedExecutor.shutdown',
        lambda self, timeout_sec, **options: told.append(options),
    )
    executor = EnduringExecutor(num_threads=2, context=node.context)
    executor.shutdown(timeout_sec=1.0)
    monkeypatch.undo()
    executor.shutdown(timeout_sec=1.0)
    assert told == [{'wait_for_threads': False}]
