# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What holds for the reader of every data set."""

from __future__ import annotations

from pathlib import Path

import pytest
from recording_layouts import BUILDERS
from recording_layouts import built
from recording_layouts import first
from recording_layouts import HEIGHT
from recording_layouts import opened
from recording_layouts import reopened
from recording_layouts import WIDTH

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import FrameError
from hailo_perception.evaluation.labelled import TRUE_LANE_LABELS
from hailo_perception.evaluation.recordings.catalog import READERS
from hailo_perception.evaluation.recordings.class_names import load_class_names
from hailo_perception.evaluation.recordings.class_names import load_tables
from hailo_perception.scenes import OBJECT_LABELS
from hailo_perception.scenes import SEMANTIC_LABELS


def test_every_reader_has_a_layout_here() -> None:
    assert READERS.keys() == BUILDERS.keys()


@pytest.mark.parametrize('dataset', BUILDERS)
def test_an_empty_folder_is_one_clear_error(dataset: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='expected|has not the layout'):
        opened(dataset, tmp_path)
    with pytest.raises(ConfigurationError, match='no folder'):
        opened(dataset, tmp_path / 'nowhere')


@pytest.mark.parametrize('dataset', BUILDERS)
def test_a_picture_that_is_none_costs_only_itself(dataset: str, tmp_path: Path) -> None:
    recording = built(dataset, tmp_path)
    assert first(recording).size == (WIDTH, HEIGHT)
    for path in [*tmp_path.rglob('*.png'), *tmp_path.rglob('*.jpg')]:
        path.write_bytes(b'no picture')
    with pytest.raises(FrameError, match='cannot be decoded|can be decoded'):
        first(reopened(dataset, tmp_path))


@pytest.mark.parametrize(
    ('dataset', 'options', 'message'),
    [
        ('camvid', {'camera': 'front'}, 'no such choice'),
        ('cityscapes', {'labels': Path()}, 'no such choice'),
        ('kitti_raw', {'split': 'val'}, 'no such choice'),
        ('kitti_object', {'camera': 'image_9'}, 'image_2, image_3'),
        ('kitti_object', {'split': 'testing'}, 'no folder'),
        ('pandaset', {'camera': 'back_camera'}, 'no folder'),
        ('pandaset', {'labels': Path('nowhere')}, 'convert_pandaset'),
        ('bdd100k', {'split': 'test'}, 'no folder'),
    ],
)
def test_options_that_a_data_set_does_not_have(
    dataset: str, options: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        opened(dataset, BUILDERS[dataset](tmp_path), **options)


def test_an_unknown_data_set() -> None:
    with pytest.raises(ConfigurationError, match="no data set 'waymo'; .* camvid"):
        opened('waymo', Path())


def test_frames_are_chosen_by_their_numbers(tmp_path: Path) -> None:
    recording = built('bdd100k', tmp_path)
    assert recording.names == {0: 'a', 1: 'b'}
    assert recording.between(1, None).names == {1: 'b'}
    assert recording.between(None, 1).names == {0: 'a'}
    with pytest.raises(ConfigurationError, match='within --frames 5:9; they are 0 to 1'):
        recording.between(5, 9)


@pytest.mark.parametrize('dataset', BUILDERS)
def test_every_name_in_the_tables_is_one_of_ours(dataset: str) -> None:
    labels = {
        'objects': OBJECT_LABELS,
        'points': SEMANTIC_LABELS,
        'semantic': SEMANTIC_LABELS,
        'drivable': SEMANTIC_LABELS,
        'numbers': SEMANTIC_LABELS,
        'markings': TRUE_LANE_LABELS,
        'lines': TRUE_LANE_LABELS,
        'lane_numbers': TRUE_LANE_LABELS,
    }
    tables = load_tables(dataset)
    for kind in tables.keys() - {'shapes', 'colors'}:
        names = set(load_class_names(dataset, kind).table.values()) - {None, 'ignored'}
        assert names and names <= set(labels[kind].names)
    if 'shapes' in tables:
        assert tables['shapes'].keys() == tables['objects'].keys()
    if 'colors' in tables:
        assert tables['semantic'].keys() == tables['colors'].keys() >= tables['markings'].keys()
        assert len({tuple(color) for color in tables['colors'].values()}) == 32
