# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A run of the demo from the first process to the last file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
import os
from pathlib import Path
import sys
import time

from hailo_perception.cli.demo.display import Display
from hailo_perception.cli.demo.display import make_display
from hailo_perception.cli.demo.graph_domain import choose_domain
from hailo_perception.cli.demo.interruption import Interruption
from hailo_perception.cli.demo.new_folder import make_results_folder
from hailo_perception.cli.demo.node_process import NodeProcess
from hailo_perception.cli.demo.node_process import stop_all
from hailo_perception.cli.demo.options import camera_node_parameters
from hailo_perception.cli.demo.options import DemoOptions
from hailo_perception.cli.demo.options import perception_node_parameters
from hailo_perception.cli.demo.options import SourceKind
from hailo_perception.cli.demo.receiver import Receiver
from hailo_perception.cli.demo.results_folder import ResultsFolder
from hailo_perception.cli.demo.status import Status
from hailo_perception.cli.demo.status import WritingState
from hailo_perception.cli.demo.summary import make_summary
from hailo_perception.cli.demo.topics import demo_topics
from hailo_perception.cli.demo.writer import BackgroundWriter
from hailo_perception.cli.standard_output import discard_output
from hailo_perception.cli.standard_output import EXIT_USER_ERROR
from hailo_perception.cli.standard_output import OutputError
from hailo_perception.vision.sources import open_source

_EXIT_OK = 0
_EXIT_FAILED = 1

_STOPPING = 'stopping the nodes'
_WRITING = 'writing'
_DONE = 'done'
_AFTERWARDS = (_STOPPING, _WRITING, _DONE)
"""The phases in which no frames come, so that the numbers shown are those of the whole run."""

