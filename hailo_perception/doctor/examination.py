# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Runs the groups side by side, each for a limited time; none can stop another."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from queue import Empty
from queue import SimpleQueue
from threading import Thread
import time

from hailo_perception.doctor import GROUPS
from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.system import System

Examine = Callable[[System], Iterable[Finding]]
DEADLINE_S = 9.0


@dataclass(frozen=True, slots=True)
class Section:
    """One group's findings."""

    group: str
    findings: tuple[Finding, ...]


def load_groups(names: Iterable[str] = GROUPS) -> dict[str, Examine]:
    """Find the examinations of some groups."""
    return {name: import_module(f'hailo_perception.doctor.{name}').examine for name in names}


def examine(
    system: System, groups: Mapping[str, Examine], deadline_s: float = DEADLINE_S
) -> Iterator[Section]:
    """Give each group's findings in the groups' order, as soon as they are known.

    A check that fails is an error of ours and told as such. One that hangs, as reading from a
    wedged driver does, is left behind: its thread cannot be stopped and does not hold up the end.
    """
    end_s = time.monotonic() + deadline_s
    answers = [(name, _start(system, name, group)) for name, group in groups.items()]
    for name, answer in answers:
        try:
            findings = answer.get(timeout=max(end_s - time.monotonic(), 0.001))
        except Empty:
            findings = (
                error(
                    'examination',
                    f'no answer in {deadline_s:g} s: something below hangs',
                    'look with: sudo dmesg | tail; power off (not only reboot) and on again',
                ),
            )
        yield Section(name, findings)


def _start(system: System, name: str, group: Examine) -> SimpleQueue[tuple[Finding, ...]]:
    answer: SimpleQueue[tuple[Finding, ...]] = SimpleQueue()
    Thread(target=lambda: answer.put(_run(system, group)), daemon=True, name=name).start()
    return answer


def _run(system: System, group: Examine) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    try:
        findings.extend(group(system))
    except Exception as failure:
        findings.append(
            error(
                'examination',
                f'the examination itself failed: {type(failure).__name__}: {failure}',
                'please report this line with the output of --json',
            )
        )
    return tuple(findings)
