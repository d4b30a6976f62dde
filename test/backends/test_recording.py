# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
import numpy as np
import pytest

from hailo_perception.backends.recording import load_recording
from hailo_perception.backends.recording import Recording
from hailo_perception.backends.recording import save_recording
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.core.tensors import TensorInfo

CODES = TensorInfo('codes', (2, 3, 1), np.dtype(np.uint16), Quantization(0.5, 3.0))
FRAME = {'codes': np.arange(6, dtype=np.uint16).reshape(2, 3, 1)}


@st.composite
def recordings(draw):
    names = draw(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=3, unique=True))
    scale = st.builds(Quantization, st.floats(1e-6, 10), st.floats(-1000, 1000))
    infos = tuple(
        TensorInfo(
            name,
            draw(st.tuples(*[st.integers(1, 3)] * 3)),
            np.dtype(draw(st.sampled_from(['uint8', 'uint16', 'float32']))),
            draw(st.none() | scale),
        )
        for name in names
    )
    count = draw(st.integers(1, 3))
    frames = [
        {info.name: draw(npst.arrays(info.dtype, info.shape)) for info in infos}
        for _ in range(count)
    ]
    return infos, frames


@settings(max_examples=40, deadline=None)
@given(recordings())
def test_saved_recording_loads_the_same(tmp_path_factory, recording):
    infos, frames = recording
    path = tmp_path_factory.mktemp('recording') / 'r.npz'
    save_recording(path, infos, (RawOutputs(frame) for frame in frames))
    loaded = load_recording(path)
    assert loaded.outputs == infos
    assert len(loaded.frames) == len(frames)
    for kept, frame in zip(loaded.frames, frames):
        for name, array in frame.items():
            np.testing.assert_array_equal(kept[name], array)


@pytest.mark.parametrize(
    ('frames', 'outputs', 'message'),
    [
        ([], None, 'at least one frame with tensors'),
        ([], (CODES,), 'at least one frame'),
        ([BackendError('x')], None, 'at least one frame with tensors'),
        ([{'a': np.zeros((2, 3))}], None, r"'a' as \(height, width, channels\)"),
        ([{}], (CODES,), r"frame 0: expected the outputs \['codes'\], found \[\]"),
        ([FRAME, {**FRAME, 'more': FRAME['codes']}], (CODES,), 'frame 1: expected the outputs'),
        ([{'codes': np.zeros((2, 3, 1), np.uint8)}], (CODES,), r'codes\[2×3×1 uint16\]'),
        ([{'codes': np.zeros((2, 3, 2), np.uint16)}], (CODES,), r'found \(2, 3, 2\)'),
    ],
)
def test_of_frames_refuses(frames, outputs, message):
    with pytest.raises(ConfigurationError, match=message):
        Recording.of_frames(frames, outputs)


def test_of_frames_describes_and_copies():
    array = FRAME['codes'].copy()
    recording = Recording.of_frames([BackendError('first'), {'codes': array}])
    array[:] = 0
    assert recording.outputs == (TensorInfo('codes', (2, 3, 1), np.dtype(np.uint16)),)
    np.testing.assert_array_equal(recording.frames[1]['codes'], FRAME['codes'])


def test_file_holds_no_errors(tmp_path):
    with pytest.raises(ConfigurationError, match='tensors only'):
        save_recording(tmp_path / 'r.npz', (CODES,), [FRAME, BackendError('x')])
    assert not (tmp_path / 'r.npz').exists()


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (None, 'does not exist'),
        (b'', 'is empty'),
        (b'version https://git-lfs.github.com/spec/v1\n', 'git lfs pull'),
        (b'not an archive', 'record it again'),
        (b'PK\x03\x04 cut off', 'record it again'),
    ],
)
def test_file_that_is_no_recording(tmp_path, content, message):
    path = tmp_path / 'r.npz'
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_recording(path)
    assert str(path) in str(caught.value)


def as_in_python_310(array):
    """Make an array whose use in a ``with`` block raises what Python 3.10 raises there."""

    class Bare(np.ndarray):
        @property
        def __enter__(self):
            raise AttributeError('__enter__')

        def __exit__(self, *error):
            raise AssertionError

    return array.view(Bare)


@pytest.mark.parametrize('view', [lambda array: array, as_in_python_310])
def test_single_array_is_no_recording(tmp_path, monkeypatch, view):
    path = tmp_path / 'r.npz'
    with path.open('wb') as stream:
        np.save(stream, np.zeros(3))
    load = np.load
    monkeypatch.setattr(np, 'load', lambda *of, **how: view(load(*of, **how)))
    with pytest.raises(ConfigurationError, match='record it again'):
        load_recording(path)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'format_version': np.array(2)}, 'expected recording format 1, found 2'),
        ({'format_version': None}, 'record it again'),
        ({'tensor_0': None}, 'record it again'),
        ({'outputs': np.array('{')}, 'record it again'),
        ({'outputs': np.array('[]')}, 'equally many frames'),
        ({'tensor_0': np.zeros((1, 2, 3, 2), np.uint16)}, r'frame 0: expected codes'),
        ({'tensor_0': np.zeros((0, 2, 3, 1), np.uint16)}, 'at least one frame'),
        ({'tensor_0': np.array(0)}, 'record it again'),
    ],
)
def test_archive_that_is_no_recording(tmp_path, changes, message):
    path = tmp_path / 'r.npz'
    save_recording(path, (CODES,), [FRAME])
    with np.load(path) as archive:
        content = {**archive, **changes}
    np.savez(path, **{name: array for name, array in content.items() if array is not None})
    with pytest.raises(ConfigurationError, match=message):
        load_recording(path)
