# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Classes in Autoware's words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest
from hailo_perception.tasks.autoware_classes import AutowareClasses
from hailo_perception.tasks.autoware_classes import AutowareClassesError
from hailo_perception.tasks.autoware_classes import IGNORED
from hailo_perception.tasks.autoware_classes import load_autoware_classes

SHIPPED = Path(__file__).parents[2] / 'config' / 'autoware_classes.yaml'
CLASSES = AutowareClasses(
    Path('x.yaml'), objects={'car': 1, 'sign': IGNORED}, semantic={'road': 9}
)


def test_the_shipped_file_names_every_class_of_the_packaged_model() -> None:
    classes = load_autoware_classes(SHIPPED)
    manifest = load_manifest(find_model('lightnet_compact'))
    classes.check(manifest)
    assert manifest.detection is not None
    assert classes.objects['person'] == 7
    assert classes.objects['traffic_light'] == IGNORED
    assert classes.semantic['sky'] == 15


@pytest.mark.parametrize(
    ('labels', 'objects', 'mask'),
    [
        (LabelSet(()), {}, {}),
        (LabelSet((Label(4, 'car'), Label(9, 'sign'))), {4: 1, 9: IGNORED}, {}),
        (LabelSet((Label(2, 'road'), Label(3, 'moon'))), {}, {2: 9}),
    ],
)
def test_tables(labels: LabelSet, objects: dict[int, int], mask: dict[int, int]) -> None:
    for table, expected in (
        (CLASSES.object_table(labels), objects),
        (CLASSES.mask_table(labels), mask),
    ):
        assert table.shape == (256,)
        assert {i: value for i, value in enumerate(table.tolist()) if value} == expected


def test_classes_without_a_name_are_listed_all() -> None:
    manifest = load_manifest(find_model('lightnet_compact'))
    assert manifest.detection is not None
    assert manifest.semantic is not None
    manifest = replace(
        manifest,
        detection=replace(manifest.detection, labels=LabelSet.from_names('car', 'cow', 'dog')),
        semantic=replace(manifest.semantic, labels=LabelSet.from_names('road', 'moon')),
    )
    with pytest.raises(AutowareClassesError, match=r'objects\.cow, objects\.dog, semantic\.moon;'):
        CLASSES.check(manifest)


def test_a_model_without_tasks_needs_no_names() -> None:
    manifest = load_manifest(find_model('lightnet_compact'))
    CLASSES.check(replace(manifest, detection=None, semantic=None))


@pytest.mark.parametrize(
    ('text', 'told'),
    [
        ('', 'is empty'),
        ('[]', 'mapping'),
        ('objects: {}\n', 'semantic'),
        ('objects: {car: CARR}\nsemantic: {}\n', r'objects\.car: expected one of UNKNOWN, CAR'),
        ('objects: {car: 1}\nsemantic: {}\n', r'objects\.car'),
        ('objects: {car: [CAR]}\nsemantic: {}\n', r'objects\.car'),
        ('objects: {}\nsemantic: {sky: ignore}\n', r'semantic\.sky: expected one of'),
        ('objects: {}\nsemantic: {}\nlanes: {}\n', 'lanes'),
        ('objects: {\n', 'YAML'),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / 'classes.yaml'
    path.write_text(text)
    with pytest.raises(AutowareClassesError, match=told) as error:
        load_autoware_classes(path)
    assert str(path) in str(error.value)


def test_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(AutowareClassesError, match='Autoware names'):
        load_autoware_classes(tmp_path / 'nowhere.yaml')
