# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""With a perfect network the whole chain, over DDS, reproduces the scene."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rclpy')

from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402
from sensor_msgs.msg import PointCloud2  # noqa: E402

from hailo_perception.backends.recording import save_recording  # noqa: E402
from hailo_perception.core.camera_model import CameraModel  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.image_transform import ImageTransform  # noqa: E402
from hailo_perception.core.quantization import Quantization  # noqa: E402
from hailo_perception.core.results import POINT_DTYPE  # noqa: E402
from hailo_perception.core.tensors import TensorInfo  # noqa: E402
from hailo_perception.models.binding import bind  # noqa: E402
from hailo_perception.models.manifest import load_manifest  # noqa: E402
from hailo_perception.msg import ObjectArray  # noqa: E402
from hailo_perception.ros import camera_info  # noqa: E402
from hailo_perception.ros import images  # noqa: E402
from hailo_perception.scenes import DrivingScene  # noqa: E402
from hailo_perception.scenes import LANE_LABELS  # noqa: E402
from hailo_perception.scenes import MountedCamera  # noqa: E402
from hailo_perception.scenes import OBJECT_LABELS  # noqa: E402
from hailo_perception.scenes import SEMANTIC_LABELS  # noqa: E402
from hailo_perception.scenes.oracle import encode_truth  # noqa: E402
from hailo_perception.scenes.oracle import Truth  # noqa: E402

INPUT = (480, 288)
MAP = (240, 144)
MINIMUM_M, MAXIMUM_M = 1.0, 120.0
CODE = Quantization(1 / 65535, 0)
MANIFEST = """
manifest_version: 1
name: oracle
files: {{replay: oracle.npz}}
input: {{width: 480, height: 288, resize: {resize}}}
tasks:
  detection:
    decoder: yolo_new_coords
    outputs: [head_8, head_16, head_32]
    anchors:
    - [[6, 8], [14, 18], [24, 14]]
    - [[20, 44], [40, 30], [64, 46]]
    - [[60, 110], [110, 80], [200, 140]]
    classes: {objects}
    score_threshold: 0.5
    iou_threshold: 0.999
  semantic: {{decoder: argmax, output: semantic/argmax, classes: {semantic}}}
  lane: {{decoder: argmax, output: lane/argmax, classes: {lane}, background: background}}
  depth:
    decoder: logarithmic
    output: depth
    minimum_m: 1.0
    maximum_m: 120.0
    focal_length_px: 400
    valid_range_m: [1.0, 100.0]
"""
DISTORTIONS = {
    'pinhole': ('plumb_bob', ()),
    'plumb_bob': ('plumb_bob', (-0.28, 0.07, 0.0006, -0.0004, 0.0)),
    'rational': ('rational_polynomial', (0.6, 0.15, 0.0005, 0.0, 0.01, 0.9, 0.3, 0.05)),
    'fisheye': ('equidistant', (0.02, -0.01, 0.002, 0.0)),
}


@dataclass(frozen=True)
class Case:
    resize: str
    size: tuple[int, int]
    lens: str

    def __str__(self) -> str:
        return f'{self.resize}-{self.size[0]}-{self.lens}'


CASES = [
    Case('stretch', (640, 384), 'pinhole'),
    Case('letterbox', (1280, 720), 'pinhole'),
    Case('letterbox', (800, 600), 'plumb_bob'),
    Case('stretch', (1280, 720), 'rational'),
    Case('letterbox', (640, 384), 'fisheye'),
]


