# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Nodes run as processes of their own; the test talks to them over DDS as any user would."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
import yaml

# A node's life fills a module of its own, beside the test that leads it.
sys.path.append(str(Path(__file__).parent))

rclpy = pytest.importorskip('rclpy')

from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.qos import QoSProfile  # noqa: E402

HANG_GUARD_S = 180.0
RELIABLE = QoSProfile(depth=10)


class NodeProcess:
    """A node of the package in its own process."""

    def __init__(
        self, module: str, parameters: dict[str, Any], folder: Path, *, name: str = ''
    ) -> None:
        self._log = folder / f'{module}.log'
        parameter_file = folder / f'{module}.yaml'
        parameter_file.write_text(yaml.safe_dump({'/**': {'ros__parameters': parameters}}))
        with self._log.open('w') as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    '-m',
                    f'hailo_perception.nodes.{module}',
                    '--ros-args',
                    '--params-file',
                    str(parameter_file),
                    *(('--remap', f'__node:={name}') if name else ()),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def log(self) -> str:
        """What the node printed so far."""
        return self._log.read_text()

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def wait(self) -> int:
        """Wait for the process's own end and return its status."""
        return self._process.wait(HANG_GUARD_S)

    def stop(self, how: int = signal.SIGINT) -> int:
        """Ask the node to end and return its status."""
        if self.is_alive:
            self._process.send_signal(how)
        try:
            return self._process.wait(HANG_GUARD_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f'the node did not end:\n{self.log}') from None


class Client:
    """A plain rclpy node that collects messages and publishes."""

    def __init__(self) -> None:
        self._context = rclpy.Context()
        rclpy.init(context=self._context)
        self.node: Node = rclpy.create_node('client', context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self.received: dict[str, list[Any]] = defaultdict(list)

    def subscribe(self, message_type: type, topic: str, profile: QoSProfile = RELIABLE) -> None:
        """Collect a topic's messages in ``received``."""
        self.node.create_subscription(message_type, topic, self.received[topic].append, profile)

    def wait_until(self, condition: Callable[[], Any], what: str) -> None:
        """Spin until the condition holds; the deadline only guards against hanging."""
        deadline_s = time.monotonic() + HANG_GUARD_S
        while not condition():
            assert time.monotonic() < deadline_s, f'waited in vain for {what}'
            self._executor.spin_once(timeout_sec=0.05)

    def publish_until(
        self, publish: Callable[[], None], condition: Callable[[], Any], what: str
    ) -> None:
        """Publish again and again until the condition holds, spinning between."""
        deadline_s = time.monotonic() + HANG_GUARD_S
        while not condition():
            assert time.monotonic() < deadline_s, f'waited in vain for {what}'
            publish()
            for _ in range(4):
                self._executor.spin_once(timeout_sec=0.05)

    def call(self, service_type: type, name: str, request: Any) -> Any:
        """Call a service and return its response."""
        client = self.node.create_client(service_type, name)
        self.wait_until(client.service_is_ready, f'the service {name}')
        future = client.call_async(request)
        self.wait_until(future.done, f'the answer of {name}')
        return future.result()

    def close(self) -> None:
        """Leave the graph."""
        self._executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self._context)


@pytest.fixture
def start_node(tmp_path: Path) -> Iterator[Callable[..., NodeProcess]]:
    """Start nodes that end with the test; a node that died on the way shows its log."""
    processes: list[NodeProcess] = []

    def start(module: str, *, node_name: str = '', **parameters: Any) -> NodeProcess:
        folder = tmp_path / str(len(processes))
        folder.mkdir()
        names = {name.replace('__', '.'): value for name, value in parameters.items()}
        processes.append(NodeProcess(module, names, folder, name=node_name))
        return processes[-1]

    yield start
    for process in processes:
        process.stop()
        print(process.log)


@pytest.fixture
def client() -> Iterator[Client]:
    """Join the graph as a user's node would."""
    client = Client()
    yield client
    client.close()


@pytest.fixture(scope='module')
def module_client() -> Iterator[Client]:
    """Join the graph once for all tests of a module: to find services anew takes a second."""
    client = Client()
    yield client
    client.close()


@pytest.fixture(scope='module')
def running_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """Share one perception node among tests that leave no trace in it."""
    process = NodeProcess('perception_node', {}, tmp_path_factory.mktemp('running_node'))
    yield process
    process.stop()
