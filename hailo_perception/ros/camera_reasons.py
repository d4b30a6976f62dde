# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Why nothing comes of one camera: plain facts in, reasons out."""

from __future__ import annotations

from collections.abc import Mapping

from hailo_perception.core.errors import Cause
from hailo_perception.ros.camera_facts import CameraFacts
from hailo_perception.ros.camera_facts import Offer
from hailo_perception.ros.camera_facts import TopicFacts
from hailo_perception.ros.reasons import CLOCK_JUMPED_REMEDY
from hailo_perception.ros.reasons import Reason
from hailo_perception.ros.reasons import ReasonCause
from hailo_perception.ros.similar_names import is_near

_REMEDIES = {
    Cause.TRANSPORT: 'start the camera with the shipped Fast DDS profile (docs/transport.md)',
    Cause.REPLACED: 'lower the rate of the images, or choose a smaller model',
    Cause.NO_PARTNER: 'trigger the cameras at the same instant, or raise cameras_slop_s to more '
    'than their stamps are apart, or set cameras_together to none',
    Cause.UNPAIRED: 'let the driver stamp both alike, or set {parameter}.pairing to latest',
    Cause.STALE: 'let all computers share one clock, or raise {parameter}.stale_after_s',
    Cause.RATE_LIMIT: 'raise {parameter}.rate_hz, or set it to 0 for no limit',
    Cause.ENCODING: "set an encoding in the camera's driver that README lists",
    Cause.IMAGE_DATA: "look at the camera's driver and the network link",
    Cause.DEVICE: 'see device/last_error here and docs/hailort.md',
    Cause.NETWORK_OUTPUT: 'export the model again: its outputs do not fit its manifest',
}
_REMEDY = 'the log says more in its lines that name this camera'
_BESIDE = frozenset({Cause.TRANSPORT, Cause.REPLACED, Cause.RATE_LIMIT, Cause.SHUTDOWN})
"""What drops images of a camera that works, too: where all are dropped, and some for another
cause, the reason is that cause, however many more were lost to these."""
_DROPPED = {
    Cause.ENCODING: ReasonCause.UNSUPPORTED_ENCODING,
    Cause.RATE_LIMIT: ReasonCause.RATE_LIMITED,
}
"""The reason's name where it is not ``all_dropped``."""


def camera_reasons(facts: CameraFacts, patience_s: float) -> tuple[Reason, ...]:
    """Say what keeps results from coming, or a part of them; empty when nothing does.

    What is missing for less than ``patience_s`` may be on its way and is no reason yet.
    Without images nothing but their topic is judged.
    """
    if not facts.is_enabled:
        return (_disabled(facts),)
    reasons = [_shared_topic(facts)]
    if facts.waited_s >= patience_s:
        # A driver that was started again meets its predecessor for a moment.
        reasons.append(_several_publishers(facts))
    if facts.silent_s is None:
        reasons.append(_no_image(facts) if facts.waited_s >= patience_s else None)
    elif facts.silent_s >= patience_s:
        reasons.append(_silent(facts, facts.silent_s))
    else:
        reasons += _with_images(facts, patience_s)
    reasons.append(_incompatible_subscriber(facts))
    return tuple(reason for reason in reasons if reason is not None)


def _with_images(facts: CameraFacts, patience_s: float) -> list[Reason | None]:
    reasons = [_stamps_went_back(facts), _transform(facts)]
    if facts.stamps.foreign_s >= patience_s:
        # After a bag started over the newest image is of the old time for a moment.
        reasons.append(_foreign_stamps(facts))
    if facts.calibration.is_needed and facts.waited_s >= patience_s:
        reasons.append(_calibration(facts, patience_s))
    if not facts.is_wanted:
        reasons.append(_no_subscriber(facts))
    elif facts.frames.waited_s >= patience_s:
        reasons.append(_nothing_comes_out(facts))
    return reasons


