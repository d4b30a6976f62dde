# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A head model whose answers a test writes down."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.anonymization.head_network import HeadNetwork
from hailo_perception.backends.base import DeviceHealth
from hailo_perception.backends.base import OnDone
from hailo_perception.core.errors import BackendError
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import bind
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification

SIDE = 32
LABELS = LabelSet.from_names('background', 'head', 'hat')
MAP = TensorInfo('map', (16, 16, 1), np.dtype(np.uint8))
BOXES = TensorInfo('boxes', (4, 4, 8), np.dtype(np.float32))
MANIFEST = ModelManifest(
    name='heads',
    path=Path('heads.yaml'),
    files={},
    input=InputSpecification(SIDE, SIDE),
    semantic=SegmentationSpecification('argmax', 'map', LABELS),
)
BOX_MANIFEST = ModelManifest(
    name='boxes',
    path=Path('boxes.yaml'),
    files={},
    input=InputSpecification(SIDE, SIDE),
    detection=DetectionSpecification(
        'yolo_new_coords', ('boxes',), LABELS, anchors=(((8.0, 8.0),),), score_threshold=0.5
    ),
)


class ScriptedBackend:
    """Answers each submission with the next of the answers, at once; None never comes."""

    name = 'scripted'
    queue_size = 2
    input_transfer_s = 0.0

    def __init__(self, manifest: ModelManifest, infos: tuple[TensorInfo, ...]) -> None:
        width, height = manifest.input.size
        self.inputs = (TensorInfo('image', (height, width, 3), np.dtype(np.uint8)),)
        self.outputs = infos
        self.answers: list[NDArray[Any] | BackendError | None] = []
        self.seen: list[NDArray[np.uint8]] = []
        self.pending: list[OnDone] = []
        self.is_ready = True
        self.unreleased = 0

    def outputs_of(self, tensor: NDArray[Any]) -> RawOutputs:
        """Lend a tensor out."""
        self.unreleased += 1
        return RawOutputs({self.outputs[0].name: tensor}, self._release)

    def _release(self) -> None:
        self.unreleased -= 1

    def example_outputs(self) -> RawOutputs:
        info = self.outputs[0]
        return self.outputs_of(np.zeros(info.shape, info.dtype))

    def submit(self, image: NDArray[np.uint8], on_done: OnDone) -> None:
        assert self.unreleased + len(self.pending) < self.queue_size, 'no outputs are left'
        self.seen.append(image.copy())
        answer = self.answers.pop(0)
        if answer is None:
            self.pending.append(on_done)
        else:
            on_done(answer if isinstance(answer, BackendError) else self.outputs_of(answer))

    def wait_ready(self, timeout_s: float) -> bool:
        return self.is_ready

    def health(self) -> DeviceHealth:
        return DeviceHealth('a script')

    def close(self) -> None:
        """Nothing is open."""


def head_map(rows: slice, columns: slice, value: int = 1) -> NDArray[np.uint8]:
    """Draw one patch into an empty map."""
    ids = np.zeros(MAP.shape, np.uint8)
    ids[rows, columns] = value
    return ids


MakeNetwork = Callable[..., tuple[HeadNetwork, ScriptedBackend]]


@pytest.fixture
def make_network() -> MakeNetwork:
    """Make a network and the backend whose script it follows."""

    def make(
        answers: Iterable[NDArray[Any] | BackendError | None],
        manifest: ModelManifest = MANIFEST,
        info: TensorInfo = MAP,
    ) -> tuple[HeadNetwork, ScriptedBackend]:
        backend = ScriptedBackend(manifest, (info,))
        backend.answers = list(answers)
        return HeadNetwork(bind(manifest, backend.inputs, (info,)), backend), backend

    return make