_SPIN_S = 0.05
_SHOW_PERIOD_S = 0.25
_FIRST_RESULT_TIMEOUT_S = 120.0
_QUIET_S = 1.0
_DRAIN_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a run is over: a word or two for the summary; for a failure also a text and a status."""

    reason: str
    failure: str = ''
    exit_status: int = _EXIT_OK


class _Ended(Exception):  # noqa: N818 - carries the ending out of whatever was waited for
    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.reason)
        self.ending = ending


def run_session(options: DemoOptions, interruption: Interruption) -> int:
    """Run, write, stop everything, say what is there; returns the exit status."""
    if options.kind.has_end:
        open_source(options.source).close()  # its errors are better told before anything starts
    folder = make_results_folder(options.output, datetime.now())
    join = choose_domain(is_shared=options.kind is SourceKind.TOPIC, process_id=os.getpid())
    if join:
        print(f'To look at the topics yourself, put this before your command: {join}')
    try:
        return _run_in(folder, options, interruption)
    except OSError as error:
        print(f'hailo-perception demo: cannot write to {folder}: {error}', file=sys.stderr)
        return _EXIT_FAILED


def _run_in(folder: Path, options: DemoOptions, interruption: Interruption) -> int:
    results = ResultsFolder(
        folder,
        is_recording=options.is_recording,
        has_rerun_recording=options.has_rerun_recording,
    )
    try:
        session = Session(options, folder, results, interruption)
        try:
            with make_display() as display:
                ending = session.play(display)
                session.finish(display)
        finally:
            session.abandon()
    finally:
        results.close()
    results.write_summary(session.summary(ending))
    _tell(ending, folder, results)
    return ending.exit_status


class Session:
    """The processes, the subscriber and the writer of one run."""

    def __init__(
        self,
        options: DemoOptions,
        folder: Path,
        results: ResultsFolder,
        interruption: Interruption,
    ) -> None:
        """Subscribe to everything before anything is published."""
        self._options = options
        self._results = results
        self._interruption = interruption
        self._log_folder = folder / 'nodes'
        self._log_folder.mkdir()
        self._processes: list[NodeProcess] = []
        self._camera: NodeProcess | None = None
        self._camera_ended_s: float | None = None
        self._began_s = time.monotonic()
        self._first_result_s: float | None = None
        self._phase = 'starting'
        self._shown_s = 0.0
        self._output_error: OutputError | None = None
        self._writer = BackgroundWriter(results.write)
        self._receiver = Receiver(
            demo_topics(options),
            picture_period_s=options.picture_period_s,
            is_recording=options.is_recording,
            deliver=self._writer.put,
        )

    def play(self, display: Display) -> Ending:
        """Start the nodes and receive until source, time or user end it."""
        try:
            self._start('perception_node', perception_node_parameters(self._options))
            if not self._options.kind.has_end:
                self._start_camera()
            self._wait('loading the network', display, self._is_perception_up)
            if self._options.kind.has_end:
                # Every picture counts, so none may come while the network is being loaded.
                self._start_camera()
            self._wait('waiting for the first result', display, self._has_begun)
            self._wait('running', display, self._is_over)
        except _Ended as ended:
            return ended.ending
        return Ending('duration' if self._camera_ended_s is None else 'end of the source')

    def finish(self, display: Display) -> None:
        """End the nodes, then write what waits; a second Ctrl-C gives that up."""
        self._phase = _STOPPING
        self._show(display)
        stop_all(self._processes, is_urgent=lambda: self._interruption.is_urgent)
        self._phase = _WRITING
        self._writer.finish()
        while not self._writer.join(_SHOW_PERIOD_S):
            self._show(display)
            if self._interruption.is_urgent:
                self._writer.abandon()
        self._phase = _DONE
        self._show(display)

    def abandon(self) -> None:
        """Leave nothing running, whatever happened before."""
        stop_all(self._processes)
        self._writer.abandon()
        self._writer.join(timeout_s=30.0)
        self._receiver.close()

    def summary(self, ending: Ending) -> dict[str, object]:
        """Describe the finished run."""
        return make_summary(
            self._options,
            ended_by=ending.reason,
            frames=self._receiver.times.overall(),
            pipeline=self._receiver.pipeline,
            received=self._receiver.counts,
            recorded=self._results.recorded,
            not_written=self._writer.dropped,
        )

    def _start_camera(self) -> None:
        if self._options.kind is not SourceKind.TOPIC:
            self._camera = self._start('camera_node', camera_node_parameters(self._options))

    def _start(self, module: str, parameters: dict[str, object]) -> NodeProcess:
        process = NodeProcess(module, parameters, self._log_folder)
        self._processes.append(process)
        return process

    def _wait(self, phase: str, display: Display, is_done: Callable[[], bool]) -> None:
        """Receive messages until something is done; _Ended when the run is over before."""
        self._phase = phase
        while not is_done():
            self._receiver.spin_once(_SPIN_S)
            if time.monotonic() - self._shown_s >= _SHOW_PERIOD_S:
                self._show(display)
            self._check()

    def _check(self) -> None:
        if self._interruption.is_requested:
            has_results = self._receiver.times.count > 0
            raise _Ended(
                Ending(
                    'interruption',
                    exit_status=_EXIT_OK if has_results else self._interruption.exit_status,
                )
            )
        if self._writer.error is not None:
            raise _Ended(
                Ending('failure', f'cannot write the results: {self._writer.error}', _EXIT_FAILED)
            )
        if self._output_error is not None:
            is_silent = self._output_error.has_lost_reader
            raise _Ended(
                Ending(
                    'end of the output',
                    '' if is_silent else str(self._output_error),
                    EXIT_USER_ERROR,
                )
            )
        for process in self._processes:
            if process.status is not None:
                self._note_end_of(process, process.status)

    def _note_end_of(self, process: NodeProcess, status: int) -> None:
        if process is self._camera and status == 0:
            if self._camera_ended_s is None:
                self._camera_ended_s = time.monotonic()
            return
        raise _Ended(
            Ending(
                'failure',
                f'{process.module} ended with status {status}. Its last words '
                f'({process.log_path}):\n{process.last_lines()}',
                # A node's own status 2 means that the user asked for something impossible.
                status if status > 0 else _EXIT_FAILED,
            )
        )

    def _is_perception_up(self) -> bool:
        return self._receiver.pipeline is not None

    def _has_begun(self) -> bool:
        if self._receiver.times.count > 0:
            self._first_result_s = self._receiver.last_result_s
            return True
        waited_s = time.monotonic() - self._began_s
        patience_s = max(self._options.duration_s or 0.0, _FIRST_RESULT_TIMEOUT_S)
        if self._options.duration_s is not None and waited_s > patience_s:
            raise _Ended(
                Ending(
                    'failure',
                    f'no result within {patience_s:g} s; waiting for: {self._waiting_for()}',
                    _EXIT_FAILED,
                )
            )
        if self._camera is not None and self._is_drained():
            raise _Ended(
                Ending(
                    'failure',
                    f'the source ended without a result: see {self._camera.log_path}',
                    _EXIT_FAILED,
                )
            )
        return False

    def _is_over(self) -> bool:
        duration_s = self._options.duration_s
        if duration_s is not None and self._first_result_s is not None:
            if time.monotonic() - self._first_result_s >= duration_s:
                return True
        return self._is_drained()

    def _is_drained(self) -> bool:
        """Whether the source has ended and all that it gave went through the network."""
        if self._camera_ended_s is None:
            return False
        now_s = time.monotonic()
        pipeline = self._receiver.pipeline
        has_account = self._receiver.pipeline_told_s > self._camera_ended_s + _QUIET_S / 2
        is_quiet = now_s - max(self._camera_ended_s, self._receiver.last_result_s) > _QUIET_S
        is_empty = pipeline is not None and has_account and pipeline.inside <= 0
        return (is_quiet and is_empty) or now_s - self._camera_ended_s > _DRAIN_TIMEOUT_S

    def _waiting_for(self) -> str:
        if not self._is_perception_up():
            return 'perception_node, which loads the network (the first time: about a minute)'
        if self._camera_ended_s is not None:
            return ''
        return self._receiver.waiting_for or ''

    def _show(self, display: Display) -> None:
        self._shown_s = time.monotonic()
        try:
            display.show(self._status())
        except OutputError as error:
            # The files are finished all the same, and what is still printed must not fail again.
            self._output_error = error
            discard_output()

    def _status(self) -> Status:
        receiver = self._receiver
        return Status(
            source=self._options.title,
            phase=self._phase,
            elapsed_s=self._shown_s - self._began_s,
            duration_s=self._options.duration_s,
            frames=receiver.times.overall()
            if self._phase in _AFTERWARDS
            else receiver.times.lately(time.time_ns()),
            frames_total=receiver.times.count,
            pipeline=receiver.pipeline,
            objects=receiver.objects,
            waiting_for=self._waiting_for(),
            writing=WritingState(
                self._results.recording_bytes if self._options.is_recording else None,
                self._writer.waiting_bytes,
                sum(self._writer.dropped.values()),
            ),
        )


def _tell(ending: Ending, folder: Path, results: ResultsFolder) -> None:
    """Say what was written; a failure last, where it is read."""
    print(f'\nWritten to {folder.resolve()}:')
    products = results.products()
    width = max(len(product.path.name) for product in products)
    for product in products:
        print(f'  {product.path.name:{width}}  {product.note}')
    print(f'  {"nodes":{width}}  parameters and logs of the nodes')
    if ending.failure:
        sys.stdout.flush()
        print(f'\nhailo-perception demo: {ending.failure}', file=sys.stderr)
