# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Ground truth goes through the perfect network and the decoders unharmed."""

from pathlib import Path

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.kernels.sampling import nearest_pixels
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.scenes.oracle import encode_truth
from hailo_perception.scenes.oracle import Truth
from hailo_perception.tasks.depth import DepthDecoder
from hailo_perception.tasks.detection import DetectionDecoder
from hailo_perception.tasks.segmentation import SegmentationDecoder

INPUT_SIZE = (480, 288)
IMAGE_SIZE = (960, 540)
TRANSFORMS = {
    'stretch': ImageTransform.stretch(IMAGE_SIZE, INPUT_SIZE),
    'letterbox': ImageTransform.letterbox(IMAGE_SIZE, INPUT_SIZE, alignment=2),
}
CAMERA = CameraModel(*IMAGE_SIZE, 900.0, 910.0, 480.0, 260.0)
OBJECTS = LabelSet.from_names('car', 'person', 'sign')
CLASSES = LabelSet.from_names('road', 'car', 'sky', 'person')
LANES = LabelSet.from_names('background', 'line')
ANCHORS = (
    ((7, 8), (9, 25), (25, 18)),
    ((20, 60), (50, 35), (90, 60)),
    ((60, 150), (150, 100), (270, 200)),
)
HEADS = ('p3', 'p4', 'p5')
GRIDS = ((36, 60), (18, 30), (9, 15))


def manifest_and_infos(dtype, decoder='yolo_new_coords', segmentation='argmax', depth='inverse'):
    dtype = np.dtype(dtype)
    unit = None if dtype == np.float32 else Quantization(1 / np.iinfo(dtype).max, 0.0)
    features = 5 + len(OBJECTS)
    if decoder == 'hailo_nms':
        heads = [TensorInfo('p3', (1, 1, 1000), np.dtype(np.float32))]
    else:
        raw = unit
        if decoder == 'yolox' and unit is not None:
            # Undecoded values are not within 0…1: offsets and logarithms of sizes.
            raw = Quantization(16 / np.iinfo(dtype).max, round(np.iinfo(dtype).max / 2))
        count = 3 if decoder == 'yolo_new_coords' else 1
        heads = [TensorInfo(n, (*g, count * features), dtype, raw) for n, g in zip(HEADS, GRIDS)]
    map_dtype = np.dtype(np.uint8) if segmentation == 'argmax' else dtype
    channels = 1 if segmentation == 'argmax' else len(CLASSES)
    manifest = ModelManifest(
        name='test',
        path=Path('test.yaml'),
        files={},
        input=InputSpecification(*INPUT_SIZE),
        detection=DetectionSpecification(
            decoder, tuple(info.name for info in heads), OBJECTS, ANCHORS, nms='per_class'
        ),
        semantic=SegmentationSpecification(segmentation, 'semantic', CLASSES),
        lane=SegmentationSpecification('argmax', 'lane', LANES, 'background'),
        depth=DepthSpecification(depth, 'depth', 100.0, 1.0, 500.0, (0.5, 300.0)),
    )
    infos = [
        *heads,
        TensorInfo('semantic', (144, 240, channels), map_dtype, unit),
        TensorInfo('lane', (144, 240, 1), np.dtype(np.uint8)),
        TensorInfo('depth', (144, 240, 1), dtype, unit),
    ]
    return manifest, {info.name: info for info in infos}


def encode(truth, manifest, infos, transform):
    tensors = encode_truth(truth, manifest, list(infos.values()), transform, CAMERA)
    for name, tensor in tensors.items():
        assert (tensor.shape, tensor.dtype) == (infos[name].shape, infos[name].dtype)
    assert set(tensors) == set(infos)
    return tensors


def detect(tensors, manifest, infos, transform):
    heads = [infos[name] for name in manifest.detection.outputs]
    decoder = DetectionDecoder(manifest.detection, heads, INPUT_SIZE)
    return decoder.decode(tensors, transform, score_threshold=0.5, iou_threshold=1.0)


@st.composite
def boxes_strategy(draw):
    """Up to a dozen boxes of at least 6 px, their centres two cells of the coarsest grid apart.

    Closer ones may be more than the grids have predictions for.
    """
    boxes: list[tuple[float, ...]] = []
    centers = np.empty((0, 2))
    for _ in range(draw(st.integers(0, 12))):
        width, height = draw(st.floats(6, 900)), draw(st.floats(6, 500))
        x = draw(st.floats(0, IMAGE_SIZE[0] - width))
        y = draw(st.floats(0, IMAGE_SIZE[1] - height))
        center = (x + width / 2, y + height / 2)
        if not (np.abs(centers - center).max(axis=1) < 128).any():
            centers = np.vstack((centers, center))
            boxes.append((x, y, x + width, y + height))
    class_ids = draw(st.lists(st.integers(0, 2), min_size=len(boxes), max_size=len(boxes)))
    return np.reshape(boxes, (-1, 4)), np.array(class_ids, int)


def assert_same_boxes(detections, boxes, class_ids, tolerance_px):
    """Match each true box to the nearest detection of its class, one to one."""
    assert len(detections) == len(boxes)
    free = list(range(len(boxes)))
    for box, class_id in zip(boxes, class_ids):
        errors = [
            np.abs(detections.xyxy[i] - box).max() + 1e6 * (detections.class_ids[i] != class_id)
            for i in free
        ]
        best = int(np.argmin(errors))
        assert errors[best] < tolerance_px
        free.pop(best)


