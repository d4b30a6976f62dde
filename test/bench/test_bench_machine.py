# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path
import platform

import pytest

from hailo_perception.bench.machine import cpu_name
from hailo_perception.bench.machine import describe_machine

AMD = """processor\t: 0
vendor_id\t: AuthenticAMD
model\t\t: 17
model name\t: AMD EPYC 9R14: 96 cores

processor\t: 1
model name\t: another
"""
RASPBERRY = """processor\t: 0
CPU implementer\t: 0x41

Model\t\t: Raspberry Pi 5 Model B Rev 1.0
"""


@pytest.fixture(params=['processor', 'machine'])
def architecture(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let Python know the architecture by one of its two ways only."""
    for name in ('processor', 'machine'):
        answer = f'by {name}' if name == request.param else ''
        monkeypatch.setattr(platform, name, lambda answer=answer: answer)
    return f'by {request.param}'


def test_the_first_cpu_gives_the_name(tmp_path: Path) -> None:
    info = tmp_path / 'cpuinfo'
    info.write_text(AMD)
    assert cpu_name(info) == 'AMD EPYC 9R14: 96 cores'


@pytest.mark.parametrize('text', [None, '', RASPBERRY])
def test_a_cpu_without_a_name_is_named_by_its_architecture(
    text: str | None, architecture: str, tmp_path: Path
) -> None:
    info = tmp_path / 'cpuinfo'
    if text is not None:
        info.write_text(text)
    assert cpu_name(info) == architecture


def test_a_description_names_cpu_and_versions() -> None:
    machine = describe_machine(('numpy', 'no-such-distribution'))
    assert machine.cpu == cpu_name() != ''
    assert machine.libraries['numpy'] and machine.libraries['no-such-distribution'] is None
    assert 0 < machine.usable_cores <= machine.cores
    assert 'numpy' in str(machine) and 'no-such' not in str(machine)
