# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The shipped files for rviz, Foxglove and Nav2 name topics, fields and classes that there are."""

from __future__ import annotations

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

import pytest
import yaml

from hailo_perception.core.results import Output
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest

CONFIG = Path(__file__).parents[2] / 'config'
MESSAGES = Path(__file__).parents[2] / 'msg'
LAYOUT = CONFIG / 'foxglove' / 'perception.json'
NAV2 = CONFIG / 'nav2_semantic_layer.yaml'
OF_A_CAMERA = {output.value for output in Output} | {
    'depth/camera_info', 'points/label_info', 'image'
}
CAMERA_TOPIC = re.compile(r'/?(?:perception|anonymizer)/(front|left|right|rear)/(.+)')
STATS_PATH = re.compile(r'/perception/stats\.(\w+)(?:\[:\]\{(\w+)=="\w+"\}\.(\w+))?')


def texts(value: Any) -> Iterator[str]:
    """Walk a document and give every text in it, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from texts(key)
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def topics(path: Path) -> set[str]:
    """Give the topics of our cameras that a file names."""
    document = yaml.safe_load(path.read_text(encoding='utf-8'))
    found = {match[2] for text in texts(document) if (match := CAMERA_TOPIC.fullmatch(text))}
    assert found, f'{path} names no topic'
    return found


def fields(message: str) -> set[str]:
    lines = (MESSAGES / f'{message}.msg').read_text(encoding='utf-8').splitlines()
    return {line.split()[1] for line in lines if line and not line.startswith('#')}


@pytest.mark.parametrize(
    'path', [LAYOUT, NAV2, *sorted(CONFIG.glob('*.rviz'))], ids=lambda path: path.name
)
def test_every_topic_is_published(path: Path) -> None:
    assert topics(path) <= OF_A_CAMERA


@pytest.mark.parametrize('path', sorted(CONFIG.glob('*.rviz')), ids=lambda path: path.name)
def test_rviz_displays_are_named_once_and_of_known_kinds(path: Path) -> None:
    manager = yaml.safe_load(path.read_text(encoding='utf-8'))['Visualization Manager']
    assert manager['Global Options']['Fixed Frame']
    for display in manager['Displays']:
        assert re.fullmatch(r'rviz_(default_plugins|common)/\w+', display['Class'])
    names = [display['Name'] for display in manager['Displays']]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize('path', sorted(CONFIG.glob('*.rviz')), ids=lambda path: path.name)
def test_rviz_looks_for_topics_and_frames_where_it_is_started(path: Path) -> None:
    """Relative topics are in the namespace of rviz; views follow whatever frame is fixed."""
    document = yaml.safe_load(path.read_text(encoding='utf-8'))
    named = [text for text in texts(document) if CAMERA_TOPIC.fullmatch(text)]
    assert named
    assert not [topic for topic in named if topic.startswith('/')]
    view = document['Visualization Manager'].get('Views', {}).get('Current', {})
    assert view.get('Target Frame', '<Fixed Frame>') == '<Fixed Frame>'


def test_the_view_of_four_cameras_shows_each_alike() -> None:
    manager = yaml.safe_load((CONFIG / 'multi_camera.rviz').read_text())['Visualization Manager']
    groups = {each['Name']: each for each in manager['Displays'] if 'Displays' in each}
    assert set(groups) == {'Front', 'Left', 'Right', 'Rear'}
    for name, group in groups.items():
        named = [
            match[1] for text in texts(group) if (match := CAMERA_TOPIC.fullmatch(text))
        ]
        assert named == [name.lower()] * 3


def panels(layout: Any) -> Iterator[str]:
    """Give the panels of a layout's tree."""
    if isinstance(layout, str):
        yield layout
        return
    assert layout['direction'] in ('row', 'column')
    yield from panels(layout['first'])
    yield from panels(layout['second'])


def test_every_panel_has_a_place_and_a_configuration() -> None:
    document = json.loads(LAYOUT.read_text(encoding='utf-8'))
    placed = list(panels(document['layout']))
    assert len(set(placed)) == len(placed)
    assert set(placed) == set(document['configById'])


def test_plots_name_fields_of_the_statistics() -> None:
    document = json.loads(LAYOUT.read_text(encoding='utf-8'))
    values = [
        path['value'] for panel in document['configById'].values()
        for path in panel.get('paths', ())
    ]  # fmt: skip
    assert values
    for value in values:
        match = STATS_PATH.fullmatch(value)
        assert match, value
        assert match[1] in fields('PipelineStats')
        assert {match[2], match[3]} - {None} <= fields('StageTiming')


def test_nav2_is_told_classes_of_the_packaged_model() -> None:
    document = yaml.safe_load(NAV2.read_text(encoding='utf-8'))
    parameters = document['local_costmap']['local_costmap']['ros__parameters']
    source = parameters['semantic_segmentation_layer']['front']
    manifest = load_manifest(find_model('lightnet_compact'))
    assert manifest.semantic is not None
    named = [name for kind in source['class_types'] for name in source[kind]['classes']]
    assert len(set(named)) == len(named)
    # The sky is no place on the ground.
    assert set(named) == set(manifest.semantic.labels.names) - {'sky'}