def _disabled(facts: CameraFacts) -> Reason:
    return Reason(
        ReasonCause.DISABLED,
        f'the node is disabled; images of {facts.image.name} are not taken',
        'call the service ~/enable with true',
    )


def _shared_topic(facts: CameraFacts) -> Reason | None:
    if not facts.sharing:
        return None
    return Reason(
        ReasonCause.SHARED_TOPIC,
        f"{facts.image.name} is the image topic of {', '.join(facts.sharing)} too, so each of its "
        'images is processed for every one of them',
        f'set {facts.parameter}.image_topic to a topic of its own, or take {facts.camera} out of '
        'cameras',
    )


def _several_publishers(facts: CameraFacts) -> Reason | None:
    nodes = [
        offer.node
        for offer in facts.image.offers
        if offer.message_type == facts.image.message_type and not offer.mismatch
    ]
    if len(nodes) < 2:
        return None
    return Reason(
        ReasonCause.SEVERAL_PUBLISHERS,
        f"{facts.image.name} has {len(nodes)} publishers ({', '.join(nodes)}), whose images mix",
        'stop all but one, for instance a bag that plays beside the camera; one that was killed '
        'is forgotten by itself within half a minute',
    )


def _no_image(facts: CameraFacts) -> Reason:
    topic, parameter = facts.image, f'{facts.parameter}.image_topic'
    if not topic.offers:
        meant = _meant(topic)
        return Reason(
            ReasonCause.NO_PUBLISHER,
            f'nobody publishes {topic.name}{_similar(topic)}',
            f'set {parameter} to {meant}'
            if meant
            else f'start the camera, or set {parameter} to its topic',
        )
    others = sorted({offer.message_type for offer in topic.offers} - {topic.message_type})
    if others and all(offer.message_type != topic.message_type for offer in topic.offers):
        return _wrong_type(facts, others)
    fitting = [offer for offer in topic.offers if offer.message_type == topic.message_type]
    if all(offer.mismatch for offer in fitting):
        return _incompatible(facts, fitting[0])
    return Reason(
        ReasonCause.NOTHING_ARRIVES,
        f'{fitting[0].node} publishes {topic.name}, and no image has arrived in '
        f'{facts.waited_s:.0f} s',
        'see whether it sends at all (ros2 topic hz); if so, start it with the shipped Fast DDS '
        'profile (docs/transport.md)',
    )


def _wrong_type(facts: CameraFacts, others: list[str]) -> Reason:
    transport = {
        'sensor_msgs/msg/Image': 'raw',
        'sensor_msgs/msg/CompressedImage': 'compressed',
    }.get(others[0])
    return Reason(
        ReasonCause.WRONG_TYPE,
        f"{facts.image.name} carries {', '.join(others)}, expected {facts.image.message_type}",
        f'set {facts.parameter}.transport to {transport}'
        if transport
        else f'set {facts.parameter}.image_topic to a topic of images',
    )


def _incompatible(facts: CameraFacts, offer: Offer) -> Reason:
    return Reason(
        ReasonCause.INCOMPATIBLE_QOS,
        f'{offer.node} offers {facts.image.name} {offer.quality}, asked for is '
        f'{facts.image.quality}: {offer.mismatch}',
        f'set {facts.parameter}.reliability and {facts.parameter}.durability to auto',
    )


def _silent(facts: CameraFacts, silent_s: float) -> Reason:
    return Reason(
        ReasonCause.SILENT,
        f'images of {facts.image.name} stopped {silent_s:.0f} s ago '
        + (
            f'though {facts.image.offers[0].node} is still there'
            if facts.image.offers
            else 'and nobody publishes it any more'
        ),
        'look at the camera, its cable and its driver'
        if facts.image.offers
        else 'start the camera again',
    )


