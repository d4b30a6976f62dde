# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Where compiled kernels are kept when nothing else can be written to."""

from __future__ import annotations

import os
from pathlib import Path
import stat
import tempfile

_NAME = 'hailo_perception'


def writable_folder() -> Path:
    """Find or make a folder for temporary files that is this user's alone.

    What is loaded from it is executed. So one that somebody else owns or may write to is left
    alone, and a new one is taken, which then lasts as long as this process.
    """
    folder = Path(tempfile.gettempdir()) / f'{_NAME}-{os.getuid()}'
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return Path(tempfile.mkdtemp(prefix=f'{_NAME}-'))
    is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if is_own and not stat.S_IMODE(found.st_mode) & 0o022 and os.access(folder, os.W_OK):
        return folder
    return Path(tempfile.mkdtemp(prefix=f'{_NAME}-'))
