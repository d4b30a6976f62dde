# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a network says is judged by the package's own definitions."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from training.description import load_description
from training.targets import find_candidates
from training.targets import make_grid
from training.validate import validate

CARS = [(20, 140, 90, 190), (300, 150, 360, 190), (200, 150, 203, 153)]


@pytest.fixture
def description():
    return load_description('lightnet_compact')


def perfect(sample, description):
    """Give a network that says the truth: the inverse of every decoder."""
    grid = make_grid(description.detection, description.width, description.height)
    values = torch.zeros(len(grid.stride), 14)
    candidate, valid = find_candidates(torch.from_numpy(sample.boxes), grid)
    for box, label, choices in zip(sample.boxes, sample.labels, candidate.where(valid, -1)):
        place = choices[choices >= 0][0]
        stride, anchor = grid.stride[place], grid.anchor[place].numpy()
        cell = np.array((grid.column[place], grid.row[place]))
        reach = ((box[:2] + box[2:]) / 2 / float(stride) - cell + 0.5) / 2
        side = np.sqrt((box[2:] - box[:2]) / anchor) / 2
        values[place, :4] = torch.from_numpy(np.concatenate((reach, side)).astype(np.float32))
        values[place, 4] = values[place, 5 + int(label)] = 1
    outputs = {}
    for offset, anchors, h, w, stride in grid.shapes:
        part = values[offset : offset + anchors * h * w].view(anchors, h, w, 14)
        outputs[f'detect_{stride}'] = part.permute(0, 3, 1, 2).reshape(1, -1, h, w)
    for name, classes in (('semantic', 8), ('lane', 4)):
        ids = torch.from_numpy(getattr(sample, name)).long()
        outputs[name] = torch.nn.functional.one_hot(ids, classes).movedim(-1, 0)[None].float()
    depth = description.depth_range
    canonical = np.nan_to_num(sample.depth_m, nan=1) * depth.focal_length_px / sample.fx
    span = math.log(depth.maximum_m / depth.minimum_m)
    value = np.log(canonical / depth.minimum_m) / span
    outputs['depth'] = torch.from_numpy(value.astype(np.float32))[None, None]
    return outputs


@pytest.mark.parametrize('fx', [300.0, 400.0, 650.0])
def test_the_truth_is_judged_perfect(paint, description, fx):
    sample = paint(CARS, fx=fx)
    figures = validate(lambda image: perfect(sample, description), [sample], description)
    for name in ('ap50_car', 'map50', 'iou_road', 'iou_sky', 'iou_vehicle', 'iou_white_line'):
        assert figures[name] == 1, name
    assert figures['depth_absrel'] == pytest.approx(0, abs=1e-4)
    assert math.isnan(figures['ap50_bus']) and math.isnan(figures['iou_pole'])


def test_what_is_not_there_costs(paint, description):
    sample = paint(CARS)
    bare = dataclasses.replace(sample, boxes=sample.boxes[:1], labels=sample.labels[:1])
    figures = validate(lambda image: perfect(bare, description), [sample], description)
    assert figures['ap50_car'] == 0.5


@pytest.mark.parametrize(
    'task, names',
    [
        ('detection', {'map50', 'ap50_car'}),
        ('semantic', {'miou_semantic', 'iou_road'}),
        ('lane', {'miou_lane', 'iou_white_line'}),
        ('depth', {'depth_absrel', 'depth_delta_1_25'}),
    ],
)
def test_a_task_that_the_network_lacks_is_not_judged(paint, description, task, names):
    sample, without = paint(CARS), dataclasses.replace(description, **{task: None})

    def predict(image):
        outputs = perfect(sample, description)
        return {name: x for name, x in outputs.items() if not name.startswith(task[:6])}

    whole = validate(lambda image: perfect(sample, description), [sample], description)
    figures = validate(predict, [sample], without)
    assert names <= set(whole) and not names & set(figures)
    assert figures['iou_sky' if task != 'semantic' else 'map50'] == 1
    assert all(whole[name] == value or math.isnan(value) for name, value in figures.items())


def test_of_yolox_heads_the_class_maps_alone_are_judged(paint):
    yoloxp = load_description('yoloxp')
    sample = paint([])
    ids = torch.from_numpy(sample.semantic).long()
    outputs = {'semantic': torch.nn.functional.one_hot(ids, 20).movedim(-1, 0)[None].float()}
    figures = validate(lambda image: outputs, [sample], yoloxp)
    assert figures['iou_road'] == 1 and 'map50' not in figures
    with pytest.raises(NotImplementedError, match='yolox_s_opt: expected heads with anchors'):
        validate(lambda image: {}, [sample], load_description('yolox_s_opt'))
