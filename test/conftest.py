# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What every test shares: a ROS domain of its own, recorded data, reproducible random cases."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
import errno
import importlib.util
import os
from pathlib import Path
import re
import socket
import struct
import sys
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[1]
DATA_VARIABLE = 'HAILO_PERCEPTION_DATA'
LARGEST_DOMAIN_ID = 101
# Above the ports that Linux hands out and those that DDS computes from the domain.
FIRST_LOCK_PORT = 61000

HAS_HYPOTHESIS = importlib.util.find_spec('hypothesis') is not None
IMPORTS_HYPOTHESIS = re.compile(r'^(from|import) hypothesis\b', re.MULTILINE)

# The fake stands in only where the vendor's package is not installed.
if importlib.util.find_spec('hailo_platform') is None:
    sys.path.append(str(Path(__file__).parent / 'fakes'))

_domain_lock = pytest.StashKey[socket.socket]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep this session, and each worker of pytest-xdist, apart from every other ROS program."""
    if HAS_HYPOTHESIS:
        from hypothesis import settings

        settings.register_profile('here', deadline=None, derandomize=bool(os.environ.get('CI')))
        settings.load_profile('here')
    domain_id, config.stash[_domain_lock] = reserve_domain()
    os.environ['ROS_DOMAIN_ID'] = str(domain_id)
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    os.environ.pop('ROS_LOCALHOST_ONLY', None)


def pytest_report_header() -> str | None:
    """Say which tests are left out where hypothesis is not installed."""
    return None if HAS_HYPOTHESIS else 'hypothesis is not installed: modules with it are left out'


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the modules that import hypothesis where it is not installed."""
    if HAS_HYPOTHESIS or collection_path.suffix != '.py':
        return None
    # None leaves the decision to others.
    return bool(IMPORTS_HYPOTHESIS.search(collection_path.read_text('utf-8'))) or None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the domain back."""
    config.stash[_domain_lock].close()


def reserve_domain() -> tuple[int, socket.socket]:
    """Return a ROS domain that no other test session has, and the open socket that holds it."""
    first = os.getpid() % (LARGEST_DOMAIN_ID + 1)
    for offset in range(LARGEST_DOMAIN_ID + 1):
        domain_id = (first + offset) % (LARGEST_DOMAIN_ID + 1)
        lock = socket.socket()
        try:
            lock.bind(('127.0.0.1', FIRST_LOCK_PORT + domain_id))
        except OSError:
            lock.close()
            continue
        return domain_id, lock
    raise pytest.UsageError(f'all {LARGEST_DOMAIN_ID + 1} ROS domains are taken by test sessions')


@pytest.fixture(scope='session')
def recorded_data() -> Path:
    """Return the folder of recorded data; skips where HAILO_PERCEPTION_DATA leads nowhere."""
    folder = Path(os.environ.get(DATA_VARIABLE, CHECKOUT.parent / 'shared' / 'data'))
    if not folder.is_dir():
        pytest.skip(f'no recorded data in {folder}; {DATA_VARIABLE} names another folder')
    return folder


@pytest.fixture(scope='session')
def turned_jpeg() -> Callable[[bytes], bytes]:
    """Return what says in a JPEG's EXIF that the camera was held turned by 90 degrees."""
    orientation = struct.pack('<2sHIHHHIII', b'II', 42, 8, 1, 0x0112, 3, 1, 6, 0)
    exif = b'Exif\0\0' + orientation
    segment = b'\xff\xe1' + struct.pack('>H', len(exif) + 2) + exif
    return lambda data: data[:2] + segment + data[2:]


@pytest.fixture
def closed_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with files that nobody may enter, not even root, who runs some tests."""
    folder = tmp_path / 'closed'
    folder.mkdir()
    for name in ('net.hef', 'net.onnx', 'net.yaml'):
        (folder / name).write_text('x')

    def refusing(method: Callable[..., Any]) -> Callable[..., Any]:
        def refuse(path: Path, *arguments: Any, **options: Any) -> Any:
            if path.parent == folder:
                raise PermissionError(errno.EACCES, 'Permission denied', str(path))
            return method(path, *arguments, **options)

        return refuse

    for name in ('stat', 'open', 'is_dir', 'is_file', 'exists'):
        monkeypatch.setattr(Path, name, refusing(getattr(Path, name)))
    return folder


@pytest.fixture
def hailo_machine() -> Iterator[Any]:
    """Let the test run in a simulated computer with one Hailo-8; fails when it misuses the API."""
    hailo_double = pytest.importorskip('hailo_double', reason='the real hailo_platform is there')
    with hailo_double.installed(hailo_double.Machine(hailo_double.Card())) as machine:
        yield machine
