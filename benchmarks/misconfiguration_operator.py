# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Who runs a misconfigured node: its process, its cameras' drivers, a person at the console."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
import os
from pathlib import Path
import signal
import subprocess
import sys
import time
from types import TracebackType
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from diagnostic_msgs.msg import DiagnosticStatus
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from misconfigured_camera import MisconfiguredCamera
from misconfigured_camera import Sent
from misconfigured_camera import When
from rcl_interfaces.msg import Parameter as ParameterMessage
from rcl_interfaces.srv import GetParameters
from rcl_interfaces.srv import SetParameters
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile
from rosgraph_msgs.msg import Clock
from std_srvs.srv import SetBool
import yaml

from hailo_perception.core.frame import Header

_HANG_GUARD_S = 60.0
_RELIABLE = QoSProfile(depth=2)


class NodeEndedError(Exception):
    """A node ended that should have stayed."""


class LoggedNode:
    """A perception node in its own process, whose log is read as it grows."""

    def __init__(self, parameters: Mapping[str, Any], folder: Path) -> None:
        """Start the node with a parameter file; both files lie in the folder."""
        self._path = folder / 'node.log'
        parameter_file = folder / 'parameters.yaml'
        parameter_file.write_text(
            yaml.safe_dump({'/**': {'ros__parameters': dict(parameters)}})
        )
        command = [
            sys.executable, '-m', 'hailo_perception.nodes.perception_node',
            '--ros-args', '--params-file', str(parameter_file),
        ]
        environment = {**os.environ, 'PYTHONPATH': os.pathsep.join(filter(None, sys.path))}
        with self._path.open('w') as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, env=environment
            )
        self._read = 0

    @property
    def log(self) -> str:
        """What the node printed so far."""
        return self._path.read_text(encoding='utf-8')

    def new_lines(self) -> list[str]:
        """Give the whole lines that were printed since the last call."""
        text = self.log
        end = text.rfind('\n') + 1
        lines = text[self._read : end].splitlines()
        self._read = end
        return lines

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def wait(self, timeout_s: float) -> int:
        """Wait for the process's own end; returns its status."""
        return self._process.wait(timeout_s)

    def stop(self) -> None:
        """Interrupt the node as Ctrl-C does, and wait; kill it if it does not end."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_HANG_GUARD_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise


class Operator:
    """A person with the ros2 command line: hears the diagnostics, calls the services."""

    def __init__(self) -> None:
        """Join the graph."""
        self._context = rclpy.Context()
        rclpy.init(context=self._context)
        self.node = rclpy.create_node('operator', context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self._heard: list[DiagnosticStatus] = []
        self._received: dict[str, int] = {}
        self._clients: dict[str, Any] = {}
        self.node.create_subscription(DiagnosticArray, '/diagnostics', self._hear, 10)

    def __enter__(self) -> Operator:
        """Stay in the graph."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the graph."""
        self._executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self._context)

    def listen(self, duration_s: float) -> list[DiagnosticStatus]:
        """Spin for a while; returns the status messages that have come since the last call."""
        end_s = time.monotonic() + duration_s
        while (left_s := end_s - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left_s)
        heard, self._heard = self._heard, []
        return heard

    def received(self, status: str) -> int:
        """Tell how many images a camera's status counted."""
        return self._received.get(status, 0)

    def wait_until(
        self,
        condition: Callable[[], Any],
        what: str,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        """Spin until it holds; TimeoutError only guards against hanging."""
        deadline_s = time.monotonic() + _HANG_GUARD_S
        while not condition():
            if time.monotonic() > deadline_s:
                raise TimeoutError(f'waited in vain for {what}')
            tick()
            self._executor.spin_once(timeout_sec=0.05)

    def wait_for_node(self, node: str, is_alive: Callable[[], bool]) -> None:
        """Wait until a node can be configured; NodeEndedError where it ends before."""
        client = self._client(ChangeState, f'{node}/change_state')
        self.wait_until(lambda: client.service_is_ready() or not is_alive(), node)
        if not is_alive():
            raise NodeEndedError(f'{node} ended before it could be configured')

    def namesakes(self, node: str) -> int:
        """Count the nodes of a name."""
        namespace, _, name = node.rpartition('/')
        names = self.node.get_node_names_and_namespaces()
        return sum(each == (name, namespace or '/') for each in names)

    def change(self, node: str, transition: int) -> bool:
        """Ask for a transition; returns whether it went."""
        request = ChangeState.Request(transition=Transition(id=transition))
        return bool(self._call(ChangeState, f'{node}/change_state', request).success)

    def enable(self, node: str, is_enabled: bool) -> None:
        """Let the node take images, or not."""
        self._call(SetBool, f'{node}/enable', SetBool.Request(data=is_enabled))

    def parameters(self, node: str, names: Iterable[str]) -> list[ParameterMessage]:
        """Read parameters as they could be set again."""
        request = GetParameters.Request(names=list(names))
        values = self._call(GetParameters, f'{node}/get_parameters', request).values
        return [
            ParameterMessage(name=name, value=value)
            for name, value in zip(request.names, values)
        ]

    def set_parameters(self, node: str, values: Mapping[str, Any]) -> None:
        """Set parameters; ValueError where the node refuses."""
        self.restore_parameters(
            node,
            [Parameter(name, value=value).to_parameter_msg() for name, value in values.items()],
        )

    def restore_parameters(self, node: str, parameters: list[ParameterMessage]) -> None:
        """Set parameters as they were read; ValueError where the node refuses."""
        request = SetParameters.Request(parameters=parameters)
        for result in self._call(SetParameters, f'{node}/set_parameters', request).results:
            if not result.successful:
                raise ValueError(f'{node}: {result.reason}')

    def clock(self) -> ClockDriver:
        """Become the source of simulated time."""
        return ClockDriver(self.node.create_publisher(Clock, '/clock', 2))

    def _hear(self, message: DiagnosticArray) -> None:
        self._heard += message.status
        for status in message.status:
            for pair in status.values:
                if pair.key == 'received_frames':
                    self._received[status.name] = int(pair.value)

    def _client(self, service_type: type, name: str) -> Any:
        if name not in self._clients:
            self._clients[name] = self.node.create_client(service_type, name)
        return self._clients[name]

    def _call(self, service_type: type, name: str, request: Any) -> Any:
        client = self._client(service_type, name)
        self.wait_until(client.service_is_ready, f'the service {name}')
        future = client.call_async(request)
        self.wait_until(future.done, f'the answer of {name}')
        return future.result()


class ClockDriver:
    """Publishes simulated time."""

    def __init__(self, publisher: Any) -> None:
        """Take the publisher of /clock."""
        self._publisher = publisher

    def send_s(self, now_s: float) -> None:
        """Say what time it is."""
        message = Clock()
        message.clock.sec, rest_s = divmod(int(now_s * 1e9), 10**9)
        message.clock.nanosec = rest_s
        self._publisher.publish(message)


class Driver:
    """The driver of one camera, and somebody who wants its results."""

    def __init__(self, operator: Operator, camera: MisconfiguredCamera) -> None:
        """Create the topics, send what is sent before the node, and subscribe."""
        self._node = operator.node
        self._camera = camera.name
        self._publishers = [
            (
                sent,
                self._node.create_publisher(
                    sent.message_type, self._name(sent), sent.profile or _RELIABLE
                ),
            )
            for sent in camera.sent
        ]
        for sent, publisher in self._publishers:
            if sent.when is When.BEFORE_THE_NODE:
                publisher.publish(sent.make(self._header()))
        if camera.wanted is not None:
            self._node.create_subscription(
                camera.wanted.message_type,
                f'/perception/{camera.name}/{camera.wanted.output}',
                lambda message: None,
                camera.wanted.profile or _RELIABLE,
            )

    def send(self, *, is_seen: bool = False) -> bool:
        """Send what is due; ``is_seen`` once the node has got an image.

        Returns whether something was sent that will stop.
        """
        header, is_last = self._header(), False
        for sent, publisher in self._publishers.copy():
            stops = sent.when in (When.UNTIL_SEEN, When.UNTIL_GONE)
            if sent.when is When.ALWAYS or (stops and not is_seen):
                publisher.publish(sent.make(header))
                is_last |= stops
            elif sent.when is When.UNTIL_GONE:
                self._publishers.remove((sent, publisher))
                self._node.destroy_publisher(publisher)
        return is_last

    def _header(self) -> Header:
        return Header(self._node.get_clock().now().nanoseconds, f'{self._camera}_optical_frame')

    def _name(self, sent: Sent) -> str:
        return sent.topic if sent.topic.startswith('/') else f'/{self._camera}/{sent.topic}'
