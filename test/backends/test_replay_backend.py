# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

import numpy as np
import pytest

from hailo_perception.backends.recording import Recording
from hailo_perception.backends.recording import save_recording
from hailo_perception.backends.replay import ReplayBackend
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.tensors import TensorInfo

WIDTH, HEIGHT = 8, 4
IMAGE = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
INFO = TensorInfo('depth', (2, 4, 1), np.dtype(np.float32))


def frames(*values):
    return [{'depth': np.full(INFO.shape, value, np.float32)} for value in values]


class SimulatedTime:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now_s = 100.0

    def clock(self):
        return self.now_s

    def sleep(self, duration_s):
        assert duration_s > 0
        self.now_s += duration_s


def slow_backend(manifest, time, **options):
    """Play one frame at a latency of 0.25 s."""
    return ReplayBackend(
        manifest,
        Recording.of_frames(frames(1)),
        latency_s=0.25,
        clock=time.clock,
        sleep=time.sleep,
        **options,
    )


def test_frames_loop(make_manifest, completions):
    backend = ReplayBackend(make_manifest(), Recording.of_frames(frames(1, 2)))
    for i in range(5):
        assert backend.wait_ready(30.0)
        backend.submit(IMAGE, completions.on_done(i))
    backend.close()
    values = [outcome.tensors['depth'][0, 0, 0] for _, outcome in completions.outcomes]
    assert values == [1, 2, 1, 2, 1]


def test_played_tensors_cannot_be_spoilt(make_manifest, completions):
    backend = ReplayBackend(make_manifest(), Recording.of_frames(frames(1)))
    backend.submit(IMAGE, completions.on_done(0))
    backend.close()
    with pytest.raises(ValueError, match='read-only'):
        completions.outcomes[0][1].tensors['depth'][:] = 0


def test_device_serves_one_frame_at_a_time(make_manifest, completions):
    time = SimulatedTime()
    backend = slow_backend(make_manifest(), time, queue_size=3)
    completed_s = []
    completions.hold()
    backend.submit(IMAGE, completions.on_done(0))
    assert completions.entered.wait(30.0)
    # Submitted at 100.25, when the first completed: each waits for the one before it.
    for _ in range(2):
        backend.submit(IMAGE, lambda outcome: completed_s.append(time.now_s))
    completions.go_on()
    backend.close()
    assert completed_s == [100.5, 100.75]


def test_latency_counts_from_the_submission_on_an_idle_device(make_manifest, completions):
    time = SimulatedTime()
    backend = slow_backend(make_manifest(), time)
    backend.submit(IMAGE, completions.on_done(0))
    completions.wait_for(1)
    time.now_s = 200.0
    backend.submit(IMAGE, completions.on_done(1))
    completions.wait_for(2)
    backend.close()
    assert time.now_s == 200.25


@pytest.mark.parametrize('latency_s', [-0.1, float('nan')])
def test_latency_that_cannot_be(make_manifest, latency_s):
    recording = Recording.of_frames(frames(1))
    with pytest.raises(ConfigurationError, match='latency_s must be 0 or more'):
        ReplayBackend(make_manifest(), recording, latency_s=latency_s)


def test_recording_of_the_manifest(make_manifest, tmp_path, completions):
    path = tmp_path / 'frames.npz'
    save_recording(path, (INFO,), frames(7))
    backend = ReplayBackend(make_manifest(files={'replay': path}))
    backend.submit(IMAGE, completions.on_done(0))
    backend.close()
    assert backend.outputs == (INFO,)
    assert np.all(completions.outcomes[0][1].tensors['depth'] == 7)


def test_manifest_without_recording(make_manifest):
    with pytest.raises(ManifestError, match="a file for 'replay', found only onnx"):
        ReplayBackend(make_manifest())
