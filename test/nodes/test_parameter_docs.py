# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The page of parameters and the shipped files are what the nodes declare."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
import runpy
from typing import Any

import pytest
import yaml

pytest.importorskip('rclpy')

from hailo_perception.anonymization.settings import AnonymizationSettings  # noqa: E402
from hailo_perception.models.catalog import find_model  # noqa: E402
from hailo_perception.models.manifest import load_manifest  # noqa: E402
from hailo_perception.nodes import anonymizer_parameters  # noqa: E402
from hailo_perception.nodes import camera_node  # noqa: E402
from hailo_perception.nodes import camera_parameters  # noqa: E402
from hailo_perception.nodes import perception_parameters  # noqa: E402
from hailo_perception.nodes.pipeline_node import AUTOSTART  # noqa: E402
from hailo_perception.ros.parameters import Parameter  # noqa: E402
from hailo_perception.ros.parameters import ParameterError  # noqa: E402
from hailo_perception.ros.settings_parameters import settings_parameters  # noqa: E402
from hailo_perception.ros.unknown_parameters import unknown_parameters  # noqa: E402
from hailo_perception.tasks.settings import PostprocessSettings  # noqa: E402

ROOT = Path(__file__).parents[2]
DOCS = ROOT / 'docs'
DEFAULTS = PostprocessSettings.for_model(load_manifest(find_model('lightnet_compact')))


def perception_rows(cameras: Iterable[str]) -> dict[str, Parameter]:
    """List every parameter of the perception node with these cameras, by name."""
    rows = [AUTOSTART, *perception_parameters.GENERAL, *settings_parameters(DEFAULTS)]
    for camera in cameras:
        rows += camera_parameters.camera_parameters(camera)
        rows += camera_parameters.camera_settings_parameters(camera)
    return {row.name: row for row in rows}


def anonymizer_rows(cameras: Iterable[str]) -> dict[str, Parameter]:
    """List every parameter of the anonymiser with these cameras, by name."""
    rows = [AUTOSTART, *anonymizer_parameters.GENERAL]
    rows += settings_parameters(AnonymizationSettings())
    for camera in cameras:
        rows += camera_parameters.camera_parameters(camera)
    return {row.name: row for row in rows}


PERCEPTION = perception_rows(['front'])
ANONYMIZER = anonymizer_rows(['front'])
CAMERA = {row.name: row for row in camera_node.PARAMETERS}


def test_parameters_page_is_current() -> None:
    """Run docs/write_parameters.py after a change of a table."""
    script = runpy.run_path(str(DOCS / 'write_parameters.py'))
    assert (DOCS / 'parameters.md').read_text(encoding='utf-8') == script['parameters_page']()


@pytest.mark.parametrize(
    'rows', [PERCEPTION, ANONYMIZER, CAMERA], ids=['perception', 'anonymizer', 'camera']
)
def test_defaults_are_legal_and_described(rows: dict[str, Parameter]) -> None:
    """Each row can be declared as it is, and its unit stands in its own column."""
    for row in rows.values():
        row.check(row.default)
        row.descriptor()
        assert row.description
        assert not row.description.endswith(']'), row.name


def test_a_unit_in_the_name_is_the_unit() -> None:
    units = {'s': 's', 'ms': 'ms', 'm': 'm', 'hz': 'Hz', 'rad': 'rad', 'deg': 'deg'}
    for row in (*PERCEPTION.values(), *ANONYMIZER.values(), *CAMERA.values()):
        last = row.name.rpartition('_')[2]
        if '_' in row.name and last in units:
            assert row.unit == units[last], row.name


@pytest.mark.parametrize(
    'path', sorted((ROOT / 'config').glob('*.param*.yaml')), ids=lambda path: path.name
)
def test_shipped_files_hold_known_names_and_legal_values(path: Path) -> None:
    """For each node of the file; a file for several cameras lists them itself."""
    for node, content in yaml.safe_load(path.read_text(encoding='utf-8')).items():
        values = dict(flattened(content['ros__parameters']))
        cameras = values.get('cameras', ['front'])
        if path.name.startswith('camera.'):
            rows = CAMERA
        elif path.name.startswith('anonymizer.'):
            rows = anonymizer_rows(cameras)
        else:
            rows = perception_rows(cameras)
        assert unknown_parameters(values, rows, cameras) == (), node
        for name, value in values.items():
            if name in rows:
                rows[name].check(value)


def test_the_test_above_sees_a_wrong_value() -> None:
    with pytest.raises(ParameterError):
        PERCEPTION['detection.score_threshold'].check(1)


def flattened(values: dict[str, Any], prefix: str = '') -> Iterable[tuple[str, Any]]:
    """Name nested parameters with dots, as ROS does."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from flattened(value, f'{prefix}{name}.')
        else:
            yield f'{prefix}{name}', value
