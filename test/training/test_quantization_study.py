# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The quantisation study: what is missing, what is kept, what the page says."""

from __future__ import annotations

from dataclasses import replace
import math
from pathlib import Path

import numpy as np
import onnx
import pytest

from training.dataset import save_shard
from training.dataset import Scenes
from training.quantization import QuantizationError

pytest.importorskip('matplotlib')

from training.studies import quantization as study  # noqa: E402
from training.studies.quantization_page import compare_with_float  # noqa: E402
from training.studies.quantization_page import write_page  # noqa: E402
from training.studies.quantization_points import FLOAT  # noqa: E402
from training.studies.quantization_points import Origin  # noqa: E402
from training.studies.quantization_points import Point  # noqa: E402
from training.studies.quantization_points import PointFile  # noqa: E402
from training.studies.quantization_points import Setting  # noqa: E402

FOUR = Setting(4, 'minmax', 'per_channel')
EIGHT = Setting(8, 'minmax', 'per_channel')
FLOAT_FIGURES = {
    'ap50_car': 0.7, 'map50': 0.3, 'miou_semantic': 0.6, 'miou_lane': 0.5, 'depth_absrel': 0.2,
}  # fmt: skip
MANIFEST = """
manifest_version: 1
name: brightness
files: {onnx: brightness.onnx}
input: {width: 64, height: 32}
tasks:
  semantic: {decoder: scores, output: semantic, classes: [dark, bright]}
"""


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A network of one convolution that tells bright from dark."""
    helper, kinds = onnx.helper, onnx.TensorProto
    weight = np.array([-1, 1], np.float32).reshape(2, 1, 1, 1) * np.ones((1, 3, 1, 1), np.float32)
    bias = np.array([382.5, -382.5], np.float32)
    graph = helper.make_graph(
        [helper.make_node('Conv', ['image', 'weight', 'bias'], ['semantic'], name='scores')],
        'brightness',
        [helper.make_tensor_value_info('image', kinds.FLOAT, [1, 3, 32, 64])],
        [helper.make_tensor_value_info('semantic', kinds.FLOAT, [1, 2, 32, 64])],
        [onnx.numpy_helper.from_array(a, n) for n, a in (('weight', weight), ('bias', bias))],
    )
    opset = helper.make_opsetid('', 17)
    path = tmp_path / 'brightness.onnx'
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[opset]), str(path))
    path.with_suffix('.yaml').write_text(MANIFEST)
    return path


@pytest.fixture
def folders(tmp_path: Path, paint) -> tuple[Path, Path]:
    """Two pictures to calibrate with, and one to judge on whose truth is its brightness."""
    street = paint([], size=(64, 32))
    bright = street.image[::2, ::2].mean(axis=-1) > 127.5
    street = replace(street, semantic=bright.astype(np.uint8))
    calibration, scenes = tmp_path / 'calibration', tmp_path / 'scenes'
    for folder, count in ((calibration, 2), (scenes, 1)):
        folder.mkdir()
        save_shard([street] * count, folder / '1.npz')
    return calibration, scenes


@pytest.fixture
def run_study(network: Path, folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run the command on them; gives the folder of its results."""

    def run(*options: str) -> Path:
        calibration, scenes = folders
        arguments = [
            'study', str(network), '--calibration', str(calibration), '--scenes', str(scenes),
            '--output', str(tmp_path / 'out'), *options,
        ]  # fmt: skip
        monkeypatch.setattr('sys.argv', arguments)
        monkeypatch.setattr('os.nice', lambda increment: increment)
        study.main()
        return tmp_path / 'out'

    return run


def point_file(path: Path, network: Path, scenes: int = 10) -> PointFile:
    folder = path.parent
    return PointFile.open(path, Origin.of(network, folder, folder, scenes))


def test_all_is_missing_at_first_and_the_float_network_leads() -> None:
    missing = study.missing_settings([4, 1], ['entropy'], ['per_tensor', 'per_channel'], [])
    assert [str(setting) for setting in missing] == [
        'float32',
        '1 pictures, entropy, per_tensor',
        '1 pictures, entropy, per_channel',
        '4 pictures, entropy, per_tensor',
        '4 pictures, entropy, per_channel',
    ]


def test_what_is_done_is_not_missing() -> None:
    done = [Point(FLOAT, {}), Point(FOUR, {})]
    assert study.missing_settings([4, 8], ['minmax'], ['per_channel'], done) == [EIGHT]


def test_the_whole_grid() -> None:
    missing = study.missing_settings(study.COUNTS, study.METHODS, study.GRANULARITIES, [])
    assert len(missing) == 1 + 8 * 3 * 2


def test_points_are_read_back(tmp_path: Path, network: Path) -> None:
    path = tmp_path / 'points.csv'
    file = point_file(path, network)
    assert file.points == []
    file.add(Point(FLOAT, {'map50': 0.25, 'ap50_bus': math.nan}))
    file.add(Point(FOUR, {'map50': 0.125, 'miou_lane': 0.5}))
    again = point_file(path, network).points
    assert [point.setting for point in again] == [FLOAT, FOUR]
    assert again[0].figures['map50'] == 0.25
    assert math.isnan(again[0].figures['ap50_bus']) and math.isnan(again[1].figures['ap50_bus'])
    assert again[1].figures['miou_lane'] == 0.5
    assert [p.name for p in tmp_path.glob('points*')] == ['points.csv']


def test_points_of_other_weights_or_scenes_do_not_count(tmp_path: Path, network: Path) -> None:
    path = tmp_path / 'points.csv'
    point_file(path, network).add(Point(FLOAT, {'map50': 0.25}))
    assert point_file(path, network, scenes=11).points == []
    other = tmp_path / 'other.onnx'
    other.write_bytes(b'other weights')
    assert point_file(path, other).points == []
    assert len(point_file(path, network).points) == 1


