# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Detection decoders against the published formulas, worked out by hand or in plain loops."""

import warnings

import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.kernels import load_kernels
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.tasks.detection import DetectionDecoder
from hailo_perception.tasks.detection_heads import first_passing_code

LABELS = LabelSet((Label(3, 'car'), Label(7, 'person')))
FEATURES = 5 + len(LABELS)
INPUT_SIZE = (64, 32)
SAME = ImageTransform.stretch(INPUT_SIZE, INPUT_SIZE)
ANCHORS = (((10, 20), (30, 12)), ((40, 30), (60, 20)))
CODES = Quantization(1 / 255, 0.0)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        yield


def info_of(tensor, name='head', quantization=None):
    return TensorInfo(name, tensor.shape, tensor.dtype, quantization)


def new_coords(heads, quantization=None, kernels=None, **options):
    """Decoder for heads of a LightNet, and its tensors."""
    names = [f'head{i}' for i in range(len(heads))]
    specification = DetectionSpecification(
        'yolo_new_coords', tuple(names), LABELS, ANCHORS[: len(heads)], **options
    )
    infos = [info_of(head, name, quantization) for head, name in zip(heads, names)]
    decoder = DetectionDecoder(specification, infos, INPUT_SIZE, kernels=kernels)
    return decoder, dict(zip(names, heads))


def empty_head(rows=4, columns=8, dtype=np.float32):
    return np.zeros((rows, columns, 2 * FEATURES), dtype)


def put(head, row, column, anchor, values):
    head[row, column, anchor * FEATURES : (anchor + 1) * FEATURES] = values


@pytest.mark.parametrize('dtype', [np.float32, np.uint8])
def test_decode_nothing(dtype):
    quantization = None if dtype == np.float32 else CODES
    decoder, tensors = new_coords([empty_head(dtype=dtype)], quantization)
    detections, non_finite = decoder.decode(tensors, SAME)
    assert len(detections) == 0
    assert non_finite == 0
    assert detections.xyxy.shape == (0, 4)
    assert detections.positions_m.shape == (0, 3)


def test_decode_new_coords_by_hand():
    head = empty_head()
    # Centre ((5 + 1 − 0.5)·8, (2 + 1 − 0.5)·8) = (44, 20); size of anchor 0 as it is.
    put(head, 2, 5, 0, (0.5, 0.5, 0.5, 0.5, 0.8, 0.3, 0.5))
    decoder, tensors = new_coords([head])
    detections, _ = decoder.decode(tensors, SAME)
    np.testing.assert_allclose(detections.xyxy, [[39, 10, 49, 30]])
    np.testing.assert_allclose(detections.scores, [0.4])
    assert detections.class_ids.tolist() == [7]
    assert np.isnan(detections.distances_m).all()


def reference_candidates(heads, quantization, threshold):
    """Loop over every prediction as tier4_lightnet.md describes the C++ demo."""
    found = []
    for head, anchors in zip(heads, ANCHORS):
        real = head if quantization is None else quantization.dequantize(head)
        rows, columns, _ = head.shape
        for row in range(rows):
            for column in range(columns):
                for number, (anchor_w, anchor_h) in enumerate(anchors):
                    values = real[row, column, number * FEATURES : (number + 1) * FEATURES]
                    tx, ty, tw, th, objectness = values[:5]
                    score = objectness * values[5:].max()
                    if objectness < np.float32(threshold) or not score > np.float32(threshold):
                        continue
                    x = (column + 2 * tx - 0.5) * INPUT_SIZE[0] / columns
                    y = (row + 2 * ty - 0.5) * INPUT_SIZE[1] / rows
                    w, h = anchor_w * (2 * tw) ** 2, anchor_h * (2 * th) ** 2
                    box = np.clip(
                        (x - w / 2, y - h / 2, x + w / 2, y + h / 2), 0, (64, 32, 64, 32)
                    )
                    if box[2] > box[0] and box[3] > box[1]:
                        found.append((score, *box, LABELS.labels[values[5:].argmax()].id))
    return sorted(found, key=lambda item: -item[0])


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize('planes_first', [False, True])
@pytest.mark.parametrize('threshold', [0.0, 0.2, 0.5, 0.99])
def test_decode_new_coords_like_plain_loops(dtype, planes_first, threshold):
    rng = np.random.default_rng(5)
    quantization = None
    heads = []
    for shape in ((4, 8), (2, 4)):
        values = rng.random((2 * FEATURES, *shape), np.float32)
        if dtype != np.float32:
            quantization = Quantization(1.01 / np.iinfo(dtype).max, 3.0)
            values = quantization.quantize(values, dtype)
        head = values.transpose(1, 2, 0)
        heads.append(head if planes_first else np.ascontiguousarray(head))
    decoder, tensors = new_coords(heads, quantization)

    detections, non_finite = decoder.decode(
        tensors, SAME, score_threshold=threshold, iou_threshold=1.0
    )

    expected = reference_candidates(heads, quantization, threshold)
    assert non_finite == 0
    assert len(detections) == len(expected)
    if expected:
        scores, *boxes, class_ids = (np.array(column) for column in zip(*expected))
        np.testing.assert_allclose(detections.scores, np.minimum(scores, 1), rtol=1e-6)
        np.testing.assert_allclose(detections.xyxy, np.stack(boxes, 1), atol=1e-3)
        np.testing.assert_array_equal(detections.class_ids, class_ids)


