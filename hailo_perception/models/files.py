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
    if path.is_dir():
        return f'{path} is a directory; name a file'
    if not path.exists():
        return f'{path} does not exist; put it there or correct the path'
    try:
        with path.open('rb') as stream:
            start = stream.read(len(_LFS_POINTER))
    except OSError as error:
        return f'{path} cannot be read ({error.strerror}); correct its permissions'
    if not start:
        return f'{path} is empty; the copy or download was cut off, repeat it'
    if start == _LFS_POINTER:
        return f'{path} is a Git LFS pointer, not the file itself; run "git lfs pull"'
    return None


def is_lfs_pointer(path: Path) -> bool:
    """Tell whether a readable file only stands for another one that Git LFS keeps elsewhere."""
    with path.open('rb') as stream:
        return stream.read(len(_LFS_POINTER)) == _LFS_POINTER


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
