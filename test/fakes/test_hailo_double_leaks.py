# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""The fake gives back what it takes: threads, descriptors and memory."""

import gc
import os
import threading
import tracemalloc

import numpy as np
import pytest

CYCLES = 200


def descriptors():
    return len(os.listdir('/proc/self/fd'))


def traced_memory():
    # Python keeps freed floats and lists for later; a collection drops those too.
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def cycle(vdevice, hef):
    with vdevice.create_infer_model(hef).configure() as configured:
        bindings = configured.create_bindings(
            {'net/input_layer1': np.zeros((4, 8, 3), np.uint8)},
            {'net/depth': np.zeros((4, 8, 1), np.uint8)},
        )
        configured.run([bindings], 30_000)


@pytest.mark.parametrize('has_locks', [False, True])
def test_cycles_leave_nothing_behind(open_vdevice, make_hef, tmp_path, monkeypatch, has_locks):
    if has_locks:
        monkeypatch.setenv('HAILO_DOUBLE_LOCKS', str(tmp_path))
    hef = make_hef()
    for _ in range(3):
        vdevice = open_vdevice()
        cycle(vdevice, hef)
        vdevice.release()
    threads, files = set(threading.enumerate()), descriptors()
    for _ in range(5):
        vdevice = open_vdevice()
        for _ in range(CYCLES // 5):
            cycle(vdevice, hef)
        vdevice.release()
    # What earlier tests left behind may end meanwhile.
    assert set(threading.enumerate()) <= threads
    assert descriptors() <= files


def test_cycles_hold_no_memory(open_vdevice, make_hef):
    hef = make_hef()
    vdevice = open_vdevice()
    tracemalloc.start()
    try:
        for _ in range(CYCLES):
            cycle(vdevice, hef)
        before = traced_memory()
        for _ in range(CYCLES):
            cycle(vdevice, hef)
        after = traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 50 * CYCLES


def test_a_model_that_never_ran_starts_no_thread(open_runner):
    before = set(threading.enumerate())
    runner = open_runner()
    assert set(threading.enumerate()) <= before
    runner.infer()
    assert len(set(threading.enumerate()) - before) == 2
    runner.close()
    assert set(threading.enumerate()) <= before
