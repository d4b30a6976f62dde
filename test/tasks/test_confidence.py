# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How sure the network is of a class: against the plain formula, and beside the cloud."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import DepthMap
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import ScoreKind
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.tasks.confidence import confidence_of_points
from hailo_perception.tasks.confidence import ConfidenceDecoder
from hailo_perception.tasks.confidence import why_no_confidence
from hailo_perception.tasks.point_cloud import make_point_cloud
from hailo_perception.tasks.segmentation import SegmentationDecoder

LABELS = LabelSet((Label(0, 'road'), Label(1, 'car'), Label(2, 'sky')))
HEIGHT, WIDTH = 4, 6
WHOLE = ImageTransform.stretch((2 * WIDTH, 2 * HEIGHT), (WIDTH, HEIGHT))
CAMERA = CameraModel(WIDTH, HEIGHT, 5, 5, 2.5, 1.5)


def decode(
    tensor: np.ndarray,
    scores: ScoreKind = 'logits',
    labels: LabelSet = LABELS,
    quantization: Quantization | None = None,
) -> np.ndarray:
    """Decode classes as the postprocess does, and then how sure they are."""
    info = TensorInfo('map', tensor.shape, tensor.dtype, quantization)
    specification = SegmentationSpecification('scores', 'map', labels)
    classes = SegmentationDecoder(specification, info).decode(tensor, WHOLE)
    return ConfidenceDecoder(scores, info).decode(tensor, WHOLE, classes)


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores.astype(np.float64) - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@given(arrays(np.float32, (HEIGHT, WIDTH, 3), elements=st.floats(-30, 30, width=32)))
def test_logits_give_the_best_share_of_the_softmax(scores: np.ndarray) -> None:
    expected = softmax(scores).max(axis=-1) * 255
    np.testing.assert_allclose(decode(scores), expected, atol=0.51)


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
@pytest.mark.parametrize('planes_first', [False, True])
def test_codes_are_read_by_their_scale(dtype: type, planes_first: bool) -> None:
    codes = np.random.default_rng(1).integers(0, np.iinfo(dtype).max, (3, HEIGHT, WIDTH), dtype)
    codes = codes.transpose(1, 2, 0)
    codes = codes if planes_first else np.ascontiguousarray(codes)
    quantization = Quantization(10 / np.iinfo(dtype).max, 100.0)
    expected = softmax(quantization.dequantize(codes)).max(axis=-1) * 255
    found = decode(codes, quantization=quantization)
    assert found.dtype == np.uint8 and np.ptp(found) > 50
    np.testing.assert_allclose(found, expected, atol=0.51)


def test_probabilities_are_taken_as_they_are() -> None:
    scores = np.full((HEIGHT, WIDTH, 3), 0.1, np.float32)
    scores[0, :3, 1] = (0.8, 1.0, 1.7)
    found = decode(scores, 'probabilities')
    assert found[0].tolist() == [204, 255, 255, 26, 26, 26]
    codes = np.full((HEIGHT, WIDTH, 3), 51, np.uint8)
    assert (decode(codes, 'probabilities', quantization=Quantization(1 / 255)) == 51).all()


@pytest.mark.parametrize('kind', get_args(ScoreKind))
@pytest.mark.parametrize(
    ('pixel', 'is_sure'),
    [
        ((np.nan, 0.9, -9.0), True),
        ((np.nan, np.nan, np.nan), False),
        ((-np.inf, -np.inf, -np.inf), False),
        ((-np.inf, 0.9, -np.inf), True),
        ((np.inf, 0.9, 0.1), False),
    ],
)
def test_what_is_not_a_number_is_not_sure(
    kind: ScoreKind, pixel: tuple[float, ...], is_sure: bool, recwarn: Any
) -> None:
    scores = np.full((HEIGHT, WIDTH, 3), 0.3, np.float32)
    scores[1, 2] = pixel
    assert (decode(scores, kind)[1, 2] > 200) == is_sure
    assert (decode(scores, kind)[1, 2] == 0) == (not is_sure)
    assert not recwarn


def test_a_winner_without_a_name_is_unlabelled_and_not_sure() -> None:
    scores = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    scores[0, 0, 2] = 9
    found = decode(scores, labels=LabelSet(LABELS.labels[:2]))
    assert found[0, 0] == 0 and (np.delete(found, 0) == 85).all()


def test_another_tensor_than_described_is_refused() -> None:
    decoder = ConfidenceDecoder('logits', TensorInfo('map', (4, 6, 3), np.dtype(np.float32)))
    classes = ClassMap(LABELS, np.zeros((4, 6), np.uint8))
    with pytest.raises(NetworkOutputError, match='map'):
        decoder.decode(np.zeros((4, 6, 2), np.float32), WHOLE, classes)


def test_only_the_part_that_shows_the_image() -> None:
    transform = ImageTransform.letterbox((12, 4), (WIDTH, HEIGHT))
    scores = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    info = TensorInfo('map', scores.shape, scores.dtype)
    specification = SegmentationSpecification('scores', 'map', LABELS)
    classes = SegmentationDecoder(specification, info).decode(scores, transform)
    found = ConfidenceDecoder('logits', info).decode(scores, transform, classes)
    assert found.shape == classes.ids.shape == (2, 6)


@pytest.mark.parametrize('stride', [1, 2, 3])
@pytest.mark.parametrize('dense', [False, True])
@pytest.mark.parametrize('shape', [(4, 6), (8, 12), (2, 3)])
def test_beside_each_point_of_the_cloud_lies_its_confidence(
    stride: int, dense: bool, shape: tuple[int, int]
) -> None:
    """The labels of the cloud are picked by the kernels: as confidences they must be the same."""
    generator = np.random.default_rng(stride)
    confidence = generator.integers(0, UNLABELLED, shape, np.uint8)
    depth_m = generator.uniform(1, 30, (HEIGHT, WIDTH)).astype(np.float32)
    depth_m[generator.random(depth_m.shape) < 0.3] = np.nan
    depth = DepthMap(depth_m, CAMERA)
    options = {'stride': stride, 'range_m': (3.0, 20.0), 'dense': dense}
    every_value = LabelSet(tuple(Label(i, f'{i}') for i in range(UNLABELLED)))
    image = np.zeros((2, 3, 3), np.uint8)
    cloud = make_point_cloud(depth, image, 'bgr', ClassMap(every_value, confidence), **options)
    found = confidence_of_points(confidence, depth, **options)
    np.testing.assert_array_equal(found, np.atleast_2d(cloud.points['label']))


MANIFEST = ModelManifest('tiny', Path('tiny.yaml'), {}, InputSpecification(64, 64))


def test_why_there_is_none() -> None:
    assert 'no semantic task' in str(why_no_confidence(MANIFEST))
    ids = SegmentationSpecification('argmax', 'map', LABELS)
    assert '(argmax) and no scores' in str(why_no_confidence(replace(MANIFEST, semantic=ids)))
    unsaid = SegmentationSpecification('scores', 'map', LABELS)
    assert 'scores: logits' in str(why_no_confidence(replace(MANIFEST, semantic=unsaid)))


@pytest.mark.parametrize('kind', get_args(ScoreKind))
def test_why_there_is_one(kind: ScoreKind) -> None:
    task = SegmentationSpecification('scores', 'map', LABELS, scores=kind)
    assert why_no_confidence(replace(MANIFEST, semantic=task)) is None


def test_the_packaged_model_has_confidences() -> None:
    assert why_no_confidence(load_manifest(find_model('lightnet_compact'))) is None
