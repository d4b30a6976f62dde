# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The second network: where the heads are in the crops of people."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from functools import partial
import queue
import time

import numpy as np
from numpy.typing import NDArray

from hailo_perception.anonymization.answers import Answers
from hailo_perception.anonymization.reduced_model import boxes_and_classes_of
from hailo_perception.anonymization.regions import ClassError
from hailo_perception.anonymization.regions import grown
from hailo_perception.anonymization.regions import NO_REGIONS
from hailo_perception.anonymization.regions import Regions
from hailo_perception.anonymization.regions import regions_of_map
from hailo_perception.anonymization.regions import whole_pixels
from hailo_perception.anonymization.settings import HeadSettings
from hailo_perception.backends.base import Backend
from hailo_perception.core.aligned import aligned_zeros
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.models.binding import BoundModel
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.tasks.settings import PostprocessSettings
from hailo_perception.vision.preprocess import Preprocessor


class HeadTimeoutError(BackendError):
    """The head model has not answered in time."""


@dataclass(frozen=True, slots=True)
class _Crop:
    """A person's part of a frame, and where it lies in it."""

    person: int
    frame: Frame
    corner: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back for a crop."""

    crop: _Crop
    transform: ImageTransform
    outputs: RawOutputs | BackendError

    def release(self) -> None:
        """Give the outputs back."""
        if isinstance(self.outputs, RawOutputs):
            self.outputs.release()


class HeadNetwork:
    """Finds heads by a model with boxes, a class map, or both; one thread calls ``find``.

    The backend stays the caller's: close it after the last call.
    """

    def __init__(
        self, model: BoundModel, backend: Backend, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare the decoders; ClassError for a model with neither boxes nor a class map."""
        manifest = model.manifest
        tasks = {
            Output.DETECTIONS: manifest.detection,
            Output.SEMANTIC_MASK: manifest.semantic,
        }
        self._labels = tuple(task.labels for task in tasks.values() if task is not None)
        if not self._labels:
            raise ClassError(
                f"the head model '{manifest.name}' has neither a detection nor a semantic task; "
                'choose one that finds heads'
            )
        self._name = manifest.name
        self._backend = backend
        self._clock = clock
        self._wanted = frozenset(output for output, task in tasks.items() if task is not None)
        self._preprocessor = Preprocessor(manifest.input, model.alignment)
        self._settings = PostprocessSettings.for_model(manifest)
        self._postprocessor = Postprocessor(boxes_and_classes_of(model), self._settings)
        self._buffers: queue.SimpleQueue[NDArray[np.uint8]] = queue.SimpleQueue()
        for _ in range(backend.queue_size):
            self._buffers.put(
                aligned_zeros((manifest.input.height, manifest.input.width, 3), np.uint8)
            )

    def check(self, settings: HeadSettings) -> None:
        """Raise ClassError unless the model has one of the classes that are to be covered."""
        known = [name for labels in self._labels for name in labels.names]
        if not set(known).intersection(settings.classes):
            raise ClassError(
                f"head.classes: the head model '{self._name}' has none of "
                f'{", ".join(settings.classes)}; its classes are {", ".join(known)}'
            )

    def warm_up(self) -> None:
        """Decode one empty answer, so that compiled kernels are ready before the first frame."""
        crop = _Crop(0, Frame('', Header(0, ''), np.zeros((64, 64, 3), np.uint8), 'bgr'), (0, 0))
        outputs = self._backend.example_outputs()
        transform = self._preprocessor.transform_for(crop.frame.size)
        self._postprocessor.run(crop.frame, transform, outputs, self._wanted)
        outputs.release()

    def find(self, frame: Frame, people: Regions, settings: HeadSettings) -> list[Regions]:
        """Find the heads in each box (N, 4) of a person, as regions of the frame.

        None are found in a box outside the picture. BackendError when the backend fails or does
        not answer within ``settings.timeout_s``, NetworkOutputError when its answer cannot be
        decoded in full: then nothing is known of any person.
        """
        deadline_s = self._clock() + settings.timeout_s
        self._postprocessor.settings = replace(
            self._settings,
            detection=replace(self._settings.detection, score_threshold=settings.score_threshold),
        )
        heads = [NO_REGIONS] * len(people)
        answers: Answers[_Answer] = Answers()
        outstanding = 0
        try:
            for crop in _crops(frame, people, settings.crop_margin):
                # Outputs are the backend's own memory: it may have none left until one is read.
                if outstanding == self._backend.queue_size:
                    self._read(answers, heads, deadline_s, settings)
                    outstanding -= 1
                self._submit(crop, answers, deadline_s)
                outstanding += 1
            for _ in range(outstanding):
                self._read(answers, heads, deadline_s, settings)
        finally:
            answers.abandon()
        return heads

    def _submit(self, crop: _Crop, answers: Answers[_Answer], deadline_s: float) -> None:
        try:
            buffer = self._buffers.get(timeout=self._remaining_s(deadline_s))
        except queue.Empty:
            raise self._too_late() from None
        try:
            if not self._backend.wait_ready(self._remaining_s(deadline_s)):
                raise self._too_late()
            transform = self._preprocessor.prepare(
                crop.frame.image, crop.frame.color_order, buffer
            )
            self._backend.submit(
                buffer, partial(self._on_done, answers, crop, transform, buffer)
            )
        except Exception:
            self._buffers.put(buffer)
            raise

    def _on_done(
        self,
        answers: Answers[_Answer],
        crop: _Crop,
        transform: ImageTransform,
        buffer: NDArray[np.uint8],
        outputs: RawOutputs | BackendError,
    ) -> None:
        self._buffers.put(buffer)
        answers.put(_Answer(crop, transform, outputs))

    def _read(
        self,
        answers: Answers[_Answer],
        heads: list[Regions],
        deadline_s: float,
        settings: HeadSettings,
    ) -> None:
        answer = answers.take(self._remaining_s(deadline_s))
        if answer is None:
            raise self._too_late()
        if isinstance(answer.outputs, BackendError):
            raise answer.outputs
        crop = answer.crop
        try:
            found = self._postprocessor.run(
                crop.frame, answer.transform, answer.outputs, self._wanted
            )
            heads[crop.person] = _regions_of(found, crop, settings.classes)
        finally:
            answer.release()

    def _remaining_s(self, deadline_s: float) -> float:
        return max(deadline_s - self._clock(), 0.0)

    def _too_late(self) -> HeadTimeoutError:
        outage = self._backend.health().outage
        return HeadTimeoutError(
            f"the head model '{self._name}' on the {self._backend.name} backend has not answered "
            f'in time: {outage or "raise head.timeout_s or lower head.maximum_crops"}'
        )


def _crops(frame: Frame, people: Regions, margin: float) -> Iterable[_Crop]:
    bounds = whole_pixels(grown(people, margin), frame.size)
    for person, (left, top, right, bottom) in enumerate(bounds.tolist()):
        image = frame.image[top:bottom, left:right]
        if image.size:
            part = Frame(frame.camera, frame.header, image, frame.color_order)
            yield _Crop(person, part, (left, top))


def _regions_of(found: Perception, crop: _Crop, classes: tuple[str, ...]) -> Regions:
    if found.withheld:
        raise NetworkOutputError(f'the head model: {found.withheld[0][1]}')
    regions = []
    if found.detections is not None:
        ids = _ids(classes, found.detections.labels)
        is_covered = np.isin(found.detections.class_ids, ids)
        regions.append(found.detections.xyxy[is_covered])
    if found.semantic is not None:
        ids = _ids(classes, found.semantic.labels)
        regions.append(regions_of_map(found.semantic, ids, crop.frame.size))
    return np.asarray(np.concatenate(regions) + np.tile(crop.corner, 2), np.float32)


def _ids(names: tuple[str, ...], labels: LabelSet) -> NDArray[np.int32]:
    return np.array([label.id for label in labels if label.name in names], np.int32)
