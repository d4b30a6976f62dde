# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import fields
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.results import LanePattern
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import bind
from hailo_perception.models.binding import BoundModel
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.tasks.camera_profile import CameraProfile
from hailo_perception.tasks.ground_plane import MountedGround
from hailo_perception.tasks.own_vehicle import OwnVehicle
from hailo_perception.tasks.plan import outputs_of
from hailo_perception.tasks.plan import Part
from hailo_perception.tasks.plan import parts_for
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.tasks.settings import DepthSettings
from hailo_perception.tasks.settings import DetectionSettings
from hailo_perception.tasks.settings import PointCloudSettings
from hailo_perception.tasks.settings import PostprocessSettings

OBJECTS = LabelSet.from_names('car', 'person')
SEMANTIC = LabelSet.from_names('road', 'car')
LANE = LabelSet.from_names('background', 'white_line')
INPUT_SIZE = (64, 48)
IMAGE_SIZE = (128, 96)
CAMERA = CameraModel(*IMAGE_SIZE, 90, 90, 63.5, 47.5)
EVERYTHING = frozenset(Output)
GIVEN = {'camera', 'header', 'image_size', 'camera_model', 'withheld'}
CONFIDENCES = {Output.SEMANTIC_CONFIDENCE, Output.POINT_CONFIDENCE}
NEED_DEPTH = {
    Output.DEPTH,
    Output.DEPTH_COLOR,
    Output.POINTS,
    Output.POINT_LABELS,
    Output.POINT_CONFIDENCE,
    Output.BIRD_EYE,
}

TASKS = {
    'detection': DetectionSpecification(
        'yolo_new_coords', ('heads',), OBJECTS, anchors=(((16.0, 16.0),),)
    ),
    'semantic': SegmentationSpecification('scores', 'semantic', SEMANTIC, scores='logits'),
    'lane': SegmentationSpecification('argmax', 'lane', LANE, background='background'),
    'depth': DepthSpecification('linear', 'depth', 100.0),
}
INFOS = {
    'detection': TensorInfo('heads', (6, 8, 7), np.dtype(np.float32)),
    'semantic': TensorInfo('semantic', (24, 32, 2), np.dtype(np.float32)),
    'lane': TensorInfo('lane', (24, 32, 1), np.dtype(np.uint8)),
    'depth': TensorInfo('depth', (24, 32, 1), np.dtype(np.float32)),
}


def model_with(*tasks: str) -> BoundModel:
    manifest = ModelManifest(
        'tiny',
        Path('tiny.yaml'),
        {},
        InputSpecification(*INPUT_SIZE),
        **{task: TASKS[task] for task in tasks},
    )
    image = TensorInfo('image', (INPUT_SIZE[1], INPUT_SIZE[0], 3), np.dtype(np.uint8))
    return bind(manifest, (image,), tuple(INFOS[task] for task in tasks))


def tensors() -> dict[str, np.ndarray]:
    """A car 20 m ahead in the middle, on a road with one line."""
    heads = np.zeros((6, 8, 7), np.float32)
    heads[3, 4] = (0.25, 0.25, 0.5, 0.5, 0.9, 1.0, 0.0)
    semantic = np.full((24, 32, 2), (2.0, 0.0), np.float32)
    lane = np.zeros((24, 32, 1), np.uint8)
    lane[12:, 8] = 1
    depth = np.full((24, 32, 1), 0.2, np.float32)
    return {'heads': heads, 'semantic': semantic, 'lane': lane, 'depth': depth}


def run(
    wanted: frozenset[Output] | set[Output],
    *,
    model: BoundModel | None = None,
    camera_model: CameraModel | None = CAMERA,
    settings: PostprocessSettings | None = None,
    profile: CameraProfile | None = None,
    **changed: np.ndarray,
) -> Perception:
    frame = Frame(
        'front',
        Header(7, 'optical'),
        np.zeros((*IMAGE_SIZE[::-1], 3), np.uint8),
        'bgr',
        camera_model,
    )
    postprocessor = Postprocessor(model or model_with(*TASKS), settings)
    if profile is not None:
        postprocessor.profiles = {'front': profile}
    raw = RawOutputs({**tensors(), **changed}, release=lambda: pytest.fail('released'))
    transform = ImageTransform.stretch(IMAGE_SIZE, INPUT_SIZE)
    return postprocessor.run(frame, transform, raw, frozenset(wanted))


