# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""PCI Express links: what of their line rate is left for a network's tensors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
import re

from hailo_perception.core.errors import ConfigurationError

_TRANSFERS_PER_S = {1: 2.5e9, 2: 5e9, 3: 8e9, 4: 16e9}
_ENCODINGS = {1: (8, 10), 2: (8, 10), 3: (128, 130), 4: (128, 130)}
LANES = (1, 2, 4, 8, 16)

PACKET_PAYLOAD_BYTES = 128
"""The smallest maximum payload that a link may have, and the usual one of small boards."""
PACKET_OVERHEAD_BYTES = 24
"""Framing, sequence number, header and checksum: 20 to 28 bytes."""
CONTROL_SHARE = 0.05
"""Assumed for acknowledgements, flow control and clock compensation."""
PROTOCOL_EFFICIENCY = round(
    PACKET_PAYLOAD_BYTES / (PACKET_PAYLOAD_BYTES + PACKET_OVERHEAD_BYTES) * (1 - CONTROL_SHARE), 2
)
"""The share of the encoded rate that carries payload, 0.80."""


@dataclass(frozen=True, slots=True)
class Link:
    """A PCI Express link; each direction has the whole rate for itself."""

    generation: int
    lanes: int

    def __post_init__(self) -> None:
        if self.generation not in _TRANSFERS_PER_S or self.lanes not in LANES:
            raise ConfigurationError(
                f'expected PCIe generation {_listed(_TRANSFERS_PER_S)} with '
                f'{_listed(LANES)} lanes, got generation {self.generation} with {self.lanes}'
            )

    @classmethod
    def parse(cls, text: str) -> Link:
        """Read GENERATIONxLANES, such as 3x1; ConfigurationError for anything else."""
        match = re.fullmatch(r'(\d+)[x×](\d+)', text.strip())
        if match is None:
            raise ConfigurationError(
                f"expected a PCIe link as GENERATIONxLANES, such as 3x1, got '{text}'"
            )
        return cls(int(match[1]), int(match[2]))

    @property
    def encoding(self) -> str:
        """Payload bits and line bits of the line code, such as 128b/130b."""
        payload, line = _ENCODINGS[self.generation]
        return f'{payload}b/{line}b'

    @property
    def bytes_per_s(self) -> float:
        """Give the rate after the line code, one direction, with the packets' own overhead."""
        payload, line = _ENCODINGS[self.generation]
        return _TRANSFERS_PER_S[self.generation] * self.lanes * payload / line / 8

    def payload_bytes_per_s(self, efficiency: float = PROTOCOL_EFFICIENCY) -> float:
        """Give the rate of tensors, one direction, at a protocol efficiency within 0…1."""
        return self.bytes_per_s * efficiency

    def __str__(self) -> str:
        """Print as Gen 3 ×1."""
        return f'Gen {self.generation} ×{self.lanes}'


def check_efficiency(efficiency: float) -> float:
    """Give an efficiency back; ConfigurationError when it is not within 0…1, 0 left out."""
    if not 0 < efficiency <= 1:
        raise ConfigurationError(
            f'expected a protocol efficiency above 0 and at most 1, got {efficiency:g}'
        )
    return efficiency


def _listed(values: Iterable[int]) -> str:
    return ', '.join(map(str, values))
