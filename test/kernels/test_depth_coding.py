# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Depth codings: the specification's formulas, and their inverses."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.kernels.depth_coding import DEPTH_CODINGS


@pytest.mark.parametrize(
    ('coding', 'value', 'metres'),
    [
        ('linear', 0.0, 0.0),
        ('linear', 0.25, 30.0),
        ('linear', 1.0, 120.0),
        ('inverse', 0.0, 120.0),
        ('inverse', 0.5, 1 / (0.5 / 120 + 0.5 / 2)),
        ('inverse', 1.0, 2.0),
        ('logarithmic', 0.0, 2.0),
        ('logarithmic', 0.5, np.sqrt(2 * 120)),
        ('logarithmic', 1.0, 120.0),
    ],
)
def test_decode(coding, value, metres):
    decoded = DEPTH_CODINGS[coding].decode(np.float32([value]), 2.0, 120.0)
    assert decoded.dtype == np.float32
    np.testing.assert_allclose(decoded, metres, rtol=1e-5)


@pytest.mark.parametrize('coding', DEPTH_CODINGS)
@given(metres=st.floats(2, 120))
def test_decode_inverts_encode(coding, metres):
    forward = DEPTH_CODINGS[coding]
    values = forward.encode(np.array([metres]), 2.0, 120.0)
    assert -1e-9 <= values[0] <= 1 + 1e-9
    np.testing.assert_allclose(forward.decode(values, 2.0, 120.0), metres, rtol=1e-9)
