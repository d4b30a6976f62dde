# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Why nothing comes, case by case: from plain facts to one cause and one remedy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hailo_perception.core.errors import Cause
from hailo_perception.ros.camera_facts import CalibrationFacts
from hailo_perception.ros.camera_facts import CameraFacts
from hailo_perception.ros.camera_facts import FrameFacts
from hailo_perception.ros.camera_facts import Offer
from hailo_perception.ros.camera_facts import StampFacts
from hailo_perception.ros.camera_facts import TopicFacts
from hailo_perception.ros.camera_facts import Unserved
from hailo_perception.ros.camera_reasons import camera_reasons
from hailo_perception.ros.reasons import camera_state
from hailo_perception.ros.reasons import CameraState
from hailo_perception.ros.reasons import Level
from hailo_perception.ros.reasons import ReasonCause
from hailo_perception.ros.reasons import worst_level

PATIENCE_S = 3.0
IMAGE = 'sensor_msgs/msg/Image'
COMPRESSED = 'sensor_msgs/msg/CompressedImage'
INFO = 'sensor_msgs/msg/CameraInfo'
SIZE = (640, 480)

CAMERA = Offer('/driver', IMAGE, 'volatile, reliable')
LOSSY = Offer('/driver', IMAGE, 'volatile, best-effort', 'ERROR: best effort and reliable')
DRIVER_INFO = Offer('/driver', INFO, 'volatile, reliable')
LATE_INFO = Offer('/driver', INFO, 'volatile, reliable', 'ERROR: volatile and transient local')

UNSEEN = CameraFacts(
    camera='front',
    image=TopicFacts('/front/image_raw', IMAGE, 'volatile, reliable'),
    camera_info=TopicFacts('/front/camera_info', INFO, 'volatile, best-effort'),
    waited_s=10.0,
)
UNSERVED = Unserved(
    '/rviz', '/points', asked='transient-local, reliable', offered='volatile, reliable'
)
WELL = replace(
    UNSEEN,
    image=replace(UNSEEN.image, offers=(CAMERA,)),
    camera_info=replace(UNSEEN.camera_info, offers=(DRIVER_INFO,)),
    silent_s=0.03,
    image_size=SIZE,
    calibration=CalibrationFacts(is_there=True, size=SIZE),
)


def image(**changes: Any) -> dict[str, Any]:
    """Change what is known of the image topic."""
    return {'image': replace(UNSEEN.image, **changes)}


def info(**changes: Any) -> dict[str, Any]:
    """Change what is known of the calibration's topic while none has come."""
    return {
        'camera_info': replace(UNSEEN.camera_info, **changes),
        'calibration': CalibrationFacts(),
    }


def lost(**drops: int) -> dict[str, Any]:
    """Say that since five seconds all frames were lost to these causes."""
    causes = {Cause(name): count for name, count in drops.items()}
    return {
        'frames': FrameFacts(
            waited_s=5.0,
            arrived=sum(drops.values()),
            drops=causes,
            latest={cause: f'about {cause.value}' for cause in causes},
        )
    }


def test_a_camera_that_works_has_no_reasons() -> None:
    assert camera_reasons(WELL, PATIENCE_S) == ()
    assert camera_state((), has_image=True) == CameraState.ACTIVE
    assert camera_state((), has_image=False) == CameraState.WAITING_IMAGE


@pytest.mark.parametrize(
    'facts',
    [
        replace(UNSEEN, waited_s=2.9),
        replace(WELL, silent_s=2.9),
        replace(WELL, waited_s=2.9, **info()),
        replace(WELL, frames=FrameFacts(2.9, 5, {Cause.ENCODING: 5})),
        replace(WELL, frames=FrameFacts(9.0, 0, {})),
        replace(WELL, stamps=StampFacts(behind_s=1e8, foreign_s=2.9)),
        replace(WELL, stamps=StampFacts(behind_s=9.0)),
    ],
    ids=['no-image', 'pause', 'no-camera-info', 'drops', 'no-frames', 'jump', 'late-stamps'],
)
def test_patience(facts: CameraFacts) -> None:
    """What may still come is no reason yet."""
    assert camera_reasons(facts, PATIENCE_S) == ()


