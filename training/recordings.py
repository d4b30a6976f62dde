# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Real pictures as training shards.

``python -m training.recordings NETWORK --data DIR --cuboids DIR --weights ONNX --output DIR``
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.evaluation.labelled import ANY_CLASS
from hailo_perception.evaluation.labelled import TrueObjects
from hailo_perception.evaluation.recordings.pandaset import PandaSetCamera
from hailo_perception.scenes import OBJECT_LABELS
from hailo_perception.scenes import SEMANTIC_LABELS
from training.augment import window
from training.dataset import LABEL_STRIDE
from training.dataset import Sample
from training.dataset import save_shard
from training.description import label_set
from training.description import load_description
from training.description import NetworkDescription
from training.labeller import Labeller
from training.labeller import Picture
from training.labeller import Points
from training.labeller import SIZE
from training.labeller import UNKNOWN

SHARD = 20
JUDGED_DEPTH_M = (3.0, 60.0)
TRAINING_FRAMES, HELD_OUT_FRAMES = range(60), range(60, 80)
"""PandaSet frames; the held-out ones are seen by nothing that is trained."""

VIDEO_STEPS = {'lane_solid_white_right': 8, 'vehicle_test_video': 4}
"""Every so manieth frame of a clip is taken: neighbours show the same."""


def true_sample(picture: Picture, description: NetworkDescription) -> Sample:
    """Give a picture with its data set's own labels only, as a network's input: for judging."""
    assert picture.points is not None and picture.objects is not None
    shape = (SIZE[1] // LABEL_STRIDE, SIZE[0] // LABEL_STRIDE)
    semantic = np.full(shape, UNKNOWN, np.uint8)
    depth = np.full(shape, np.nan, np.float32)
    points = picture.points
    order = np.argsort(-points.depth_m)
    semantic[points.row[order], points.column[order]] = points.semantic[order]
    depth[points.row[order], points.column[order]] = points.depth_m[order]
    depth[(depth < JUDGED_DEPTH_M[0]) | (depth > JUDGED_DEPTH_M[1])] = np.nan
    truth = picture.objects
    names = [c.name for c in description.detection_classes]
    classes = [OBJECT_LABELS.name_of(int(c)) if c != ANY_CLASS else '' for c in truth.class_ids]
    known = np.array([name in names for name in classes], bool) & ~truth.is_ignored
    sample = Sample(
        image=np.ascontiguousarray(picture.image[..., ::-1]),
        semantic=semantic,
        lane=np.full(shape, UNKNOWN, np.uint8),
        depth_m=depth,
        boxes=truth.xyxy,
        labels=np.array([names.index(n) if n in names else 0 for n in classes], np.int64),
        visibility=np.where(known, truth.visibility, 0).astype(np.float32),
        fx=picture.fx,
    )
    scale = min(description.width / SIZE[0], description.height / SIZE[1])
    offset = (
        -(description.width - scale * SIZE[0]) / 2,
        -(description.height - scale * SIZE[1]) / 2,
    )
    size = (description.width, description.height)
    return window(sample, (scale, scale), offset, size)


def pandaset_pictures(
    folder: Path, cuboids: Path, camera: str, frames: range, description: NetworkDescription
) -> Iterator[Picture]:
    """Read PandaSet frames that have both LiDAR and cuboids."""
    translation = label_set(description.semantic_classes).translation_from(SEMANTIC_LABELS)
    source = PandaSetCamera(folder, camera, cuboids)
    scale = SIZE[0] / source.camera.width
    for number in sorted(set(source.numbers) & set(frames)):
        lidar = source.lidar(number)
        objects = source.objects(number, lidar)
        if lidar is None or objects is None:
            continue
        assert lidar.class_ids is not None
        with np.load(folder / camera / 'lidar' / f'{number:02}.npz') as content:
            label = content['label'].astype(np.uint8)
        cell = scale / LABEL_STRIDE
        column, row = ((lidar.pixels + 0.5) * cell).astype(int).T
        points = Points(
            row=np.clip(row, 0, SIZE[1] // LABEL_STRIDE - 1),
            column=np.clip(column, 0, SIZE[0] // LABEL_STRIDE - 1),
            depth_m=lidar.depth_m,
            semantic=translation[lidar.class_ids],
            label=label,
        )
        yield Picture(
            image=read_picture(source.picture_path(number)),
            fx=source.camera.fx * scale,
            points=points,
            objects=TrueObjects(
                (objects.xyxy * scale).astype(np.float32),
                objects.class_ids,
                objects.visibility,
                objects.distance_m,
                objects.is_ignored,
            ),
        )


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read a picture and bring it to SIZE; SystemExit when it cannot be read."""
    image = cv2.imread(str(path))
    if image is None:
        raise SystemExit(f'{path}: no picture that OpenCV can read')
    return np.asarray(cv2.resize(image, SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def unlabelled_pictures(folder: Path) -> Iterator[Picture]:
    """Read the pictures and a part of the video frames that have no labels."""
    paths = sorted((folder / 'driveai').glob('[0-9]*.jpg'))
    for group in ('advanced_lane_images', 'lane_images'):
        paths += sorted((folder / 'udacity' / group).glob('*.jpg'))
    for path in paths:
        yield Picture(read_picture(path))
    for name, step in VIDEO_STEPS.items():
        capture = cv2.VideoCapture(str(folder / 'udacity' / f'{name}.mp4'))
        index = 0
        while True:
            got, frame = capture.read()
            if not got:
                break
            if index % step == 0:
                yield Picture(cv2.resize(frame, SIZE, interpolation=cv2.INTER_AREA))
            index += 1


def main() -> None:
    """Write the shards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('network')
    parser.add_argument('--data', type=Path, required=True, help='folder of the recordings')
    parser.add_argument('--cuboids', type=Path, required=True, help='from convert_pandaset')
    parser.add_argument('--weights', type=Path, required=True, help='the network so far, ONNX')
    parser.add_argument('--output', type=Path, required=True, help='gets training/ and held_out/')
    parser.add_argument('--target', help='description whose input size held_out/ is for')
    arguments = parser.parse_args()
    description = load_description(arguments.network)
    target = load_description(arguments.target or arguments.network)
    pandaset = arguments.data / 'pandaset_002'

    def frames(camera: str, numbers: range) -> Iterator[Picture]:
        return pandaset_pictures(pandaset, arguments.cuboids, camera, numbers, description)

    held_out = [true_sample(p, target) for p in frames('front_camera', HELD_OUT_FRAMES)]
    write(held_out, arguments.output / 'held_out')
    label = Labeller(description, arguments.data / 'teachers', arguments.weights)
    samples = [label(picture) for picture in unlabelled_pictures(arguments.data)]
    for camera in ('front_camera', 'front_left_camera', 'front_right_camera'):
        samples += [label(picture) for picture in frames(camera, TRAINING_FRAMES)]
    write(samples, arguments.output / 'training')
    print(f'{len(samples)} pictures to train on, {len(held_out)} held out')


def write(samples: list[Sample], folder: Path) -> None:
    """Save samples as shards of SHARD."""
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, len(samples), SHARD):
        save_shard(samples[first : first + SHARD], folder / f'{first}.npz')


if __name__ == '__main__':
    main()
