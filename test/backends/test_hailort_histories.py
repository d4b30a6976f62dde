# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Faults one after another and in any order: each frame comes back once, in its turn."""

from functools import partial
import os
import random

import numpy as np
import pytest

from hailo_perception.backends.hailort import errors
from hailo_perception.core.errors import BackendError
from hailo_perception.core.tensors import RawOutputs

PATIENCE_S = 30.0
IMAGE = np.zeros((4, 8, 3), np.uint8)


def test_every_frame_comes_back_once_whatever_fails(hailo, completions):
    """Faults of all kinds, one after another, under a stream of frames."""
    backend = hailo.open(queue_size=4, frame_timeout_s=0.1)
    faults = [
        ('completion', 8),
        ('completion', hailo.double.HANG),
        ('run_async', 82),
        ('completion', 4),
        ('configure', 81),
        ('completion', 36),
        ('wait_for_async_ready', 4),
        ('VDevice', 74),
        ('completion', 63),
        ('get_chip_temperature', 18),
    ]
    accepted = refused = 0
    for call, status in faults:
        hailo.machine.plant(call, status)
        for _ in range(12):
            assert backend.wait_ready(PATIENCE_S)
            try:
                backend.submit(IMAGE, completions.on_done(accepted))
                accepted += 1
            except BackendError:
                refused += 1
    backend.close()
    assert completions.tags == list(range(accepted))
    assert accepted + refused == 12 * len(faults)
    good = sum(isinstance(outcome, RawOutputs) for _, outcome in completions.outcomes)
    assert good >= accepted - 4 * len(faults)
    assert backend.health().recoveries >= 7


@pytest.mark.parametrize('seed', range(int(os.environ.get('HAILO_PERCEPTION_HISTORIES', '4'))))
def test_any_history_keeps_the_promises(hailo, seed):
    """Frames, faults, lost and hanging devices in any order: each frame comes back once, in order.

    The double reports whatever would have crashed the process or corrupted a frame.
    """
    rng = random.Random(seed)
    hailo.machine.pipeline_timeout_s = 0.03
    backend = hailo.open(
        queue_size=rng.choice([1, 2, 4]), frame_timeout_s=rng.choice([0.02, 0.05, 20.0])
    )
    calls = ['completion', 'run_async', 'wait_for_async_ready', 'configure', 'VDevice', 'HEF']
    changes = [
        hailo.card.vanish,
        hailo.card.come_back,
        hailo.card.hang,
        hailo.card.recover,
        lambda: hailo.machine.plant('completion', hailo.double.HANG),
        *[partial(hailo.machine.plant, call, 8) for call in calls],
        *[partial(hailo.machine.plant, call, 4) for call in calls],
        partial(hailo.machine.plant, 'release', 8),
        partial(hailo.machine.plant, 'get_chip_temperature', 18),
        lambda: setattr(hailo.card, 'latency_s', rng.choice([0.0, 0.001, 0.01])),
    ]
    accepted = 0
    outcomes = []
    held = []

    def on_done(tag):
        def completed(outcome):
            outcomes.append((tag, type(outcome)))
            if isinstance(outcome, RawOutputs):
                assert np.ptp(outcome.tensors['depth']) == 0
                held.append(outcome)
                if len(held) > 2:
                    held.pop(0).release()

        return completed

    buffers = [IMAGE.copy() for _ in range(8)]
    for _ in range(150):
        if rng.random() < 0.2:
            rng.choice(changes)()
        if backend.wait_ready(rng.choice([0.0, 0.002])):
            # Buffers are used again as the pipeline does: only after their frame came back.
            if accepted - len(outcomes) < len(buffers):
                image = buffers[accepted % len(buffers)]
                image[...] = accepted % 200
                try:
                    backend.submit(image, on_done(accepted))
                    accepted += 1
                except errors.DeviceError:
                    continue
    if rng.random() < 0.5:
        hailo.machine.faults.clear()
        hailo.card.recover()
        hailo.card.come_back()
        assert backend.wait_ready(PATIENCE_S), backend.health()
    backend.close()
    assert [tag for tag, _ in outcomes] == list(range(accepted))
