# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is written by hand is what the middleware reads."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

pytest.importorskip('rclpy')

from geometry_msgs.msg import Point32  # noqa: E402
from geometry_msgs.msg import Polygon  # noqa: E402
from rclpy.serialization import deserialize_message  # noqa: E402
from rclpy.serialization import serialize_message  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from std_msgs.msg import Empty  # noqa: E402
from std_msgs.msg import Header as HeaderMessage  # noqa: E402
from std_msgs.msg import String  # noqa: E402

from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.ros import headers  # noqa: E402
from hailo_perception.ros.cdr import CdrText  # noqa: E402
from hailo_perception.ros.cdr import CdrWriter  # noqa: E402

# The hypothesis of Ubuntu 22.04, 6.36, knows these keywords alone; newer ones still do.
TEXTS = st.text(
    st.characters(blacklist_characters='\0', blacklist_categories=('Cs',)), max_size=20
)
NUMBERS = st.lists(st.floats(width=32, allow_nan=False), max_size=9)


def test_a_message_of_nothing_is_its_byte_order() -> None:
    assert CdrWriter().finish() == serialize_message(Empty())[:4]


@given(TEXTS)
def test_texts(text: str) -> None:
    layout, values = CdrText.of(text)
    writer = CdrWriter()
    writer.fields(layout, *values)
    assert deserialize_message(writer.finish(), String).data == text


@given(st.integers(0, 2**31 * 10**9 - 1), TEXTS)
def test_headers(stamp_ns: int, frame_id: str) -> None:
    header = Header(stamp_ns, frame_id)
    layout, values = headers.HeaderFields.of(header)
    writer = CdrWriter()
    writer.fields(layout, *values)
    assert deserialize_message(writer.finish(), HeaderMessage) == headers.to_message(header)


@given(NUMBERS)
def test_sequences_of_messages(numbers: list[float]) -> None:
    points = np.array(numbers, np.float64)[: len(numbers) // 3 * 3].reshape(-1, 3)
    writer = CdrWriter()
    writer.sequence('f', points)
    message = Polygon(points=[Point32(x=x, y=y, z=z) for x, y, z in points.tolist()])
    assert writer.finish() == serialize_message(message)


@given(TEXTS, TEXTS, NUMBERS)
def test_fields_after_texts_and_sequences_are_aligned(
    frame_id: str, distortion_model: str, d: list[float]
) -> None:
    """Fields of 8, 4 and 1 bytes, wherever what comes before them ends."""
    stamp, model = headers.HeaderFields.of(Header(5, frame_id)), CdrText.of(distortion_model)
    writer = CdrWriter()
    writer.fields(f'{stamp.layout} 2I {model.layout}', *stamp.values, 48, 64, *model.values)
    writer.sequence('d', np.array(d)[::-1])
    writer.fields('30d 2I', *range(30), 2, 3)
    writer.fields('4I ?', 5, 6, 7, 8, True)
    message = deserialize_message(writer.finish(), CameraInfo)
    assert (message.header.frame_id, message.distortion_model) == (frame_id, distortion_model)
    assert (message.height, message.width, message.d.tolist()) == (48, 64, d[::-1])
    assert [*message.k, *message.r, *message.p] == list(range(30))
    assert (message.binning_x, message.binning_y) == (2, 3)
    assert (message.roi.x_offset, message.roi.width, message.roi.do_rectify) == (5, 8, True)


@given(st.lists(st.tuples(TEXTS, st.integers(0, 2**32 - 1)), max_size=5), TEXTS)
def test_records_of_texts_and_numbers(entries: list[tuple[str, int]], frame_id: str) -> None:
    """As messages written field by field, wherever what comes before them ends."""
    texts = [CdrText.of(text) for text, _ in entries]
    numbers = np.array([number for _, number in entries], np.uint32)
    together, one_by_one = CdrWriter(), CdrWriter()
    for writer in (together, one_by_one):
        writer.fields(*(lambda text: (text.layout, *text.values))(CdrText.of(frame_id)))
    together.records(
        np.stack((numbers, numbers + np.uint32(1)), axis=1),
        [struct.pack(f'{text.layout} 0I', *text.values) for text in texts],
        numbers[:, None],
    )
    one_by_one.fields('0I')
    for text, number in zip(texts, numbers.tolist(), strict=True):
        one_by_one.fields(
            f'2I {text.layout} I', number, (number + 1) % 2**32, *text.values, number
        )
    assert together.finish() == one_by_one.finish()
