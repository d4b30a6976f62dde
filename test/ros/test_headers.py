# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Headers keep every nanosecond."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

pytest.importorskip('rclpy')

from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.ros import headers  # noqa: E402


@given(st.integers(0, (2**31 - 1) * 10**9 + 999_999_999), st.text(max_size=20))
def test_round_trip(stamp_ns: int, frame_id: str) -> None:
    """A header comes back as it was."""
    header = Header(stamp_ns, frame_id)
    assert headers.from_message(headers.to_message(header)) == header