def made(perception: Perception) -> set[str]:
    parts = {item.name for item in fields(Perception)} - GIVEN
    return {part for part in parts if getattr(perception, part) is not None}


@pytest.mark.parametrize(
    ('wanted', 'expected'),
    [
        (set(), set()),
        ({Output.DETECTIONS}, {'detections'}),
        ({Output.SEMANTIC_MASK}, {'semantic'}),
        ({Output.SEMANTIC_CONFIDENCE}, {'semantic', 'semantic_confidence'}),
        ({Output.LANE_MASK}, {'lane'}),
        ({Output.LANES}, {'lane', 'lane_lines', 'semantic', 'depth'}),
        ({Output.DEPTH}, {'semantic', 'depth'}),
        ({Output.DEPTH_COLOR}, {'semantic', 'depth', 'depth_color'}),
        ({Output.POINTS}, {'depth', 'semantic', 'point_cloud'}),
        (
            {Output.POINT_CONFIDENCE},
            {'semantic', 'semantic_confidence', 'depth', 'point_confidence'},
        ),
        ({Output.OBJECTS}, {'detections', 'semantic', 'depth'}),
        ({Output.BIRD_EYE}, {'detections', 'semantic', 'lane', 'depth', 'bird_eye'}),
        ({Output.MARKERS}, {'detections', 'semantic', 'lane', 'lane_lines', 'depth'}),
        (
            {Output.OVERLAY_COMPRESSED},
            {'detections', 'semantic', 'lane', 'lane_lines', 'depth', 'overlay'},
        ),
    ],
)
def test_only_what_is_needed_is_made(wanted: set[Output], expected: set[str]) -> None:
    perception = run(wanted)
    assert made(perception) == expected
    assert perception.withheld == ()


def test_everything() -> None:
    perception = run(EVERYTHING)
    assert len(made(perception)) == 11 and perception.withheld == ()
    assert (perception.camera, perception.header) == ('front', Header(7, 'optical'))
    assert perception.image_size == IMAGE_SIZE and perception.camera_model == CAMERA
    assert perception.detections.distances_m[0] == pytest.approx(20, rel=0.01)
    (line,) = perception.lane_lines.lines
    assert line.class_id == 1
    # Column 8 of 32 in an image of 128.
    np.testing.assert_allclose(line.pixels[:, 0], 8.5 * 4 - 0.5)


def test_parts_for_nothing() -> None:
    assert parts_for(frozenset()) == frozenset()
    assert parts_for(EVERYTHING) == frozenset(Part)


@pytest.mark.parametrize(
    ('tasks', 'missing'),
    [
        ((), EVERYTHING - {Output.OVERLAY, Output.OVERLAY_COMPRESSED}),
        (('detection', 'semantic', 'lane', 'depth'), set()),
        (('detection', 'semantic', 'lane'), NEED_DEPTH),
        (
            ('semantic', 'lane', 'depth'),
            {Output.OBJECTS, Output.DETECTIONS, Output.AUTOWARE_OBJECTS},
        ),
        (
            ('detection',),
            {
                Output.SEMANTIC_MASK,
                Output.SEMANTIC_CONFIDENCE,
                Output.AUTOWARE_MASK,
                Output.LANE_MASK,
                Output.LANES,
                *NEED_DEPTH,
            },
        ),
    ],
)
def test_a_model_without_a_task(tasks: tuple[str, ...], missing: set[Output]) -> None:
    model = model_with(*tasks)
    assert outputs_of(model) == EVERYTHING - missing
    perception = run(EVERYTHING, model=model)
    for output in missing:
        assert any(output.value in sentence for _, sentence in perception.withheld)
    absent = set(TASKS) - set(tasks)
    assert len(perception.withheld) == len(absent)
    assert all("the model 'tiny' has no" in sentence for _, sentence in perception.withheld)
    assert perception.overlay is not None
    assert run(outputs_of(model), model=model).withheld == ()


