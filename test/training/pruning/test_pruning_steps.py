# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A pruning leaves each step on disk, goes on where it was cut short, and reports itself."""

import csv
import dataclasses

import pytest
import torch

from training.dataset import save_shard
from training.description import load_description
from training.network import MultitaskNetwork
from training.pruning.channels import PruningError
from training.pruning.fine_tuning import CHECKPOINT
from training.pruning.fine_tuning import Excerpt
from training.pruning.fine_tuning import load_network
from training.pruning.fine_tuning import NARROWED
from training.pruning.report import END
from training.pruning.report import measure_latencies
from training.pruning.report import read_around_results
from training.pruning.report import read_steps
from training.pruning.report import START
from training.pruning.report import write_report
from training.pruning.steps import gentle_recipe
from training.pruning.steps import prune
from training.pruning.steps import read_result
from training.pruning.steps import RESULT
from training.pruning.steps import SENSITIVITY
from training.pruning.steps import Settings
from training.pruning.steps import step_folder

SIZE = (96, 64)
CARS = [(10, 30, 40, 50), (60, 28, 80, 44)]


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp('pruning')


@pytest.fixture
def finished(paint, trained, folder):
    """Prune in two steps, each fine-tuned for one batch; done once, as nothing is repeated."""
    if not (folder / '0.npz').exists():
        save_shard([paint(CARS, SIZE), paint(CARS[:1], SIZE)], folder / '0.npz')
    settings = Settings(
        scenes=(folder,),
        validation=folder,
        output=folder / 'steps',
        shares=(0.5,),
        multiple=1,
        trial_scenes=1,
        minutes_per_step=1e-5,
        every=1,
        recipe=dataclasses.replace(gentle_recipe(), batch=2),
    )
    prune(trained, (0.8, 0.6), settings)
    return settings


def test_each_step_is_a_smaller_network_of_its_own_description(finished, trained):
    results = [read_result(step_folder(finished.output, i)) for i in range(3)]
    assert [r.wanted for r in results] == [1.0, 0.8, 0.6]
    for before, now in zip(results, results[1:]):
        assert now.share <= now.wanted and now.parameters < before.parameters
        assert now.narrowed and all(new < old for old, new in now.narrowed.values())
        assert now.images > 0 and set(now.before) == set(now.after)
    network = load_network(step_folder(finished.output, 2), CHECKPOINT)
    assert isinstance(network, MultitaskNetwork)
    assert network.description.name == 'tiny_macs_60'
    assert {n: v.shape for n, v in network(torch.rand(1, 3, 64, 96)).items()} == {
        n: v.shape for n, v in trained(torch.rand(1, 3, 64, 96)).items()
    }


def test_fine_tuning_starts_from_the_narrowed_weights(finished):
    folder = step_folder(finished.output, 1)
    narrowed, tuned = (load_network(folder, name).state_dict() for name in (NARROWED, CHECKPOINT))
    change = [(tuned[n] - v).abs().max().item() for n, v in narrowed.items() if v.ndim == 4]
    assert 0 < max(change) < 0.05


def test_a_finished_step_is_left_and_an_unfinished_one_goes_on(finished, trained):
    first, second = (step_folder(finished.output, i) for i in (1, 2))
    kept = [first / RESULT, first / CHECKPOINT, second / NARROWED, second / SENSITIVITY]
    before = [path.stat().st_mtime_ns for path in kept]
    was = read_result(second)
    (second / RESULT).unlink()
    prune(trained, (0.8, 0.6), finished)
    assert [path.stat().st_mtime_ns for path in kept] == before
    assert read_result(second) == was


@pytest.mark.parametrize('shares', [(), (0.5, 0.8), (1.0, 0.5), (0.5, 0.5), (0.5, 0.0)])
def test_shares_that_do_not_fall_are_refused(finished, trained, shares):
    with pytest.raises(PruningError, match='falling shares'):
        prune(trained, shares, finished)


def test_a_folder_of_other_steps_is_refused(finished, trained, tiny):
    with pytest.raises(PruningError, match='another share of the MACs: expected 0.7, found 0.8'):
        prune(trained, (0.7,), finished)
    renamed = MultitaskNetwork(dataclasses.replace(tiny, name='other'))
    renamed.load_state_dict(trained.state_dict())
    with pytest.raises(PruningError, match='another network'):
        prune(renamed, (0.8, 0.6), finished)


