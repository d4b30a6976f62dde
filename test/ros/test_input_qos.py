# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""An input asks for what its publishers offer, unless the user decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip('rclpy')

from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from rclpy.qos import DurabilityPolicy  # noqa: E402
from rclpy.qos import HistoryPolicy  # noqa: E402
from rclpy.qos import QoSProfile  # noqa: E402
from rclpy.qos import ReliabilityPolicy  # noqa: E402

from hailo_perception.ros.input_qos import CAMERA_INFO  # noqa: E402
from hailo_perception.ros.input_qos import IMAGE  # noqa: E402
from hailo_perception.ros.input_qos import in_words  # noqa: E402
from hailo_perception.ros.input_qos import InputQuality  # noqa: E402
from hailo_perception.ros.input_qos import is_alike  # noqa: E402
from hailo_perception.ros.input_qos import mismatch  # noqa: E402
from hailo_perception.ros.input_qos import profile_for  # noqa: E402


def profile(reliability: str, durability: str = 'VOLATILE', depth: int = 1) -> QoSProfile:
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=depth,
        reliability=ReliabilityPolicy[reliability],
        durability=DurabilityPolicy[durability],
    )


SURE, LOSSY = profile('RELIABLE'), profile('BEST_EFFORT')
LATCHED = profile('RELIABLE', 'TRANSIENT_LOCAL')
OFFERS = [SURE, LOSSY, LATCHED, profile('BEST_EFFORT', 'TRANSIENT_LOCAL')]


@pytest.mark.parametrize(
    ('wish', 'offers', 'expected'),
    [
        (IMAGE, [], 'volatile, reliable'),
        (IMAGE, [SURE], 'volatile, reliable'),
        (IMAGE, [LOSSY], 'volatile, best-effort'),
        (IMAGE, [LOSSY, SURE], 'volatile, reliable'),
        (IMAGE, [LATCHED], 'transient-local, reliable'),
        (IMAGE, [LATCHED, SURE], 'volatile, reliable'),
        (CAMERA_INFO, [], 'volatile, best-effort'),
        (CAMERA_INFO, [SURE], 'volatile, best-effort'),
        (CAMERA_INFO, [LATCHED], 'transient-local, reliable'),
        (CAMERA_INFO, [LATCHED, LOSSY], 'volatile, best-effort'),
        (replace(IMAGE, reliability='best_effort'), [SURE], 'volatile, best-effort'),
        (replace(IMAGE, reliability='best_effort'), [LATCHED], 'volatile, best-effort'),
        (replace(IMAGE, reliability='reliable'), [LOSSY], 'volatile, reliable'),
        (replace(IMAGE, durability='volatile'), [LATCHED], 'volatile, reliable'),
        (replace(CAMERA_INFO, durability='transient_local'), [], 'transient-local, reliable'),
        (replace(CAMERA_INFO, durability='transient_local'), [SURE], 'transient-local, reliable'),
    ],
)
def test_profile_for(wish: InputQuality, offers: list[QoSProfile], expected: str) -> None:
    assert in_words(profile_for(wish, offers)) == expected


@given(
    st.lists(st.sampled_from(OFFERS), min_size=1, max_size=3),
    st.sampled_from([IMAGE, CAMERA_INFO]),
)
def test_automatic_always_hears_somebody(offers: list[QoSProfile], wish: InputQuality) -> None:
    request = profile_for(wish, offers)
    assert any(not mismatch(offer, request) for offer in offers)


def test_depth_is_the_users() -> None:
    request = profile_for(replace(IMAGE, depth=7), [])
    assert request.depth == 7
    assert not is_alike(request, profile_for(IMAGE, []))


@pytest.mark.parametrize(
    ('offer', 'request_', 'word'),
    [
        (SURE, SURE, ''),
        (SURE, LOSSY, ''),
        (LATCHED, SURE, ''),
        (LOSSY, SURE, 'reliable'),
        (SURE, LATCHED, 'transient local'),
    ],
)
def test_mismatch_names_what_does_not_fit(offer: Any, request_: Any, word: str) -> None:
    told = mismatch(offer, request_).lower()
    assert bool(told) == bool(word)
    assert word in told