def test_without_calibration_the_rest_is_delivered() -> None:
    perception = run(EVERYTHING, camera_model=None)
    assert made(perception) == {
        'detections',
        'semantic',
        'semantic_confidence',
        'lane',
        'lane_lines',
        'overlay',
    }
    assert np.isnan(perception.detections.distances_m).all()
    ((cause, sentence),) = perception.withheld
    assert cause is Cause.CAMERA_INFO
    assert "camera 'front' has no usable camera_info" in sentence
    needing = 'no depth/image, depth/color, points, points/mask, points/confidence, bird_eye'
    assert f'{needing} and no distances in' in sentence


@pytest.mark.parametrize('output', [Output.DETECTIONS, Output.SEMANTIC_MASK, Output.LANE_MASK])
def test_without_calibration_what_needs_none_is_not_complained_about(output: Output) -> None:
    assert run({output}, camera_model=None).withheld == ()


def test_a_detector_needs_no_calibration() -> None:
    perception = run({Output.OBJECTS}, model=model_with('detection'), camera_model=None)
    assert perception.withheld == () and len(perception.detections) == 1


def test_a_calibration_of_another_size() -> None:
    perception = run({Output.DEPTH, Output.DETECTIONS}, camera_model=CAMERA.scaled(64, 48))
    assert made(perception) == {'detections', 'semantic'}
    ((cause, sentence),) = perception.withheld
    assert cause is Cause.CAMERA_INFO
    assert '128×96' in sentence and '64×48' in sentence


def test_non_finite_values_are_counted_once_per_kind() -> None:
    depth, heads = tensors()['depth'], tensors()['heads']
    depth[0, :5] = np.nan
    heads[0, 0] = (np.inf, 0.5, 0.5, 0.5, 0.9, 1.0, 0.0)
    perception = run(EVERYTHING, depth=depth, heads=heads)
    assert len(made(perception)) == 11
    assert [cause for cause, _ in perception.withheld] == [Cause.NETWORK_OUTPUT] * 2
    assert perception.withheld[0][1].startswith('1 object candidates')
    assert perception.withheld[1][1].startswith('5 depth pixels')


@pytest.mark.parametrize(
    'tensor', [np.zeros((24, 31, 1), np.float32), np.zeros((24, 32, 1), np.float64)]
)
def test_a_misshapen_tensor_costs_the_frame(tensor: np.ndarray) -> None:
    with pytest.raises(NetworkOutputError, match='depth'):
        run(set(), depth=tensor)


def test_a_missing_tensor_costs_the_frame() -> None:
    model = model_with(*TASKS)
    frame = Frame('front', Header(0, ''), np.zeros((96, 128, 3), np.uint8), 'bgr', CAMERA)
    raw = RawOutputs({name: value for name, value in tensors().items() if name != 'lane'})
    with pytest.raises(NetworkOutputError, match='lane'):
        Postprocessor(model).run(
            frame, ImageTransform.stretch(IMAGE_SIZE, INPUT_SIZE), raw, EVERYTHING
        )


@pytest.mark.parametrize(
    ('task', 'reason'),
    [
        (SegmentationSpecification('argmax', 'semantic', SEMANTIC), 'class ids of the model'),
        (SegmentationSpecification('scores', 'semantic', SEMANTIC), "write 'scores: logits'"),
    ],
    ids=['argmax', 'unsaid'],
)
def test_a_model_that_is_not_sure_of_anything_says_so(
    task: SegmentationSpecification, reason: str
) -> None:
    channels, dtype = (1, np.uint8) if task.decoder == 'argmax' else (2, np.float32)
    info = TensorInfo('semantic', (24, 32, channels), np.dtype(dtype))
    model = model_with(*TASKS)
    model = replace(model, manifest=replace(model.manifest, semantic=task), semantic=info)
    assert outputs_of(model) == EVERYTHING - CONFIDENCES
    perception = run(EVERYTHING, model=model, semantic=np.zeros(info.shape, info.dtype))
    assert perception.semantic_confidence is None and perception.semantic is not None
    ((_, sentence),) = perception.withheld
    assert reason in sentence and 'hence no semantic/confidence, points/confidence' in sentence


