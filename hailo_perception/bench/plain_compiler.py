# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The plain C++ reading of the postprocess, compiled on the spot."""

from __future__ import annotations

import ctypes
from importlib import resources
from pathlib import Path
import shutil
import subprocess
import tempfile

from hailo_perception.bench.plain import PlainCode
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import MissingDependencyError

SOURCE = 'plain.cpp'
FLAGS = ('-Ofast', '-fno-finite-math-only', '-fno-associative-math', '-std=c++17', '-fPIC')
"""As TIER IV's demo is compiled, but that NaN, which is unknown depth here, remains NaN, and that
products are computed in their order: a depth at the end of its range would fall out of it."""
_COMPILE_TIMEOUT_S = 120.0


def compiler_version(compiler: str) -> str | None:
    """Ask a compiler for the first line about itself; None where there is none."""
    if shutil.which(compiler) is None:
        return None
    done = subprocess.run(
        (compiler, '--version'), capture_output=True, text=True, timeout=30, check=False
    )
    return done.stdout.partition('\n')[0].strip() or compiler


def compile_plain_code(compiler: str = 'g++') -> PlainCode:
    """Compile the yardstick and load it.

    MissingDependencyError without the compiler; ConfigurationError when it does not compile.
    """
    if shutil.which(compiler) is None:
        raise MissingDependencyError(
            compiler, 'to compile the C++ yardstick', "install it, as by 'apt install g++'"
        )
    source = Path(str(resources.files(__package__) / SOURCE))
    with tempfile.TemporaryDirectory() as folder:
        code, library = Path(folder) / 'plain.o', Path(folder) / 'plain.so'
        compiling = *FLAGS, '-c', str(source), '-o', str(code)
        # Linked with -Ofast, a library rounds small numbers to zero in whoever loads it.
        linking = '-shared', str(code), '-o', str(library)
        for step in (compiling, linking):
            done = subprocess.run(
                (compiler, *step),
                capture_output=True,
                text=True,
                timeout=_COMPILE_TIMEOUT_S,
                check=False,
            )
            if done.returncode:
                raise ConfigurationError(
                    f'{compiler} cannot compile {source.name}: {done.stderr.strip()[-500:]}; '
                    'take another compiler'
                )
        try:
            # Once loaded, the library lives on without its file.
            return PlainCode(ctypes.CDLL(str(library)))
        except OSError as error:
            raise ConfigurationError(
                f'{compiler} made no library of {source.name}: {error}; take another compiler'
            ) from error
