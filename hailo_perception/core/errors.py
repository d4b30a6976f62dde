# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The package's errors: one narrow type for each thing that a user can get wrong."""

from __future__ import annotations

from enum import Enum


class Cause(str, Enum):
    """Why a frame, or a part of it, did not come out; the key of every drop counter."""

    TRANSPORT = 'transport'
    """The middleware lost the image, or replaced it by a newer one, before it was taken."""
    REPLACED = 'replaced'
    """A newer frame of the same camera arrived before this one was taken."""
    RATE_LIMIT = 'rate_limit'
    """The camera had its frames of this second already; see CameraSchedule.rate_hz."""
    STALE = 'stale'
    """The frame was too old when its turn came; see CameraSchedule.stale_after_s."""
    ENCODING = 'encoding'
    """The encoding is not one that the package decodes."""
    IMAGE_DATA = 'image_data'
    """The pixels do not fit the message's own description, or a compressed image is broken."""
    CAMERA_INFO = 'camera_info'
    """The calibration is missing, of another size, or impossible."""
    UNPAIRED = 'unpaired'
    """Exact or approximate pairing was asked for, and no calibration of the image's time came."""
    NO_PARTNER = 'no_partner'
    """Cameras are processed together, and another had no image of this one's time."""
    TRANSFORM = 'transform'
    """The pose of the camera in the target frame is not known for the image's time."""
    UNWANTED = 'unwanted'
    """Nobody subscribes to any output of the frame's camera."""
    TIME_JUMP = 'time_jump'
    """The stamp lies before the last one: a bag looped or a clock was set back."""
    PREPROCESS = 'preprocess'
    """The image could not be made into the network's input, for a reason not foreseen."""
    INFERENCE = 'inference'
    """The backend reported an error for this frame."""
    DEVICE = 'device'
    """The device failed or was lost while the frame was in it, or is being restarted."""
    NETWORK_OUTPUT = 'network_output'
    """The network gave NaN, infinity or a tensor of an unexpected shape."""
    POSTPROCESS = 'postprocess'
    """A task failed on this frame."""
    PUBLISH = 'publish'
    """A message could not be built or sent."""
    SHUTDOWN = 'shutdown'
    """The pipeline stopped while the frame was inside."""


class HailoPerceptionError(Exception):
    """Base of every error that this package raises on purpose."""


class ConfigurationError(HailoPerceptionError, ValueError):
    """A parameter, manifest or option cannot work; raised before the first frame."""


class ManifestError(ConfigurationError):
    """A model manifest is wrong; the message names the file, the key, and what was expected."""


class MissingDependencyError(HailoPerceptionError, ImportError):
    """An optional dependency is needed for what was asked and is not installed."""

    def __init__(self, module: str, purpose: str, remedy: str) -> None:
        """Say what is missing, what needs it, and the command that brings it."""
        super().__init__(f'{module} is needed {purpose} and is not installed; {remedy}')
        self.module = module


class SourceLostError(HailoPerceptionError):
    """What gave pictures gives none any more; it may come back, so a supervisor may try again."""


class FrameError(HailoPerceptionError):
    """One frame is lost, or a part of it; the node goes on with the next."""

    cause: Cause = Cause.POSTPROCESS


class EncodingError(FrameError):
    """The image encoding is not supported."""

    cause = Cause.ENCODING


class ImageDataError(FrameError):
    """The image data contradicts its own size, step or format."""

    cause = Cause.IMAGE_DATA


class CameraInfoError(FrameError):
    """The camera calibration cannot be used with this image."""

    cause = Cause.CAMERA_INFO


class NetworkOutputError(FrameError):
    """The network's output tensors cannot be decoded."""

    cause = Cause.NETWORK_OUTPUT


class BackendError(FrameError):
    """The backend could not run the network on this frame."""

    cause = Cause.INFERENCE