def test_decode_suppresses_the_same_with_both_kernels():
    pytest.importorskip('numba')
    rng = np.random.default_rng(6)
    heads = [rng.random((4, 8, 2 * FEATURES), np.float32) for _ in range(2)]
    results = []
    for choice in ('numpy', 'numba'):
        decoder, tensors = new_coords(heads, kernels=load_kernels(choice))
        results.append(decoder.decode(tensors, SAME, score_threshold=0.1)[0])
    one, other = results
    assert len(one) == len(other) > 3
    np.testing.assert_allclose(one.xyxy, other.xyxy, atol=1e-3)


@pytest.mark.parametrize(('nms', 'expected'), [('class_agnostic', [3]), ('per_class', [3, 7])])
def test_nms_modes(nms, expected):
    head = empty_head()
    put(head, 2, 5, 0, (0.5, 0.5, 0.5, 0.5, 0.9, 0.9, 0.0))
    put(head, 2, 4, 0, (1.0, 0.5, 0.5, 0.5, 0.8, 0.0, 0.9))
    decoder, tensors = new_coords([head], nms=nms)
    assert decoder.decode(tensors, SAME)[0].class_ids.tolist() == expected


def test_maximum_objects_keeps_the_best():
    head = np.random.default_rng(1).random((4, 8, 2 * FEATURES), np.float32)
    decoder, tensors = new_coords([head])
    everything, _ = decoder.decode(tensors, SAME, score_threshold=0.0, iou_threshold=1.0)
    three, _ = decoder.decode(
        tensors, SAME, score_threshold=0.0, iou_threshold=1.0, maximum_objects=3
    )
    np.testing.assert_array_equal(three.xyxy, everything.xyxy[:3])
    assert (np.diff(everything.scores) <= 0).all()


def test_boxes_are_carried_to_the_image_and_clipped():
    head = empty_head()
    put(head, 0, 0, 0, (0.5, 0.5, 0.5, 0.5, 0.9, 0.9, 0.0))
    decoder, tensors = new_coords([head])
    letterbox = ImageTransform.letterbox((128, 32), INPUT_SIZE, anchor='top_left')
    detections, _ = decoder.decode(tensors, letterbox)
    # In the input −1 … 9 by −6 … 14; the image has half the input's scale.
    np.testing.assert_allclose(detections.xyxy, [[0, 0, 18, 28]])


def test_boxes_in_the_padding_are_dropped():
    head = empty_head()
    put(head, 3, 5, 1, (0.5, 0.9, 0.5, 0.2, 0.9, 0.9, 0.0))
    decoder, tensors = new_coords([head])
    letterbox = ImageTransform.letterbox((128, 32), INPUT_SIZE, anchor='top_left')
    detections, non_finite = decoder.decode(tensors, letterbox)
    assert len(detections) == 0
    assert non_finite == 0


@pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize('feature', [0, 3, 4, 5])
def test_bad_numbers_are_counted_and_cost_nothing_else(value, feature):
    head = empty_head()
    put(head, 2, 5, 0, (0.5, 0.5, 0.5, 0.5, 0.9, 0.9, 0.0))
    put(head, 1, 1, 1, (0.5, 0.5, 0.5, 0.5, 0.9, 0.9, 0.8))
    head[1, 1, FEATURES + feature] = value
    decoder, tensors = new_coords([head])
    detections, non_finite = decoder.decode(tensors, SAME, iou_threshold=1.0)
    assert np.isfinite(detections.xyxy).all()
    assert (detections.scores <= 1).all()
    if np.isnan(value) or (value == np.inf and feature != 5):
        assert (len(detections), non_finite) == (1, 1)
    assert detections.class_ids[-1] in LABELS


def test_everything_bad():
    head = np.full((4, 8, 2 * FEATURES), np.nan, np.float32)
    decoder, tensors = new_coords([head])
    detections, non_finite = decoder.decode(tensors, SAME)
    assert (len(detections), non_finite) == (0, 64)


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
@pytest.mark.parametrize('threshold', [-1.0, 0.0, 0.2, 0.2 + 1e-7, 0.45, 1.0, 2.0])
@pytest.mark.parametrize('zero_point', [0.0, 17.0])
def test_first_passing_code_decides_like_real_values(dtype, threshold, zero_point):
    quantization = Quantization(1 / np.iinfo(dtype).max, zero_point)
    code = first_passing_code(quantization, np.dtype(dtype), threshold)
    passes = quantization.real_of_every_code(dtype) >= np.float32(threshold)
    np.testing.assert_array_equal(np.arange(len(passes)) >= code, passes)


def yolox_tensor():
    """Flattened head of a 64×32 input (grids 8×4, 4×2, 2×1), its boxes, classes, best first."""
    flat = np.zeros((32 + 8 + 2, FEATURES), np.float32)
    flat[32 + 4] = (0.5, -0.25, 0, np.log(0.5), 0.9, 0.9, 0.1)
    flat[8 + 5] = (0.25, 0.5, np.log(2), 0, 0.9, 0.1, 0.8)
    flat[32 + 8 + 1] = (0.5, 0.5, 0, 0, 0.5, 0.9, 0.1)
    boxes = [[0, 8, 16, 16], [42 - 8, 12 - 4, 42 + 8, 12 + 4], [32, 0, 64, 32]]
    return flat, boxes, [3, 7, 3]


@pytest.mark.parametrize('anchors', [(), ANCHORS], ids=['', 'anchors mean nothing'])
@pytest.mark.parametrize('shape', [(1, 42, FEATURES), (42, 1, FEATURES), None])
def test_decode_yolox(shape, anchors):
    flat, boxes, class_ids = yolox_tensor()
    if shape is None:
        parts = np.split(flat, (32, 40))
        heads = [p.reshape(s) for p, s in zip(parts, ((4, 8, -1), (2, 4, -1), (1, 2, -1)))]
    else:
        heads = [flat.reshape(shape)]
    names = tuple(f'head{i}' for i in range(len(heads)))
    specification = DetectionSpecification('yolox', names, LABELS, anchors)
    decoder = DetectionDecoder(
        specification, [info_of(h, n) for h, n in zip(heads, names)], INPUT_SIZE
    )
    detections, _ = decoder.decode(dict(zip(names, heads)), SAME)
    np.testing.assert_allclose(detections.scores, [0.81, 0.72, 0.45], rtol=1e-6)
    np.testing.assert_allclose(detections.xyxy, boxes, atol=1e-4)
    assert detections.class_ids.tolist() == class_ids


def nms_buffer(*classes, size=40, garbage=np.nan):
    flat = [value for boxes in classes for value in (len(boxes), *np.ravel(boxes))]
    buffer = np.full((1, 1, size), garbage, np.float32)
    buffer[0, 0, : len(flat)] = flat
    return buffer


def hailo_nms(buffer):
    specification = DetectionSpecification('hailo_nms', ('nms',), LABELS)
    return DetectionDecoder(specification, [info_of(buffer, 'nms')], INPUT_SIZE)


