# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Ids that last; what needs the library is skipped where it is not installed."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Detections
from hailo_perception.tasks.settings import TrackingSettings
from hailo_perception.tasks.tracking import ObjectTracker
from hailo_perception.tasks.tracking import require_tracking
from hailo_perception.tasks.tracking import TrackedCameras

FRAME_NS = 100_000_000
LABELS = LabelSet.from_names('car', 'person')
ENABLED = TrackingSettings(enabled=True)


def objects(*x: float, score: float = 0.9) -> Detections:
    """Boxes of 40×40 px in a row, at these columns."""
    boxes = [(left, 100, left + 40, 140) for left in x]
    return Detections.without_positions(
        LABELS, np.reshape(boxes, (-1, 4)), np.full(len(x), score), np.zeros(len(x))
    )


def test_disabled_needs_no_library_and_gives_no_ids() -> None:
    found = TrackedCameras().track('front', objects(1, 2), 0, TrackingSettings())
    assert found.track_ids is None
    require_tracking(TrackingSettings())


@pytest.mark.parametrize('missing', ['trackers', 'supervision'])
def test_without_the_library(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingDependencyError, match="pip install 'trackers>="):
        require_tracking(ENABLED)
    with pytest.raises(MissingDependencyError):
        TrackedCameras().track('front', objects(), 0, ENABLED)


@pytest.fixture
def library() -> None:
    pytest.importorskip('supervision')
    pytest.importorskip('trackers')


def ids_of(tracker: ObjectTracker, frames: list[Detections], start_ns: int = 0) -> list[list[int]]:
    return [
        tracker.track(frame, start_ns + index * FRAME_NS).track_ids.tolist()
        for index, frame in enumerate(frames)
    ]


@pytest.mark.usefixtures('library')
class TestIds:
    def test_nothing(self) -> None:
        assert ids_of(ObjectTracker(ENABLED), [objects(), objects()]) == [[], []]

    def test_moving_objects_keep_their_ids_in_any_order(self) -> None:
        frames = [objects(10 + 5 * i, 300 - 5 * i) for i in range(6)]
        frames[4] = objects(300 - 20, 10 + 20)
        ids = ids_of(ObjectTracker(ENABLED), frames)
        assert ids[0] == [0, 0]
        assert sorted(ids[1]) == [1, 2]
        assert ids[2] == ids[3] == ids[5] == ids[1]
        assert ids[4] == ids[1][::-1]

    def test_an_unsure_object_continues_a_track_and_starts_none(self) -> None:
        unsure = objects(100, 300, score=0.3)
        ids = ids_of(ObjectTracker(ENABLED), [objects(100), objects(100), unsure])
        assert ids[1:] == [[1], [1, 0]]

    @pytest.mark.parametrize(('missed', 'kept'), [(3, True), (20, False)])
    def test_a_lost_object(self, missed: int, kept: bool) -> None:
        frames = [objects(100)] * 3 + [objects()] * missed + [objects(100)] * 2
        ids = ids_of(ObjectTracker(ENABLED), frames)
        assert (ids[-1] == [1]) == kept
        assert ids[-1] != [0]

    @pytest.mark.parametrize('jump_ns', [-1, -(10**10)])
    def test_a_time_jump_ends_all_tracks_and_repeats_no_id(self, jump_ns: int) -> None:
        tracker = ObjectTracker(ENABLED)
        before = ids_of(tracker, [objects(100)] * 3, start_ns=10**12)
        after = ids_of(tracker, [objects(100)] * 3, start_ns=10**12 + jump_ns)
        assert before[-1] == [1] and after == [[0], [2], [2]]

    def test_the_same_stamp_again_changes_nothing(self) -> None:
        tracker = ObjectTracker(ENABLED)
        ids_of(tracker, [objects(100)] * 3)
        assert tracker.track(objects(100), 2 * FRAME_NS).track_ids.tolist() == [0]
        assert tracker.track(objects(100), 3 * FRAME_NS).track_ids.tolist() == [1]

    def test_each_camera_has_its_own_tracks(self) -> None:
        cameras = TrackedCameras()
        for index in range(3):
            stamp_ns = index * FRAME_NS
            front = cameras.track('front', objects(100, 200), stamp_ns, ENABLED)
            rear = cameras.track('rear', objects(500), stamp_ns, ENABLED)
        assert sorted(front.track_ids.tolist()) == [1, 2] and rear.track_ids.tolist() == [1]

    def test_other_settings_start_over_with_new_ids(self) -> None:
        cameras, at_once = TrackedCameras(), TrackingSettings(enabled=True, minimum_frames=1)
        for index in range(3):
            first = cameras.track('front', objects(100), index * FRAME_NS, ENABLED)
        for index in range(3, 5):
            then = cameras.track('front', objects(100), index * FRAME_NS, at_once)
        assert (first.track_ids.tolist(), then.track_ids.tolist()) == ([1], [2])
