# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""An anonymiser's pipeline over a script of the network's answers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.anonymization.settings import AnonymizationSettings
from hailo_perception.anonymization.settings import CoverSettings
from hailo_perception.backends.recording import Recording
from hailo_perception.backends.replay import ReplayBackend
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import CameraImage
from hailo_perception.core.frame import Header
from hailo_perception.core.frame import RawImage
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import bind
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.pipeline.anonymization import AnonymizationPipeline
from hailo_perception.pipeline.anonymization import AnonymizedImage
from hailo_perception.scenes.oracle import encode_truth
from hailo_perception.scenes.oracle import Truth

SIZE = (96, 64)
GUARD_S = 20.0
BOXES = TensorInfo('boxes', (8, 12, 7), np.dtype(np.float32))
LABELS = LabelSet.from_names('person', 'car')
MANIFEST = ModelManifest(
    name='people',
    path=Path('people.yaml'),
    files={},
    input=InputSpecification(*SIZE),
    detection=DetectionSpecification(
        'yolo_new_coords', ('boxes',), LABELS, anchors=(((16.0, 50.0),),)
    ),
)
PERSON = (30, 6, 46, 58)
BRIGHT = np.full((SIZE[1], SIZE[0], 3), 200, np.uint8)
BLACK_PEOPLE = AnonymizationSettings(cover=CoverSettings(method='solid', part='person', margin=0))

Answer = dict[str, NDArray[Any]] | BackendError


def seeing(*people: tuple[int, int, int, int]) -> Answer:
    """Make the answer of a network that sees these people."""
    truth = Truth(boxes=np.array(people).reshape(-1, 4), class_ids=np.zeros(len(people), int))
    transform = ImageTransform.stretch(SIZE, SIZE)
    return encode_truth(truth, MANIFEST, [BOXES], transform)


class Run:
    """A pipeline over a script of answers; waits for each image, and sets the time."""

    def __init__(
        self,
        answers: Iterable[Answer],
        settings: AnonymizationSettings = BLACK_PEOPLE,
        **options: Any,
    ) -> None:
        self._now_ns = 0
        self.backend = ReplayBackend(MANIFEST, Recording.of_frames(answers, (BOXES,)))
        self.events: SimpleQueue[AnonymizedImage | tuple[Cause, str]] = SimpleQueue()
        self.pipeline = AnonymizationPipeline(
            bind(MANIFEST, self.backend.inputs, (BOXES,)),
            self.backend,
            settings,
            cameras=('front',),
            wanted=lambda camera: True,
            deliver=self.events.put,
            report=lambda camera, cause, message: self.events.put((cause, message)),
            hold_clock=lambda: self._now_ns / 1e9,
            **options,
        )
        self.pipeline.warm_up()
        self.pipeline.start()

    def send(
        self,
        pixels: NDArray[np.uint8] = BRIGHT,
        encoding: str = 'bgr8',
        elapsed_s: float = 0.1,
        is_stamped: bool = True,
    ) -> AnonymizedImage | tuple[Cause, str]:
        """Send an image and wait for what becomes of it."""
        self.put(pixels, encoding, elapsed_s, is_stamped)
        return self.events.get(timeout=GUARD_S)

    def put(
        self,
        pixels: NDArray[np.uint8] = BRIGHT,
        encoding: str = 'bgr8',
        elapsed_s: float = 0.1,
        is_stamped: bool = True,
    ) -> None:
        """Send an image; the clock goes with the stamps, which may be missing."""
        self._now_ns += round(elapsed_s * 1e9)
        header = Header(self._now_ns if is_stamped else 0, 'optical')
        image = RawImage(
            encoding, pixels.shape[1], pixels.shape[0], pixels.strides[0], pixels.reshape(-1)
        )
        self.pipeline.put(CameraImage('front', header, image))

    def close(self) -> Any:
        """Stop; what was counted."""
        assert self.pipeline.stop(GUARD_S) == ()
        self.backend.close()
        return self.pipeline.telemetry.snapshot().cameras['front']


def is_black(result: Any, box: tuple[int, int, int, int]) -> bool:
    """Tell whether nothing of a box is seen in what came."""
    left, top, right, bottom = box
    return not result.picture[top:bottom, left:right].any()
