# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Networks as they are met in the world, read and run.

Where the real hailo_platform is installed, HAILO_PERCEPTION_HEFS names a folder of HEF files, and
what needs a device is skipped without one. Elsewhere the double compiles look-alikes of them.
"""

import os
from pathlib import Path
import threading

import numpy as np
import pytest

from hailo_perception.backends.hailort import HailortBackend
from hailo_perception.backends.hailort.errors import DeviceError
from hailo_perception.backends.hailort.errors import HefError
from hailo_perception.backends.hailort.inspection import inspect_hef
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest

PATIENCE_S = 30.0
FRAMES = 12
HEFS_VARIABLE = 'HAILO_PERCEPTION_HEFS'
FOLDER = Path(os.environ.get(HEFS_VARIABLE, ''))
LOOK_ALIKES = ('depth', 'faces', 'hand', 'normalised', 'boxes', 'image')


def make_look_alike(double, name, path):
    """Compile what the vendor's and users' files consist of."""
    stream, quantization = double.Stream, double.Quantization

    def per_feature(count):
        return quantization((1.0,) * count, tuple(0.01 * (n + 1) for n in range(count)))

    raw = quantization(0.0, 1.0, (0.0, 255.0))
    image, outputs = {
        'depth': (
            stream('input', (56, 56, 3), quantization=quantization(0.0, 0.99608, (0.0, 254.0))),
            [stream('conv20', (56, 56, 1), 'uint16', quantization=quantization(0.0, 0.00091556))],
        ),
        'faces': (
            stream('input', (60, 80, 3), quantization=raw),
            [
                stream('conv23', (30, 40, 12), order='FCR', quantization=per_feature(12)),
                stream('conv22', (30, 40, 6), quantization=per_feature(6)),
            ],
        ),
        'hand': (
            stream('input', (56, 56, 3), quantization=raw),
            [
                stream('fc1', (63,), order='NC', quantization=quantization(52.0, 1.02727)),
                stream('fc4', (1,), order='NC', quantization=quantization(0.0, 0.0039155)),
            ],
        ),
        'normalised': (
            stream('input', (56, 56, 3), quantization=quantization(114.0, 0.018723, (-2.1, 2.6))),
            [stream('fc1', (11,), order='NC', quantization=quantization(110.0, 0.045359))],
        ),
        'boxes': (
            stream('input', (64, 64, 3), quantization=raw),
            [stream('nms', dtype='float32', order='HAILO_NMS_BY_CLASS', nms=double.Nms(110, 100))],
        ),
        'image': (
            stream('input', (64, 64, 3), quantization=quantization(0.0, 0.99608, (0.0, 254.0))),
            [stream('normalization1', (64, 64, 3), quantization=quantization(254.0, 1.0))],
        ),
    }[name]
    answers = {'nms': np.array([(7, 0.1, 0.1, 0.5, 0.5, 0.9)])} if name == 'boxes' else None
    return double.write_hef(path, [image], outputs, answers, name=name)


def sources():
    return sorted(FOLDER.glob('*.hef')) if HEFS_VARIABLE in os.environ else LOOK_ALIKES


@pytest.fixture(params=sources(), ids=lambda source: Path(source).stem)
def hef(request, tmp_path):
    """Give a HEF: a real one, or a look-alike of one in a machine with a device."""
    if isinstance(request.param, Path):
        yield request.param
        return
    double = pytest.importorskip('hailo_double', reason=f'{HEFS_VARIABLE} names no HEF files')
    with double.installed(double.Machine(double.Card())):
        yield make_look_alike(double, request.param, tmp_path / f'{request.param}.hef')


@pytest.fixture
def manifest(hef):
    """Describe the file's input so that all pixel values span the network's range."""
    try:
        (image,) = inspect_hef(hef).streams.inputs
    except HefError as error:
        pytest.skip(f'a file for the tests of errors: {error}')
    height, width, channels = image.shape
    if channels != 3:
        pytest.skip(f'not a network for colour images: {image}')
    low, high = image.quantization.low, image.quantization.high
    scale = 255.0 / (high - low) if high > low else 1.0
    specification = InputSpecification(width, height, mean=(-low * scale,) * 3, scale=(scale,) * 3)
    return ModelManifest(hef.stem, hef, {'hef': hef}, specification)


def test_frames_come_back_once_in_order_and_nothing_is_left(manifest, completions):
    threads = set(threading.enumerate())
    try:
        backend = HailortBackend(manifest)
    except DeviceError as error:
        if HEFS_VARIABLE not in os.environ:
            raise
        pytest.skip(str(error))
    assert backend.queue_size == 2
    assert backend.health().device
    assert backend.health().library_version
    example = backend.example_outputs().tensors
    for tag in range(FRAMES):
        assert backend.wait_ready(PATIENCE_S)
        image = np.full(backend.inputs[0].shape, 20 * tag, np.uint8)
        backend.submit(image, completions.on_done(tag))
    for _, outcome in completions.wait_for(FRAMES):
        assert isinstance(outcome, RawOutputs), outcome
        for info in backend.outputs:
            tensor = outcome.tensors[info.name]
            assert (tensor.shape, tensor.dtype) == (info.shape, info.dtype)
            assert tensor.strides == example[info.name].strides
        outcome.release()
    backend.close()
    assert completions.tags == list(range(FRAMES))
    assert set(threading.enumerate()) == threads


def test_file_is_described_without_a_device(hef):
    try:
        content = inspect_hef(hef)
    except HefError as error:
        assert HEFS_VARIABLE in os.environ
        assert str(hef) in str(error)
        return
    assert content.network_group
    for stream in (*content.streams.inputs, *content.streams.outputs):
        assert stream.dtype
        assert stream.name in str(stream)
