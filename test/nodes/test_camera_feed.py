# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The size of pictures of which the user gives none, one or both sides."""

from __future__ import annotations

import pytest

from hailo_perception.nodes.camera_feed import size_for


@pytest.mark.parametrize(
    ('wanted', 'size'),
    [
        ((0, 0), (641, 383)),
        ((320, 240), (320, 240)),
        ((320, 0), (320, 191)),
        ((0, 100), (167, 100)),
        ((1, 0), (1, 1)),
    ],
)
def test_size_for(wanted: tuple[int, int], size: tuple[int, int]) -> None:
    assert size_for((641, 383), wanted) == size
