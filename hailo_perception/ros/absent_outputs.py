# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Outputs that have no topic here, whatever is asked for, and why."""

from __future__ import annotations

from rclpy.node import Node

from hailo_perception.core.results import Output
from hailo_perception.models.specification import ModelManifest
from hailo_perception.ros import image_annotations
from hailo_perception.ros import vision_messages
from hailo_perception.ros.frame_messages import OutputOptions
from hailo_perception.tasks.confidence import why_no_confidence

CONFIDENCES = (Output.SEMANTIC_CONFIDENCE, Output.POINT_CONFIDENCE)


def absent_outputs(manifest: ModelManifest, options: OutputOptions) -> dict[Output, str]:
    """Say of each output that cannot be offered what it lacks."""
    reasons: dict[Output, str] = {}
    if not vision_messages.IS_AVAILABLE:
        reasons[Output.DETECTIONS] = 'vision_msgs is not installed'
    if not image_annotations.IS_AVAILABLE:
        reasons[Output.ANNOTATIONS] = 'foxglove_msgs is not installed'
    if options.autoware is None:
        lack = "autoware_classes names no file that gives the classes Autoware's names"
        reasons |= dict.fromkeys((Output.AUTOWARE_OBJECTS, Output.AUTOWARE_MASK), lack)
    without_confidence = why_no_confidence(manifest)
    if without_confidence is not None:
        reasons |= dict.fromkeys(CONFIDENCES, without_confidence)
    return reasons


def offered_outputs(
    node: Node, asked: frozenset[Output], manifest: ModelManifest, options: OutputOptions
) -> frozenset[Output]:
    """Leave out what cannot be offered, and log why, each reason once.

    A warning where the outputs were chosen; where all are asked for, as by default, only what the
    model lacks is worth a line. To leave out ``autoware/objects`` alone, as a launch for a vehicle
    without its messages does, every other output has to be named, and none of them is chosen.
    """
    absent = absent_outputs(manifest, options)
    is_chosen = asked | {Output.AUTOWARE_OBJECTS} != frozenset(Output)
    by_reason: dict[str, list[str]] = {}
    for output, reason in absent.items():
        if output in asked and (is_chosen or output in CONFIDENCES):
            by_reason.setdefault(reason, []).append(output.value)
    for reason, names in by_reason.items():
        listed = ', '.join(names)
        if is_chosen:
            node.get_logger().warning(f'outputs names {listed}, not offered: {reason}')
        else:
            node.get_logger().info(f'without {listed}: {reason}')
    return asked - absent.keys()
