# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The vendor's steps one after another: logged, checked, and not repeated when done already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import hashlib
import json
from pathlib import Path
import subprocess
import time

from hailo_perception.toolchain.vendor import DataflowCompiler
from hailo_perception.toolchain.vendor import ToolchainError

RECORD_FILE = 'steps.json'
LOG_FOLDER = 'logs'
_QUOTED_LINES = 15
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Step:
    """One call of the vendor's program, in the output folder.

    ``arguments`` without the program's name. The step is done again when these, the files it
    ``reads`` or the compiler's version change, or when a file it ``makes`` is missing. ``answer``
    is what it gets to read, should it ask something.
    """

    name: str
    arguments: tuple[str, ...]
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    answer: str = ''


class StepRunner:
    """Runs steps in a folder and remembers there which are done."""

    def __init__(
        self, folder: Path, compiler: DataflowCompiler, tell: Callable[[str], None]
    ) -> None:
        """``tell`` hears one line when a step begins, ends, or is kept."""
        self._folder = folder
        self._compiler = compiler
        self._tell = tell
        (folder / LOG_FOLDER).mkdir(exist_ok=True)

    def run(self, step: Step) -> None:
        """Do a step unless it is done; ToolchainError quotes the end of its log."""
        fingerprint = self._fingerprint(step)
        if self._record().get(step.name) == fingerprint and not self._missing(step):
            self._tell(f'{step.name}: done before, kept ({", ".join(step.makes)})')
            return
        self._forget(step)
        log = self._folder / LOG_FOLDER / f'{step.name}.log'
        self._tell(f'{step.name}: running; {log} has its output')
        began_s = time.monotonic()
        status = self._call(step, log)
        missing = self._missing(step)
        if status or missing:
            finding = (
                f'ended with status {status}'
                if status
                else f'ended well, but wrote no {", ".join(missing)}'
            )
            raise ToolchainError(
                f'hailo {step.arguments[0]} {finding}; the end of {log}:\n{_end_of(log)}\n'
                'What is done stays: repeat the command to go on from here'
            )
        self._tell(f'{step.name}: done in {time.monotonic() - began_s:.0f} s')
        self._write(self._record() | {step.name: fingerprint})

    def _call(self, step: Step, log: Path) -> int:
        command = (str(self._compiler.program), *step.arguments)
        with log.open('wb') as output:
            try:
                return subprocess.run(
                    command,
                    cwd=self._folder,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    input=step.answer.encode(),
                    check=False,
                ).returncode
            except OSError as error:
                raise ToolchainError(f'{command[0]} does not run ({error})') from error

    def _missing(self, step: Step) -> list[str]:
        files = [self._folder / name for name in step.makes]
        return [file.name for file in files if not file.is_file() or not file.stat().st_size]

    def _forget(self, step: Step) -> None:
        """Remove what a broken or outdated run left, so that it is not taken for a result."""
        self._write({k: v for k, v in self._record().items() if k != step.name})
        for name in step.makes:
            (self._folder / name).unlink(missing_ok=True)

    def _fingerprint(self, step: Step) -> str:
        content = {
            'arguments': step.arguments,
            'reads': {name: digest_of(self._folder / name) for name in step.reads},
            'version': self._compiler.version,
        }
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def _record(self) -> dict[str, str]:
        try:
            content = json.loads((self._folder / RECORD_FILE).read_text(encoding='utf-8'))
        except (OSError, ValueError):
            # Without a readable record the steps are done again, which is slow but never wrong.
            return {}
        return content if isinstance(content, dict) else {}

    def _write(self, record: dict[str, str]) -> None:
        text = json.dumps(record, indent=1) + '\n'
        (self._folder / RECORD_FILE).write_text(text, encoding='utf-8')


def digest_of(path: Path) -> str:
    """Digest a file's content; OSError where it cannot be read."""
    digest = hashlib.sha256()
    with path.open('rb') as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _end_of(log: Path) -> str:
    lines = log.read_text(encoding='utf-8', errors='replace').splitlines()
    return '\n'.join(f'  | {line}' for line in lines[-_QUOTED_LINES:]) or '  | (it is empty)'
