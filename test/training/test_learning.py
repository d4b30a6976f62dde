# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A step of training makes the losses smaller, and a checkpoint continues where it stood."""

import csv
import dataclasses

import numpy as np
import pytest
import torch

from training.augment import augment
from training.augment import mirror
from training.augment import window
from training.dataset import make_batch
from training.dataset import save_shard
from training.dataset import Scenes
from training.dataset import shuffled
from training.description import load_description
from training.losses import class_weights
from training.losses import multitask_loss
from training.losses import Weights
from training.train import learning_rate
from training.train import Pictures
from training.train import Recipe
from training.train import run
from training.train import Training

SMALL = (160, 96)
CARS = [(20, 40, 60, 70), (100, 44, 120, 58)]


@pytest.fixture(scope='module')
def description():
    return dataclasses.replace(load_description('lightnet_compact'), width=160, height=96)


def test_a_picture_without_objects_has_finite_losses(paint, description):
    batch = make_batch([paint([], SMALL)], 400)
    training = Training(description, Recipe(), 60)
    losses = training.step(batch)
    assert all(np.isfinite(v) for v in losses.values())
    assert losses['box'] == losses['label'] == 0


def test_nothing_labelled_gives_finite_gradients(paint, description):
    sample = paint([], SMALL)
    blank = dataclasses.replace(
        sample,
        semantic=np.full_like(sample.semantic, 255),
        lane=np.full_like(sample.lane, 255),
        depth_m=np.full_like(sample.depth_m, np.nan),
    )
    training = Training(description, Recipe(), 60)
    outputs = training.network(make_batch([blank], 400).image)
    losses = multitask_loss(outputs, make_batch([blank], 400), description)
    known = {name: value for name, value in losses.items() if name != 'semantic'}
    torch.stack(list(known.values())).sum().backward()
    assert all(
        torch.isfinite(p.grad).all() for p in training.network.parameters() if p.grad is not None
    )


def test_two_pictures_are_learned(paint, description):
    batch = make_batch([paint(CARS, SMALL), paint(CARS[:1], SMALL, fx=200)], 400)
    training = Training(description, Recipe(), 60)
    training.spent_s = 3.0
    losses = [training.step(batch) for _ in range(30)]
    first, last = (sum(sum(step.values()) for step in part) for part in (losses[:3], losses[-3:]))
    assert last < 0.45 * first
    for name in ('objectness', 'label', 'semantic', 'lane_overlap', 'depth'):
        assert losses[-1][name] < losses[0][name], name


def test_training_goes_on_from_a_checkpoint(paint, description, tmp_path):
    batch = make_batch([paint(CARS, SMALL)], 400)
    one = Training(description, Recipe(), 60)
    one.spent_s = 12.0
    one.step(batch)
    one.save(tmp_path / 'checkpoint.pt')
    other = Training(description, dataclasses.replace(Recipe(), seed=9), 60)
    other.load(tmp_path / 'checkpoint.pt')
    assert (other.steps, other.images, other.progress) == (1, 1, 0.2)
    torch.testing.assert_close(other.step(batch), one.step(batch), rtol=1e-4, atol=1e-4)


def test_one_task_alone_learns_and_all_else_stays(paint, description, tmp_path):
    whole = Training(description, Recipe(), 60)
    whole.save(tmp_path / 'checkpoint.pt')
    alone = Training(description, Recipe(), 60, only='depth')
    alone.start_from(tmp_path / 'checkpoint.pt')
    before = {name: value.clone() for name, value in alone.network.state_dict().items()}
    losses = alone.step(make_batch([paint(CARS, SMALL)], 400))
    assert set(losses) == {'depth', 'depth_shape'}
    changed = {n for n, v in alone.network.state_dict().items() if not torch.equal(v, before[n])}
    assert changed and all(name.startswith('dense.depth.') for name in changed)
    with pytest.raises(ValueError, match='semantic'):
        Training(description, Recipe(), 60, only='smell')


@pytest.mark.parametrize(
    'whole, small',
    [((640, 384), (416, 256)), ((352, 96), (352, 96)), ((320, 320), (320, 256))],
)
def test_small_windows_are_no_larger_than_the_picture(description, whole, small):
    width, height = whole
    training = Training(dataclasses.replace(description, width=width, height=height), Recipe(), 60)
    assert training.size == small
    training.spent_s = 40.0
    assert training.size == whole


