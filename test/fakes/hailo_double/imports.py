# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""An installation of hailo_platform that cannot be imported (section 1)."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
import sys
from types import ModuleType

_PACKAGE = 'hailo_platform'


class _BrokenInstallation(MetaPathFinder):
    def __init__(self, error: Exception) -> None:
        self._error = error

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname.split('.')[0] == _PACKAGE:
            raise self._error
        return None


@contextmanager
def unimportable(error: Exception) -> Iterator[None]:
    """Let ``import hailo_platform`` raise ``error``, such as an ImportError for a missing .so."""
    hidden = {name: sys.modules[name] for name in sys.modules if name.split('.')[0] == _PACKAGE}
    for name in hidden:
        del sys.modules[name]
    finder = _BrokenInstallation(error)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        sys.modules.update(hidden)
