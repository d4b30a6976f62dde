# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Box codings: the published formulas, and their inverses."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.kernels.box_coding import BOX_CODINGS
from hailo_perception.kernels.box_coding import Priors


def test_priors_order_is_that_of_the_grid():
    priors = Priors.of_grid((3, 2), (24, 32), [(10, 20), (30, 40)])
    assert len(priors) == 12
    assert priors.cells[:4].tolist() == [[0, 0], [0, 0], [1, 0], [1, 0]]
    assert priors.cells[-1].tolist() == [2, 1]
    assert priors.anchors[:2].tolist() == [[10, 20], [30, 40]]
    assert priors.strides[0].tolist() == [8, 16]


@pytest.mark.parametrize(
    ('coding', 'raw', 'expected_center', 'expected_size'),
    [
        # x = (col + 2·tx − 0.5)·stride, w = anchor·(2·tw)²
        ('yolo_new_coords', (0.5, 0.25, 0.5, 0.75), ((2 + 0.5) * 8, 1 * 8), (10, 20 * 2.25)),
        # x = (col + tx)·stride, w = exp(tw)·anchor
        ('yolox', (0.5, 0.25, 0.0, np.log(2)), ((2 + 0.5) * 8, 1.25 * 8), (10, 40)),
    ],
)
def test_decode(coding, raw, expected_center, expected_size):
    priors = Priors.of_grid((4, 4), (32, 32), [(10, 20)]).take(np.array([4 + 2]))
    box = BOX_CODINGS[coding].decode(np.float32([raw]), priors)[0]
    np.testing.assert_allclose((box[:2] + box[2:]) / 2, expected_center, rtol=1e-6)
    np.testing.assert_allclose(box[2:] - box[:2], expected_size, rtol=1e-6)


@pytest.mark.parametrize('coding', BOX_CODINGS)
@given(
    center=st.tuples(st.floats(0, 320), st.floats(0, 320)),
    size=st.tuples(st.floats(1, 300), st.floats(1, 300)),
    index=st.integers(0, 2 * 1600 - 1),
)
def test_decode_inverts_encode(coding, center, size, index):
    priors = Priors.of_grid((40, 40), (320, 320), [(10, 20), (90, 70)]).take(np.array([index]))
    box = np.array(
        [[*np.subtract(center, np.divide(size, 2)), *np.add(center, np.divide(size, 2))]]
    )
    forward = BOX_CODINGS[coding]
    np.testing.assert_allclose(
        forward.decode(forward.encode(box, priors), priors), box, rtol=1e-4, atol=2e-3
    )
