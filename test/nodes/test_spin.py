# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How a node ends: by a signal at any moment, by itself, or by an error."""

from __future__ import annotations

from collections.abc import Callable
import os
import signal

import pytest

rclpy = pytest.importorskip('rclpy')

from rclpy.executors import Executor  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

from hailo_perception.core.errors import ConfigurationError  # noqa: E402
from hailo_perception.core.errors import SourceLostError  # noqa: E402
from hailo_perception.nodes.executor import EnduringExecutor  # noqa: E402
from hailo_perception.nodes.spin import EndOfInput  # noqa: E402
from hailo_perception.nodes.spin import run_node  # noqa: E402


class Patient(Node):
    """Does something once it is served, and notes whether it was closed while ROS still ran."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__('patient')
        self._act = act
        self._timer = self.create_timer(0, self._once)
        self.closed: list[bool] = []

    def close(self) -> None:
        """Note it."""
        self.closed.append(self.context.ok())

    def _once(self) -> None:
        self._timer.cancel()
        self._act()


def send(number: int, times: int = 1) -> None:
    for _ in range(times):
        os.kill(os.getpid(), number)


def fail(error: Exception) -> None:
    raise error


def run(
    act: Callable[[], None],
    start: Callable[[], None] = lambda: None,
    make_executor: Callable[[], Executor] = SingleThreadedExecutor,
) -> int:
    """Run the node in this process; it must be closed once, and the signals given back."""
    nodes: list[Patient] = []

    def make_node() -> Patient:
        nodes.append(Patient(act))
        return nodes[-1]

    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        return run_node(
            'patient', make_node, [], start=lambda node: start(), make_executor=make_executor
        )
    finally:
        assert nodes[0].closed == [True]
        assert before == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        assert not rclpy.ok()


@pytest.mark.parametrize('make_executor', [SingleThreadedExecutor, EnduringExecutor])
@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize('times', [1, 20])
def test_a_signal_ends_it(number: int, times: int, make_executor: Callable[[], Executor]) -> None:
    """However often it comes: launch, the terminal and a supervisor may all send one."""
    assert run(lambda: send(number, times), make_executor=make_executor) == 0


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_starts_ends_it(number: int) -> None:
    acted: list[bool] = []
    assert run(lambda: acted.append(True), start=lambda: send(number)) == 0
    assert not acted


def test_its_own_end() -> None:
    assert run(lambda: fail(EndOfInput())) == 0


def test_what_the_user_got_wrong() -> None:
    assert run(lambda: None, start=lambda: fail(ConfigurationError('no such file'))) == 2


def test_a_source_that_is_lost() -> None:
    """It may come back: not the status at which a supervisor gives up."""
    assert run(lambda: fail(SourceLostError('no picture'))) == 1


def test_a_domain_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('ROS_DOMAIN_ID', 'seven')
    assert run_node('patient', lambda: fail(AssertionError('made')), []) == 2


@pytest.mark.parametrize(
    'arguments', [['--params-file', 'absent.yaml'], ['-p', 'no_value'], ['--no-such-option']]
)
def test_arguments_that_ros_refuses(
    arguments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    ended = run_node(
        'patient', lambda: fail(AssertionError('made')), ['--ros-args', *arguments]
    )
    assert ended == 2
    told = capfd.readouterr()
    assert 'Traceback' not in told.err + told.out
    assert sum('[FATAL]' in line for line in (told.err + told.out).splitlines()) == 1


@pytest.mark.parametrize('value', ["'true'", '5', '[]'])
def test_a_parameter_of_ros_itself(value: str, capfd: pytest.CaptureFixture[str]) -> None:
    """One that rclpy declares before the node has a say."""
    arguments = ['--ros-args', '-p', f'use_sim_time:={value}']
    assert run_node('patient', lambda: Patient(lambda: fail(EndOfInput())), arguments) == 2
    told = capfd.readouterr()
    (line,) = (each for each in (told.err + told.out).splitlines() if '[FATAL]' in each)
    assert 'use_sim_time' in line
    assert 'Traceback' not in told.err + told.out


def test_a_defect_is_not_hidden() -> None:
    with pytest.raises(RuntimeError, match='broken'):
        run(lambda: fail(RuntimeError('broken')))