@pytest.mark.parametrize('transform', TRANSFORMS)
@pytest.mark.parametrize('decoder', ['yolo_new_coords', 'yolox', 'hailo_nms'])
@pytest.mark.parametrize(
    ('dtype', 'tolerance_px'), [(np.float32, 0.01), (np.uint16, 1.0), (np.uint8, 45.0)]
)
@given(truth=boxes_strategy())
@settings(max_examples=12, deadline=None)
def test_boxes_come_back(transform, decoder, dtype, tolerance_px, truth):
    boxes, class_ids = truth
    manifest, infos = manifest_and_infos(dtype, decoder)
    tensors = encode(
        Truth(boxes=boxes, class_ids=class_ids), manifest, infos, TRANSFORMS[transform]
    )
    detections, non_finite = detect(tensors, manifest, infos, TRANSFORMS[transform])
    assert non_finite == 0
    assert_same_boxes(detections, boxes, class_ids, tolerance_px)


def test_equal_boxes_take_different_predictions():
    manifest, infos = manifest_and_infos(np.float32)
    boxes = np.tile((400.0, 200, 460, 240), (4, 1))
    tensors = encode(
        Truth(boxes=boxes, class_ids=np.zeros(4, int)), manifest, infos, TRANSFORMS['stretch']
    )
    detections, _ = detect(tensors, manifest, infos, TRANSFORMS['stretch'])
    assert_same_boxes(detections, boxes, np.zeros(4, int), 0.01)


def test_boxes_are_cut_at_the_image_and_dropped_outside():
    manifest, infos = manifest_and_infos(np.float32)
    boxes = [(-20.0, 100, 60, 200), (-50, 0, -10, 40)]
    tensors = encode(
        Truth(boxes=boxes, class_ids=[1, 1]), manifest, infos, TRANSFORMS['letterbox']
    )
    detections, _ = detect(tensors, manifest, infos, TRANSFORMS['letterbox'])
    assert_same_boxes(detections, np.array([(0, 100, 60, 200)]), [1], 0.01)


@pytest.mark.parametrize('transform', TRANSFORMS)
@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize('segmentation', ['argmax', 'scores'])
def test_class_maps_come_back(transform, dtype, segmentation):
    manifest, infos = manifest_and_infos(dtype, segmentation=segmentation)
    rng = np.random.default_rng(4)
    semantic = rng.integers(0, 4, IMAGE_SIZE[::-1], np.uint8)
    if segmentation == 'argmax':
        semantic[100:200, 300:400] = 255
    lane = rng.integers(0, 2, IMAGE_SIZE[::-1], np.uint8)
    transform = TRANSFORMS[transform]
    tensors = encode(Truth(semantic=semantic, lane=lane), manifest, infos, transform)
    for specification, truth in ((manifest.semantic, semantic), (manifest.lane, lane)):
        info = infos[specification.output]
        ids = SegmentationDecoder(specification, info).decode(tensors[info.name], transform).ids
        rows, columns = (nearest_pixels(n, m) for n, m in zip(ids.shape, truth.shape))
        np.testing.assert_array_equal(ids, truth[rows[:, None], columns])


@pytest.mark.parametrize('transform', TRANSFORMS)
@pytest.mark.parametrize('depth', ['linear', 'inverse', 'logarithmic'])
@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32])
def test_depth_comes_back(transform, depth, dtype):
    manifest, infos = manifest_and_infos(dtype, depth=depth)
    transform = TRANSFORMS[transform]
    truth = np.random.default_rng(4).uniform(2, 80, IMAGE_SIZE[::-1]).astype(np.float32)
    tensors = encode(Truth(depth_m=truth), manifest, infos, transform)
    decoder = DepthDecoder(manifest.depth, infos['depth'], INPUT_SIZE)
    decoded, non_finite = decoder.decode(tensors['depth'], transform, CAMERA)
    assert non_finite == 0
    rows, columns = (nearest_pixels(n, m) for n, m in zip(decoded.depth_m.shape, truth.shape))
    expected = truth[rows[:, None], columns]
    steps = 1e6 if dtype == np.float32 else np.iinfo(dtype).max
    # Half a code's step at this depth: the slope of each coding.
    step_m = {
        'linear': 100 / steps,
        'inverse': expected**2 / steps,
        'logarithmic': expected * np.log(100) / steps,
    }[depth]
    assert (np.abs(decoded.depth_m - expected) < 1.05 * step_m + 1e-4 * expected).all()


def test_no_truth_is_nothing():
    manifest, infos = manifest_and_infos(np.uint8, depth='linear')
    transform = TRANSFORMS['letterbox']
    tensors = encode(Truth(), manifest, infos, transform)
    detections, _ = detect(tensors, manifest, infos, transform)
    semantic = SegmentationDecoder(manifest.semantic, infos['semantic'])
    lane = SegmentationDecoder(manifest.lane, infos['lane'])
    depth = DepthDecoder(manifest.depth, infos['depth'], INPUT_SIZE)
    assert len(detections) == 0
    assert (semantic.decode(tensors['semantic'], transform).ids == 255).all()
    assert (lane.decode(tensors['lane'], transform).ids == 0).all()
    known = depth.decode(tensors['depth'], transform, CAMERA, valid_range_m=(1.5, 300.0))[0]
    assert np.isnan(known.depth_m).all()


@pytest.mark.parametrize('missing', ['p4', 'semantic', 'depth'])
def test_outputs_without_description_are_refused(missing):
    manifest, infos = manifest_and_infos(np.uint8)
    del infos[missing]
    with pytest.raises(ConfigurationError, match=f"'{missing}' has no description"):
        encode_truth(Truth(), manifest, list(infos.values()), TRANSFORMS['stretch'], CAMERA)


def test_depth_that_depends_on_the_camera_needs_it():
    manifest, infos = manifest_and_infos(np.uint8)
    with pytest.raises(ConfigurationError, match='camera model'):
        encode_truth(Truth(), manifest, list(infos.values()), TRANSFORMS['stretch'])
