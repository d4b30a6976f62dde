# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Why nothing comes: the cause, what was seen, and the one thing to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from enum import IntEnum


class Level(IntEnum):
    """How bad it is, from harmless to worst."""

    OK = 0
    """As it should be; said so that nobody wonders."""
    WARN = 1
    """Something is withheld, or may still come by itself."""
    STALE = 2
    """What came before has stopped."""
    ERROR = 3
    """Nothing can come until somebody acts."""


class CameraState(str, Enum):
    """What a camera is at; the words of Autoware's diagnostics, and ``disabled``."""

    ACTIVE = 'active'
    WAITING_IMAGE = 'waiting_image'
    WAITING_CAMERA_INFO = 'waiting_camera_info'
    STALE = 'stale'
    REJECTED = 'rejected'
    DISABLED = 'disabled'


class ReasonCause(str, Enum):
    """The kinds of reasons, in the order of an image's way through the node."""

    DISABLED = 'disabled'
    """The node was told to take no images."""
    NAME_TAKEN = 'name_taken'
    """Another node has the same name."""
    UNKNOWN_PARAMETERS = 'unknown_parameters'
    """Parameters were given that nobody reads."""
    NO_CLOCK = 'no_clock'
    """The node runs on simulated time and no time comes."""
    CLOCK_JUMPED = 'clock_jumped'
    """The node's clock went back, or the stamps of a camera did."""
    SLOW = 'slow'
    """Frames take longer than they may."""
    TOO_SLOW = 'too_slow'
    """Frames have taken longer than they may for longer than is acceptable."""
    SHARED_TOPIC = 'shared_topic'
    """Two cameras were given the same image topic."""
    SEVERAL_PUBLISHERS = 'several_publishers'
    """More than one driver publishes the image topic."""
    NO_PUBLISHER = 'no_publisher'
    """Nobody publishes the image topic."""
    WRONG_TYPE = 'wrong_type'
    """The image topic carries messages of another type."""
    INCOMPATIBLE_QOS = 'incompatible_qos'
    """The publisher's quality of service cannot serve the subscription."""
    NOTHING_ARRIVES = 'nothing_arrives'
    """There is a publisher that fits, and no image has come."""
    SILENT = 'silent'
    """Images came and have stopped."""
    FOREIGN_STAMPS = 'foreign_stamps'
    """Images are stamped by another clock than the node's."""
    NO_CAMERA_INFO = 'no_camera_info'
    """Images come without a calibration."""
    UNCALIBRATED = 'uncalibrated'
    """The calibration that comes is all zeros."""
    CAMERA_INFO_UNUSABLE = 'camera_info_unusable'
    """The calibration that comes describes no possible camera."""
    CAMERA_INFO_SIZE = 'camera_info_size'
    """The calibration is for images of another size."""
    NO_TRANSFORM = 'no_transform'
    """The camera's place is not known: images name no frame, or no transform leads to it."""
    UNSUPPORTED_ENCODING = 'unsupported_encoding'
    """Every image has an encoding that cannot be decoded."""
    ALL_DROPPED = 'all_dropped'
    """Images come and every one is dropped."""
    STUCK = 'stuck'
    """Images come, none is dropped, and none comes out."""
    RATE_LIMITED = 'rate_limited'
    """Images come, and it is not yet time for the next one that is taken."""
    NO_SUBSCRIBER = 'no_subscriber'
    """Nobody subscribes to any output, so nothing is computed."""
    INCOMPATIBLE_SUBSCRIBER = 'incompatible_subscriber'
    """Somebody subscribes to an output in a way in which nothing can reach it."""


LEVELS = {
    ReasonCause.DISABLED: Level.OK,
    ReasonCause.NAME_TAKEN: Level.WARN,
    ReasonCause.UNKNOWN_PARAMETERS: Level.WARN,
    ReasonCause.NO_CLOCK: Level.WARN,
    ReasonCause.CLOCK_JUMPED: Level.WARN,
    ReasonCause.SLOW: Level.WARN,
    ReasonCause.TOO_SLOW: Level.ERROR,
    ReasonCause.SHARED_TOPIC: Level.WARN,
    ReasonCause.SEVERAL_PUBLISHERS: Level.WARN,
    ReasonCause.NO_PUBLISHER: Level.WARN,
    ReasonCause.WRONG_TYPE: Level.ERROR,
    ReasonCause.INCOMPATIBLE_QOS: Level.ERROR,
    ReasonCause.NOTHING_ARRIVES: Level.WARN,
    ReasonCause.SILENT: Level.STALE,
    ReasonCause.FOREIGN_STAMPS: Level.WARN,
    ReasonCause.NO_CAMERA_INFO: Level.WARN,
    ReasonCause.UNCALIBRATED: Level.WARN,
    ReasonCause.CAMERA_INFO_UNUSABLE: Level.WARN,
    ReasonCause.CAMERA_INFO_SIZE: Level.WARN,
    ReasonCause.NO_TRANSFORM: Level.WARN,
    ReasonCause.UNSUPPORTED_ENCODING: Level.ERROR,
    ReasonCause.ALL_DROPPED: Level.ERROR,
    ReasonCause.STUCK: Level.ERROR,
    ReasonCause.RATE_LIMITED: Level.OK,
    ReasonCause.NO_SUBSCRIBER: Level.OK,
    ReasonCause.INCOMPATIBLE_SUBSCRIBER: Level.WARN,
}

