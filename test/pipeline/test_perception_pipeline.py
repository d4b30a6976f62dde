# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A picture is decoded as far as what is wanted shows it; what is found does not tell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.backends.recording import Recording
from hailo_perception.backends.replay import ReplayBackend
from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.frame import CameraImage
from hailo_perception.core.frame import CompressedImage
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.frame import RawImage
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import bind
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.pipeline import perception as pipeline_module
from hailo_perception.pipeline.perception import PerceptionPipeline
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.tasks.settings import OverlaySettings
from hailo_perception.tasks.settings import PostprocessSettings
from hailo_perception.vision.picture import Picture

_SIZE = (256, 192)
_INPUT = InputSpecification(64, 48)
_CAMERA = CameraModel(*_SIZE, 200.0, 200.0, 128.0, 96.0)
_HANG_GUARD_S = 60.0
_MANIFEST = ModelManifest(
    'tiny',
    Path('tiny.yaml'),
    {},
    _INPUT,
    semantic=SegmentationSpecification('argmax', 'semantic', LabelSet.from_names('road', 'car')),
    depth=DepthSpecification('linear', 'depth', maximum_m=100.0),
)
_INFOS = (
    TensorInfo('semantic', (24, 32, 1), np.dtype(np.uint8)),
    TensorInfo('depth', (24, 32, 1), np.dtype(np.float32)),
)
_TENSORS = {
    'semantic': np.zeros((24, 32, 1), np.uint8),
    'depth': np.full((24, 32, 1), 0.2, np.float32),
}


class _RecordingBackend(ReplayBackend):
    """Keeps what it is given to look at."""

    def __init__(self) -> None:
        super().__init__(_MANIFEST, Recording.of_frames([_TENSORS], _INFOS))
        self.seen: list[NDArray[np.uint8]] = []

    def submit(self, image, on_done) -> None:  # type: ignore[no-untyped-def]
        self.seen.append(image.copy())
        super().submit(image, on_done)


def _street() -> NDArray[np.uint8]:
    patches = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)
    return np.asarray(cv2.resize(patches, _SIZE, interpolation=cv2.INTER_LINEAR), np.uint8)


def _jpeg() -> CompressedImage:
    data = cv2.imencode('.jpg', _street(), (cv2.IMWRITE_JPEG_QUALITY, 95))[1]
    return CompressedImage('jpeg', data.reshape(-1))


def _raw() -> RawImage:
    return RawImage('bgr8', *_SIZE, 3 * _SIZE[0], _street().reshape(-1))


def _run(
    image: CompressedImage | RawImage, *wanted: Output, overlay_width: int = 960
) -> tuple[Perception, NDArray[np.uint8]]:
    """Send one image through; what was found, and what the network saw."""
    backend = _RecordingBackend()
    found: list[Perception] = []
    is_over = Event()

    def deliver(perception: Perception) -> None:
        found.append(perception)
        is_over.set()

    pipeline = PerceptionPipeline(
        bind(_MANIFEST, backend.inputs, _INFOS),
        backend,
        replace(
            PostprocessSettings.for_model(_MANIFEST),
            overlay=OverlaySettings(maximum_width=overlay_width),
        ),
        cameras=('front',),
        wanted=lambda camera: frozenset(wanted),
        deliver=deliver,
        report=lambda camera, cause, message: pytest.fail(message),
    )
    pipeline.start()
    try:
        pipeline.put(CameraImage('front', Header(7, 'optical'), image, _CAMERA))
        assert is_over.wait(_HANG_GUARD_S)
    finally:
        pipeline.stop(_HANG_GUARD_S)
        backend.close()
    return found[0], backend.seen[0]


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> list[Picture]:
    """What was read."""
    read: list[Picture] = []
    original = pipeline_module.read_picture

    def keeping(*arguments: object) -> Picture:
        read.append(original(*arguments))  # type: ignore[arg-type]
        return read[-1]

    monkeypatch.setattr(pipeline_module, 'read_picture', keeping)
    return read


