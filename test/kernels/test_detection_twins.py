# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The numpy and numba twins of object detection give the same results."""

import warnings

from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest
from random_tensors import random_tensor
from random_tensors import scale_of

from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.box_coding import BOX_CODINGS
from hailo_perception.kernels.detection_types import Candidates
from hailo_perception.kernels.detection_types import HeadLayout

pytest.importorskip('numba')

NUMPY = load_kernels('numpy')
NUMBA = load_kernels('numba')
SEEDS = st.integers(0, 2**32 - 1)
# The first call of a kernel compiles it, so no deadline.
TWIN_SETTINGS = settings(max_examples=25, deadline=None)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        yield


def same_candidates(one, other):
    np.testing.assert_array_equal(one.classes, other.classes)
    np.testing.assert_array_equal(one.scores, other.scores)
    np.testing.assert_allclose(one.boxes, other.boxes, rtol=1e-6, atol=1e-3)
    assert one.non_finite == other.non_finite


def random_heads(rng, dtypes, *, planes_first=False):
    """Heads of several sizes as the kernels take them, and their layout without the coding."""
    classes, heads, strides, anchors = rng.integers(1, 6), [], [], []
    for number, dtype in enumerate(dtypes):
        rows, columns, per_cell = rng.integers(1, 6, 3)
        shape = (rows, columns, per_cell * (5 + classes))
        head = random_tensor(rng, shape, dtype, bad_share=0.02, planes_first=planes_first)
        heads.append(head.reshape(rows, columns, per_cell, 5 + classes))
        strides.append((8 << number, 4 << number))
        anchors += (rng.random((per_cell, 2)) * 50).tolist()
    return tuple(heads), {
        'scales': np.float32([scale_of(dtype) for dtype in dtypes]),
        'strides': np.float32(strides),
        'anchors': np.float32(anchors),
    }


@pytest.mark.parametrize('coding', BOX_CODINGS)
@pytest.mark.parametrize(
    'dtypes',
    [(np.uint8,) * 2, (np.uint16,) * 2, (np.float32,) * 2, (np.uint8, np.uint16)],
    ids=lambda dtypes: '+'.join(dtype.__name__ for dtype in dtypes),
)
@pytest.mark.parametrize('planes_first', [False, True])
@pytest.mark.parametrize('every_class', [False, True])
@given(seed=SEEDS, threshold=st.floats(0, 1), zero_point=st.integers(0, 5))
@example(seed=0, threshold=1.0, zero_point=0)
@TWIN_SETTINGS
def test_find_candidates(
    coding, dtypes, planes_first, every_class, seed, threshold, zero_point
):
    heads, parts = random_heads(np.random.default_rng(seed), dtypes, planes_first=planes_first)
    has_values = np.float32 in dtypes
    layout = HeadLayout(
        coding,
        zero_points=np.full(len(heads), 0 if has_values else zero_point, 'f'),
        every_class=every_class,
        **parts,
    )
    codes = threshold / layout.scales
    codes = codes.astype(np.float32 if has_values else np.int64)
    arguments = (heads, codes, layout, threshold)

    one, other = NUMPY.find_candidates(*arguments), NUMBA.find_candidates(*arguments)

    same_candidates(one, other)
    assert (one.scores > np.float32(threshold)).all()


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_a_prediction_is_what_it_looks_most_like_or_all_that_it_looks_like(kernels):
    head = np.float32([[[[0.5, 0.5, 0.5, 0.5, 0.9, 0.1, 0.8, 0.78]]]])
    layout = HeadLayout(
        'yolo_new_coords', np.ones(1, 'f'), np.zeros(1, 'f'), np.ones((1, 2), 'f'),
        np.ones((1, 2), 'f'),
    )  # fmt: skip
    for every_class, classes in ((False, [1]), (True, [1, 2])):
        chosen = layout._replace(every_class=every_class)
        found = kernels.find_candidates((head,), np.float32([0.15]), chosen, 0.15)
        assert found.classes.tolist() == classes
        expected = 0.9 * head[0, 0, 0, 5:][classes]
        np.testing.assert_allclose(found.scores, expected, rtol=1e-6)
        assert (found.boxes == found.boxes[0]).all() and found.boxes.shape == (len(classes), 4)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
def test_find_candidates_where_no_code_is_enough(kernels, dtype):
    largest = np.iinfo(dtype).max
    head = np.full((1, 2, 1, 6), largest, dtype)
    layout = HeadLayout(
        'yolo_new_coords', np.ones(1, 'f'), np.zeros(1, 'f'), np.ones((1, 2), 'f'),
        np.ones((1, 2), 'f'),
    )  # fmt: skip
    for first_code, count in ((largest, 2), (largest + 1, 0)):
        found = kernels.find_candidates((head,), np.array([first_code]), layout, 0.0)
        assert len(found.scores) == count


