# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is known of a camera at one instant: plain values, from which the reasons follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

from hailo_perception.core.errors import Cause


@dataclass(frozen=True, slots=True)
class Offer:
    """A publisher as the graph shows it.

    ``quality`` is its QoS in words; ``mismatch`` says why it cannot serve the subscription and
    is empty where it can.
    """

    node: str
    message_type: str
    quality: str
    mismatch: str = ''


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A subscribed topic: what is asked for, who publishes it, what else of its kind there is."""

    name: str
    message_type: str
    quality: str
    offers: tuple[Offer, ...] = ()
    similar: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unserved:
    """A subscriber of an output that gets nothing; types or QoS in words, where these differ."""

    node: str
    topic: str
    asked: str
    offered: str


@dataclass(frozen=True, slots=True)
class StampFacts:
    """How the stamps of a camera's images go with the node's clock.

    ``behind_s`` is what the newest lay behind it on arrival, negative where it lay ahead, and
    ``foreign_s`` for how long that has been more than two readings of one clock can differ.
    ``is_missing`` says that the newest is 0, ``is_simulated`` that the node's clock is /clock.
    """

    behind_s: float = 0.0
    foreign_s: float = 0.0
    is_missing: bool = False
    is_simulated: bool = False


@dataclass(frozen=True, slots=True)
class CalibrationFacts:
    """What is known of a camera's calibration.

    ``there_s`` is for how long the latest one has held; ``error`` is why it is unusable. One that
    is not needed is passed on as it comes.
    """

    is_there: bool = False
    there_s: float = 0.0
    is_zero: bool = False
    error: str = ''
    size: tuple[int, int] | None = None
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """What became of the images since the last result, or since the first image without one.

    ``latest`` is the newest message about a dropped frame of a cause; ``waiting`` images came and
    wait for the calibration of their time.
    """

    waited_s: float = 0.0
    arrived: int = 0
    drops: Mapping[Cause, int] = field(default_factory=dict)
    latest: Mapping[Cause, str] = field(default_factory=dict)
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """All that is known of one camera at one instant.

    ``waited_s`` counts from the subscription, ``silent_s`` from the last image and is None
    before the first. Of the newest image, ``image_size`` is (width, height), ``image_age_s`` what
    its stamp lies behind the node's clock, and ``frame_id`` its frame, each None while unknown.
    ``problems`` are those that frames had lately which still came out in part, each with its
    newest message. ``sharing`` are the other cameras that take the same image topic, ``unserved``
    the subscribers that no output can reach.
    """

    camera: str
    image: TopicFacts
    camera_info: TopicFacts
    waited_s: float
    silent_s: float | None = None
    image_size: tuple[int, int] | None = None
    image_age_s: float | None = None
    frame_id: str | None = None
    stamps: StampFacts = StampFacts()
    calibration: CalibrationFacts = CalibrationFacts()
    frames: FrameFacts = FrameFacts()
    problems: Mapping[Cause, str] = field(default_factory=dict)
    is_enabled: bool = True
    is_wanted: bool = True
    sharing: tuple[str, ...] = ()
    unserved: tuple[Unserved, ...] = ()

    @property
    def parameter(self) -> str:
        """What the names of the camera's parameters begin with."""
        return f'camera.{self.camera}'
