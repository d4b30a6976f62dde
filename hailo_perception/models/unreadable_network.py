# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Why a library could not read an ONNX file: the file is broken, or the library too old."""

from __future__ import annotations

from pathlib import Path
import re

from hailo_perception.core.errors import ManifestError

# ONNX Runtime's words, then those of onnx's checker. Of a file without a version both say so too.
_NEWER_FILE = re.compile(r'Unsupported model IR version|ir_version \d+ is higher')


def unreadable_network(path: Path, library: str, package: str, error: Exception) -> ManifestError:
    """Make the error to raise when ``library``, which pip calls ``package``, raised ``error``."""
    text = str(error).strip()
    if _NEWER_FILE.search(text):
        return ManifestError(
            f'{path}: expected an ONNX version that the installed {library} knows, found a newer '
            f'one ({text}); pip install -U {package}'
        )
    return ManifestError(
        f'{path}: expected a whole ONNX network, found one that {library} cannot read '
        f'({text}); copy, download or export it again'
    )
