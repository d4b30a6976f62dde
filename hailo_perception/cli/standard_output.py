# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Standard output as it may come: of a narrow encoding, closed, full, or without a reader."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
import io
import os
import sys
from typing import TextIO

EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130


class OutputError(Exception):
    """Standard output takes nothing more; no OSError, which may be of any other file."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(f'standard output: {cause.strerror or cause}')
        self.has_lost_reader = isinstance(cause, BrokenPipeError)


def with_output(program: str, run: Callable[[], int]) -> int:
    """Run a program; Ctrl-C and what is wrong with its output end it without a traceback.

    Returns its status, EXIT_INTERRUPTED, or EXIT_USER_ERROR where the output cannot be written.
    """
    with _guarded_output():
        try:
            try:
                return run()
            finally:
                # Not left to the interpreter's end, which would complain by itself.
                sys.stdout.flush()
        except KeyboardInterrupt:
            return EXIT_INTERRUPTED
        except OutputError as error:
            discard_output()
            if not error.has_lost_reader:
                print(f'{program}: {error}', file=sys.stderr)
            return EXIT_USER_ERROR


def discard_output() -> None:
    """Send what is and will be printed nowhere, so that nothing fails with it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _OutputFile(io.FileIO):
    def write(self, data: bytes) -> int:  # type: ignore[override]
        try:
            return super().write(data)
        except OSError as error:
            raise OutputError(error) from error


@contextmanager
def _guarded_output() -> Iterator[None]:
    former = sys.stdout, sys.stderr
    # The program may have been started with either closed (>&-).
    sys.stdout = _guarded(sys.stdout) if sys.stdout else _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    try:
        yield
    finally:
        sys.stdout, sys.stderr = former


def _guarded(stream: TextIO) -> TextIO:
    """Make it escape the letters that it lacks, and name itself where it fails."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    try:
        file = _OutputFile(stream.fileno(), 'w', closefd=False)
    except io.UnsupportedOperation:
        stream.reconfigure(errors='backslashreplace')
        return stream
    return io.TextIOWrapper(
        file if stream.write_through else io.BufferedWriter(file),  # type: ignore[type-var]
        encoding=stream.encoding,
        errors='backslashreplace',
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _nowhere() -> TextIO:
    return open(os.devnull, 'w', encoding='utf-8')
