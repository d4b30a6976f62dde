# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Image messages are views on the way in, and at most one copy on the way out."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('rclpy')

from rclpy.serialization import deserialize_message  # noqa: E402
from rclpy.serialization import serialize_message  # noqa: E402
from sensor_msgs.msg import CompressedImage as CompressedImageMessage  # noqa: E402
from sensor_msgs.msg import Image as ImageMessage  # noqa: E402

from hailo_perception.core.frame import CompressedImage  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.frame import RawImage  # noqa: E402
from hailo_perception.core.message_room import empty_with_room  # noqa: E402
from hailo_perception.core.message_room import ROOM_BEFORE  # noqa: E402
from hailo_perception.ros import images  # noqa: E402

HEADER = Header(1_500_000_001, 'front_optical_frame')


@pytest.mark.parametrize(
    ('shape', 'dtype', 'encoding'),
    [
        ((0, 0), np.uint8, 'mono8'),
        ((3, 5), np.uint8, 'mono8'),
        ((3, 5, 3), np.uint8, 'bgr8'),
        ((3, 5), np.float32, '32FC1'),
        ((3, 5), np.uint16, '16UC1'),
    ],
)
def test_to_message(shape: tuple[int, ...], dtype: type, encoding: str) -> None:
    """Encoding, size, step and bytes follow from the array; the header is the image's."""
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    message = images.to_message(array, HEADER)
    assert (message.height, message.width) == shape[:2]
    assert message.encoding == encoding
    assert message.step == array[:1].nbytes
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (1, 500_000_001)
    assert message.header.frame_id == HEADER.frame_id
    np.testing.assert_array_equal(np.frombuffer(message.data, dtype).reshape(shape), array)


def test_to_message_of_a_strided_view() -> None:
    """A view with gaps gives a message without them."""
    array = np.arange(60, dtype=np.uint8).reshape(6, 10)[::2, ::3]
    message = images.to_message(array, HEADER)
    assert bytes(message.data) == array.tobytes()
    assert message.step == 4


def test_from_message_views_the_data() -> None:
    """An incoming image is not copied."""
    message = ImageMessage(encoding='mono8', width=2, height=2, step=2)
    message.data.frombytes(bytes(range(4)))
    image = images.from_message(message)
    assert isinstance(image, RawImage)
    message.data[0] = 9
    assert image.data.tolist() == [9, 1, 2, 3]


def test_from_message_of_no_data() -> None:
    """An empty message is passed on; the decoder says what is wrong with it."""
    image = images.from_message(ImageMessage())
    assert isinstance(image, RawImage)
    assert (image.width, image.height, image.data.size) == (0, 0, 0)


def test_compressed_round_trip() -> None:
    """Compressed bytes arrive as they were sent."""
    message = images.to_compressed_message(b'\xff\xd8\xff', HEADER)
    assert isinstance(message, CompressedImageMessage)
    image = images.from_message(message)
    assert isinstance(image, CompressedImage)
    assert (image.format, image.data.tobytes()) == ('jpeg', b'\xff\xd8\xff')


@pytest.mark.parametrize('data', [b'', b'\xff\xd8\xff'])
def test_a_serialized_jpeg(data: bytes) -> None:
    """The bytes are those that the middleware would write."""
    message = images.to_compressed_message(data, HEADER)
    written = images.to_serialized_jpeg(data, HEADER)
    assert deserialize_message(written, CompressedImageMessage) == message
    assert len(written) == len(serialize_message(message))


@pytest.mark.parametrize(
    ('first', 'second'),
    [
        (np.zeros((0, 0), np.uint8), np.ones((2, 3), np.uint8)),
        (np.ones((2, 3), np.uint8), np.zeros((0, 0), np.uint8)),
        (np.ones((2, 3), np.uint8), np.full((2, 3), 7, np.uint8)),
        (np.ones((4, 6), np.uint8), np.full((2, 3), 0.5, np.float32)),
        (np.ones((6, 4), np.uint8), np.arange(24, dtype=np.uint8).reshape(2, 4, 3)),
        (np.ones((4, 6), np.uint16), np.arange(96, dtype=np.uint8).reshape(8, 12)[::2, ::3]),
    ],
)
def test_a_reused_image_is_as_a_new_one(first: np.ndarray, second: np.ndarray) -> None:
    """Nothing of the picture before is left."""
    reused = images.ReusedImage()
    reused.fill(first, HEADER)
    later = Header(9_000_000_003, 'rear')
    written = reused.fill(second, later)
    assert deserialize_message(written.tobytes(), ImageMessage) == images.to_message(second, later)


def test_a_reused_image_of_the_same_size_has_the_new_header() -> None:
    """And the encoding that is said, which tells what its channels are."""
    reused, picture = images.ReusedImage(), np.ones((2, 3, 3), np.uint8)
    for stamp_ns, frame_id, encoding in ((1, 'a', 'bgr8'), (2, 'a', 'rgb8'), (3, 'b', 'rgb8')):
        written = reused.fill(picture, Header(stamp_ns, frame_id), encoding)
        message = deserialize_message(written.tobytes(), ImageMessage)
        assert (message.header.stamp.nanosec, message.header.frame_id) == (stamp_ns, frame_id)
        assert message.encoding == encoding


def test_a_reused_image_keeps_its_memory() -> None:
    """The same size is written where the picture before was."""
    reused = images.ReusedImage()
    before = reused.fill(np.ones((4, 6), np.float32), HEADER)
    assert reused.fill(np.full((4, 6), 2, np.float32), HEADER) is before
    message = deserialize_message(before.tobytes(), ImageMessage)
    assert set(np.frombuffer(message.data, np.float32)) == {2}


@pytest.mark.parametrize(
    ('shape', 'dtype'), [((0, 0), 'u1'), ((3, 5), 'u1'), ((3, 5, 3), 'u1'), ((3, 5), 'f4')]
)
def test_a_picture_with_room_becomes_its_message(shape: tuple[int, ...], dtype: str) -> None:
    """The same bytes as of a copy, in the picture's own memory, as often as it is sent."""
    picture = empty_with_room(shape, dtype)
    picture.view(np.uint8)[...] = 5
    reused = images.ReusedImage()
    for stamp_ns, frame_id in ((1, 'a'), (2, 'a'), (3, 'longer')):
        header = Header(stamp_ns, frame_id)
        written = reused.fill(picture, header)
        copied = images.ReusedImage().fill(picture.copy(), header)
        assert written.tobytes() == copied.tobytes()
        assert np.shares_memory(written, picture) or not picture.size
        assert (picture.view(np.uint8) == 5).all()


def test_a_part_of_a_picture_with_room_leaves_the_rest_alone() -> None:
    picture = empty_with_room((4, 6), np.uint8)
    picture[...] = 5
    written = images.ReusedImage().fill(picture[2:], HEADER)
    assert (picture == 5).all() and not np.shares_memory(written, picture)


def test_fields_that_do_not_fit_into_the_room() -> None:
    """A frame_id may be as long as it likes; the picture is copied then."""
    picture = empty_with_room((4, 6), np.uint8)
    picture[...] = 5
    header = Header(1, 'x' * ROOM_BEFORE)
    written = images.ReusedImage().fill(picture, header)
    message = deserialize_message(written.tobytes(), ImageMessage)
    assert message == images.to_message(picture, header)
