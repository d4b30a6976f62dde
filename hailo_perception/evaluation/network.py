# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One picture through the package's own path: preprocess, backend, postprocess."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
import time

import numpy as np
from numpy.typing import NDArray

from hailo_perception.backends.base import Backend
from hailo_perception.core.errors import BackendError
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.evaluation.labelled import LabelledPicture
from hailo_perception.models.binding import BoundModel
from hailo_perception.tasks.plan import outputs_of
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.tasks.settings import PostprocessSettings
from hailo_perception.vision.preprocess import Preprocessor

LOWEST_SCORE = 0.01
"""Average precision looks at all scores; what is left out here hardly has any precision."""
MOST_OBJECTS = 300
JUDGED_OUTPUTS = frozenset(
    (Output.DETECTIONS, Output.SEMANTIC_MASK, Output.LANE_MASK, Output.LANES, Output.DEPTH)
)
_INFERENCE_TIMEOUT_S = 60.0


class Network:
    """Runs one model on one picture after the other and waits for each; for one thread."""

    def __init__(self, model: BoundModel, backend: Backend) -> None:
        """Prepare; the backend stays the caller's to close."""
        manifest = model.manifest
        settings = PostprocessSettings.for_model(manifest)
        detection = replace(
            settings.detection, score_threshold=LOWEST_SCORE, maximum_objects=MOST_OBJECTS
        )
        self.judged_outputs = JUDGED_OUTPUTS & outputs_of(model)
        self._backend = backend
        self._preprocessor = Preprocessor(manifest.input, model.alignment)
        # Depth is judged wherever the truth knows it, also where the network sees sky.
        depth = replace(settings.depth, sky_is_unknown=False)
        self._judge = Postprocessor(model, replace(settings, detection=detection, depth=depth))
        self._show = Postprocessor(model, settings)
        self._input: NDArray[np.uint8] = np.zeros(
            (manifest.input.height, manifest.input.width, 3), np.uint8
        )

    def transform_for(self, image_size: tuple[int, int]) -> ImageTransform:
        """Say how a picture of this size (width, height) goes into the network."""
        return self._preprocessor.transform_for(image_size)

    def perceive(
        self, picture: LabelledPicture, *, with_overlay: bool = False
    ) -> tuple[Perception, NDArray[np.uint8] | None]:
        """Find everything in a picture, and draw it as a user would see it if asked to.

        The objects are those of any score from LOWEST_SCORE on, the overlay's those above the
        model's own threshold. BackendError or NetworkOutputError when the network fails.
        """
        frame = Frame('evaluation', Header(0, 'camera'), picture.image, 'bgr', picture.camera)
        transform = self._preprocessor.prepare(frame.image, frame.color_order, self._input)
        raw = self._infer()
        try:
            found = self._judge.run(frame, transform, raw, self.judged_outputs)
            overlay = None
            if with_overlay:
                shown = self._show.run(frame, transform, raw, frozenset((Output.OVERLAY,)))
                overlay = shown.overlay
        finally:
            raw.release()
        return found, overlay

    def measure_inference_s(self, count: int) -> list[float]:
        """Run the last picture's input again and again, one at a time: seconds of each."""
        durations_s = []
        for _ in range(count):
            began_s = time.perf_counter()
            raw = self._infer()
            durations_s.append(time.perf_counter() - began_s)
            raw.release()
        return durations_s

    def _infer(self) -> RawOutputs:
        done: Future[RawOutputs | BackendError] = Future()
        self._backend.submit(self._input, done.set_result)
        try:
            outcome = done.result(_INFERENCE_TIMEOUT_S)
        except TimeoutError as error:
            raise BackendError(
                f'backend {self._backend.name} gave no answer within {_INFERENCE_TIMEOUT_S:g} s; '
                'see whether another process holds the device'
            ) from error
        if isinstance(outcome, BackendError):
            raise outcome
        return outcome