def test_a_run_validates_logs_and_saves(paint, description, tmp_path):
    save_shard([paint(CARS, SMALL), paint([], SMALL)], tmp_path / '0.npz')
    recipe = dataclasses.replace(Recipe(), batch=2, small_size=SMALL)
    training = Training(description, recipe, 1e-3)
    pictures = Pictures(Scenes(tmp_path), Scenes(tmp_path), {'': Scenes(tmp_path)})
    run(training, pictures, tmp_path, every=1)
    assert training.progress == 1 and (tmp_path / 'checkpoint.pt').exists()
    head, *rows = (tmp_path / 'figures.csv').read_text().splitlines()
    assert 'depth_absrel' in head and len(rows) == training.steps


WITHOUT_MAPS = {'semantic_classes': (), 'lane_classes': (), 'depth_range': None}
FEWER = [
    ({'lane': None}, {'lane', 'lane_overlap'}, 'iou_white_line'),
    ({'semantic': None}, {'semantic'}, 'miou_semantic'),
    ({'semantic': None, 'semantic_classes': ()}, {'semantic'}, 'miou_semantic'),
    ({'depth': None}, {'depth', 'depth_shape'}, 'depth_absrel'),
    ({'detection': None}, {'box', 'objectness', 'label'}, 'map50'),
    (
        {'semantic': None, 'lane': None, 'depth': None, **WITHOUT_MAPS},
        {'semantic', 'lane', 'lane_overlap', 'depth', 'depth_shape'},
        'depth_absrel',
    ),
]


@pytest.mark.parametrize('changes, losses, figure', FEWER)
def test_a_network_with_fewer_tasks_is_trained(
    paint, description, tmp_path, capsys, changes, losses, figure
):
    save_shard([paint(CARS, SMALL)], tmp_path / '0.npz')
    recipe = dataclasses.replace(Recipe(), batch=1, small_size=SMALL)
    training = Training(dataclasses.replace(description, **changes), recipe, 1e-3)
    run(training, Pictures(Scenes(tmp_path), Scenes(), {'': Scenes(tmp_path)}), tmp_path, every=1)
    with (tmp_path / 'losses.csv').open(newline='') as file:
        row = next(csv.DictReader(file))
    assert 'scenes' in row and not losses & set(row)
    with (tmp_path / 'figures.csv').open(newline='') as file:
        assert figure not in next(csv.DictReader(file))
    printed = capsys.readouterr().out
    assert f'{figure}=' not in printed and ('map50=' in printed) == (figure != 'map50')


def test_yoloxps_class_map_is_taught_alone(paint):
    yoloxp = dataclasses.replace(load_description('yoloxp'), width=160, height=96)
    training = Training(yoloxp, Recipe(), 60, only='semantic')
    assert set(training.step(make_batch([paint(CARS, SMALL)], None))) == {'semantic'}


def test_other_classes_have_their_own_weights(paint, description):
    many = load_description('lightnet_multitask')
    names = [c.name for c in many.semantic_classes]
    weights = class_weights(torch.zeros(1), many.semantic_classes, Weights().semantic_classes)
    assert len(weights) == len(names) == 20
    assert weights[names.index('pole')] == 2 and weights[names.index('terrain')] == 1
    own = class_weights(torch.zeros(1), description.semantic_classes, Weights().semantic_classes)
    np.testing.assert_allclose(own.numpy(), (1, 1.5, 1, 2, 1, 1, 1.5, 1.2))
    lanes = class_weights(torch.zeros(1), description.lane_classes, Weights().lane_classes)
    assert lanes.tolist() == [1, 4, 4, 4]
    classes = {name: getattr(many, name) for name in ('semantic_classes', 'lane_classes')}
    other = Training(dataclasses.replace(description, **classes), Recipe(), 60)
    losses = other.step(make_batch([paint(CARS, SMALL)], 400))
    assert all(np.isfinite(value) for value in losses.values())


def test_the_last_row_is_a_mean_although_the_round_was_short(paint, description, tmp_path):
    save_shard([paint(CARS, SMALL)], tmp_path / '0.npz')
    recipe = dataclasses.replace(Recipe(), batch=1, small_size=SMALL)
    training = Training(description, recipe, 1e-3)
    stepped = []
    training.step = lambda batch: stepped.append(Training.step(training, batch)) or stepped[-1]
    run(training, Pictures(Scenes(tmp_path), Scenes(), {}), tmp_path, every=1000)
    with (tmp_path / 'losses.csv').open(newline='') as file:
        (row,) = csv.DictReader(file)
    assert stepped
    for name in stepped[0]:
        mean = np.mean([losses[name] for losses in stepped])
        assert float(row[name]) == pytest.approx(mean, rel=1e-4)


@pytest.mark.parametrize(
    'progress, low, high', [(0, 0, 0.1), (0.02, 1, 1), (0.5, 0.4, 0.7), (1, 0, 0.011)]
)
def test_the_learning_rate_rises_then_falls(progress, low, high):
    assert low <= learning_rate(progress, Recipe()) <= high


