# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The network's input is OpenCV's resize in the content's rectangle, and padding around it."""

from __future__ import annotations

import gc
from typing import Any

import cv2
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.models.specification import InputSpecification
from hailo_perception.vision.picture import Picture
from hailo_perception.vision.preprocess import content_of
from hailo_perception.vision.preprocess import Preprocessor

Pixels = NDArray[np.uint8]

_INTERPOLATIONS = {
    'nearest': cv2.INTER_NEAREST,
    'linear': cv2.INTER_LINEAR,
    'area': cv2.INTER_AREA,
}
_LETTERBOX = InputSpecification(48, 32, resize='letterbox')


def _noise(width: int, height: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def _rubbish(specification: InputSpecification) -> Pixels:
    return np.full((specification.height, specification.width, 3), 201, np.uint8)


def _expected(image: Pixels, order: str, specification: InputSpecification) -> Pixels:
    """Build the input the slow way: pad a whole new picture."""
    transform = Preprocessor(specification).transform_for((image.shape[1], image.shape[0]))
    x, y, width, height = transform.content
    out = np.full((specification.height, specification.width, 3), specification.padding_value)
    # Two pixels alike for one, which OpenCV 4.5 cannot resize.
    source = image.repeat(2, axis=1) if image.shape[:2] == (1, 1) else image
    resized = cv2.resize(
        source, (width, height), interpolation=_INTERPOLATIONS[specification.interpolation]
    )
    out[y : y + height, x : x + width] = (
        resized if order == specification.color_order else resized[..., ::-1]
    )
    return out.astype(np.uint8)


@pytest.mark.parametrize('resize', ['stretch', 'letterbox'])
@pytest.mark.parametrize('interpolation', _INTERPOLATIONS)
@pytest.mark.parametrize('order', ['bgr', 'rgb'])
@pytest.mark.parametrize('network_order', ['bgr', 'rgb'])
@pytest.mark.parametrize('size', [(1, 1), (48, 32), (33, 77), (160, 40), (200, 133)])
def test_prepare_equals_resize_and_pad(
    resize: Any, interpolation: Any, order: Any, network_order: Any, size: tuple[int, int]
) -> None:
    specification = InputSpecification(
        48, 32, color_order=network_order, resize=resize, interpolation=interpolation
    )
    image = _noise(*size)
    out = _rubbish(specification)
    Preprocessor(specification).prepare(image, order, out)
    np.testing.assert_array_equal(out, _expected(image, order, specification))


@pytest.mark.parametrize('anchor', ['center', 'top_left'])
@pytest.mark.parametrize('alignment', [1, 8])
def test_prepare_returns_the_letterbox_it_wrote(anchor: Any, alignment: int) -> None:
    specification = InputSpecification(64, 64, resize='letterbox', anchor=anchor, padding_value=9)
    out = _rubbish(specification)
    transform = Preprocessor(specification, alignment).prepare(
        np.full((30, 100, 3), 250, np.uint8), 'rgb', out
    )
    assert transform == ImageTransform.letterbox(
        (100, 30), (64, 64), anchor=anchor, alignment=alignment
    )
    x, y, width, height = transform.content
    assert np.all(out[y : y + height, x : x + width] == 250)
    assert np.count_nonzero(out == 9) == 3 * (64 * 64 - width * height)


@pytest.mark.parametrize(
    ('specification', 'expected'),
    [
        (InputSpecification(48, 32), (48, 32)),
        (InputSpecification(48, 48, resize='letterbox'), (48, 32)),
        (InputSpecification(48, 32, interpolation='area'), (48, 32)),
        (InputSpecification(48, 32, interpolation='nearest'), (240, 160)),
    ],
)
def test_least_size_is_what_the_input_can_show(
    specification: InputSpecification, expected: tuple[int, int]
) -> None:
    assert Preprocessor(specification).least_size((240, 160)) == expected


@pytest.mark.parametrize('resize', ['stretch', 'letterbox'])
def test_write_takes_a_reduced_picture_for_the_image(resize: Any) -> None:
    specification = InputSpecification(48, 48, resize=resize, color_order='bgr')
    image = cv2.resize(_noise(6, 4), (240, 160), interpolation=cv2.INTER_LINEAR)
    small = cv2.resize(image, (120, 80), interpolation=cv2.INTER_AREA)
    whole, reduced = _rubbish(specification), _rubbish(specification)
    transform = Preprocessor(specification).write(
        Picture.of_channels(small, 'bgr', (240, 160)), reduced
    )
    assert transform == Preprocessor(specification).prepare(image, 'bgr', whole)
    assert transform.image_size == (240, 160)
    np.testing.assert_allclose(reduced.astype(int), whole.astype(int), atol=8)


def test_content_of_views_the_input_without_padding() -> None:
    out = _rubbish(_LETTERBOX)
    transform = Preprocessor(_LETTERBOX).prepare(np.full((10, 60, 3), 250, np.uint8), 'bgr', out)
    content = content_of(out, transform)
    assert content.base is out
    assert (content == 250).all()
    assert content.shape[:2] == transform.content[:1:-1]


def test_transform_for_is_kept() -> None:
    preprocessor = Preprocessor(_LETTERBOX)
    assert preprocessor.transform_for((640, 480)) is preprocessor.transform_for((640, 480))


def test_prepare_leaves_the_image_alone() -> None:
    image = _noise(48, 32)
    before = image.copy()
    Preprocessor(InputSpecification(48, 32)).prepare(image, 'bgr', _rubbish(_LETTERBOX))
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize(
    'view',
    [
        lambda picture: picture[3:, 5:],
        lambda picture: picture[:, ::-1],
        lambda picture: picture[..., ::-1],
        lambda picture: np.frombuffer(picture.tobytes(), np.uint8).reshape(picture.shape),
    ],
    ids=['rows with padding', 'mirrored', 'channels reversed', 'read-only'],
)
def test_prepare_takes_any_view(view: Any) -> None:
    image = view(_noise(90, 60))
    out = _rubbish(_LETTERBOX)
    Preprocessor(_LETTERBOX).prepare(image, 'bgr', out)
    np.testing.assert_array_equal(out, _expected(image.copy(), 'bgr', _LETTERBOX))


@settings(max_examples=40)
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 2), st.sampled_from([(60, 10), (10, 60), (48, 32), (31, 30), (96, 64)])
        ),
        min_size=1,
        max_size=12,
    )
)
def test_prepare_is_right_while_buffers_and_sizes_rotate(
    steps: list[tuple[int, tuple[int, int]]],
) -> None:
    preprocessor = Preprocessor(_LETTERBOX)
    buffers = [_rubbish(_LETTERBOX) for _ in range(3)]
    for index, (buffer, size) in enumerate(steps):
        image = _noise(*size, seed=index)
        preprocessor.prepare(image, 'bgr', buffers[buffer])
        expected = _expected(image, 'bgr', _LETTERBOX)
        # The kernel for half the width rounds in its own way.
        np.testing.assert_allclose(buffers[buffer].astype(int), expected.astype(int), atol=1)


