# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Compiled kernels are kept somewhere on every machine, and nowhere that others can write."""

import tempfile

import pytest

from hailo_perception.kernels.compiled_code import writable_folder


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, 'tempdir', str(tmp_path))
    return tmp_path


def test_the_folder_is_found_again_and_is_the_users_alone(temporary):
    folder = writable_folder()
    assert folder.parent == temporary
    assert folder.stat().st_mode & 0o777 == 0o700
    assert writable_folder() == folder


@pytest.mark.parametrize('obstacle', ['file', 'link', 'open to all'])
def test_what_is_not_a_folder_of_ones_own_is_left_alone(temporary, obstacle):
    found = writable_folder()
    found.rmdir()
    if obstacle == 'file':
        found.touch()
    elif obstacle == 'link':
        (temporary / 'elsewhere').mkdir()
        found.symlink_to(temporary / 'elsewhere')
    else:
        found.mkdir()
        found.chmod(0o777)
    folder = writable_folder()
    assert folder != found
    assert folder.is_dir() and not list(folder.iterdir())


def test_kernels_are_cached_where_neither_package_nor_home_can_be_written(temporary, monkeypatch):
    pytest.importorskip('numba')
    from numba.core import caching

    from hailo_perception.kernels.compilation import compiled

    by_name = [
        locator
        for locator in caching.CacheImpl._locator_classes
        if 'UserProvided' in locator.__name__
    ]
    assert by_name
    monkeypatch.setattr(caching.CacheImpl, '_locator_classes', by_name)

    def doubled(value):
        return 2 * value

    assert compiled(doubled)(2) == 4
    assert list(writable_folder().rglob('*.nbi'))