@pytest.mark.parametrize(
    ('facts', 'cause', 'state', 'level', 'fact', 'remedy'),
    [
        pytest.param(
            replace(WELL, is_enabled=False),
            ReasonCause.DISABLED, CameraState.DISABLED, Level.OK,
            'disabled', '~/enable',
            id='disabled',
        ),
        pytest.param(
            UNSEEN,
            ReasonCause.NO_PUBLISHER, CameraState.WAITING_IMAGE, Level.WARN,
            'nobody publishes /front/image_raw', 'start the camera',
            id='no-publisher',
        ),
        pytest.param(
            replace(UNSEEN, **image(similar=('/cam/image_raw', '/cam/depth'))),
            ReasonCause.NO_PUBLISHER, CameraState.WAITING_IMAGE, Level.WARN,
            'there is /cam/image_raw, /cam/depth', 'camera.front.image_topic to /cam/image_raw',
            id='similar-name',
        ),
        pytest.param(
            replace(UNSEEN, **image(offers=(Offer('/driver', COMPRESSED, ''),))),
            ReasonCause.WRONG_TYPE, CameraState.REJECTED, Level.ERROR,
            f'carries {COMPRESSED}, expected {IMAGE}', 'camera.front.transport to compressed',
            id='compressed-under-another-name',
        ),
        pytest.param(
            replace(
                UNSEEN, **image(message_type=COMPRESSED, offers=(CAMERA,))
            ),
            ReasonCause.WRONG_TYPE, CameraState.REJECTED, Level.ERROR,
            f'carries {IMAGE}', 'camera.front.transport to raw',
            id='raw-where-compressed-was-expected',
        ),
        pytest.param(
            replace(UNSEEN, **image(offers=(Offer('/lidar', 'x/msg/Scan', ''),))),
            ReasonCause.WRONG_TYPE, CameraState.REJECTED, Level.ERROR,
            'carries x/msg/Scan', 'camera.front.image_topic',
            id='no-image-topic',
        ),
        pytest.param(
            replace(UNSEEN, **image(offers=(LOSSY,))),
            ReasonCause.INCOMPATIBLE_QOS, CameraState.REJECTED, Level.ERROR,
            '/driver offers /front/image_raw volatile, best-effort, asked for is volatile, '
            'reliable', 'camera.front.reliability',
            id='qos',
        ),
        pytest.param(
            replace(UNSEEN, **image(offers=(LOSSY, CAMERA))),
            ReasonCause.NOTHING_ARRIVES, CameraState.WAITING_IMAGE, Level.WARN,
            'no image has arrived in 10 s', 'ros2 topic hz',
            id='one-of-two-fits',
        ),
        pytest.param(
            replace(WELL, silent_s=7.4),
            ReasonCause.SILENT, CameraState.STALE, Level.STALE,
            'stopped 7 s ago though /driver is still there', 'cable',
            id='silent',
        ),
        pytest.param(
            replace(WELL, silent_s=7.4, **image()),
            ReasonCause.SILENT, CameraState.STALE, Level.STALE,
            'nobody publishes it any more', 'start the camera again',
            id='gone',
        ),
        pytest.param(
            replace(WELL, **info()),
            ReasonCause.NO_CAMERA_INFO, CameraState.WAITING_CAMERA_INFO, Level.WARN,
            'nobody publishes /front/camera_info', 'camera.front.camera_info_topic',
            id='no-camera-info',
        ),
        pytest.param(
            replace(WELL, **info(similar=('/cam/camera_info',))),
            ReasonCause.NO_CAMERA_INFO, CameraState.WAITING_CAMERA_INFO, Level.WARN,
            '/cam/camera_info', 'camera.front.camera_info_topic to /cam/camera_info',
            id='camera-info-elsewhere',
        ),
        pytest.param(
            replace(WELL, **info(offers=(LATE_INFO,))),
            ReasonCause.NO_CAMERA_INFO, CameraState.WAITING_CAMERA_INFO, Level.WARN,
            'transient local', 'camera.front.camera_info_durability to auto',
            id='camera-info-qos',
        ),
        pytest.param(
            replace(WELL, **info(offers=(DRIVER_INFO,))),
            ReasonCause.NO_CAMERA_INFO, CameraState.WAITING_CAMERA_INFO, Level.WARN,
            'none has arrived', 'latch it',
            id='camera-info-once',
        ),
        pytest.param(
            replace(WELL, calibration=CalibrationFacts(True, is_zero=True, error='fx is 0')),
            ReasonCause.UNCALIBRATED, CameraState.WAITING_CAMERA_INFO, Level.WARN,
            'all zeros', 'calibrate',
            id='uncalibrated',
        ),
        pytest.param(
            replace(WELL, calibration=CalibrationFacts(True, error='size 0×0')),
            ReasonCause.CAMERA_INFO_UNUSABLE, CameraState.WAITING_CAMERA_INFO, Level.WARN,
            'size 0×0', 'calibration file',
            id='unusable',
        ),
        pytest.param(
            replace(WELL, calibration=CalibrationFacts(True, size=(320, 240))),
            ReasonCause.CAMERA_INFO_SIZE, CameraState.WAITING_CAMERA_INFO, Level.WARN,
            'images are 640×480 and /front/camera_info is for 320×240', 'calibrate at the size',
            id='size',
        ),
        pytest.param(
            replace(
                WELL,
                image_size=None,
                calibration=CalibrationFacts(True, there_s=3.0, size=(320, 240)),
                problems={Cause.CAMERA_INFO: 'images of 640×480 and a camera_info of 320×240'},
            ),
            ReasonCause.CAMERA_INFO_SIZE, CameraState.WAITING_CAMERA_INFO, Level.WARN,
            'images of 640×480', 'calibrate at the size',
            id='size-of-compressed-images',
        ),
        pytest.param(
            replace(WELL, problems={Cause.TRANSFORM: "no transform from 'a' to 'b'"}),
            ReasonCause.NO_TRANSFORM, CameraState.ACTIVE, Level.WARN,
            "no transform from 'a' to 'b'", '/tf_static',
            id='transform',
        ),
        pytest.param(
            replace(WELL, frame_id='', problems={Cause.TRANSFORM: "no transform from '' to 'b'"}),
            ReasonCause.NO_TRANSFORM, CameraState.ACTIVE, Level.WARN,
            'images of /front/image_raw have an empty frame_id', "in the camera's driver",
            id='no-frame-id',
        ),
        pytest.param(
            replace(WELL, frame_id=''),
            ReasonCause.NO_TRANSFORM, CameraState.ACTIVE, Level.WARN,
            'images of /front/image_raw have an empty frame_id', "in the camera's driver",
            id='no-frame-id-and-no-target-frame',
        ),
        pytest.param(
            replace(WELL, stamps=StampFacts(1e8, 9.0)),
            ReasonCause.FOREIGN_STAMPS, CameraState.ACTIVE, Level.WARN,
            "the stamps of /front/image_raw are 100000000 s behind the node's clock",
            'use_sim_time to true and play it with --clock',
            id='stamps-of-the-past',
        ),
        pytest.param(
            replace(WELL, stamps=StampFacts(-5000.0, 9.0)),
            ReasonCause.FOREIGN_STAMPS, CameraState.ACTIVE, Level.WARN,
            "are 5000 s ahead of the node's clock", '(chrony, PTP)',
            id='stamps-of-the-future',
        ),
        pytest.param(
            replace(WELL, stamps=StampFacts(-1.7e9, 9.0, is_simulated=True)),
            ReasonCause.FOREIGN_STAMPS, CameraState.ACTIVE, Level.WARN,
            "are 1700000000 s ahead of the node's clock", "in the camera's driver, too",
            id='a-camera-beside-simulated-time',
        ),
        pytest.param(
            replace(WELL, stamps=StampFacts(1.7e9, 9.0, is_missing=True)),
            ReasonCause.FOREIGN_STAMPS, CameraState.ACTIVE, Level.WARN,
            'images of /front/image_raw have the stamp 0', 'stamp its images',
            id='no-stamps',
        ),
        pytest.param(
            replace(WELL, problems={Cause.TIME_JUMP: 'the stamp went back by 3.000 s'}),
            ReasonCause.CLOCK_JUMPED, CameraState.ACTIVE, Level.WARN,
            'the stamps of /front/image_raw went back', 'where a bag started over',
            id='a-bag-that-started-over',
        ),
        pytest.param(
            replace(WELL, is_wanted=False, **lost(unwanted=40)),
            ReasonCause.NO_SUBSCRIBER, CameraState.ACTIVE, Level.OK,
            'nothing is computed', 'subscribe',
            id='no-subscriber',
        ),
        pytest.param(
            replace(WELL, unserved=(UNSERVED, UNSERVED)),
            ReasonCause.INCOMPATIBLE_SUBSCRIBER, CameraState.ACTIVE, Level.WARN,
            '/rviz subscribes to /points as transient-local, reliable, offered is volatile, '
            'reliable, so it gets nothing (and 1 more)', 'subscribe as volatile, reliable',
            id='incompatible-subscriber',
        ),
        pytest.param(
            replace(WELL, **lost(encoding=30, replaced=50)),
            ReasonCause.UNSUPPORTED_ENCODING, CameraState.REJECTED, Level.ERROR,
            'dropped: encoding 30, replaced 50 (about encoding)', 'encoding',
            id='encoding',
        ),
        pytest.param(
            replace(WELL, **lost(image_data=9)),
            ReasonCause.ALL_DROPPED, CameraState.REJECTED, Level.ERROR,
            'no image has come out for 5 s; dropped: image_data 9 (about image_data)', 'driver',
            id='all-dropped',
        ),
        pytest.param(
            replace(WELL, **lost(unpaired=9)),
            ReasonCause.ALL_DROPPED, CameraState.REJECTED, Level.ERROR,
            'unpaired 9', 'camera.front.pairing to latest',
            id='unpaired',
        ),
        pytest.param(
            replace(WELL, **lost(replaced=9)),
            ReasonCause.ALL_DROPPED, CameraState.REJECTED, Level.ERROR,
            'replaced 9', 'smaller model',
            id='too-slow',
        ),
        pytest.param(
            replace(WELL, frames=FrameFacts(5.0, 0, waiting=7)),
            ReasonCause.ALL_DROPPED, CameraState.REJECTED, Level.ERROR,
            'unpaired 7', 'camera.front.pairing to latest',
            id='waiting-for-their-calibration',
        ),
        pytest.param(
            replace(WELL, **lost(transport=90, unpaired=9)),
            ReasonCause.ALL_DROPPED, CameraState.REJECTED, Level.ERROR,
            'dropped: unpaired 9, transport 90', 'camera.front.pairing to latest',
            id='unpaired-and-lost-in-transport',
        ),
        pytest.param(
            replace(WELL, **lost(transport=90, replaced=9)),
            ReasonCause.ALL_DROPPED, CameraState.REJECTED, Level.ERROR,
            'dropped: transport 90, replaced 9', 'shipped Fast DDS profile',
            id='lost-in-transport',
        ),
        pytest.param(
            replace(WELL, **lost(transport=90, rate_limit=9)),
            ReasonCause.RATE_LIMITED, CameraState.ACTIVE, Level.OK,
            'dropped: rate_limit 9', 'raise camera.front.rate_hz',
            id='rate-limited',
        ),
        pytest.param(
            replace(WELL, image_age_s=10.04, **lost(stale=9)),
            ReasonCause.ALL_DROPPED, CameraState.REJECTED, Level.ERROR,
            'stale 9 (the newest is 10.0 s old', 'camera.front.stale_after_s',
            id='stale',
        ),
        pytest.param(
            replace(WELL, image=replace(WELL.image, offers=(CAMERA, CAMERA, LOSSY))),
            ReasonCause.SEVERAL_PUBLISHERS, CameraState.ACTIVE, Level.WARN,
            '/front/image_raw has 2 publishers (/driver, /driver)', 'stop all but one',
            id='several-publishers',
        ),
        pytest.param(
            replace(WELL, sharing=('rear', 'left')),
            ReasonCause.SHARED_TOPIC, CameraState.ACTIVE, Level.WARN,
            '/front/image_raw is the image topic of rear, left too', 'camera.front.image_topic',
            id='shared-topic',
        ),
        pytest.param(
            replace(WELL, **info(similar=('/elsewhere/calibration',))),
            ReasonCause.NO_CAMERA_INFO, CameraState.WAITING_CAMERA_INFO, Level.WARN,
            'there is /elsewhere/calibration', "let the camera's driver publish",
            id="another-camera's-camera-info",
        ),
        pytest.param(
            replace(WELL, frames=FrameFacts(5.0, 1)),
            ReasonCause.STUCK, CameraState.REJECTED, Level.ERROR,
            '1 images came and none has come out for 5 s', 'restart',
            id='stuck',
        ),
    ],
)
def test_one_reason(
    facts: CameraFacts,
    cause: ReasonCause,
    state: CameraState,
    level: Level,
    fact: str,
    remedy: str,
) -> None:
    """Each trouble gives one reason, with what was seen and one thing to do."""
    (reason,) = camera_reasons(facts, PATIENCE_S)
    assert reason.cause == cause
    assert fact in reason.fact
    assert remedy in reason.remedy
    assert '{' not in reason.remedy
    assert str(reason) == f'{reason.fact}; {reason.remedy}'
    assert worst_level([reason]) == level
    assert camera_state([reason], has_image=facts.silent_s is not None) == state


