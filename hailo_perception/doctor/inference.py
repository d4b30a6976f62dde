# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What would run each packaged model: asked in a process of its own, which may hang or die."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.pcie import find_hailo_devices
from hailo_perception.doctor.probe import probe_failure
from hailo_perception.doctor.probe import read_facts
from hailo_perception.doctor.system import System

PROBE = 'hailo_perception.doctor.inference_probe'
TIMEOUT_S = 7.0


def examine(system: System) -> Iterator[Finding]:
    """Open every packaged model as a node with ``backend: auto`` would."""
    answer = system.run((system.python.executable, '-m', PROBE), TIMEOUT_S)
    has_chip = any(device.is_hailo_8 for device in find_hailo_devices(system))
    for line in answer.output.splitlines():
        facts = read_facts(line)
        if facts is not None:
            yield _judge(facts, has_chip=has_chip)
    if not answer.succeeded:
        yield probe_failure('auto', 'the models could not all be tried', answer, system, PROBE)


def _judge(facts: dict[str, Any], *, has_chip: bool) -> Finding:
    model = facts.get('model', '?')
    if 'error' in facts:
        return error(
            'auto', f'{model} cannot run: {facts["error"]}', 'repair what the reason names'
        )
    fact = f'{model}: {facts.get("reason", "no reason given")}'
    if has_chip and facts.get('backend') != 'hailort':
        return warning(
            'auto',
            f'{fact}, although a Hailo is fitted',
            'repair what is said of hailort; a model without a file for it: hailo-perception '
            'compile --help',
        )
    complaints = facts.get('warnings')
    if isinstance(complaints, list) and complaints:
        told = '; '.join(map(str, complaints))
        return warning('auto', f'{fact}: {told}', 'change what the warning names')
    return ok('auto', fact)