def test_find_candidates_of_more_than_there_is_room_for_at_first():
    head = np.random.default_rng(0).random((30, 40, 2, 7), np.float32)
    layout = HeadLayout(
        'yolo_new_coords', np.ones(1, 'f'), np.zeros(1, 'f'), np.ones((1, 2), 'f'),
        np.ones((2, 2), 'f'),
    )  # fmt: skip
    arguments = ((head,), np.zeros(1, np.float32), layout, -1.0)
    one, other = NUMPY.find_candidates(*arguments), NUMBA.find_candidates(*arguments)
    assert len(one.scores) == 2400
    same_candidates(one, other)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@pytest.mark.parametrize('bad', [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize('feature', range(8))
def test_find_candidates_counts_bad_numbers(kernels, bad, feature):
    head = np.full((1, 2, 1, 8), 0.9, np.float32)
    head[0, 0, 0, feature] = bad
    layout = HeadLayout(
        'yolo_new_coords', np.ones(1, 'f'), np.zeros(1, 'f'), np.ones((1, 2), 'f'),
        np.ones((1, 2), 'f'),
    )  # fmt: skip

    found = kernels.find_candidates((head,), np.float32([0.2]), layout, 0.2)

    # A class score of −∞ merely is not the best class.
    is_harmless = feature >= 5 and bad == -np.inf
    assert found.non_finite == (not is_harmless)
    assert len(found.scores) == (2 if is_harmless else 1)


@pytest.mark.parametrize('per_class', [False, True])
@given(seed=SEEDS, iou_threshold=st.floats(0, 1), maximum=st.integers(0, 60))
@TWIN_SETTINGS
def test_select_objects(per_class, seed, iou_threshold, maximum):
    rng = np.random.default_rng(seed)
    count = rng.integers(0, 60)
    corners = rng.random((count, 2), np.float32) * 60 - 10
    boxes = np.concatenate((corners, corners + rng.random((count, 2), np.float32) * 40), axis=1)
    boxes[rng.random(boxes.shape) < 0.01] = rng.choice(np.float32([np.nan, np.inf, -np.inf]))
    # Few different scores, so that the order of equals matters.
    found = Candidates(
        boxes, rng.integers(-4, 5, count).astype('f') / 4, rng.integers(0, 3, count), 0
    )
    transform = ImageTransform.letterbox((80, 30), (64, 32))
    options = {'per_class': per_class, 'iou_threshold': iou_threshold, 'maximum': maximum}
    one, other = (k.select_objects(found, transform, **options) for k in (NUMPY, NUMBA))
    same_candidates(one, other)
    assert (np.diff(one.scores) <= 0).all()
    assert one.non_finite == np.count_nonzero(~np.isfinite(boxes).all(axis=1))


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
def test_suppress_nothing(kernels):
    empty = np.empty((0, 4), np.float32)
    assert kernels.suppress(empty, np.empty(0, np.int32), 0.5, 10).shape == (0,)


@pytest.mark.parametrize('kernels', [NUMPY, NUMBA])
@pytest.mark.parametrize(
    ('groups', 'iou_threshold', 'maximum', 'expected'),
    [
        pytest.param([0, 0, 0], 0.45, 9, [0, 2], id='overlapping one goes'),
        pytest.param([0, 1, 0], 0.45, 9, [0, 1, 2], id='another class stays'),
        pytest.param([0, 0, 0], 0.9, 9, [0, 1, 2], id='overlap below threshold'),
        pytest.param([0, 0, 0], 0.45, 1, [0], id='maximum'),
        pytest.param([0, 0, 0], 0.45, 0, [], id='maximum nothing'),
    ],
)
def test_suppress(kernels, groups, iou_threshold, maximum, expected):
    boxes = np.float32([[0, 0, 10, 10], [0, 0, 10, 8], [20, 0, 30, 10]])
    kept = kernels.suppress(boxes, np.int32(groups), iou_threshold, maximum)
    assert kept.tolist() == expected


@given(seed=SEEDS, iou_threshold=st.floats(0, 1), maximum=st.integers(0, 60))
@TWIN_SETTINGS
def test_suppress_twins(seed, iou_threshold, maximum):
    rng = np.random.default_rng(seed)
    corners = rng.random((60, 2), np.float32) * 40
    boxes = np.concatenate((corners, corners + 1 + rng.random((60, 2), np.float32) * 30), axis=1)
    groups = rng.integers(0, 3, 60, np.int32)
    arguments = (boxes, groups, iou_threshold, maximum)
    np.testing.assert_array_equal(NUMPY.suppress(*arguments), NUMBA.suppress(*arguments))
