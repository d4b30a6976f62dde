# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Misconfigures real nodes over DDS, one thing after another, and times what they answer.

A configuration is wrong from the moment that the node is active with it (or, where it cannot
become so, from the moment that it is asked to); it is answered on the console when a line of the
log has both what was seen and what to do, and in /diagnostics when a status has.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
import time
from typing import Any

from lifecycle_msgs.msg import Transition
from misconfiguration_operator import Driver
from misconfiguration_operator import LoggedNode
from misconfiguration_operator import NodeEndedError
from misconfiguration_operator import Operator
from misconfiguration_question import Answered
from misconfiguration_question import ask_camera
from misconfiguration_question import ask_node
from misconfiguration_question import NODE
from misconfiguration_question import Question
from misconfigured_camera import HAS_TRANSFORMS
from misconfigured_camera import IMAGES
from misconfigured_camera import INFOS
from misconfigured_camera import MisconfiguredCamera
from misconfigured_camera import TARGET_FRAME
from misconfigured_cameras import CAMERAS
from misconfigured_starts import MisconfiguredStart
from misconfigured_starts import STARTS
from misconfigured_starts import write_model

CONFIGURATION_STATUS = 2
_PATIENCE_S = 60.0
"""Only against waiting for ever."""
_TICK_S = 0.1
_GROUND_FRAME = 'base_footprint'


class UnansweredError(Exception):
    """Nobody said what is wrong; names those that were not answered and what came instead."""