def test_prepare_paints_padding_only_when_the_rectangle_changes() -> None:
    preprocessor = Preprocessor(_LETTERBOX)
    out = _rubbish(_LETTERBOX)
    preprocessor.prepare(_noise(60, 10), 'bgr', out)
    out[0, 0] = 7
    preprocessor.prepare(_noise(120, 20), 'bgr', out)
    assert np.all(out[0, 0] == 7)
    preprocessor.prepare(_noise(10, 60), 'bgr', out)
    assert np.all(out[0, 0] == _LETTERBOX.padding_value)


def test_prepare_paints_a_new_buffer_at_the_place_of_a_freed_one() -> None:
    preprocessor = Preprocessor(_LETTERBOX)
    image = _noise(60, 10)
    for _ in range(50):
        out = _rubbish(_LETTERBOX)
        preprocessor.prepare(image, 'bgr', out)
        np.testing.assert_array_equal(out, _expected(image, 'bgr', _LETTERBOX))
        del out
    gc.collect()
    assert not preprocessor._padded


@pytest.mark.parametrize(
    ('out', 'words'),
    [
        (np.zeros((0, 0, 3), np.uint8), r'\(32, 48, 3\) uint8, got \(0, 0, 3\) uint8'),
        (np.zeros((48, 32, 3), np.uint8), r'got \(48, 32, 3\)'),
        (np.zeros((32, 48), np.uint8), r'got \(32, 48\)'),
        (np.zeros((1, 32, 48, 3), np.uint8), r'got \(1, 32, 48, 3\)'),
        (np.zeros((32, 48, 3), np.float32), 'got .* float32'),
        (np.zeros((32, 96, 3), np.uint8)[:, ::2], 'C-contiguous'),
        (np.frombuffer(bytes(32 * 48 * 3), np.uint8).reshape(32, 48, 3), 'writeable'),
    ],
)
def test_prepare_refuses_a_wrong_buffer(out: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Preprocessor(_LETTERBOX).prepare(_noise(60, 10), 'bgr', out)


@pytest.mark.parametrize(
    'image',
    [
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
    ],
)
def test_prepare_refuses_a_wrong_image(image: Any) -> None:
    with pytest.raises(ValueError, match=r'image must be \(H, W, 3\) uint8'):
        Preprocessor(_LETTERBOX).prepare(image, 'bgr', _rubbish(_LETTERBOX))
