# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a model or a camera cannot give is withheld, and the reason is said once."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_network import CAMERA
from tiny_network import EVERYTHING
from tiny_network import made
from tiny_network import model_whose
from tiny_network import model_with
from tiny_network import run
from tiny_network import SEMANTIC
from tiny_network import TASKS
from tiny_network import tensors

from hailo_perception.core.errors import Cause
from hailo_perception.core.results import Output
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.tasks.plan import outputs_of

CONFIDENCES = {Output.SEMANTIC_CONFIDENCE, Output.POINT_CONFIDENCE}
NEED_DEPTH = {
    Output.DEPTH,
    Output.DEPTH_COLOR,
    Output.POINTS,
    Output.POINT_LABELS,
    Output.POINT_CONFIDENCE,
    Output.BIRD_EYE,
}


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


@pytest.mark.parametrize(
    'output', [Output.AUTOWARE_OBJECTS, Output.SEMANTIC_MASK, Output.LANE_MASK]
)
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
    model = model_whose('semantic', task, info)
    assert outputs_of(model) == EVERYTHING - CONFIDENCES
    perception = run(EVERYTHING, model=model, semantic=np.zeros(info.shape, info.dtype))
    assert perception.semantic_confidence is None and perception.semantic is not None
    ((_, sentence),) = perception.withheld
    assert reason in sentence and 'hence no semantic/confidence, points/confidence' in sentence