class Session:
    """Runs the whole script; one node at a time, each in a process of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        parameters: Mapping[str, Any] | None = None,
        simultaneous_starts: int = 1,
        only_managed: Collection[str] = (),
    ) -> None:
        """Write files below a folder; ``parameters`` are for every node that runs.

        The starts in ``only_managed`` are not tried without a lifecycle manager.
        """
        self._folder = folder
        self._base = {'model': write_model(folder), **(parameters or {})}
        self._simultaneous_starts = simultaneous_starts
        self._only_managed = frozenset(only_managed)

    def run(self) -> Iterator[Answered]:
        """Give the answers as they come; UnansweredError where one does not."""
        yield from self.cameras_and_states()
        yield from self.clock()
        yield from self.starts()

    def cameras_and_states(self) -> Iterator[Answered]:
        """Misconfigure cameras, all at once, then the node around them."""
        per_camera = {
            f'camera.{camera.name}.{name}': value
            for camera in CAMERAS
            for name, value in camera.parameters.items()
        }
        unknown = {'detection.score_treshold': 0.5, 'camera.tpyo.image_topic': '/x'}
        with self._node(
            cameras=[camera.name for camera in CAMERAS],
            target_frame=TARGET_FRAME if HAS_TRANSFORMS else '',
            **per_camera,
            **unknown,
        ) as (operator, node):
            drivers = {camera.name: Driver(operator, camera) for camera in CAMERAS}
            self._activate(operator, node)
            questions = [ask_camera(camera) for camera in CAMERAS]
            by_name = {question.name: question for question in questions}

            def tick() -> None:
                for name, driver in drivers.items():
                    if driver.send(is_seen=operator.received(f'{NODE}: camera {name}') > 0):
                        by_name[name].began_s = time.monotonic()

            yield from self._wait(
                operator,
                node,
                [
                    *questions,
                    ask_node(
                        'unknown_parameters', 'parameters that nobody reads',
                        'did you mean detection.score_threshold?', 'did you mean camera.typo?',
                    ),
                ],
                tick,
            )
            yield from self._name_taken(operator, node, tick)
            yield from self._states(operator, node, tick)

    def _name_taken(
        self, operator: Operator, node: LoggedNode, tick: Callable[[], None]
    ) -> Iterator[Answered]:
        other = LoggedNode({'autostart': False}, self._new_folder('namesake'))
        try:
            operator.wait_until(lambda: operator.namesakes(NODE) > 1, 'the second node')
            question = ask_node(
                'name_taken', 'a second node of the same name',
                '2 nodes are called /perception', '__node:=',
            )
            yield from self._wait(operator, node, [question], tick)
        finally:
            other.stop()

    def _states(
        self, operator: Operator, node: LoggedNode, tick: Callable[[], None]
    ) -> Iterator[Answered]:
        camera = f'{NODE}: camera unheard'
        disabled = Question(
            'disabled', 'the node was disabled',
            is_told=lambda status: status.name == camera
            and 'the node is disabled' in status.message
            and '~/enable with true' in status.message,
            is_printed=lambda line: 'unheard: the node is disabled' in line,
        )
        operator.enable(NODE, False)
        yield from self._wait(operator, node, [disabled], tick)
        operator.enable(NODE, True)
        inactive = 'inactive: ros2 lifecycle set /perception activate'
        question = ask_node('inactive', 'the node is not active', inactive)
        operator.change(NODE, Transition.TRANSITION_DEACTIVATE)
        yield from self._wait(operator, node, [question], tick)

    def clock(self) -> Iterator[Answered]:
        """Run on simulated time: without a clock, then with one that goes back."""
        camera = MisconfiguredCamera('front', '', CAMERAS[0].answer, (IMAGES, INFOS))
        ground_frame = _GROUND_FRAME if HAS_TRANSFORMS else ''
        with self._node(use_sim_time=True, ground_frame=ground_frame) as (operator, node):
            driver = Driver(operator, camera)
            self._activate(operator, node)
            no_clock = ask_node(
                'no_clock', 'use_sim_time without /clock',
                'use_sim_time is set', 'play the bag with --clock',
            )
            no_ground = ask_node(
                'no_ground', 'ground_frame without a transform',
                _GROUND_FRAME, 'static_transform_publisher',
            )
            questions = [no_clock, no_ground] if HAS_TRANSFORMS else [no_clock]
            yield from self._wait(operator, node, questions, driver.send)
            clock = operator.clock()
            clock.send_s(100.0)
            operator.wait_until(
                lambda: 'over: no_clock' in node.log, 'the clock', lambda: clock.send_s(100.0)
            )
            question = ask_node(
                'clock_jumped', 'a clock that goes back',
                'clock went back by 40.0 s', 'one clock for all computers',
            )
            yield from self._wait(operator, node, [question], lambda: clock.send_s(60.0))

    def starts(self) -> Iterator[Answered]:
        """Start with what cannot work: under a lifecycle manager, and without."""
        ending = [start for start in STARTS if start.name not in self._only_managed]
        folders = [self._new_folder(start.name) for start in ending]
        with ThreadPoolExecutor(self._simultaneous_starts) as pool:
            ends = pool.map(self._start, ending, folders)
            end_s = dict(zip((start.name for start in ending), ends))
        managed = {
            answered.name: answered
            for answered in (*self._settable_starts(), *self._other_starts())
        }
        for start in STARTS:
            answered = managed[start.name]
            yield Answered(
                answered.name, answered.what, answered.console_s, answered.diagnostics_s,
                answered.message, end_s.get(start.name),
            )

    def _start(self, start: MisconfiguredStart, folder: Path) -> float:
        """Start a node that ends; returns its seconds from start to end."""
        began_s = time.monotonic()
        node = LoggedNode({**self._base, **start.parameters(folder)}, folder)
        status = node.wait(_PATIENCE_S)
        lines = node.log.splitlines()
        if status != CONFIGURATION_STATUS or not any(
            all(text in line for text in start.answer) for line in lines
        ):
            raise UnansweredError(f'{start.name}: ended with {status} and said\n{node.log}')
        return time.monotonic() - began_s

    def _settable_starts(self) -> Iterator[Answered]:
        with self._node() as (operator, node):
            # Parameters exist once the node was configured.
            operator.change(NODE, Transition.TRANSITION_CONFIGURE)
            operator.change(NODE, Transition.TRANSITION_CLEANUP)
            for start in (each for each in STARTS if each.is_settable):
                values = start.parameters(self._new_folder(f'{start.name}_set'))
                before = operator.parameters(NODE, values)
                operator.set_parameters(NODE, values)
                yield from self._configure(operator, node, start)
                operator.restore_parameters(NODE, before)

    def _other_starts(self) -> Iterator[Answered]:
        for start in (each for each in STARTS if not each.is_settable):
            parameters = start.parameters(self._new_folder(f'{start.name}_managed'))
            with self._node(**parameters) as (operator, node):
                yield from self._configure(operator, node, start)

    def _configure(
        self, operator: Operator, node: LoggedNode, start: MisconfiguredStart
    ) -> Iterator[Answered]:
        question = ask_node(start.name, start.what, *start.answer)
        if operator.change(NODE, Transition.TRANSITION_CONFIGURE):
            raise UnansweredError(f'{start.name}: configured all the same\n{node.log}')
        yield from self._wait(operator, node, [question])

    @staticmethod
    def _activate(operator: Operator, node: LoggedNode) -> None:
        for transition in (Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE):
            if not operator.change(NODE, transition):
                raise UnansweredError(f'{NODE} did not become active; the log:\n{node.log}')

    @contextmanager
    def _node(self, **parameters: Any) -> Iterator[tuple[Operator, LoggedNode]]:
        """Run a node that waits to be configured, and somebody who does it."""
        values = {**self._base, 'autostart': False, **parameters}
        node = LoggedNode(values, self._new_folder('node'))
        try:
            with Operator() as operator:
                operator.wait_for_node(NODE, lambda: node.is_alive)
                yield operator, node
        except (NodeEndedError, TimeoutError) as error:
            raise UnansweredError(f'{error}; the log:\n{node.log}') from error
        finally:
            node.stop()

    def _wait(
        self,
        operator: Operator,
        node: LoggedNode,
        questions: Iterable[Question],
        tick: Callable[[], Any] = lambda: None,
    ) -> Iterator[Answered]:
        """Give each question's answer when it has come."""
        missing = list(questions)
        deadline_s = time.monotonic() + _PATIENCE_S
        while missing:
            tick()
            for status in operator.listen(_TICK_S):
                for question in missing:
                    question.hear(status)
            for line in node.new_lines():
                for question in missing:
                    question.read(line)
            for question in missing.copy():
                if (answered := question.answered) is not None:
                    missing.remove(question)
                    yield answered
            if time.monotonic() > deadline_s:
                names = ', '.join(map(str, missing))
                raise UnansweredError(f'not answered: {names}; the log:\n{node.log}')

    def _new_folder(self, name: str) -> Path:
        number = len(list(self._folder.iterdir()))
        folder = self._folder / f'{number}_{name}'
        folder.mkdir()
        return folder