def _stamps_went_back(facts: CameraFacts) -> Reason | None:
    if Cause.TIME_JUMP not in facts.problems:
        return None
    return Reason(
        ReasonCause.CLOCK_JUMPED,
        f'the stamps of {facts.image.name} went back',
        CLOCK_JUMPED_REMEDY,
    )


def _foreign_stamps(facts: CameraFacts) -> Reason:
    stamps = facts.stamps
    if stamps.is_missing:
        return Reason(
            ReasonCause.FOREIGN_STAMPS,
            f'images of {facts.image.name} have the stamp 0, so /tf and rviz cannot place them',
            "let the camera's driver stamp its images",
        )
    place = 'behind' if stamps.behind_s > 0 else 'ahead of'
    return Reason(
        ReasonCause.FOREIGN_STAMPS,
        f'the stamps of {facts.image.name} are {abs(stamps.behind_s):.0f} s {place} the '
        "node's clock, so /tf and rviz drop what belongs to them",
        "set use_sim_time to true in the camera's driver, too, or to false here"
        if stamps.is_simulated
        else 'where a bag plays set use_sim_time to true and play it with --clock, else keep one '
        'clock for all computers (chrony, PTP)',
    )


def _transform(facts: CameraFacts) -> Reason | None:
    if facts.frame_id == '':
        return Reason(
            ReasonCause.NO_TRANSFORM,
            f'images of {facts.image.name} have an empty frame_id, so their place is not known',
            "set the frame_id in the camera's driver, then publish that frame's place on /tf",
        )
    if Cause.TRANSFORM not in facts.problems:
        return None
    return Reason(
        ReasonCause.NO_TRANSFORM,
        facts.problems[Cause.TRANSFORM] or 'the place of the camera is not known',
        "publish the camera's place on /tf or /tf_static (ros2 run tf2_ros "
        'static_transform_publisher), or clear the parameter that names the frame',
    )


def _calibration(facts: CameraFacts, patience_s: float) -> Reason | None:
    topic, calibration = facts.camera_info, facts.calibration
    if not calibration.is_there:
        return _no_calibration(facts)
    if calibration.is_zero:
        return Reason(
            ReasonCause.UNCALIBRATED,
            f'K of {topic.name} is all zeros: the camera is not calibrated',
            "calibrate it (camera_calibration) and give the file to the camera's driver",
        )
    if calibration.error:
        return Reason(
            ReasonCause.CAMERA_INFO_UNUSABLE,
            f'{topic.name} cannot be used: {calibration.error}',
            "correct the calibration file of the camera's driver",
        )
    misfit = _misfit(facts, patience_s)
    if not misfit:
        return None
    return Reason(
        ReasonCause.CAMERA_INFO_SIZE,
        misfit,
        'calibrate at the size that is published, or publish the size that was calibrated',
    )


def _misfit(facts: CameraFacts, patience_s: float) -> str:
    """Say that image and calibration differ in size; empty when they do not.

    A compressed image tells its size when it is decoded: a calibration that is usable, and still
    did not serve a frame, was of another size.
    """
    calibration = facts.calibration
    if facts.image_size is None:
        is_known = calibration.there_s >= patience_s
        return facts.problems.get(Cause.CAMERA_INFO, '') if is_known else ''
    if calibration.size == facts.image_size:
        return ''
    return (
        f'images are {_size(facts.image_size)} and {facts.camera_info.name} is for '
        f'{_size(calibration.size)}'
    )


def _no_calibration(facts: CameraFacts) -> Reason:
    topic, parameter = facts.camera_info, f'{facts.parameter}.camera_info_topic'
    lost = 'so there is no depth, point or position'
    unfit = [offer for offer in topic.offers if offer.mismatch]
    if not topic.offers:
        fact = f'nobody publishes {topic.name}{_similar(topic)}, {lost}'
        meant = _meant(topic)
        remedy = (
            f'set {parameter} to {meant}'
            if meant
            else f"let the camera's driver publish its calibration, or set {parameter}"
        )
    elif len(unfit) == len(topic.offers):
        fact = (
            f'{unfit[0].node} offers {topic.name} {unfit[0].quality}, asked for is '
            f'{topic.quality}: {unfit[0].mismatch}, {lost}'
        )
        remedy = f'set {facts.parameter}.camera_info_durability to auto'
    else:
        fact = f'{topic.offers[0].node} publishes {topic.name}, and none has arrived, {lost}'
        remedy = 'let the driver publish one with each image, or latch it (transient_local)'
    return Reason(ReasonCause.NO_CAMERA_INFO, fact, remedy)


