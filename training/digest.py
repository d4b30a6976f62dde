# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Short digests that tell whether a later run has the same files and weights as an earlier one."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
import hashlib
from pathlib import Path

from torch import Tensor

_LENGTH = 16
_PIECE_BYTES = 1 << 20


def digest_file(path: Path) -> str:
    """Give the first 16 hexadecimal digits of a file's SHA-256."""
    return _sha256(path).hex()[:_LENGTH]


def digest_files(paths: Iterable[Path]) -> str:
    """Digest the contents of files in their order, 16 hexadecimal digits; names do not count.

    Sizes would not do: shards of as many scenes with as many objects have the same.
    """
    whole = hashlib.sha256(b''.join(map(_sha256, paths)))
    return whole.hexdigest()[:_LENGTH]


def digest_weights(weights: Mapping[str, Tensor]) -> str:
    """Digest weights by name, 16 hexadecimal digits."""
    whole = hashlib.sha256()
    for name, value in sorted(weights.items()):
        array = value.detach().cpu().numpy()
        whole.update(f'{name} {array.dtype} {array.shape}\n'.encode())
        whole.update(array.tobytes())
    return whole.hexdigest()[:_LENGTH]


def _sha256(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open('rb') as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.digest()
