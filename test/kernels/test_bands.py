# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Bands cover each row once."""

from __future__ import annotations

import pytest

from hailo_perception.kernels import bands
from hailo_perception.kernels.bands import row_bands
from hailo_perception.kernels.bands import rows_at_once


@pytest.mark.parametrize(
    ('shape', 'expected'),
    [
        ((0, 0), []),
        ((0, 5), []),
        ((3, 0), [(0, 3)]),
        ((1, 1), [(0, 1)]),
        ((4, 5), [(0, 4)]),
        ((4, 10), [(0, 2), (2, 4)]),
        ((5, 10), [(0, 2), (2, 4), (4, 5)]),
        ((2, 100), [(0, 1), (1, 2)]),
    ],
)
def test_bands(
    shape: tuple[int, int], expected: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bands, '_BAND_PIXELS', 20)
    cut = list(row_bands(shape))
    assert [(band.start, band.stop) for band in cut] == expected
    assert all(band.stop - band.start <= rows_at_once(shape) for band in cut)
