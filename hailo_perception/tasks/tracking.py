# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The same object keeps its id from frame to frame: ByteTrack, by the library ``trackers``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.nanoseconds import to_seconds
from hailo_perception.core.optional_parts import pip_install
from hailo_perception.core.results import Detections
from hailo_perception.tasks.settings import TrackingSettings

_FRAME_RATE_HZ = 30.0
"""What ByteTrack counts its steps in; with stamps it takes any rate and any gap."""


class ObjectTracker:
    """Tracks the objects of one camera; frames come in the order of their stamps.

    ByteTrack (Zhang et al., 2022): boxes that a Kalman filter foretells are matched by overlap,
    sure objects first and unsure ones to what remains. An id is never given twice.
    """

    def __init__(self, settings: TrackingSettings, first_id: int = 1) -> None:
        """Start without tracks; MissingDependencyError when the library is not installed."""
        trackers, self._supervision = _import_library()
        self.settings = settings
        self.next_id = first_id
        """The lowest id that nothing has had."""
        self._first_id = first_id
        self._start_ns: int | None = None
        self._last_ns = 0
        self._tracker: Any = trackers.ByteTrackTracker(
            lost_track_buffer=round(settings.lost_time_s * _FRAME_RATE_HZ),
            frame_rate=_FRAME_RATE_HZ,
            track_activation_threshold=settings.start_score,
            high_conf_det_threshold=settings.start_score,
            minimum_consecutive_frames=settings.minimum_frames,
        )

    def track(self, detections: Detections, stamp_ns: int) -> Detections:
        """Give each object the id of its track, 0 while it has none.

        A stamp that lies before the last one ends all tracks: a bag looped or a clock was set.
        """
        if self._start_ns is None or stamp_ns < self._last_ns:
            self._tracker.reset()
            self._first_id, self._start_ns = self.next_id, stamp_ns
        is_same_frame = stamp_ns == self._last_ns and stamp_ns != self._start_ns
        self._last_ns = stamp_ns
        ids = np.zeros(len(detections), np.int64)
        if not is_same_frame:
            found = self._tracker.update(
                self._supervision.Detections(
                    xyxy=detections.xyxy.astype(np.float64),
                    confidence=detections.scores.astype(np.float64),
                    class_id=detections.class_ids.astype(np.int64),
                    data={'index': np.arange(len(detections))},
                ),
                timestamp=to_seconds(stamp_ns - self._start_ns),
            )
            if len(found):
                # The library counts from 0, and gives −1 to what it does not track.
                tracked = found.tracker_id >= 0
                own = found.tracker_id[tracked] + self._first_id
                ids[found.data['index'][tracked]] = own
                self.next_id = max(self.next_id, int(own.max(initial=0)) + 1)
        return replace(detections, track_ids=ids)


class TrackedCameras:
    """One tracker for each camera; for one thread."""

    def __init__(self) -> None:
        """Start without cameras."""
        self._trackers: dict[str, ObjectTracker] = {}

    def track(
        self, camera: str, detections: Detections, stamp_ns: int, settings: TrackingSettings
    ) -> Detections:
        """Track a camera's objects if that is enabled; other settings end its tracks.

        MissingDependencyError when it is enabled and the library is not installed.
        """
        tracker = self._trackers.get(camera)
        if not settings.enabled:
            return detections
        if tracker is None or tracker.settings != settings:
            first_id = 1 if tracker is None else tracker.next_id
            tracker = self._trackers[camera] = ObjectTracker(settings, first_id)
        return tracker.track(detections, stamp_ns)


def require_tracking(settings: TrackingSettings) -> None:
    """Raise MissingDependencyError when tracking is enabled and cannot be."""
    if settings.enabled:
        _import_library()


def _import_library() -> tuple[Any, Any]:
    try:
        import supervision
        import trackers
    except ImportError as error:
        raise MissingDependencyError(
            error.name or 'trackers', 'for tracking.enabled', pip_install('trackers')
        ) from error
    return trackers, supervision
