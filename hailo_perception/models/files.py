# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Whether a file of a model can be used, and if not, why in words."""

from __future__ import annotations

from pathlib import Path

from hailo_perception.core.errors import ManifestError
from hailo_perception.models.specification import ModelManifest

_LFS_POINTER = b'version https://git-lfs.github.com/spec/'


def file_problem(path: Path) -> str | None:
    """Say why a file cannot be read as what its name promises, with the remedy; None if it can."""
    if is_absent(path):
        return f'{path} does not exist; put it there or correct the path'
    try:
        if path.is_dir():
            return f'{path} is a directory; name a file'
        start = _start(path)
    except (OSError, ValueError) as error:
        return reading_problem(path, error)
    if not start:
        return f'{path} is empty; the copy or download was cut off, repeat it'
    if start == _LFS_POINTER:
        return f'{path} is a Git LFS pointer, not the file itself; run "git lfs pull"'
    return None


def reading_problem(path: str | Path, error: Exception) -> str:
    """Say what the system has against a path, with the remedy."""
    reason = getattr(error, 'strerror', None) or error
    return f'{path} cannot be read ({reason}); correct its permissions or the path'


def is_absent(path: Path) -> bool:
    """Tell whether there is nothing; what may not be looked at counts as being there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def is_lfs_pointer(path: Path) -> bool:
    """Tell whether a file only stands for another one that Git LFS keeps elsewhere."""
    try:
        return _start(path) == _LFS_POINTER
    except (OSError, ValueError):
        return False


def _start(path: Path) -> bytes:
    with path.open('rb') as stream:
        return stream.read(len(_LFS_POINTER))


def require_file(manifest: ModelManifest, kind: str) -> Path:
    """Find the manifest's file of a kind (``onnx``, ``hef``, …); ManifestError if unusable."""
    path = manifest.files.get(kind)
    if path is None:
        raise ManifestError(
            f"{manifest.path}: files: expected a file for '{kind}', found only "
            f"{', '.join(manifest.files)}; add 'files.{kind}' or choose another backend"
        )
    problem = file_problem(path)
    if problem:
        raise ManifestError(f'{manifest.path}: files.{kind}: expected a usable file; {problem}')
    return path
