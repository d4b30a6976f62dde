# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Descriptions are read strictly: what does not fit is named."""

import dataclasses

import pytest

from training.description import Block
from training.description import load_description
from training.description import NetworkDescription
from training.description import NETWORKS
from training.form import build
from training.form import DescriptionError
from training.form import plain


@pytest.mark.parametrize('path', sorted(NETWORKS.glob('*.yaml')), ids=lambda p: p.stem)
def test_every_description_that_is_shipped_is_whole(path):
    description = load_description(path.stem)
    assert description.name == path.stem
    assert description.width % 32 == description.height % 32 == 0
    assert description.detection_strides == (8, 16, 32)
    assert description.narrowing is None


@pytest.mark.parametrize(
    'content, message',
    [
        ({}, "missing keys \\['kind', 'width'\\]"),
        ([], 'expected a mapping'),
        ({'kind': 'elan', 'width': 8, 'wdith': 8}, "unknown keys \\['wdith'\\]"),
        ({'kind': 'lstm', 'width': 8}, "kind: expected one of .*'elan'.*, got 'lstm'"),
        ({'kind': 'elan', 'width': '8'}, "width: expected int, got '8'"),
        ({'kind': 'elan', 'width': True}, 'width: expected int, got True'),
        ({'kind': 'elan', 'width': 8, 'dilations': 1}, 'dilations: expected a list'),
        ({'kind': 'elan', 'width': 8, 'dilations': [1, None]}, 'dilations\\[1\\]: expected int'),
    ],
)
def test_a_description_that_does_not_fit_names_the_place(content, message):
    with pytest.raises(DescriptionError, match=f'block.yaml: .*{message}|block.yaml: {message}'):
        build(Block, content, 'block.yaml')


def test_a_missing_description_lists_those_there_are():
    with pytest.raises(DescriptionError, match='lightnet_compact'):
        load_description('lightnet_gigantic')


def test_lists_become_tuples_and_tasks_may_be_absent():
    assert build(Block, {'kind': 'plain', 'width': 8, 'dilations': [1, 2]}, '').dilations == (1, 2)
    fields = {f.name: f for f in dataclasses.fields(NetworkDescription)}
    assert fields['depth'].default is None


@pytest.mark.parametrize('path', sorted(NETWORKS.glob('*.yaml')), ids=lambda p: p.stem)
def test_a_description_is_built_again_from_its_plain_values(path):
    description = load_description(path)
    assert build(NetworkDescription, plain(description), '') == description


@pytest.mark.parametrize(
    'files, message',
    [
        ({'a': ''}, 'a.yaml: expected a mapping, got None'),
        ({'a': '- 1'}, 'a.yaml: expected a mapping'),
        ({'a': '{'}, 'a.yaml: expected YAML, found'),
        ({'a': 'base: nowhere'}, "no network description '.*nowhere.yaml'; there are: a"),
        ({'a': 'base: a'}, 'a.yaml: a description cannot start from itself: a.yaml → a.yaml'),
        (
            {'a': 'base: b', 'b': 'classes_of: a'},
            'cannot start from itself: a.yaml → b.yaml → a.yaml',
        ),
        ({'a': 'name: a'}, 'a.yaml: missing keys'),
    ],
)
def test_files_that_cannot_be_read_are_named(tmp_path, files, message):
    for name, text in files.items():
        (tmp_path / f'{name}.yaml').write_text(text, encoding='utf-8')
    with pytest.raises(DescriptionError, match=message):
        load_description(tmp_path / 'a.yaml')


def test_a_variant_beside_its_base_is_a_few_lines(tmp_path):
    for name in ('lightnet', 'lightnet_compact'):
        (tmp_path / f'{name}.yaml').write_bytes((NETWORKS / f'{name}.yaml').read_bytes())
    text = 'base: lightnet\nclasses_of: lightnet_compact\nname: mine\nheight: 480\n'
    (tmp_path / 'mine.yaml').write_text(text, encoding='utf-8')
    mine, base = load_description(tmp_path / 'mine.yaml'), load_description('lightnet')
    assert (mine.name, mine.width, mine.height) == ('mine', 960, 480)
    assert mine.backbone == base.backbone
    assert mine.detection.anchors[0][0] == (10, 7)
    assert mine.detection_classes == load_description('lightnet_compact').detection_classes


def test_every_problem_of_a_description_is_listed(tmp_path):
    (tmp_path / 'lightnet.yaml').write_bytes((NETWORKS / 'lightnet.yaml').read_bytes())
    text = 'base: lightnet\nname: mine\nwidth: 960\ndetection_classes: []\nneck: {laterals: [8]}\n'
    (tmp_path / 'mine.yaml').write_text(text, encoding='utf-8')
    with pytest.raises(DescriptionError) as error:
        load_description(tmp_path / 'mine.yaml')
    lines = str(error.value).splitlines()
    assert [line.split(': ')[1] for line in lines] == ['neck', 'detection_classes']
