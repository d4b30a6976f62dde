# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Objects find the predictions that can describe them."""

import pytest
import torch

from training.description import load_description
from training.targets import assign
from training.targets import box_overlap
from training.targets import decode_boxes
from training.targets import find_candidates
from training.targets import flatten
from training.targets import ignored_cells
from training.targets import make_grid
from training.targets import Objects

WIDTH, HEIGHT = 480, 288


@pytest.fixture(scope='module')
def grid():
    return make_grid(load_description('lightnet_compact').detection, WIDTH, HEIGHT)


def objects(*boxes, images=None):
    return Objects(
        torch.tensor(images or [0] * len(boxes), dtype=torch.int64),
        torch.zeros(len(boxes), dtype=torch.int64),
        torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
    )


def values(grid, images=1):
    return torch.full((images, len(grid.stride), 14), 0.5)


def test_no_object_needs_no_prediction(grid):
    assert len(assign(values(grid), objects(), grid).object) == 0


@pytest.mark.parametrize(
    'box',
    [
        (100, 100, 108, 108),
        (0, 0, 12, 10),
        (468, 278, 480, 288),
        (200, 120, 260, 170),
        (50, 60, 250, 250),
        (0, 0, 480, 288),
    ],
)
def test_every_object_has_an_answer_that_can_reach_it(grid, box):
    wanted = objects(box)
    candidate, valid = find_candidates(wanted.box, grid)
    chosen = candidate[valid]
    center = (wanted.box[:, :2] + wanted.box[:, 2:]) / 2
    size = wanted.box[:, 2:] - wanted.box[:, :2]
    cell = torch.stack((grid.column[chosen], grid.row[chosen]), -1)
    reach = (center / grid.stride[chosen][:, None] - cell + 0.5) / 2
    side = (size / grid.anchor[chosen]).sqrt() / 2
    assert len(chosen)
    assert ((reach >= 0) & (reach <= 1)).all()
    assert ((side > 0) & (side < 1)).all()
    exact = decode_boxes(torch.cat((reach, side), 1), grid, chosen)
    torch.testing.assert_close(exact, wanted.box.expand(len(chosen), 4), atol=1e-2, rtol=1e-3)
    assert len(assign(values(grid), wanted, grid).object) >= 1


def test_a_prediction_answers_for_one_object_only(grid):
    found = assign(values(grid), objects((100, 100, 130, 125), (101, 100, 131, 125)), grid)
    assert len(found.prediction.unique()) == len(found.prediction)


def test_the_same_place_in_two_pictures_is_two_answers(grid):
    pair = objects((100, 100, 130, 125), (100, 100, 130, 125), images=[0, 1])
    found = assign(values(grid, 2), pair, grid)
    assert set(found.image.tolist()) == {0, 1}
    assert (found.object == found.image).all()


def test_flattened_heads_keep_the_grids_order(grid):
    heads = []
    for offset, anchors, h, w, _ in grid.shapes:
        index = torch.arange(anchors * h * w).view(1, anchors, 1, h, w) + offset
        heads.append(index.expand(1, anchors, 14, h, w).reshape(1, anchors * 14, h, w))
    assert (flatten(heads, grid)[0, :, 3] == torch.arange(len(grid.stride))).all()


@pytest.mark.parametrize(
    'a, b, iou',
    [
        ((0, 0, 2, 2), (0, 0, 2, 2), 1.0),
        ((0, 0, 2, 2), (1, 0, 3, 2), 1 / 3),
        ((0, 0, 1, 1), (5, 5, 6, 6), 0.0),
    ],
)
def test_overlap(a, b, iou):
    a, b = torch.tensor([a]).float(), torch.tensor([b]).float()
    assert box_overlap(a, b).item() == pytest.approx(iou, abs=1e-5)
    assert box_overlap(a, b, complete=True).item() <= iou + 1e-5


def test_cells_under_an_ignored_box_are_marked_and_no_others(grid):
    marked = ignored_cells(torch.tensor([1]), torch.tensor([[0.0, 0.0, 8.0, 8.0]]), grid, 2)
    assert not marked[0].any()
    assert (grid.column[marked[1]] == 0).all() and (grid.row[marked[1]] == 0).all()
    assert marked[1].sum() == 9
