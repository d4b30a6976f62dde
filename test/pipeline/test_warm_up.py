# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""After warm_up no kernel is compiled any more: that would stop the pipeline for seconds."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip('numba')

# In a process of its own, in which no other test has loaded a kernel yet.
PROGRAM = """
import sys
from threading import Event
from numba.core.dispatcher import Dispatcher
from numba.core.types import NamedTuple
from numba.core.types import NamedUniTuple
from hailo_perception.backends.recording import Recording
from hailo_perception.backends.replay import ReplayBackend
from hailo_perception.bench.workload import make_workload
from hailo_perception.bench.workload import WorkloadSize
from hailo_perception.core.frame import CameraImage, Header, RawImage
from hailo_perception.core.results import Output
from hailo_perception.kernels import numba_kernels
from hailo_perception.pipeline.perception import PerceptionPipeline
from hailo_perception.tasks.settings import PostprocessSettings

def known():
    kernels = {n: k for n, k in vars(numba_kernels).items() if isinstance(k, Dispatcher)}
    return {(name, each) for name, kernel in kernels.items() for each in kernel.signatures}

# The benchmark's network gives none.
SCORES = {Output.SEMANTIC_CONFIDENCE, Output.POINT_CONFIDENCE}
work = make_workload(sys.argv[1], WorkloadSize(480, (960, 720)))
model = work.model
infos = [i for i in (*model.detection, model.semantic, model.lane, model.depth) if i is not None]
backend = ReplayBackend(work.manifest, Recording.of_frames([work.tensors], infos))
delivered, results = Event(), []
pipeline = PerceptionPipeline(
    model, backend, PostprocessSettings.for_model(work.manifest), cameras=['front'],
    wanted=lambda camera: frozenset(Output) - SCORES,
    deliver=lambda result: (results.append(result), delivered.set()),
    report=lambda *problem: (print(*problem), delivered.set()),
)
pipeline.warm_up()
before = known()
assert before
# With and without ground, whichever the street has.
assert {'_place_pixels', '_place_all_pixels'} <= {name for name, _ in before}
pipeline.start()
height, width = work.picture.shape[:2]
image = RawImage('bgr8', width, height, 3 * width, work.picture.reshape(-1))
pipeline.put(CameraImage('front', Header(1, 'f'), image, work.camera))
assert delivered.wait(120)
pipeline.stop(10)
assert len(results[0].detections) and results[0].bird_eye is not None
print(*sorted(name for name, _ in known() - before))
# Kept code that names a class could not be read any more once the class has moved.
named = NamedTuple, NamedUniTuple
print(*sorted(name for name, given in before if any(isinstance(each, named) for each in given)))
"""


@pytest.mark.parametrize('codes', ['uint8', 'uint16'])
def test_no_kernel_is_left_to_compile(codes: str) -> None:
    result = subprocess.run(
        [sys.executable, '-c', PROGRAM, codes], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout.strip()) == (0, ''), result.stdout + result.stderr
