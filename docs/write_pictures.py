# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Make the pictures of these pages from the scene: python docs/write_pictures.py."""

from __future__ import annotations

from pathlib import Path
import threading

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.anonymization.covering import cover
from hailo_perception.anonymization.finder import RegionFinder
from hailo_perception.anonymization.settings import AnonymizationSettings
from hailo_perception.backends.selection import BackendOptions
from hailo_perception.backends.selection import open_backend
from hailo_perception.core.errors import BackendError
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.models.binding import bind
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest
from hailo_perception.scenes import DrivingScene
from hailo_perception.scenes import SceneFrame
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.vision.preprocess import Preprocessor

FOLDER = Path(__file__).with_name('images')
PANEL = (640, 384)
OVERVIEW_SCENES = ((3, 2.0), (12, 6.0))
SHEET_SEEDS = range(20, 32)
SHEET_COLUMNS = 4
PEOPLE_SCENE = (0, 3.0)
PEOPLE_WINDOW = (slice(330, 690), slice(640, 1280))
"""Rows and columns of a picture of 1280×720 pixels."""


def perceive(frames: list[SceneFrame]) -> list[Perception]:
    """Run the packaged network over frames of the scene."""
    manifest = load_manifest(find_model('lightnet_compact'))
    backend = open_backend('onnx', manifest, BackendOptions()).backend
    model = bind(manifest, backend.inputs, backend.outputs)
    preprocessor = Preprocessor(manifest.input, model.alignment)
    postprocessor = Postprocessor(model)
    buffer = np.empty((manifest.input.height, manifest.input.width, 3), np.uint8)
    results = []
    for scene_frame in frames:
        frame = Frame('front', Header(0, ''), scene_frame.image, 'bgr', scene_frame.camera)
        transform = preprocessor.prepare(frame.image, 'bgr', buffer)
        answers: list[RawOutputs | BackendError] = []
        answered = threading.Event()

        def take(
            answer: RawOutputs | BackendError,
            answers: list[RawOutputs | BackendError] = answers,
            answered: threading.Event = answered,
        ) -> None:
            answers.append(answer)
            answered.set()

        backend.submit(buffer, take)
        answered.wait()
        (answer,) = answers
        if isinstance(answer, BackendError):
            raise answer
        results.append(postprocessor.run(frame, transform, answer, frozenset(Output)))
    backend.close()
    return results


def overview(frame: SceneFrame, found: Perception) -> NDArray[np.uint8]:
    """Put camera picture, overlay, depth and bird's-eye view side by side."""
    assert found.overlay is not None and found.depth_color is not None
    assert found.bird_eye is not None
    depth = cv2.resize(found.depth_color, PANEL, interpolation=cv2.INTER_NEAREST)
    top_view = found.bird_eye.image
    height = PANEL[1]
    width = round(top_view.shape[1] * height / top_view.shape[0])
    top_view = cv2.resize(top_view, (width, height), interpolation=cv2.INTER_AREA)
    panels = [cv2.resize(each, PANEL) for each in (frame.image, found.overlay)]
    return np.hstack((*panels, depth, top_view))


def contact_sheet() -> NDArray[np.uint8]:
    """Show what the scene can look like."""
    pictures = []
    for seed in SHEET_SEEDS:
        scene = DrivingScene(seed)
        camera = scene.random_camera(*PANEL)
        image = scene.render(1.0, camera, supersample=1.5).image
        pictures.append(cv2.resize(image, (320, 192), interpolation=cv2.INTER_AREA))
    rows = [
        np.hstack(pictures[start : start + SHEET_COLUMNS])
        for start in range(0, len(pictures), SHEET_COLUMNS)
    ]
    return np.vstack(rows)


def anonymised(frame: SceneFrame, found: Perception) -> NDArray[np.uint8]:
    """Put a part of the picture above the same part with heads covered as by default."""
    assert found.detections is not None
    settings = AnonymizationSettings()
    seen = Frame('front', Header(0, ''), frame.image, 'bgr')
    picture = frame.image.copy()
    regions = RegionFinder(found.detections.labels).find(seen, found.detections, settings)
    cover(picture, regions, settings.cover)
    return np.vstack((frame.image[PEOPLE_WINDOW], picture[PEOPLE_WINDOW]))


def main() -> None:
    """Write all pictures."""
    FOLDER.mkdir(exist_ok=True)
    frames = []
    for seed, time_s in OVERVIEW_SCENES:
        scene = DrivingScene(seed)
        frames.append(scene.render(time_s, scene.random_camera(1280, 768)))
    rows = [overview(frame, found) for frame, found in zip(frames, perceive(frames), strict=True)]
    quality = (cv2.IMWRITE_JPEG_QUALITY, 85)
    picture = cv2.resize(np.vstack(rows), None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(FOLDER / 'overview.jpg'), picture, quality)
    cv2.imwrite(str(FOLDER / 'scene.jpg'), contact_sheet(), quality)
    seed, time_s = PEOPLE_SCENE
    scene = DrivingScene(seed)
    frame = scene.render(time_s, scene.random_camera(1280, 720))
    (found,) = perceive([frame])
    cv2.imwrite(str(FOLDER / 'anonymizer.jpg'), anonymised(frame, found), quality)


if __name__ == '__main__':
    main()
