# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whatever files, commands and the environment hold, the examination says something sensible."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st
import pytest

from hailo_perception.doctor import report
from hailo_perception.doctor.commands import Answer
from hailo_perception.doctor.examination import Section
from hailo_perception.doctor.finding import Severity

# Near misses find more than noise: numbers that are too long, lists that never end, wrong types.
_NEAR_MISSES = st.sampled_from(
    [
        '',
        '\n',
        '-1',
        '0',
        '9' * 5000,
        '0-99999999999',
        '3-1',
        '1e999',
        'nan',
        '0x1e60',
        '0x2864',
        '999.9 GT/s',
        '8.0 GT/s PCIe',
        'brcm,bcm2712',
        'dtparam=,=,pciex1=',
        '[all',
        'MemTotal: -1 kB\nMemAvailable: x kB',
        'Cpus_allowed_list: 0-0-0',
        '99999.99999.99999',
        '\0\0',
        '\33[2J\33]0;title\7',
        '<segment_size>999999999999999</segment_size>',
        'x::\n:\n',
        '\u0665\u0663',
        '[' * 100000,
        '{"topics": [[], 1, {"publishers": [1, {}]}], "model": [], "error": {}}',
        '{"topics": {"a": 1}, "model": null}',
        'throttled=0xffffffff',
        'blacklist\nblacklist hailo_pci',
    ]
)
_texts = st.one_of(_NEAR_MISSES.map(str.encode), st.binary(max_size=60))
_words = st.text(max_size=30).filter(lambda text: '\0' not in text)
_printed = st.one_of(_NEAR_MISSES, _words)
_answers = st.builds(
    Answer, st.sampled_from([None, 0, 1, -11]), _printed, _printed, st.sampled_from(['', 'why'])
)


def _check(computer: Any) -> None:
    with TemporaryDirectory() as folder:
        sections = [
            Section(name, tuple(findings))
            for name, findings in computer.examine(Path(folder)).items()
        ]
    for section in sections:
        for finding in section.findings:
            assert isinstance(finding.severity, Severity)
            assert finding.remedy or finding.severity is Severity.OK
        lines = report.section_lines(section, color=False, width=None)
        assert len(lines) == (len(section.findings) + 2 if section.findings else 0)
        assert all(line == '' or line.isprintable() for line in lines)
        report.section_lines(section, color=True, width=30)
    document = json.loads(report.to_json(sections))
    assert document['status'] in (0, 1)


@pytest.mark.parametrize('name', ['raspberry_pi_5', 'rock_5', 'x86_with_hailo', 'x86'])
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_content_is_too_odd(
    name: str, make_computer: Callable[[str], Any], data: st.DataObject
) -> None:
    computer = make_computer(name)
    chosen = data.draw(st.sets(st.sampled_from(sorted(computer.files)), max_size=12))
    for file in sorted(chosen):
        computer.files[file] = data.draw(_texts, label=file)
    for command in computer.answers:
        if data.draw(st.booleans()):
            computer.answers[command] = data.draw(_answers, label=str(command))
    for variable in (*computer.environment, 'LD_LIBRARY_PATH', 'RMW_IMPLEMENTATION', 'container'):
        if data.draw(st.booleans()):
            computer.environment[variable] = data.draw(_words, label=variable)
    for distribution in computer.versions:
        if data.draw(st.booleans()):
            computer.versions[distribution] = data.draw(_words, label=distribution)
    _check(computer)


@pytest.mark.parametrize('name', ['raspberry_pi_5', 'rock_5', 'x86_with_hailo'])
@pytest.mark.parametrize('content', [b'', b'\xff\xfe\0garbage', b'9' * 5000, b'0-99999999999'])
def test_all_files_may_hold_the_same_nonsense(
    name: str, content: bytes, make_computer: Callable[[str], Any]
) -> None:
    computer = make_computer(name)
    computer.files = dict.fromkeys(computer.files, content)
    _check(computer)


def test_folders_in_the_place_of_files_read_as_absent(make_computer: Callable[[str], Any]) -> None:
    computer = make_computer('raspberry_pi_5')
    computer.modes.clear()
    computer.files = {f'{name}/in_the_way': '' for name in computer.files}
    _check(computer)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_anything_may_be_missing(make_computer: Callable[[str], Any], data: st.DataObject) -> None:
    computer = make_computer('raspberry_pi_5')
    computer.modes.clear()
    for table in (computer.files, computer.links, computer.modules, computer.versions):
        for name in data.draw(st.sets(st.sampled_from(sorted(table)))):
            del table[name]
    _check(computer)