def test_settings_reach_their_tasks() -> None:
    settings = PostprocessSettings(
        detection=DetectionSettings(score_threshold=0.95),
        depth=DepthSettings(scale=2.0, offset_m=1.0),
        point_cloud=PointCloudSettings(stride=4),
    )
    perception = run(EVERYTHING, settings=settings)
    assert len(perception.detections) == 0
    np.testing.assert_allclose(perception.depth.depth_m, 41, rtol=1e-5)
    assert perception.point_cloud.points.shape == perception.point_confidence.shape == (6, 8)


def test_settings_change_with_the_next_frame() -> None:
    postprocessor = Postprocessor(model_with(*TASKS))
    frame = Frame('front', Header(0, ''), np.zeros((96, 128, 3), np.uint8), 'bgr', CAMERA)
    transform = ImageTransform.stretch(IMAGE_SIZE, INPUT_SIZE)
    counts = []
    for threshold in (0.1, 0.95):
        postprocessor.settings = replace(
            postprocessor.settings, detection=DetectionSettings(score_threshold=threshold)
        )
        raw = RawOutputs(tensors())
        found = postprocessor.run(frame, transform, raw, frozenset({Output.DETECTIONS}))
        counts.append(len(found.detections))
    assert counts == [1, 0]


def test_the_result_does_not_refer_to_the_raw_outputs() -> None:
    raw = tensors()
    perception = run(EVERYTHING, **raw)
    before = (
        perception.semantic.ids.copy(),
        perception.semantic_confidence.copy(),
        perception.lane.ids.copy(),
        perception.depth.depth_m.copy(),
    )
    for tensor in raw.values():
        tensor[:] = 77
    after = (
        perception.semantic.ids,
        perception.semantic_confidence,
        perception.lane.ids,
        perception.depth.depth_m,
    )
    for one, other in zip(before, after):
        np.testing.assert_array_equal(one, other)


def test_quantised_tensors_are_read_as_they_are() -> None:
    info = TensorInfo('depth', (24, 32, 1), np.dtype(np.uint8), Quantization(1 / 255, 0.0))
    model = replace(model_with(*TASKS), depth=info)
    perception = run({Output.DEPTH}, model=model, depth=np.full((24, 32, 1), 51, np.uint8))
    np.testing.assert_allclose(perception.depth.depth_m, 20, rtol=1e-5)


def test_a_camera_corrects_its_own_depth_after_the_common_correction() -> None:
    settings = PostprocessSettings(depth=DepthSettings(scale=2.0, offset_m=1.0))
    profile = CameraProfile(depth_scale=0.5, depth_offset_m=-3.0)
    perception = run({Output.DEPTH}, settings=settings, profile=profile)
    np.testing.assert_allclose(perception.depth.depth_m, (20 * 2 + 1) * 0.5 - 3, rtol=1e-5)


def test_another_cameras_profile_does_not_count() -> None:
    postprocessor = Postprocessor(model_with(*TASKS))
    postprocessor.profiles = {'rear': CameraProfile(depth_scale=3.0)}
    frame = Frame('front', Header(0, ''), np.zeros((96, 128, 3), np.uint8), 'bgr', CAMERA)
    transform = ImageTransform.stretch(IMAGE_SIZE, INPUT_SIZE)
    found = postprocessor.run(frame, transform, RawOutputs(tensors()), frozenset({Output.DEPTH}))
    np.testing.assert_allclose(found.depth.depth_m, 20, rtol=1e-5)


