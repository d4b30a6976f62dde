# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A file for writers that cannot bear a failing disk."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Thread

_CHUNK_BYTES = 1 << 20


class PipedFile:
    """Takes through a pipe what a library writes to ``pipe_path`` without ever seeing an error.

    What the disk refuses is read on and thrown away, so that the library never waits either.
    """

    def __init__(self, path: Path) -> None:
        """Create the file; OSError when that fails."""
        self._file = path.open('wb', buffering=0)
        self._reader, self._writer = os.pipe()
        self._error: OSError | None = None
        self._copying = Thread(target=self._copy, name='piped file', daemon=True)
        self._copying.start()

    @property
    def pipe_path(self) -> str:
        """Where the library writes."""
        return f'/dev/fd/{self._writer}'

    def check(self) -> None:
        """Raise the OSError that the disk gave, if it gave one."""
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Wait for the last byte, once the library has closed its end, and close the file.

        OSError when not everything is in the file.
        """
        os.close(self._writer)
        self._copying.join()
        os.close(self._reader)
        self._file.close()
        self.check()

    def _copy(self) -> None:
        while chunk := os.read(self._reader, _CHUNK_BYTES):
            if self._error is not None:
                continue
            rest = memoryview(chunk)
            try:
                while rest:
                    rest = rest[self._file.write(rest) :]
            except OSError as error:
                self._error = error
