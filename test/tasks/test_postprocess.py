# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is made of one frame's tensors, and that the rest is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_network import CAMERA
from tiny_network import EVERYTHING
from tiny_network import front_frame
from tiny_network import HEADER
from tiny_network import IMAGE_SIZE
from tiny_network import made
from tiny_network import model_whose
from tiny_network import model_with
from tiny_network import run
from tiny_network import TASKS
from tiny_network import tensors
from tiny_network import TRANSFORM

from hailo_perception.core.errors import NetworkOutputError
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.results import LanePattern
from hailo_perception.core.results import Output
from hailo_perception.core.tensors import RawOutputs
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.tasks.plan import Part
from hailo_perception.tasks.plan import parts_for
from hailo_perception.tasks.postprocess import Postprocessor
from hailo_perception.tasks.settings import DepthSettings
from hailo_perception.tasks.settings import DetectionSettings
from hailo_perception.tasks.settings import PointCloudSettings
from hailo_perception.tasks.settings import PostprocessSettings


@pytest.mark.parametrize(
    ('wanted', 'expected'),
    [
        (set(), set()),
        ({Output.AUTOWARE_OBJECTS}, {'detections'}),
        ({Output.DETECTIONS}, {'detections', 'semantic', 'depth'}),
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


@pytest.mark.parametrize('others', [{Output.OBJECTS}, {Output.OVERLAY, Output.DEPTH}, EVERYTHING])
def test_objects_are_the_same_whatever_else_is_wanted(others: set[Output]) -> None:
    alone = run({Output.DETECTIONS}).detections
    together = run({Output.DETECTIONS, *others}).detections
    assert np.isfinite(alone.positions_m).all()
    np.testing.assert_array_equal(alone.positions_m, together.positions_m)
    np.testing.assert_array_equal(
        alone.position_covariances_m2, together.position_covariances_m2
    )


def test_everything() -> None:
    perception = run(EVERYTHING)
    assert len(made(perception)) == 11 and perception.withheld == ()
    assert (perception.camera, perception.header) == ('front', HEADER)
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
    'tensor', [np.zeros((24, 31, 1), np.float32), np.zeros((24, 32, 1), np.float64)]
)
def test_a_misshapen_tensor_costs_the_frame(tensor: np.ndarray) -> None:
    with pytest.raises(NetworkOutputError, match='depth'):
        run(set(), depth=tensor)


def test_a_missing_tensor_costs_the_frame() -> None:
    model = model_with(*TASKS)
    raw = RawOutputs({name: value for name, value in tensors().items() if name != 'lane'})
    with pytest.raises(NetworkOutputError, match='lane'):
        Postprocessor(model).run(front_frame(), TRANSFORM, raw, EVERYTHING)


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
    counts = []
    for threshold in (0.1, 0.95):
        postprocessor.settings = replace(
            postprocessor.settings, detection=DetectionSettings(score_threshold=threshold)
        )
        raw = RawOutputs(tensors())
        found = postprocessor.run(front_frame(), TRANSFORM, raw, frozenset({Output.DETECTIONS}))
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
    model = model_whose('depth', info=info)
    perception = run({Output.DEPTH}, model=model, depth=np.full((24, 32, 1), 51, np.uint8))
    np.testing.assert_allclose(perception.depth.depth_m, 20, rtol=1e-5)


@pytest.mark.parametrize('sky_is_unknown', [True, False])
def test_the_sky_has_no_depth(sky_is_unknown: bool) -> None:
    labels = LabelSet.from_names('road', 'sky')
    task = SegmentationSpecification('argmax', 'semantic', labels)
    info = TensorInfo('semantic', (24, 32, 1), np.dtype(np.uint8))
    model = model_whose('semantic', task, info)
    semantic = np.zeros((24, 32, 1), np.uint8)
    semantic[:12] = 1
    settings = PostprocessSettings(depth=DepthSettings(sky_is_unknown=sky_is_unknown))
    perception = run({Output.DEPTH}, model=model, settings=settings, semantic=semantic)
    assert np.isnan(perception.depth.depth_m[:12]).all() == sky_is_unknown
    assert np.isfinite(perception.depth.depth_m[12:]).all()


def test_strokes_and_gaps_are_a_dashed_line() -> None:
    lane = tensors()['lane']
    lane[[15, 16, 20, 21]] = 0
    perception = run({Output.LANES}, lane=lane)
    assert perception.lane_lines.lines[0].pattern is LanePattern.DASHED
    # Where the lane map shows another mark beside them, the gaps say nothing.
    labels = LabelSet.from_names('background', 'white_line', 'crosswalk')
    model = model_whose('lane', replace(TASKS['lane'], labels=labels))
    lane[[15, 16, 20, 21], 10] = 2
    perception = run({Output.LANES}, model=model, lane=lane)
    assert perception.lane_lines.lines[0].pattern is LanePattern.UNKNOWN