def test_decode_hailo_nms():
    buffer = nms_buffer([(0.25, 0.5, 0.5, 1.0, 0.6)], [(0, 0, 1, 0.25, 0.9), (0, 0, 1, 1, 0.1)])
    detections, non_finite = hailo_nms(buffer).decode({'nms': buffer}, SAME)
    np.testing.assert_allclose(detections.xyxy, [[0, 0, 16, 32], [32, 8, 64, 16]])
    np.testing.assert_allclose(detections.scores, [0.9, 0.6])
    assert detections.class_ids.tolist() == [7, 3]
    assert non_finite == 0


def test_decode_hailo_nms_nothing():
    buffer = nms_buffer([], [])
    assert len(hailo_nms(buffer).decode({'nms': buffer}, SAME)[0]) == 0


def test_decode_hailo_nms_counts_bad_boxes():
    buffer = nms_buffer([(np.nan, 0, 1, 1, 0.9)], [(0, 0, np.inf, 1, 0.9)])
    detections, non_finite = hailo_nms(buffer).decode({'nms': buffer}, SAME)
    assert (len(detections), non_finite) == (0, 2)


@pytest.mark.parametrize(
    'buffer',
    [
        np.full((1, 1, 40), np.nan, np.float32),
        np.full((1, 1, 40), -1, np.float32),
        np.full((1, 1, 40), 0.5, np.float32),
        np.full((1, 1, 40), 9, np.float32),
        np.full((1, 1, 40), np.inf, np.float32),
        np.zeros((1, 1, 1), np.float32),
    ],
    ids=['nan', 'negative', 'fraction', 'beyond the buffer', 'infinite', 'too short'],
)
def test_decode_hailo_nms_refuses_impossible_counts(buffer):
    with pytest.raises(NetworkOutputError, match='count of class'):
        hailo_nms(buffer).decode({'nms': buffer}, SAME)


@pytest.mark.parametrize(
    ('tensors', 'message'),
    [
        ({}, 'head0.*missing; the network gave nothing'),
        ({'other': empty_head()}, 'missing; the network gave other'),
        ({'head0': empty_head(3)}, r'expected output head0\[4×8×14 float32\], got 3×8×14'),
        ({'head0': empty_head(dtype=np.uint8)}, 'got 4×8×14 uint8'),
    ],
)
def test_decode_refuses_other_tensors(tensors, message):
    decoder, _ = new_coords([empty_head()])
    with pytest.raises(NetworkOutputError, match=message):
        decoder.decode(tensors, SAME)


@pytest.mark.parametrize(
    ('decoder', 'shapes', 'dtype', 'quantization', 'message'),
    [
        ('yolo_new_coords', [], 'float32', None, 'at least one output'),
        ('yolo_new_coords', [(4, 8, 13)], 'float32', None, r'14 channels: 2 anchors × \(5 \+ 2'),
        ('yolo_new_coords', [(4, 8, 14)] * 3, 'float32', None, '3 detection outputs.* got 1'),
        ('yolo_new_coords', [(4, 8, 14)], 'int32', None, 'must be uint8 or uint16 or float32'),
        ('yolo_new_coords', [(4, 8, 14)], 'uint8', Quantization(-1.0), 'must be positive'),
        ('yolox', [(1, 41, 7)], 'float32', None, 'must have 42 predictions'),
        ('yolox', [(1, 42, 8)], 'float32', None, 'must have 7 channels'),
        ('hailo_nms', [(1, 1, 40)] * 2, 'float32', None, 'one output'),
        ('hailo_nms', [(1, 1, 40)], 'uint8', None, 'must be float32'),
    ],
)
def test_decoder_refuses_what_does_not_fit(decoder, shapes, dtype, quantization, message):
    specification = DetectionSpecification(decoder, ('a', 'b', 'c'), LABELS, ANCHORS[:1])
    infos = [TensorInfo(f'o{i}', s, np.dtype(dtype), quantization) for i, s in enumerate(shapes)]
    with pytest.raises(ConfigurationError, match=message):
        DetectionDecoder(specification, infos, INPUT_SIZE)