def test_a_shard_gives_back_what_was_put_in(paint, tmp_path):
    samples = [paint(CARS, SMALL), paint([], SMALL), paint(CARS[1:], SMALL, fx=321)]
    save_shard(samples, tmp_path / '7.npz')
    scenes = Scenes(tmp_path)
    assert len(scenes) == 3
    for i, sample in enumerate(samples):
        np.testing.assert_array_equal(scenes[i].image, sample.image)
        np.testing.assert_array_equal(scenes[i].boxes, sample.boxes)
        np.testing.assert_allclose(scenes[i].depth_m, sample.depth_m, rtol=1e-3)
        assert scenes[i].fx == sample.fx
    save_shard(samples[:1], tmp_path / '8.npz')
    scenes.refresh()
    assert len(scenes) == 4


def test_one_shard_is_enough_for_several_processes(paint, tmp_path):
    """Which has none of its own takes all that are there, until there is one of its own."""
    random = np.random.default_rng(0)
    save_shard([paint(CARS, SMALL), paint([], SMALL)], tmp_path / '1000000.npz')
    parts = [Scenes(tmp_path, part=(rank, 2)) for rank in range(2)]
    assert [len(part) for part in parts] == [2, 2]
    streams = [shuffled(part, random) for part in parts]
    assert all(next(stream).image.shape == (96, 160, 3) for stream in streams)
    name = 0
    while len({len(part) for part in parts}) == 1:
        save_shard([paint([], SMALL)] * 3, tmp_path / f'{name}.npz')
        name += 1
        for part in parts:
            part.refresh()
    assert sum(map(len, parts)) == 2 + 3 * name
    assert all(part[len(part) - 1].fx == 400 for part in parts)


def test_without_any_shard_it_says_so(tmp_path):
    with pytest.raises(ValueError, match='render some first'):
        next(shuffled(Scenes(tmp_path, part=(1, 2)), np.random.default_rng(0)))


def test_mirroring_twice_changes_nothing(paint):
    sample = paint(CARS, SMALL)
    again = mirror(mirror(sample))
    np.testing.assert_array_equal(again.image, sample.image)
    np.testing.assert_array_equal(again.boxes, sample.boxes)


def test_boxes_and_labels_move_with_the_picture(paint):
    moved = window(paint([(40, 40, 80, 70)], SMALL), (2.0, 2.0), (60.0, 70.0), SMALL)
    np.testing.assert_array_equal(moved.boxes, [(20, 10, 100, 70)])
    assert moved.fx == 800
    red = (moved.image[..., 0].astype(int) - moved.image[..., 1]) > 60
    rows, columns = np.nonzero(red)
    assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == (20, 10, 100, 70)
    rows, columns = np.nonzero(moved.semantic == 7)
    found = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    np.testing.assert_allclose(found, (10, 5, 50, 35), atol=1)


def test_labels_stand_for_the_middle_of_their_cell(paint):
    """A label was taken half a pixel from its cell's corner; on average the edges agree."""
    random = np.random.default_rng(0)
    apart = []
    for edge in random.uniform(60, 100, 200):
        taken = np.arange(SMALL[0] // 2) * 2 + 0.5
        lane = np.tile((taken > edge).astype(np.uint8), (SMALL[1] // 2, 1))
        sample = dataclasses.replace(paint([], SMALL), lane=lane)
        offset = (float(random.uniform(0, 4)), 0.0)
        moved = window(sample, (1.0, 1.0), offset, SMALL)
        apart.append(2 * np.argmax(moved.lane[10] == 1) - (edge - offset[0]))
    assert abs(np.mean(apart)) < 0.2


def test_a_box_cut_by_the_window_is_less_visible(paint):
    cut = window(paint([(40, 40, 80, 70)], SMALL), (1.0, 1.0), (70.0, 0.0), SMALL)
    np.testing.assert_array_equal(cut.boxes, [(0, 40, 10, 70)])
    assert cut.visibility[0] == pytest.approx(0.25)
    gone = window(paint([(40, 40, 80, 70)], SMALL), (1.0, 1.0), (90.0, 0.0), SMALL)
    assert len(gone.boxes) == 0


def test_variations_keep_the_forms(paint):
    random = np.random.default_rng(3)
    for _ in range(30):
        varied = augment(paint(CARS, (240, 160)), SMALL, SMALL[0], random)
        assert varied.image.shape == (96, 160, 3) and varied.image.dtype == np.uint8
        assert varied.semantic.shape == varied.lane.shape == varied.depth_m.shape == (48, 80)
        assert set(np.unique(varied.semantic)) <= {0, 5, 7, 255}
        assert (varied.boxes >= 0).all() and (varied.boxes <= (160, 96, 160, 96)).all()