@pytest.mark.parametrize('case', CASES, ids=str)
def test_the_chain_reproduces_the_scene(
    case: Case, tmp_path: Path, start_node: Callable[..., Any], client: Any
) -> None:
    """Boxes within 1 px, masks identical, depth within a code, points within 1 cm + 0.1 %."""
    width, height = case.size
    model, distortion = DISTORTIONS[case.lens]
    camera = CameraModel(
        width, height, 0.8 * width, 0.8 * width, width / 2 - 3, height / 2 + 5, model, distortion
    )
    frame = DrivingScene(4).render(2.0, MountedCamera(camera, height_m=1.5, pitch_rad=0.02))
    truth, transform, bound = record_truth(case.resize, frame, camera, tmp_path)

    start_node(
        'perception_node',
        model=str(tmp_path / 'oracle.yaml'),
        backend='replay',
        detection__maximum_objects=500,
    )
    prefix = '/perception/front'
    topics = {
        'objects': ObjectArray,
        'semantic/mask': Image,
        'lane/mask': Image,
        'depth/image': Image,
        'depth/camera_info': CameraInfo,
        'points': PointCloud2,
    }
    for name, message_type in topics.items():
        client.subscribe(message_type, f'{prefix}/{name}')
    received = {name: client.received[f'{prefix}/{name}'] for name in topics}
    publish_image = client.node.create_publisher(Image, '/front/image_raw', 2)
    publish_info = client.node.create_publisher(CameraInfo, '/front/camera_info', 2)
    header = Header(12_345_678_901, 'front_optical_frame')

    def publish() -> None:
        publish_info.publish(camera_info.to_message(camera, header))
        publish_image.publish(images.to_message(frame.image, header))

    client.publish_until(publish, lambda: all(received.values()), 'all outputs')
    newest = {name: messages[-1] for name, messages in received.items()}

    for message in newest.values():
        assert (message.header.stamp.sec, message.header.stamp.nanosec) == (12, 345_678_901)
        assert message.header.frame_id == 'front_optical_frame'
    check_objects(newest['objects'], truth)
    rows, columns = sample_pixels(transform)
    for name, ids in (('semantic/mask', truth.semantic), ('lane/mask', truth.lane)):
        expected = ids[rows, columns]
        # 255 in the truth is what no network has a class for: the oracle gives any class.
        seen = np.frombuffer(newest[name].data, np.uint8).reshape(expected.shape)
        assert newest[name].encoding == 'mono8'
        labelled = expected != 255
        np.testing.assert_array_equal(seen[labelled], expected[labelled])
    depth = check_depth(newest['depth/image'], truth, bound.manifest, transform, camera)
    scaled = camera_info.to_camera_model(newest['depth/camera_info'], rectified=False)
    assert scaled == camera.scaled(depth.shape[1], depth.shape[0])
    check_points(newest['points'], depth, scaled)


