# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Label sets: look-ups, colours, and the translation between two of them."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.labels import color_in
from hailo_perception.core.labels import distinct_color
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED

_STREET = LabelSet(
    (
        Label(0, 'road', (128, 64, 128)),
        Label(3, 'vehicle', (0, 0, 142), members=('car', 'truck', 'bus')),
        Label(254, 'person', (220, 20, 60), members=('pedestrian',)),
    )
)


def test_empty_set() -> None:
    nothing = LabelSet(())
    assert len(nothing) == 0
    assert list(nothing) == []
    assert nothing.names == ()
    assert 0 not in nothing
    assert nothing.name_of(0) == 'unlabelled'
    assert not nothing.color_table_bgr().any()
    assert np.all(nothing.translation_from(_STREET) == UNLABELLED)
    assert np.all(_STREET.translation_from(nothing) == UNLABELLED)
    with pytest.raises(ConfigurationError, match="no class 'road'"):
        nothing.id_of('road')


def test_from_names() -> None:
    labels = LabelSet.from_names('car', 'person')
    assert [(label.id, label.name) for label in labels] == [(0, 'car'), (1, 'person')]
    assert LabelSet.from_names() == LabelSet(())


def test_look_up() -> None:
    assert len(_STREET) == 3
    assert _STREET.names == ('road', 'vehicle', 'person')
    assert _STREET[3].name == 'vehicle'
    assert 3 in _STREET
    assert 1 not in _STREET
    assert 'road' not in _STREET
    assert _STREET.id_of('person') == 254
    with pytest.raises(KeyError):
        _STREET[1]


@pytest.mark.parametrize('class_id', [3, np.uint8(3), np.int32(3), np.float32(3)])
def test_look_up_takes_numpys_numbers(class_id: int) -> None:
    assert _STREET.name_of(class_id) == 'vehicle'
    assert class_id in _STREET


@pytest.mark.parametrize('class_id', [-1, 1, 255, 1000])
def test_name_of_an_id_outside_the_set(class_id: int) -> None:
    assert _STREET.name_of(class_id) == 'unlabelled'


def test_id_of_lists_the_names() -> None:
    with pytest.raises(ConfigurationError, match="no class 'car'; .* road, vehicle, person"):
        _STREET.id_of('car')


@pytest.mark.parametrize(
    ('labels', 'words'),
    [
        ((Label(-1, 'a'),), r'within 0…254, got \[-1\]'),
        ((Label(255, 'a'), Label(300, 'b')), r'got \[255, 300\]'),
        ((Label(1, 'a'), Label(1, 'b')), r"class ids must be unique, got \['1'\] twice"),
        ((Label(1, 'a'), Label(2, 'a')), r"class names must be unique, got \['a'\] twice"),
        (
            (Label(1, 'a', members=('x', 'y')), Label(2, 'b', members=('y',))),
            r"class members must be unique, got \['y'\] twice",
        ),
    ],
)
def test_impossible_sets_are_refused(labels: tuple[Label, ...], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        LabelSet(labels)


def test_color_table_is_bgr_and_black_elsewhere() -> None:
    table = _STREET.color_table_bgr()
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    np.testing.assert_array_equal(table[254], (60, 20, 220))
    np.testing.assert_array_equal(table[0], (128, 64, 128))
    with pytest.raises(ValueError):
        table[0] = 1
    table = table.copy()
    table[[0, 3, 254]] = 0
    assert not table.any()


def test_translation_from_finds_names_and_members() -> None:
    source = LabelSet(
        (Label(5, 'truck'), Label(6, 'road'), Label(7, 'sky'), Label(9, 'pedestrian'))
    )
    table = _STREET.translation_from(source)
    assert table.dtype == np.uint8
    expected = np.full(256, UNLABELLED, np.uint8)
    expected[[5, 6, 9]] = 3, 0, 254
    np.testing.assert_array_equal(table, expected)


def test_translation_from_prefers_the_own_name_to_a_member() -> None:
    target = LabelSet((Label(0, 'vehicle', members=('bus',)), Label(1, 'bus')))
    assert target.translation_from(LabelSet.from_names('bus'))[0] == 1
    assert LabelSet(target.labels[::-1]).translation_from(LabelSet.from_names('bus'))[0] == 1


def test_translation_from_itself_is_the_identity() -> None:
    table = _STREET.translation_from(_STREET)
    assert [table[label.id] for label in _STREET] == [0, 3, 254]


def test_a_pickled_set_is_the_same_set() -> None:
    """Texts hash differently in each process, so the hash must not travel."""
    code = (
        'import pickle, sys; found = pickle.loads(sys.stdin.buffer.read()); '
        'assert hash(found) == hash(type(found)(found.labels))'
    )
    pickled = pickle.dumps(_STREET)
    assert pickle.loads(pickled) == _STREET
    environment = {**os.environ, 'PYTHONHASHSEED': '7'}
    subprocess.run([sys.executable, '-c', code], input=pickled, check=True, env=environment)


def test_equal_sets_are_equal_and_hash_alike() -> None:
    same = LabelSet(tuple(_STREET))
    assert same == _STREET
    assert hash(same) == hash(_STREET)
    assert same != LabelSet.from_names('road')


def test_distinct_color() -> None:
    """The first twenty classes can be told apart."""
    colors = np.array([distinct_color(i) for i in range(20)])
    apart = np.abs(colors[:, None] - colors[None]).sum(axis=-1)
    assert colors.min() >= 0 and colors.max() <= 255
    assert apart[~np.eye(20, dtype=bool)].min() > 30


@pytest.mark.parametrize(
    ('name', 'color'),
    [
        ('', ''),
        ('background', ''),
        ('white_line', 'white'),
        ('dashed-Yellow-line', 'yellow'),
        ('whitewash', ''),
        ('lane_line_other', ''),
    ],
)
def test_the_color_in_a_name(name: str, color: str) -> None:
    assert color_in(name) == color