def test_points_of_other_shards_do_not_count(tmp_path: Path, network: Path, folders) -> None:
    """Nor do those of a file from before the shards were written down."""
    path, (calibration, scenes) = tmp_path / 'points.csv', folders
    origin = Origin.of(network, calibration, scenes, 10)
    PointFile.open(path, origin).add(Point(FLOAT, {'map50': 0.25}))
    assert Origin.of(network, calibration, scenes, 10) == origin
    assert len(PointFile.open(path, origin).points) == 1
    for other in (replace(origin, calibration='other'), replace(origin, judged='other')):
        assert PointFile.open(path, other).points == []
    shard = scenes / '1.npz'
    shard.write_bytes(shard.read_bytes()[:-1] + b'!')
    assert Origin.of(network, calibration, scenes, 10).judged != origin.judged
    path.write_text(
        f'network,scenes,pictures,method,granularity,map50\n{origin.network},10,0,,,0.25\n'
    )
    assert PointFile.open(path, origin).points == []


@pytest.mark.parametrize('text', ['a,b\n1,2\n', 'network,scenes,pictures\n{own},10,1\n'])
def test_another_csv_is_not_overwritten(tmp_path: Path, network: Path, text: str) -> None:
    path = tmp_path / 'points.csv'
    path.write_text(text.format(own=point_file(path, network).origin.network))
    with pytest.raises(QuantizationError, match='found another file'):
        point_file(path, network)


def test_losses_are_hundredths_and_less_depth_error_is_a_gain() -> None:
    after = FLOAT_FIGURES | {'ap50_car': 0.69, 'miou_lane': 0.51, 'depth_absrel': 0.23}
    lost = compare_with_float([Point(FLOAT, FLOAT_FIGURES), Point(FOUR, after)])
    assert lost.lost[FOUR] == pytest.approx(
        {'ap50_car': 1, 'map50': 0, 'miou_semantic': 0, 'miou_lane': -1, 'depth_absrel': 3}
    )


def test_without_the_float_network_nothing_is_known() -> None:
    with pytest.raises(QuantizationError, match='expected the float network'):
        compare_with_float([Point(FOUR, FLOAT_FIGURES)])


def test_figures_that_the_network_does_not_have_are_not_shown() -> None:
    without = FLOAT_FIGURES | {'map50': math.nan}
    del without['depth_absrel']
    lost = compare_with_float([Point(FLOAT, without), Point(FOUR, without)])
    assert [figure.name for figure in lost.shown] == ['ap50_car', 'miou_semantic', 'miou_lane']


def test_the_page_reads_the_tables(tmp_path: Path, network: Path) -> None:
    file = point_file(tmp_path / 'points.csv', network)
    file.points = [
        Point(EIGHT, FLOAT_FIGURES | {'map50': 0.295}),
        Point(FLOAT, FLOAT_FIGURES),
        Point(FOUR, FLOAT_FIGURES | {'map50': 0.25}),
        Point(Setting(8, 'entropy', 'per_tensor'), FLOAT_FIGURES | {'miou_lane': 0.4}),
    ]
    page = tmp_path / 'page.md'
    write_page(file, compare_with_float(file.points), 'brightness', page)
    text = page.read_text(encoding='utf-8')
    assert 'The quantiser of the Hailo Dataflow Compiler was not\nrun' in text
    assert '| 4 | +0.00 | +5.00 | +0.00 | +0.00 | +0.00 |\n| 8 |' in text
    assert 'minmax, per channel: within 1 point of float32 in every figure from 8 pictures' in text
    assert 'entropy, per tensor: with 8 pictures still 10.00 points of lane mIoU lost' in text


def test_the_command_makes_what_is_missing_and_no_more(run_study, capsys) -> None:
    folder = run_study('--pictures', '1', '--methods', 'minmax')
    assert sorted(path.name for path in folder.iterdir()) == [
        'quantization.csv',
        'quantization.md',
        'quantization.png',
    ]
    assert '0 points are there, 3 are missing' in capsys.readouterr().out
    run_study('--pictures', '1', '2', '--methods', 'minmax', '--granularities', 'per_tensor')
    assert '3 points are there, 1 are missing' in capsys.readouterr().out
    rows = (folder / 'quantization.csv').read_text().splitlines()
    assert len(rows) == 1 + 4
    run_study('--pictures', '1', '2', '--methods', 'minmax', '--granularities', 'per_tensor')
    assert '4 points are there, 0 are missing' in capsys.readouterr().out


def test_other_calibration_pictures_make_all_points_anew(run_study, folders, capsys) -> None:
    options = ('--pictures', '1', '--methods', 'minmax', '--granularities', 'per_tensor')
    run_study(*options)
    shard = folders[0] / '1.npz'
    shard.rename(shard.with_name('2.npz'))
    run_study(*options)
    save_shard([Scenes(folders[1])[0]], shard)
    run_study(*options)
    text = capsys.readouterr().out
    assert [text.count(f'{count} points are there') for count in (0, 2)] == [2, 1]


def test_too_few_pictures(run_study) -> None:
    with pytest.raises(QuantizationError, match='expected 3 pictures or more'):
        run_study('--pictures', '3')


def test_what_calibrates_cannot_judge(run_study, folders) -> None:
    with pytest.raises(QuantizationError, match='name one folder'):
        run_study('--scenes', str(folders[0]))


def test_counts_below_one(run_study) -> None:
    with pytest.raises(QuantizationError, match='1 picture or more'):
        run_study('--pictures', '0')
