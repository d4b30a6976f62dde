# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Rates of PCI Express links."""

from __future__ import annotations

import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.planning.links import check_efficiency
from hailo_perception.planning.links import Link
from hailo_perception.planning.links import PROTOCOL_EFFICIENCY


@pytest.mark.parametrize(
    ('text', 'megabytes_per_s', 'encoding', 'printed'),
    [
        ('1x1', 250, '8b/10b', 'Gen 1 ×1'),
        ('2x1', 500, '8b/10b', 'Gen 2 ×1'),
        ('3x1', 984.6, '128b/130b', 'Gen 3 ×1'),
        ('3×4', 3938.5, '128b/130b', 'Gen 3 ×4'),
        (' 4x1 ', 1969.2, '128b/130b', 'Gen 4 ×1'),
    ],
)
def test_published_rates(text: str, megabytes_per_s: float, encoding: str, printed: str) -> None:
    link = Link.parse(text)
    assert link.bytes_per_s / 1e6 == pytest.approx(megabytes_per_s, abs=0.1)
    assert link.encoding == encoding
    assert str(link) == printed


def test_packets_take_a_fifth() -> None:
    assert PROTOCOL_EFFICIENCY == 0.8
    assert Link(2, 1).payload_bytes_per_s() == pytest.approx(400e6)
    assert Link(2, 1).payload_bytes_per_s(1.0) == 500e6


@pytest.mark.parametrize('text', ['', '3', 'x1', '3x', '3x1x1', 'gen3', '-3x1', '3.0x1'])
def test_what_is_no_link(text: str) -> None:
    with pytest.raises(ConfigurationError, match='GENERATIONxLANES'):
        Link.parse(text)


@pytest.mark.parametrize('text', ['0x1', '7x1', '3x3', '3x0'])
def test_links_that_there_are_not(text: str) -> None:
    with pytest.raises(ConfigurationError, match='expected PCIe generation'):
        Link.parse(text)


@pytest.mark.parametrize('efficiency', [0.0, -0.5, 1.01, float('nan'), float('inf')])
def test_efficiencies_that_cannot_be(efficiency: float) -> None:
    with pytest.raises(ConfigurationError, match='above 0 and at most 1'):
        check_efficiency(efficiency)