_STATES = {
    ReasonCause.DISABLED: CameraState.DISABLED,
    ReasonCause.NO_PUBLISHER: CameraState.WAITING_IMAGE,
    ReasonCause.NOTHING_ARRIVES: CameraState.WAITING_IMAGE,
    ReasonCause.WRONG_TYPE: CameraState.REJECTED,
    ReasonCause.INCOMPATIBLE_QOS: CameraState.REJECTED,
    ReasonCause.UNSUPPORTED_ENCODING: CameraState.REJECTED,
    ReasonCause.ALL_DROPPED: CameraState.REJECTED,
    ReasonCause.STUCK: CameraState.REJECTED,
    ReasonCause.SILENT: CameraState.STALE,
    ReasonCause.NO_CAMERA_INFO: CameraState.WAITING_CAMERA_INFO,
    ReasonCause.UNCALIBRATED: CameraState.WAITING_CAMERA_INFO,
    ReasonCause.CAMERA_INFO_UNUSABLE: CameraState.WAITING_CAMERA_INFO,
    ReasonCause.CAMERA_INFO_SIZE: CameraState.WAITING_CAMERA_INFO,
}

CLOCK_JUMPED_REMEDY = (
    'nothing to do where a bag started over, else keep one clock for all computers'
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: ``fact`` is what was seen, ``remedy`` the one thing to do, without full stop."""

    cause: ReasonCause
    fact: str
    remedy: str

    @property
    def level(self) -> Level:
        """How bad it is."""
        return LEVELS[self.cause]

    def __str__(self) -> str:
        """Print in one line, for logs and diagnostics."""
        return f'{self.fact}; {self.remedy}'


def worst_level(reasons: Iterable[Reason]) -> Level:
    """Give the level of the worst reason, OK when there is none."""
    return max((reason.level for reason in reasons), default=Level.OK)


def camera_state(reasons: Iterable[Reason], *, has_image: bool) -> CameraState:
    """Name what a camera is at: what the worst reason says, the earlier one of two as bad."""
    states = sorted(
        ((-reason.level, _STATES[reason.cause]) for reason in reasons if reason.cause in _STATES),
        key=lambda each: each[0],
    )
    if states:
        return states[0][1]
    return CameraState.ACTIVE if has_image else CameraState.WAITING_IMAGE


def clock_reasons(
    *, use_sim_time: bool, now_ns: int, clock_publishers: int, went_back_s: float = 0.0
) -> tuple[Reason, ...]:
    """Judge the node's clock; ``went_back_s`` is by how much it did so lately."""
    if use_sim_time and now_ns == 0:
        return (
            Reason(
                ReasonCause.NO_CLOCK,
                f'use_sim_time is set and no time has come on /clock '
                f'(publishers: {clock_publishers})',
                'press play in the simulator or bag player'
                if clock_publishers
                else 'play the bag with --clock, or set use_sim_time to false',
            ),
        )
    if went_back_s > 0:
        return (
            Reason(
                ReasonCause.CLOCK_JUMPED,
                f"the node's clock went back by {went_back_s:.1f} s",
                CLOCK_JUMPED_REMEDY,
            ),
        )
    return ()


def name_reasons(name: str, namesakes: int) -> tuple[Reason, ...]:
    """Judge how many nodes of the graph have this node's full name, itself included."""
    if namesakes < 2:
        return ()
    return (
        Reason(
            ReasonCause.NAME_TAKEN,
            f'{namesakes} nodes are called {name}, so their topics and services mix',
            'give each a name of its own (--ros-args -r __node:=<name>); a node that was killed '
            'is forgotten by itself within half a minute',
        ),
    )
