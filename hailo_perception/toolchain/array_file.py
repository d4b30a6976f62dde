# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Numpy's file format, written row by row: nothing of the array is held in memory."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b'\x93NUMPY\x01\x00'
_HEADER_BYTES = 128


class ArrayFileWriter:
    """Writes rows of one shape and dtype; the file appears under its name when it is whole.

    https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0. The
    header has a fixed size, so that the number of rows is entered when it is known.
    """

    def __init__(self, path: Path, row_shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        """Create the partial file beside ``path``."""
        self._path = path
        self._partial = path.with_name(path.name + '.partial')
        self._row_shape = row_shape
        self._dtype = dtype
        self._rows = 0
        self._file = self._partial.open('wb')
        self._file.write(bytes(_HEADER_BYTES))

    @property
    def rows(self) -> int:
        """Rows written so far."""
        return self._rows

    def append(self, row: NDArray[Any]) -> None:
        """Write one row, converted to the file's dtype; ValueError for another shape."""
        if row.shape != self._row_shape:
            raise ValueError(f'expected rows of {self._row_shape}, got {row.shape}')
        self._file.write(np.ascontiguousarray(row, self._dtype).data)
        self._rows += 1

    def __enter__(self) -> ArrayFileWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Finish the file, or leave nothing behind after an error."""
        if error is None:
            self._file.seek(0)
            self._file.write(_header((self._rows, *self._row_shape), self._dtype))
        self._file.close()
        if error is None:
            os.replace(self._partial, self._path)
        else:
            self._partial.unlink(missing_ok=True)


def array_bytes(rows: int, row_shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    """Size of the file."""
    return _HEADER_BYTES + rows * int(np.prod(row_shape)) * dtype.itemsize


def _header(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    fields = {'descr': dtype.str, 'fortran_order': False, 'shape': shape}
    length = _HEADER_BYTES - len(_MAGIC) - 2
    text = f'{fields!r}'.ljust(length - 1) + '\n'
    return _MAGIC + length.to_bytes(2, 'little') + text.encode('ascii')
