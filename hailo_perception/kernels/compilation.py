# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Compiling loops with numba, once and for all processes to come."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any
from typing import cast

import numba

from hailo_perception.kernels.compiled_code import writable_folder


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function for the types that it is called with, and keep the code."""
    options: dict[str, Any] = {'nogil': True, 'boundscheck': False, 'error_model': 'numpy'}
    try:
        dispatcher: Callable[..., Any] = numba.njit(cache=True, **options)(function)
    except RuntimeError:
        # Neither the package's folder nor the user's cache can be written.
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = str(writable_folder())
        try:
            dispatcher = numba.njit(cache=True, **options)(function)
        finally:
            numba.config.CACHE_DIR = before
    return dispatcher


def compiled_together(*functions: Callable[..., Any]) -> Callable[..., Any]:
    """Compile functions that call each other, each only those before it; give the last.

    They belong into one file: compiled code is kept until that of the function itself changes.
    """
    known: dict[str, Any] = {}
    for each in functions:
        # A scope in which the names of the others are those that are compiled.
        scope, name = {**each.__globals__, **known}, each.__name__
        known[name] = compiled(FunctionType(each.__code__, scope, name))
    return cast(Callable[..., Any], known[name])
