# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""All steps of one frame in their order, and which of them are summed."""

from __future__ import annotations

from collections.abc import Mapping

from hailo_perception.bench import decoder_steps
from hailo_perception.bench import product_steps
from hailo_perception.bench.decoded import decode_frame
from hailo_perception.bench.decoded import Tasks
from hailo_perception.bench.plain import PlainCode
from hailo_perception.bench.step import Step
from hailo_perception.bench.workload import Workload
from hailo_perception.kernels import Kernels

PICTURE_TOTAL = (
    decoder_steps.DETECTION,
    decoder_steps.MASKS,
    product_steps.OVERLAY_BOXES,
    decoder_steps.DEPTH,
    product_steps.DEPTH_COLORS,
    product_steps.BIRD_EYE,
)
"""What TIER IV's demo makes of a frame."""
CLOUD_TOTAL = (*PICTURE_TOTAL, product_steps.CLOUD)


def task_steps(
    work: Workload, kernels: Mapping[str, Kernels], plain: PlainCode | None
) -> tuple[Step, ...]:
    """Make the steps of one frame, in their order.

    ``kernels`` are the package's sets by name, at least one; without ``plain`` there is no
    yardstick.
    """
    tasks = Tasks.of(work)
    frame = decode_frame(work, tasks, next(iter(kernels.values())))
    return (
        decoder_steps.detection_step(work, tasks, kernels, plain),
        decoder_steps.masks_step(work, tasks, kernels, plain),
        product_steps.overlay_step(frame, kernels, plain),
        product_steps.overlay_with_boxes_step(frame, kernels, plain),
        product_steps.overlay_with_names_step(frame, kernels),
        decoder_steps.depth_step(work, tasks, kernels, plain),
        product_steps.depth_colors_step(frame, kernels, plain),
        product_steps.bird_eye_step(frame, kernels, plain),
        product_steps.bird_eye_filled_step(frame, kernels),
        product_steps.cloud_step(frame, kernels, plain),
        *product_steps.package_only_steps(frame),
    )
