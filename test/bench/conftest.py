# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A small street for the benchmarks, and the C++ yardstick where there is a compiler."""

from __future__ import annotations

import shutil

import pytest

from hailo_perception.bench.plain import PlainCode
from hailo_perception.bench.plain_compiler import compile_plain_code
from hailo_perception.bench.workload import make_workload
from hailo_perception.bench.workload import Workload
from hailo_perception.bench.workload import WorkloadSize

SMALL = WorkloadSize(320, (480, 320))


@pytest.fixture(scope='session')
def small_size() -> WorkloadSize:
    """A third of the real size, with the same content."""
    return SMALL


@pytest.fixture(scope='session', params=['uint8', 'uint16'])
def work(request: pytest.FixtureRequest) -> Workload:
    return make_workload(request.param, SMALL)


@pytest.fixture(scope='session')
def plain() -> PlainCode:
    """The compiled C++; skips where there is no compiler."""
    if shutil.which('g++') is None:
        pytest.skip('needs g++')
    return compile_plain_code()
