# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Opening, running and closing again and again leaves nothing behind.

HAILO_PERCEPTION_CYCLES sets how often; a continuous test takes a few hundred, a release 10000.
"""

import gc
import logging
import os
from pathlib import Path
import resource
import threading

import pytest

from hailo_perception.core.errors import BackendError

CYCLES = int(os.environ.get('HAILO_PERCEPTION_CYCLES', '200'))
WARM_UP = 20
BYTES_PER_CYCLE = 512
"""Less than any object that a cycle could leave behind with its buffers."""
ALLOWANCE_BYTES = 16 << 20
"""What the allocator keeps and gives back as it likes; objects are counted besides."""


def resident_bytes():
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * resource.getpagesize()


def descriptors():
    return len(os.listdir('/proc/self/fd'))


@pytest.fixture
def quiet():
    """Keep pytest from collecting a warning for each planted fault."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.skipif(not Path('/proc/self/statm').exists(), reason='needs Linux')
@pytest.mark.parametrize('is_faulty', [False, True], ids=['good', 'faulty'])
def test_cycles_leave_no_memory_thread_or_descriptor(hailo, quiet, is_faulty):
    hailo.write([hailo.double.Stream('depth', (64, 64, 1))])

    def cycle():
        if is_faulty:
            hailo.machine.plant('completion', 8)
        backend = hailo.open()
        outcome = hailo.answer(backend, 5)
        if is_faulty:
            assert isinstance(outcome, BackendError)
            outcome = hailo.answer(backend, 5)
        assert outcome.tensors['depth'].max() == 5
        outcome.release()
        backend.close()
        hailo.forget()
        hailo.machine.messages.clear()

    for _ in range(WARM_UP):
        cycle()
    gc.collect()
    threads, files, memory = set(threading.enumerate()), descriptors(), resident_bytes()
    objects = len(gc.get_objects())
    for _ in range(CYCLES):
        cycle()
    gc.collect()
    # What earlier tests left behind may end meanwhile.
    assert set(threading.enumerate()) <= threads
    assert descriptors() <= files
    # One object a cycle would be twice as many; a few come and go with caches of other modules.
    assert len(gc.get_objects()) - objects < CYCLES / 2
    assert resident_bytes() - memory < ALLOWANCE_BYTES + CYCLES * BYTES_PER_CYCLE
