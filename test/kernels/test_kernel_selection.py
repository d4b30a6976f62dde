# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which twin is loaded, with and without numba."""

import importlib.util
import sys

import pytest

from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.selection import Kernels

HAS_NUMBA = importlib.util.find_spec('numba') is not None


@pytest.fixture
def without_numba(monkeypatch):
    monkeypatch.setitem(sys.modules, 'numba', None)
    for name in ('compilation', 'numba_kernels'):
        monkeypatch.delitem(sys.modules, f'hailo_perception.kernels.{name}', raising=False)
    load_kernels.cache_clear()
    yield
    load_kernels.cache_clear()


def name_of(kernels):
    return kernels.__name__.rpartition('.')[2]


def test_numpy_by_name():
    assert name_of(load_kernels('numpy')) == 'numpy_kernels'


@pytest.mark.skipif(not HAS_NUMBA, reason='numba is not installed')
@pytest.mark.parametrize('choice', ['auto', 'numba'])
def test_numba_where_installed(choice):
    assert name_of(load_kernels(choice)) == 'numba_kernels'


def test_numpy_where_numba_is_missing(without_numba):
    assert name_of(load_kernels()) == 'numpy_kernels'


def test_numba_by_name_where_missing(without_numba):
    with pytest.raises(MissingDependencyError, match='pip install numba$'):
        load_kernels('numba')


@pytest.mark.parametrize('choice', ['numpy', 'auto'])
def test_twins_have_every_kernel(choice):
    kernels = load_kernels(choice)
    names = [name for name in vars(Kernels) if not name.startswith('_')]
    assert {'find_candidates', 'blend_masks', 'place_pixels'} <= set(names)
    assert all(callable(getattr(kernels, name)) for name in names)