def test_other_weights_of_the_same_network_are_refused(finished, tiny):
    other = MultitaskNetwork(tiny).eval()
    with pytest.raises(PruningError, match='other weights'):
        prune(other, (0.8, 0.6), finished)


def test_a_step_that_was_cut_short_goes_on_for_its_own_share_only(finished, trained):
    second = step_folder(finished.output, 2)
    result = (second / RESULT).read_text(encoding='utf-8')
    (second / RESULT).unlink()
    try:
        with pytest.raises(PruningError, match='expected 0.5, found 0.6'):
            prune(trained, (0.8, 0.5), finished)
        assert not (second / RESULT).exists()
    finally:
        (second / RESULT).write_text(result, encoding='utf-8')


def test_a_network_without_lanes_and_depth_is_pruned(finished, tiny, tmp_path):
    pytest.importorskip('matplotlib')
    torch.manual_seed(0)
    description = dataclasses.replace(tiny, lane=None, depth=None)
    network = MultitaskNetwork(description).eval()
    prune(network, (0.8,), dataclasses.replace(finished, output=tmp_path))
    steps = read_steps(tmp_path)
    assert {'map50', 'miou_semantic'} <= set(steps[1].after)
    assert not {'miou_lane', 'depth_absrel'} & set(steps[1].after)
    write_report(steps, [2.0, 1.0], tmp_path, None)
    assert '| mAP50 | car AP50 | mIoU |\n' in (tmp_path / 'pruning.md').read_text()


def test_yolox_heads_are_refused_at_once(finished, tmp_path):
    network = MultitaskNetwork(load_description('yoloxp'))
    with pytest.raises(PruningError, match='found YOLOX heads'):
        prune(network, (0.8,), dataclasses.replace(finished, output=tmp_path))
    assert not any(tmp_path.iterdir())


def test_without_scenes_to_judge_on_it_says_so(finished, trained, tmp_path):
    settings = dataclasses.replace(finished, trial_scenes=2, output=tmp_path)
    with pytest.raises(PruningError, match='expected more than 2 scenes'):
        prune(trained, (0.8,), settings)


def test_an_excerpt_holds_its_scenes_only(finished):
    whole, rest = Excerpt(finished.validation, 0, None), Excerpt(finished.validation, 1, None)
    assert (len(whole), len(rest)) == (2, 1)
    assert len(rest[0].boxes) == len(whole[1].boxes) == 1


def test_the_report_takes_the_place_of_the_last_one(finished, tmp_path):
    pytest.importorskip('matplotlib')
    page = tmp_path / 'pruning.md'
    page.write_text(f'# Before\n{START}\nold\n{END}\nafter\n', encoding='utf-8')
    write_report(read_steps(finished.output), [3.0, 2.0, 1.25], finished.output, page)
    text = page.read_text(encoding='utf-8')
    assert text.startswith('# Before\n') and text.endswith(f'{END}\nafter\n')
    assert 'old' not in text and '| step | MACs | GFLOPs |' in text
    assert '| `backbone.stages[1].branch` | 3: ' in text
    with (tmp_path / 'pruning.csv').open(newline='') as file:
        rows = list(csv.DictReader(file))
    assert [(row['step'], row['latency_ms']) for row in rows] == [
        ('0', '3.00'),
        ('1', '2.00'),
        ('2', '1.25'),
    ]
    assert float(rows[2]['gflops']) < float(rows[0]['gflops'])
    for name in ('pruning.png', 'pruning_sensitivity.png'):
        assert (tmp_path / name).read_bytes().startswith(b'\x89PNG')
        assert f']({name})' in text


def test_latencies_are_of_the_exported_steps(finished):
    pytest.importorskip('onnxscript')
    last = read_steps(finished.output)[2:]
    (latency_ms,) = measure_latencies(finished.output, last)
    assert latency_ms > 0
    assert (step_folder(finished.output, 2) / 'tiny_macs_60.onnx').exists()


def test_a_page_without_a_place_for_results_is_refused(tmp_path):
    page = tmp_path / 'pruning.md'
    page.write_text('# Nothing here\n', encoding='utf-8')
    with pytest.raises(PruningError, match='expected the lines'):
        read_around_results(page)


def test_without_steps_there_is_nothing_to_report(tmp_path):
    with pytest.raises(PruningError, match='no finished step'):
        read_steps(tmp_path)