def record_truth(
    resize: str, frame: Any, camera: CameraModel, folder: Path
) -> tuple[Truth, ImageTransform, Any]:
    """Write a manifest and the recording of a perfect network beside it."""

    def flow(labels: Any) -> str:
        return '[' + ', '.join(f'"{name}"' for name in labels.names) + ']'

    (folder / 'oracle.npz').write_bytes(b'placeholder')
    (folder / 'oracle.yaml').write_text(
        MANIFEST.format(
            resize=resize,
            objects=flow(OBJECT_LABELS),
            semantic=flow(SEMANTIC_LABELS),
            lane=flow(LANE_LABELS),
        )
    )
    manifest = load_manifest(folder / 'oracle.yaml')
    predictions = 3 * (5 + len(OBJECT_LABELS))
    infos = (
        *(
            TensorInfo(f'head_{s}', (288 // s, 480 // s, predictions), np.dtype(np.uint16), CODE)
            for s in (8, 16, 32)
        ),
        TensorInfo('semantic/argmax', (MAP[1], MAP[0], 1), np.dtype(np.uint8)),
        TensorInfo('lane/argmax', (MAP[1], MAP[0], 1), np.dtype(np.uint8)),
        TensorInfo('depth', (MAP[1], MAP[0], 1), np.dtype(np.uint16), CODE),
    )
    bound = bind(manifest, (TensorInfo('image', (288, 480, 3), np.dtype(np.uint8)),), infos)
    make = ImageTransform.stretch
    if resize == 'letterbox':
        transform = ImageTransform.letterbox(camera.size, INPUT, alignment=bound.alignment)
    else:
        transform = make(camera.size, INPUT)
    boxes = frame.objects.xyxy
    sides = (boxes[:, 2:] - boxes[:, :2]) * transform.scale
    # What is smaller than two pixels of the network's input no grid of anchors can express.
    expressible = (sides > 2).all(axis=1)
    truth = Truth(
        boxes=boxes[expressible],
        class_ids=frame.objects.class_ids[expressible],
        semantic=frame.semantic,
        lane=frame.lane,
        depth_m=frame.depth_m,
    )
    tensors = encode_truth(truth, manifest, infos, transform, camera)
    save_recording(folder / 'oracle.npz', infos, [tensors])
    return truth, transform, bound


def sample_pixels(transform: ImageTransform) -> tuple[np.ndarray, np.ndarray]:
    """Find the image pixels under the centres of the maps' pixels."""
    region = transform.map_region(*MAP)
    width, height = transform.image_size
    shape = [part.stop - part.start for part in region]
    rows = ((np.arange(shape[0]) + 0.5) * height / shape[0]).astype(int)
    columns = ((np.arange(shape[1]) + 0.5) * width / shape[1]).astype(int)
    return rows[:, None], columns[None, :]


def check_objects(message: ObjectArray, truth: Truth) -> None:
    """Every true box is there within 1 px and with its class, and nothing else."""
    assert len(truth.boxes) > 3
    seen = np.array([(o.x_min, o.y_min, o.x_max, o.y_max) for o in message.objects])
    assert len(seen) == len(truth.boxes)
    for box, class_id in zip(truth.boxes, truth.class_ids, strict=True):
        same = [
            o.class_name == OBJECT_LABELS.name_of(class_id) for o in message.objects
        ]
        error = np.abs(seen[same] - box).max(axis=1)
        assert error.min() < 1.0


def check_depth(
    message: Image,
    truth: Truth,
    manifest: Any,
    transform: ImageTransform,
    camera: CameraModel,
) -> np.ndarray:
    """Depth agrees within one code within the valid range, at any focal length; else it is NaN."""
    assert message.encoding == '32FC1'
    depth = np.frombuffer(message.data, np.float32).reshape(message.height, message.width)
    rows, columns = sample_pixels(transform)
    expected = truth.depth_m[rows, columns]
    ratio = camera.fx * transform.scale[0] / manifest.depth.focal_length_px
    near, far = (limit_m * ratio for limit_m in manifest.depth.valid_range_m)
    known = (expected > 1.01 * max(near, 1.0)) & (expected < 0.99 * min(far, 100.0))
    assert known.mean() > 0.2
    assert np.isnan(depth[(expected < 0.99 * near) | (expected > 1.01 * far)]).all()
    step = np.log(MAXIMUM_M / MINIMUM_M) / 65535
    np.testing.assert_allclose(depth[known], expected[known], rtol=step)
    return depth


def check_points(message: PointCloud2, depth: np.ndarray, camera: CameraModel) -> None:
    """Points lie on their pixels' rays at the true depth, NaN exactly where it is unknown."""
    points = np.frombuffer(message.data, POINT_DTYPE).reshape(message.height, message.width)
    assert points.shape == depth.shape
    np.testing.assert_array_equal(np.isnan(points['z']), np.isnan(points['x']))
    known = np.isfinite(points['z'])
    assert known.any()
    xyz = np.stack((points['x'], points['y'], points['z']), axis=-1)[known].astype(np.float64)
    np.testing.assert_array_equal(xyz[:, 2].astype(np.float32), depth[known])
    pixels = np.stack(np.nonzero(known)[::-1], axis=-1)
    assert np.abs(camera.project(xyz) - pixels).max() < 0.5
    exact = np.concatenate((camera.unproject(pixels), np.ones((len(pixels), 1))), axis=1)
    exact *= depth[known][:, None]
    assert np.all(np.abs(xyz - exact) < 0.01 + 0.001 * np.abs(exact))
