# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The small formats."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from hailo_perception.doctor.python import built_for
from hailo_perception.doctor.raspberry_pi import find_boot_settings
from hailo_perception.doctor.report import plain
from hailo_perception.doctor.system import System
from hailo_perception.doctor.text import amount
from hailo_perception.doctor.text import field_of
from hailo_perception.doctor.text import numbers
from hailo_perception.doctor.text import ranges
from hailo_perception.doctor.text import version_in
from hailo_perception.doctor.text import whole


@pytest.mark.parametrize(
    ('text', 'number'),
    [('', None), ('7', 7), (' -3\n', -3), ('1_0', None), ('0x1', None), ('\u0663', None)],
)
def test_whole_numbers(text: str, number: int | None) -> None:
    assert whole(text) == number


@pytest.mark.parametrize(
    ('text', 'version'),
    [
        ('', None),
        (None, None),
        ('4', None),
        ('4.20', (4, 20, 0)),
        ('HailoRT-CLI version 4.20.1', (4, 20, 1)),
        ('4.20.0 (release,app)', (4, 20, 0)),
        ('6.6.51+rpt-rpi-2712', (6, 6, 51)),
        ('6.12-rc3', (6, 12, 0)),
        ('123456.1', None),
    ],
)
def test_versions(text: str | None, version: tuple[int, int, int] | None) -> None:
    assert version_in(text) == version


@pytest.mark.parametrize(
    ('text', 'listed'),
    [('', ()), ('3', (3,)), ('0-2,5', (0, 1, 2, 5)), ('2-1', ()), ('0-9999999', ()), ('a', ())],
)
def test_kernel_lists(text: str, listed: tuple[int, ...]) -> None:
    assert numbers(text) == listed


@given(st.sets(st.integers(0, 4095)))
def test_ranges_are_read_back(values: set[int]) -> None:
    assert numbers(ranges(values)) == tuple(sorted(values))


@pytest.mark.parametrize(
    ('size', 'text'),
    [(0, '0 bytes'), (4096, '4 KiB'), (67108864, '64 MiB'), (8443392000, '7.864 GiB')],
)
def test_amounts(size: int, text: str) -> None:
    assert amount(size) == text


def test_fields() -> None:
    assert field_of('a: 1\nMemTotal:  5 kB\n', 'memtotal') == '5 kB'
    assert field_of('no colon', 'no colon') == ''


def test_the_python_of_compiled_modules() -> None:
    names = ('_x.cpython-312-x86_64-linux-gnu.so', 'y.cpython-39-darwin.so', 'z.abi3.so', 'a.py')
    assert built_for(names) == {(3, 12), (3, 9)}


@pytest.mark.parametrize(
    ('text', 'parameters'),
    [
        ('', {}),
        ('dtparam=pciex1,pciex1_gen=3', {'pciex1': '', 'pciex1_gen': '3'}),
        ('# dtparam=pciex1', {}),
        ('[pi4]\ndtparam=pciex1\n[cm5]\ndtparam=audio=on # loud', {'audio': 'on'}),
        ('dtoverlay=pciex1', {}),
    ],
)
def test_boot_settings(text: str, parameters: dict[str, str], tmp_path) -> None:
    file = tmp_path / 'boot' / 'firmware' / 'config.txt'
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert find_boot_settings(System(tmp_path)).parameters == parameters


def test_no_text_can_move_the_cursor() -> None:
    assert plain('a\33[2J\n\tb\x9b') == 'a [2J b'
    assert len(plain('x' * 5000)) < 1000