def test_two_reasons_at_once() -> None:
    """Images of a wrong encoding have a calibration problem too; the state is the worse one's."""
    facts = replace(WELL, **info(), **lost(encoding=30))
    reasons = camera_reasons(facts, PATIENCE_S)
    assert [reason.cause for reason in reasons] == [
        ReasonCause.NO_CAMERA_INFO,
        ReasonCause.UNSUPPORTED_ENCODING,
    ]
    assert camera_state(reasons, has_image=True) == CameraState.REJECTED


@pytest.mark.parametrize(
    'calibration',
    [
        CalibrationFacts(),
        CalibrationFacts(is_there=True, is_zero=True),
        CalibrationFacts(is_there=True, error='no camera'),
        CalibrationFacts(is_there=True, size=(1, 1)),
    ],
    ids=['none', 'zeros', 'impossible', 'size'],
)
def test_a_calibration_that_is_not_needed_is_not_judged(calibration: CalibrationFacts) -> None:
    assert camera_reasons(replace(WELL, calibration=calibration), PATIENCE_S) != ()
    facts = replace(WELL, calibration=replace(calibration, is_needed=False))
    assert camera_reasons(facts, PATIENCE_S) == ()


def test_a_compressed_image_has_no_size_to_compare() -> None:
    """Nor does a problem of the time before the calibration came tell it."""
    facts = replace(
        WELL,
        image_size=None,
        calibration=CalibrationFacts(True, there_s=2.9, size=(1, 1)),
        problems={Cause.CAMERA_INFO: 'no usable camera_info'},
    )
    assert camera_reasons(facts, PATIENCE_S) == ()


@pytest.mark.parametrize('cause', Cause)
def test_whatever_drops_all_images_has_a_remedy(cause: Cause) -> None:
    reasons = camera_reasons(replace(WELL, **lost(**{cause.value: 5})), PATIENCE_S)
    assert all(reason.remedy for reason in reasons)
    assert bool(reasons)


def test_the_topic_is_judged_before_the_first_image() -> None:
    facts = replace(UNSEEN, sharing=('rear',), **image(offers=(CAMERA, CAMERA)))
    told = [reason.cause for reason in camera_reasons(facts, PATIENCE_S)]
    assert told[:2] == [ReasonCause.SHARED_TOPIC, ReasonCause.SEVERAL_PUBLISHERS]
    told = [reason.cause for reason in camera_reasons(replace(facts, waited_s=0), PATIENCE_S)]
    assert told == [ReasonCause.SHARED_TOPIC]