def test_a_jpeg_that_only_the_network_sees_is_decoded_small(pictures: list[Picture]) -> None:
    _run(_jpeg(), Output.DEPTH, Output.SEMANTIC_MASK)
    assert [picture.pixels.shape for picture in pictures] == [(48, 64, 3)]


@pytest.mark.parametrize(
    ('output', 'overlay_width', 'decoded_width'),
    [
        (Output.OVERLAY, 960, 1),
        (Output.OVERLAY_COMPRESSED, 960, 1),
        (Output.OVERLAY, 128, 1 / 2),
        (Output.OVERLAY, 64, 1 / 4),
        # A point has the colour of one pixel, and the depth map has few.
        (Output.POINTS, 960, 1 / 4),
    ],
)
def test_a_jpeg_is_decoded_as_large_as_it_is_shown(
    output: Output, overlay_width: int, decoded_width: float, pictures: list[Picture]
) -> None:
    shown, _ = _run(_jpeg(), output, overlay_width=overlay_width)
    assert [picture.pixels.shape[1] for picture in pictures] == [_SIZE[0] * decoded_width]
    assert shown.image_size == _SIZE
    if shown.overlay is not None:
        width = min(overlay_width, _SIZE[0])
        assert shown.overlay.shape == (width * _SIZE[1] // _SIZE[0], width, 3)


@pytest.mark.parametrize(
    ('wanted', 'count'), [(Output.DEPTH, 0), (Output.OVERLAY, 1), (Output.OVERLAY_COMPRESSED, 1)]
)
def test_what_is_drawn_on_is_made_once_if_at_all(
    wanted: Output, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Frame] = []
    original = Postprocessor.make_backdrop

    def keeping(self: Postprocessor, frame: Frame) -> NDArray[np.uint8]:
        made.append(frame)
        return original(self, frame)

    monkeypatch.setattr(Postprocessor, 'make_backdrop', keeping)
    _run(_jpeg(), wanted, overlay_width=64)
    assert len(made) == count


@pytest.mark.parametrize('image', [_jpeg(), _raw()], ids=['jpeg', 'raw'])
def test_what_is_found_is_the_same_with_and_without_a_shown_picture(
    image: CompressedImage | RawImage,
) -> None:
    alone, alone_seen = _run(image, Output.DEPTH)
    shown, shown_seen = _run(image, Output.DEPTH, Output.OVERLAY)
    assert alone.image_size == shown.image_size == _SIZE
    assert alone.depth is not None and shown.depth is not None
    assert alone.depth.camera_model == shown.depth.camera_model
    np.testing.assert_array_equal(alone.depth.depth_m, shown.depth.depth_m)
    np.testing.assert_allclose(alone_seen.astype(int), shown_seen.astype(int), atol=12)


@pytest.mark.parametrize('overlay_width', [64, 128, 960])
def test_a_jpegs_colours_are_those_of_the_street(overlay_width: int) -> None:
    """In whichever order they were decoded, and with points beside the overlay."""
    shown, _ = _run(_jpeg(), Output.OVERLAY, Output.POINTS, overlay_width=overlay_width)
    assert shown.overlay is not None and shown.point_cloud is not None
    plain, _ = _run(_raw(), Output.OVERLAY, overlay_width=overlay_width)
    assert plain.overlay is not None
    assert np.abs(shown.overlay.astype(int) - plain.overlay).mean() < 6
    assert np.abs(plain.overlay[..., ::-1].astype(int) - plain.overlay).mean() > 20
    colors = shown.point_cloud.points['rgb'].ravel()
    raw_cloud = _run(_raw(), Output.POINTS)[0].point_cloud
    assert raw_cloud is not None
    for shift in (0, 8, 16):
        ours, theirs = ((each >> shift & 255).astype(int) for each in
                        (colors, raw_cloud.points['rgb'].ravel()))
        assert np.abs(ours - theirs).mean() < 12