def _no_subscriber(facts: CameraFacts) -> Reason:
    return Reason(
        ReasonCause.NO_SUBSCRIBER,
        f'nobody subscribes to an output of camera {facts.camera}, so nothing is computed',
        f'subscribe to one of the topics under ~/{facts.camera}',
    )


def _incompatible_subscriber(facts: CameraFacts) -> Reason | None:
    if not facts.unserved:
        return None
    first, *others = facts.unserved
    more = f' (and {len(others)} more)' if others else ''
    return Reason(
        ReasonCause.INCOMPATIBLE_SUBSCRIBER,
        f'{first.node} subscribes to {first.topic} as {first.asked}, offered is {first.offered}, '
        f'so it gets nothing{more}',
        f"subscribe as {first.offered}; rviz has it under the display's topic",
    )


def _nothing_comes_out(facts: CameraFacts) -> Reason | None:
    frames = facts.frames
    counts_by_cause = dict(frames.drops)
    if frames.waiting:
        # Since the last result none of them has found its calibration.
        counts_by_cause[Cause.UNPAIRED] = frames.drops.get(Cause.UNPAIRED, 0) + frames.waiting
    drops: dict[Cause, int] = {
        cause: count
        for cause, count in sorted(counts_by_cause.items(), key=lambda each: -each[1])
        if count and cause is not Cause.UNWANTED
    }
    if not drops:
        return _stuck(facts) if frames.arrived else None
    main = _main_cause(drops)
    ordered = (main, *(cause for cause in drops if cause is not main))
    counts = ', '.join(f'{cause.value} {drops[cause]}' for cause in ordered)
    latest = _how_old(facts) if main is Cause.STALE else frames.latest.get(main, '')
    return Reason(
        _DROPPED.get(main, ReasonCause.ALL_DROPPED),
        f'no image has come out for {frames.waited_s:.0f} s; dropped: {counts}'
        + (f' ({latest})' if latest else ''),
        _REMEDIES.get(main, _REMEDY).format(parameter=facts.parameter),
    )


def _main_cause(drops: Mapping[Cause, int]) -> Cause:
    """Choose the cause to act on, of causes in order of their counts."""
    for cause in drops:
        if cause not in _BESIDE:
            return cause
    # An image that came and was held back says more than those that did not come.
    return Cause.RATE_LIMIT if Cause.RATE_LIMIT in drops else next(iter(drops))


def _how_old(facts: CameraFacts) -> str:
    age_s = facts.image_age_s
    return '' if age_s is None else f"the newest is {age_s:.1f} s old by the node's clock"


def _stuck(facts: CameraFacts) -> Reason:
    return Reason(
        ReasonCause.STUCK,
        f'{facts.frames.arrived} images came and none has come out for '
        f'{facts.frames.waited_s:.0f} s, nor was one dropped',
        'restart the node, and see device/state here if it happens again',
    )


def _meant(topic: TopicFacts) -> str:
    """Give the topic that the user probably meant, '' where none reads alike."""
    nearest = next(iter(topic.similar), '')
    return nearest if nearest and is_near(topic.name, nearest) else ''


def _similar(topic: TopicFacts) -> str:
    return f" (there is {', '.join(topic.similar)})" if topic.similar else ''


def _size(size: tuple[int, int] | None) -> str:
    return '×'.join(map(str, size or ()))