@pytest.mark.parametrize('sky_is_unknown', [True, False])
def test_the_sky_has_no_depth(sky_is_unknown: bool) -> None:
    labels = LabelSet.from_names('road', 'sky')
    task = SegmentationSpecification('argmax', 'semantic', labels)
    model = model_with(*TASKS)
    info = TensorInfo('semantic', (24, 32, 1), np.dtype(np.uint8))
    model = replace(model, manifest=replace(model.manifest, semantic=task), semantic=info)
    semantic = np.zeros((24, 32, 1), np.uint8)
    semantic[:12] = 1
    settings = PostprocessSettings(depth=DepthSettings(sky_is_unknown=sky_is_unknown))
    perception = run({Output.DEPTH}, model=model, settings=settings, semantic=semantic)
    assert np.isnan(perception.depth.depth_m[:12]).all() == sky_is_unknown
    assert np.isfinite(perception.depth.depth_m[12:]).all()


def test_the_own_vehicle_has_neither_depth_nor_points_nor_objects() -> None:
    everywhere = OwnVehicle.read('', '0,0 128,0 128,96 0,96')
    perception = run(EVERYTHING, profile=CameraProfile(own_vehicle=everywhere))
    assert np.isnan(perception.depth.depth_m).all()
    assert np.isnan(perception.point_cloud.points['z']).all()
    assert len(perception.detections) == 0
    corner = OwnVehicle.read('', '0,90 10,90 10,96 0,96')
    perception = run(EVERYTHING, profile=CameraProfile(own_vehicle=corner))
    assert np.isnan(perception.depth.depth_m[23, 0]) and len(perception.detections) == 1


GROUND = MountedGround.below_camera(1.5, 0.2)


def test_without_a_depth_task_the_ground_tells_positions() -> None:
    model = model_with('detection')
    perception = run({Output.OBJECTS}, model=model, profile=CameraProfile(ground=GROUND))
    assert perception.withheld == ()
    assert np.isfinite(perception.detections.position_covariances_m2).all()
    # The car's box is 16 px of the input high around the row 24: its foot is on the row 32 of 48.
    ray = np.array((0, (32 * 2 - 0.5 - CAMERA.cy) / CAMERA.fy))
    assert perception.detections.positions_m[0, 2] == pytest.approx(GROUND.depth_of(ray))


def test_the_ground_needs_a_calibration_too_and_says_so_once() -> None:
    for tasks in (('detection',), tuple(TASKS)):
        perception = run(
            {Output.OBJECTS},
            model=model_with(*tasks),
            camera_model=None,
            profile=CameraProfile(ground=GROUND),
        )
        ((cause, sentence),) = perception.withheld
        assert cause is Cause.CAMERA_INFO and 'no distances in objects' in sentence
        assert len(perception.detections) == 1


def test_without_depth_the_ground_tells_where_lane_lines_are() -> None:
    model = model_with('lane')
    profile = CameraProfile(ground=GROUND)
    perception = run({Output.LANES}, model=model, profile=profile)
    assert perception.withheld == ()
    (line,) = perception.lane_lines.lines
    rays = CAMERA.unproject(line.pixels)
    np.testing.assert_allclose(line.points_m[:, 2], GROUND.depth_of(rays), rtol=1e-4)
    # Not even nine metres of it are seen.
    assert line.pattern is LanePattern.UNKNOWN
    perception = run({Output.LANES}, model=model, profile=profile, camera_model=None)
    ((cause, sentence),) = perception.withheld
    assert cause is Cause.CAMERA_INFO and 'no distances in lanes' in sentence
    assert np.isnan(perception.lane_lines.lines[0].points_m).all()


def test_strokes_and_gaps_are_a_dashed_line() -> None:
    lane = tensors()['lane']
    lane[[15, 16, 20, 21]] = 0
    perception = run({Output.LANES}, lane=lane)
    assert perception.lane_lines.lines[0].pattern is LanePattern.DASHED
    # Where the lane map shows another mark beside them, the gaps say nothing.
    labels = LabelSet.from_names('background', 'white_line', 'crosswalk')
    model = model_with(*TASKS)
    task = replace(TASKS['lane'], labels=labels)
    model = replace(model, manifest=replace(model.manifest, lane=task))
    lane[[15, 16, 20, 21], 10] = 2
    perception = run({Output.LANES}, model=model, lane=lane)
    assert perception.lane_lines.lines[0].pattern is LanePattern.UNKNOWN
