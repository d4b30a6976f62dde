# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a user sees of a network file, and the manifest that is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hailo_perception.cli.main import main
from hailo_perception.models.catalog import find_model
from hailo_perception.models.catalog import packaged_directory
from hailo_perception.models.manifest import load_manifest

HEADS = {'detect_20': 75, 'detect_40': 75, 'detect_80': 75}


@pytest.fixture
def double() -> Any:
    return pytest.importorskip('hailo_double', reason='the real hailo_platform is there')


@pytest.fixture
def lightnet(double: Any, tmp_path: Path) -> Path:
    """Write a HEF as TIER IV's: heads, depth and two class maps at 96×96."""
    per_feature = double.Quantization((0.0,) * 75, (0.1,) * 75)
    return double.write_hef(
        tmp_path / 'lightnet.hef',
        [
            double.Stream(
                'input_layer1', (96, 96, 3), quantization=double.Quantization(limits=(0, 255))
            )
        ],
        [
            double.Stream('conv90', (3, 3, 75), quantization=double.Quantization(3.0, 0.05)),
            double.Stream('conv80', (6, 6, 75), quantization=per_feature),
            double.Stream('conv70', (12, 12, 75), order='FCR'),
            double.Stream(
                'conv100', (24, 24, 1), 'uint16', quantization=double.Quantization(0, 1e-4)
            ),
            double.Stream('x/argmax1', (24, 24), order='NHW', class_count=20),
            double.Stream('x/argmax2', (24, 24), order='NHW', class_count=3),
        ],
        name='lightnet',
    )


def test_hef_is_described_and_its_manifest_printed(
    lightnet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(['inspect', str(lightnet)]) == 0
    printed = capsys.readouterr().out
    for line in (
        'network lightnet, compiled for ',
        'input   lightnet/input_layer1[96×96×3 NHWC UINT8]  real = (code − 0) · 1, 0…255',
        'output  lightnet/conv90[3×3×75 NHWC UINT8]  real = (code − 3) · 0.05',
        'output  lightnet/conv80[6×6×75 NHWC UINT8]  a scale for each feature: read as FLOAT32',
        'output  lightnet/conv100[24×24×1 NHWC UINT16]  real = (code − 0) · 0.0001',
        'output  lightnet/x/argmax1[24×24 NHW UINT8]  class ids',
        'decoder: yolo_new_coords',
        'output: lightnet/x/argmax2',
    ):
        assert line in printed
    assert not lightnet.with_suffix('.yaml').exists()


def test_written_manifest_opens_the_network(
    lightnet: Path, double: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from hailo_perception.backends.hailort import HailortBackend
    from hailo_perception.models.binding import bind

    target = lightnet.with_name('found.yaml')
    assert main(['inspect', str(lightnet), '--write', str(target)]) == 0
    printed = capsys.readouterr().out
    assert f'wrote {target}: Proposed from' in printed
    assert 'anchors for 960×960 are scaled to 96×96' in printed
    assert 'no file tells classes, anchors, the range of depth and the scale of' in printed
    manifest = load_manifest(target)
    assert manifest.detection is not None
    assert manifest.detection.outputs == tuple(f'lightnet/conv{n}' for n in (70, 80, 90))
    with double.installed(double.Machine(double.Card())):
        backend = HailortBackend(manifest)
        model = bind(manifest, backend.inputs, backend.outputs)
        backend.close()
    assert model.left_over == ()
    assert model.depth is not None and model.semantic is not None and model.lane is not None


def test_manifest_is_never_overwritten(lightnet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = lightnet.with_name('found.yaml')
    target.write_text('mine')
    assert main(['inspect', str(lightnet), '--write', str(target)]) == 2
    assert 'is there already' in capsys.readouterr().err
    assert target.read_text() == 'mine'


def test_class_names_may_be_given(lightnet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ['--semantic', 'road, sky', '--lanes', 'none,line']
    assert main(['inspect', str(lightnet), *names]) == 0
    printed = capsys.readouterr().out
    assert 'name: sky' in printed
    assert 'background: none' in printed or "background: 'none'" in printed


@pytest.mark.parametrize(
    ('order', 'meaning'),
    [
        ('HAILO_NMS_BY_CLASS', '[153 HAILO_NMS_BY_CLASS FLOAT32]  3 classes, up to 10 boxes'),
        ('HAILO_NMS_BY_SCORE', '[? HAILO_NMS_BY_SCORE FLOAT32]  3 classes, up to 10 boxes'),
    ],
)
def test_network_that_the_rule_does_not_fit_is_described_all_the_same(
    double: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], order: str, meaning: str
) -> None:
    hef = double.write_hef(
        tmp_path / 'yolo.hef',
        [double.Stream('input', (8, 8, 3))],
        [double.Stream('nms', dtype='float32', order=order, nms=double.Nms(3, 10))],
    )
    assert main(['inspect', str(hef)]) == 1
    output = capsys.readouterr()
    assert meaning in output.out
    assert 'no manifest is proposed' in output.err


def test_one_of_several_networks(
    double: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    groups = [
        (
            double.make_group(n, [double.Stream('x', (8, 8, 3))], [double.Stream('y', (8, 8, 1))]),
            None,
        )
        for n in ('front', 'rear')
    ]
    hef = double.write_hef_of_groups(tmp_path / 'two.hef', groups)
    assert main(['inspect', str(hef)]) == 2
    assert 'front, rear' in capsys.readouterr().err
    assert main(['inspect', str(hef), '--network-group', 'rear']) == 0
    assert 'rear/y' in capsys.readouterr().out


def test_onnx_is_described_too(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip('onnxruntime')
    width, height = load_manifest(find_model('lightnet_compact')).input.size
    onnx = packaged_directory() / 'lightnet_compact.onnx'
    assert main(['inspect', str(onnx)]) in (0, 1)
    printed = capsys.readouterr().out
    assert f'input   image[{height}×{width}×3 uint8]' in printed
    assert 'output  depth[' in printed
    assert 'read by ONNX Runtime' in printed


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('missing.hef', None, 'missing.hef: there is no such file'),
        ('empty.hef', b'', 'is empty'),
        ('page.hef', b'<html>404</html>' * 9, 'not a HEF'),
        ('net.txt', b'x', 'ends in .hef or .onnx'),
    ],
)
def test_file_that_is_no_network(
    double: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: bytes | None,
    message: str,
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert main(['inspect', str(path)]) == 2
    assert message in capsys.readouterr().err
