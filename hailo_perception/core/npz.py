# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What reading a broken .npz raises: numpy passes on what its zip archive and its arrays say."""

from __future__ import annotations

import zipfile
import zlib

BROKEN_NPZ: tuple[type[Exception], ...] = (
    # Of a single array, which np.load gives as it is; later versions of Python have a TypeError.
    AttributeError,
    OSError,
    EOFError,
    KeyError,
    # Bytes that went over can ask for more than there is, a password or another kind of zip.
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
