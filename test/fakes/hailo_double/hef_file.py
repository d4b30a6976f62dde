# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The HEF file of the double: the real magic and version, then JSON and the networks' bytes.

bytes 0–3    01 'H' 'E' 'F'
bytes 4–7    version, big-endian, 0–3
bytes 8–11   length of the JSON, big-endian
bytes 12–15  CRC-32 of all that follows, big-endian
then         the JSON, then the bytes of each network one after another
"""

from __future__ import annotations

from dataclasses import dataclass
import json
from pathlib import Path
import struct
import zlib

from hailo_double.networks import KINDS
from hailo_double.networks import Network
from hailo_double.status import failure
from hailo_double.status import ProcessDeath
from hailo_double.status import Status
from hailo_double.streams import NetworkGroup

MAGIC = b'\x01HEF'
NEWEST_VERSION = 3
REQUIRED_FEATURE = 'periph_calculation_in_hailort'
ARCHITECTURES = ('HAILO8', 'HAILO8L', 'HAILO8R', 'HAILO15H', 'HAILO10H')
_HEADER = struct.Struct('>4sIII')
_KIND_OF = {kind: name for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class HefContent:
    """A parsed HEF: the chip it is compiled for, its network groups and what computes each."""

    architecture: str
    groups: tuple[NetworkGroup, ...]
    networks: tuple[Network, ...]
    features: tuple[str, ...] = (REQUIRED_FEATURE,)

    def __post_init__(self) -> None:
        if self.architecture not in ARCHITECTURES:
            raise ValueError(f'expected one of {ARCHITECTURES}, got {self.architecture}')

    def to_bytes(self, *, version: int = NEWEST_VERSION) -> bytes:
        described = [network.to_json() for network in self.networks]
        description = {
            'architecture': self.architecture,
            'features': self.features,
            'groups': [group.to_json() for group in self.groups],
            'networks': [
                {'kind': _KIND_OF[type(network)], 'bytes': len(content), 'values': values}
                for network, (values, content) in zip(self.networks, described)
            ],
        }
        text = json.dumps(description).encode()
        body = text + b''.join(content for _, content in described)
        return _HEADER.pack(MAGIC, version, len(text), zlib.crc32(body)) + body


def read_hef(source: str | bytes) -> HefContent:
    """Read a file or its bytes; raises with the statuses of section 2."""
    if isinstance(source, bytes):
        if not source:
            raise ProcessDeath('HEF(b"") reads behind an empty buffer: SIGSEGV (rule 24)')
        if len(source) < _HEADER.size:
            raise failure(Status.HEF_FILE_CORRUPTED)
        return _parse(source)
    path = Path(source)
    if path.is_dir():
        raise failure(Status.FILE_OPERATION_FAILURE)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise failure(Status.OPEN_FILE_FAILURE) from error
    if len(content) < _HEADER.size:
        raise failure(Status.FILE_OPERATION_FAILURE)
    return _parse(content)


def _parse(content: bytes) -> HefContent:
    magic, version, text_bytes, checksum = _HEADER.unpack_from(content)
    if magic != MAGIC or version > NEWEST_VERSION:
        raise failure(Status.HEF_NOT_SUPPORTED)
    body = memoryview(content)[_HEADER.size :]
    if zlib.crc32(body) != checksum:
        raise failure(Status.HEF_FILE_CORRUPTED)
    description = json.loads(bytes(body[:text_bytes]))
    if REQUIRED_FEATURE not in description['features']:
        raise failure(Status.HEF_NOT_SUPPORTED)
    networks = []
    start = text_bytes
    for network in description['networks']:
        end = start + network['bytes']
        networks.append(
            KINDS[network['kind']].from_json(network['values'], bytes(body[start:end]))
        )
        start = end
    return HefContent(
        description['architecture'],
        tuple(NetworkGroup.from_json(group) for group in description['groups']),
        tuple(networks),
        tuple(description['features']),
    )
