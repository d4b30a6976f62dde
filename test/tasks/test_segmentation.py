# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Class maps from ids and from scores."""

import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.tasks.segmentation import SegmentationDecoder

LABELS = LabelSet((Label(0, 'road'), Label(2, 'car')))
WHOLE = ImageTransform.stretch((64, 32), (16, 8))


def decode(tensor, decoder, transform=WHOLE, quantization=None):
    info = TensorInfo('map', tensor.shape, tensor.dtype, quantization)
    specification = SegmentationSpecification(decoder, 'map', LABELS)
    return SegmentationDecoder(specification, info).decode(tensor, transform)


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.int32, np.int64, np.float32])
def test_ids_that_are_no_class_become_unlabelled(dtype):
    values = [0, 1, 2, 3, 200, 255] + ([256, 258, 65535] if dtype != np.uint8 else [])
    values += [-1, -256] if np.dtype(dtype).kind in 'if' else []
    values += [np.nan, np.inf, -np.inf] if dtype == np.float32 else []
    tensor = np.zeros((8, 16, 1), dtype)
    tensor[3, : len(values), 0] = values
    ids = decode(tensor, 'argmax').ids
    assert ids.dtype == np.uint8
    assert ids[3, : len(values)].tolist() == [0, 255, 2] + [255] * (len(values) - 3)
    assert (np.delete(ids, 3, axis=0) == 0).all()


def test_ids_are_never_dequantised_and_never_the_devices_buffer():
    tensor = np.full((8, 16, 1), 2, np.uint8)
    ids = decode(tensor, 'argmax', quantization=Quantization(0.5, 1.0)).ids
    tensor[:] = 0
    assert (ids == 2).all()


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize('planes_first', [False, True])
def test_scores(dtype, planes_first):
    scores = (np.random.default_rng(3).random((3, 8, 16)) * 200).astype(dtype)
    scores = scores.transpose(1, 2, 0)
    scores = scores if planes_first else np.ascontiguousarray(scores)
    ids = decode(scores, 'scores', quantization=Quantization(0.01, 7.0)).ids
    best = np.argmax(scores, axis=-1)
    np.testing.assert_array_equal(ids, np.where(best == 1, 255, best))


@pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf])
def test_bad_scores_neither_raise_nor_win_as_nan(value, recwarn):
    scores = np.zeros((8, 16, 3), np.float32)
    scores[..., 2] = 1
    scores[0, 0, 0] = value
    scores[1, 1] = value
    ids = decode(scores, 'scores').ids
    assert ids[0, 0] == (0 if value == np.inf else 2)
    assert ids[1, 1] == (0 if value == np.inf else 255)
    assert not recwarn


def test_letterbox_padding_is_cut_off():
    tensor = np.full((8, 16, 1), 2, np.uint8)
    tensor[2:6] = 0
    transform = ImageTransform.letterbox((64, 16), (32, 16), alignment=2)
    ids = decode(tensor, 'argmax', transform).ids
    assert ids.shape == (4, 16)
    assert (ids == 0).all()


@pytest.mark.parametrize('decoder', ['argmax', 'scores'])
def test_ids_are_written_where_they_are_wanted(decoder):
    tensor = np.zeros((8, 16, 1 if decoder == 'argmax' else 3), np.uint8)
    info = TensorInfo('map', tensor.shape, tensor.dtype)
    out = np.full((8, 16), 7, np.uint8)
    specification = SegmentationSpecification(decoder, 'map', LABELS)
    assert SegmentationDecoder(specification, info).decode(tensor, WHOLE, out=out).ids is out
    assert not out.any()


def test_content_between_map_pixels_is_refused():
    transform = ImageTransform((64, 16), (32, 16), (0, 3, 32, 9))
    with pytest.raises(ConfigurationError, match='letterbox with alignment'):
        decode(np.zeros((8, 16, 1), np.uint8), 'argmax', transform)


def test_other_shape_is_refused():
    info = TensorInfo('map', (8, 16, 1), np.dtype(np.uint8))
    decoder = SegmentationDecoder(SegmentationSpecification('argmax', 'map', LABELS), info)
    with pytest.raises(NetworkOutputError, match='expected output map'):
        decoder.decode(np.zeros((8, 15, 1), np.uint8), WHOLE)


@pytest.mark.parametrize(
    ('decoder', 'channels', 'dtype', 'message'),
    [
        ('argmax', 3, 'uint8', "one channel of class ids; .*'scores'"),
        ('argmax', 1, 'float64', 'must be uint8'),
        ('scores', 2, 'uint8', 'one channel for each class id up to 2'),
        ('scores', 256, 'uint8', 'at most 255'),
        ('scores', 3, 'int32', 'must be uint8'),
    ],
)
def test_tensors_that_cannot_be_class_maps(decoder, channels, dtype, message):
    info = TensorInfo('map', (8, 16, channels), np.dtype(dtype))
    with pytest.raises(ConfigurationError, match=message):
        SegmentationDecoder(SegmentationSpecification(decoder, 'map', LABELS), info)
