# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A published YOLOX network on a recorded picture finds what people labelled there."""

import cv2
import numpy as np
import pytest

from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.tasks.detection import DetectionDecoder

INPUT_SIZE = (416, 416)
PADDING = 114
COCO_CAR = 2


def test_yolox_finds_the_labelled_car(recorded_data):
    onnxruntime = pytest.importorskip('onnxruntime')
    network = recorded_data / 'teachers' / 'yolox_nano.onnx'
    picture = recorded_data / 'kitti_000114' / '000114_image.png'
    if not (network.is_file() and picture.is_file()):
        pytest.skip('the recorded network or picture is missing')
    image = cv2.imread(str(picture))
    transform = ImageTransform.letterbox(image.shape[1::-1], INPUT_SIZE, anchor='top_left')
    x, y, width, height = transform.content
    canvas = np.full((*INPUT_SIZE[::-1], 3), PADDING, np.uint8)
    canvas[y : y + height, x : x + width] = cv2.resize(image, (width, height))
    session = onnxruntime.InferenceSession(str(network), providers=['CPUExecutionProvider'])
    batch = canvas.transpose(2, 0, 1)[None].astype(np.float32)
    (raw,) = session.run(None, {session.get_inputs()[0].name: batch})

    labels = LabelSet.from_names(*(f'coco_{i}' for i in range(80)))
    specification = DetectionSpecification('yolox', ('output',), labels)
    info = TensorInfo('output', raw.shape, raw.dtype)
    decoder = DetectionDecoder(specification, [info], INPUT_SIZE)
    detections, non_finite = decoder.decode({'output': raw}, transform)

    assert non_finite == 0
    assert detections.class_ids[0] == COCO_CAR
    # The picture's nearest car, as KITTI's label file has it.
    np.testing.assert_allclose(detections.xyxy[0], (589.0, 187.2, 668.4, 253.3), atol=8)
