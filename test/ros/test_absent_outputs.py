# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What cannot be offered is left out, and a line says why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip('rclpy')

from hailo_perception.bench.workload import lightnet_manifest  # noqa: E402
from hailo_perception.core.results import Output  # noqa: E402
from hailo_perception.models.catalog import find_model  # noqa: E402
from hailo_perception.models.manifest import load_manifest  # noqa: E402
from hailo_perception.ros import image_annotations  # noqa: E402
from hailo_perception.ros import vision_messages  # noqa: E402
from hailo_perception.ros.absent_outputs import absent_outputs  # noqa: E402
from hailo_perception.ros.absent_outputs import offered_outputs  # noqa: E402
from hailo_perception.ros.frame_messages import OutputOptions  # noqa: E402
from hailo_perception.tasks.autoware_classes import AutowareClasses  # noqa: E402

CONFIDENCES = {Output.SEMANTIC_CONFIDENCE, Output.POINT_CONFIDENCE}
AUTOWARE = {Output.AUTOWARE_OBJECTS, Output.AUTOWARE_MASK}
EVERYTHING = frozenset(Output)
WITH_AUTOWARE = OutputOptions(autoware=AutowareClasses(Path('classes.yaml'), {}, {}))
SURE = load_manifest(find_model('lightnet_compact'))
UNSURE = lightnet_manifest(96)
"""Its class maps are ids from the device."""


class _Node:
    """Keeps the lines that a node logs."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def get_logger(self) -> _Node:
        return self

    def warning(self, line: str) -> None:
        self.lines.append(('warning', line))

    def info(self, line: str) -> None:
        self.lines.append(('info', line))


@pytest.fixture(autouse=True)
def _every_message_package_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (vision_messages, image_annotations):
        monkeypatch.setattr(module, 'IS_AVAILABLE', True)


def test_nothing_is_absent_where_all_is_there() -> None:
    node = _Node()
    assert absent_outputs(SURE, WITH_AUTOWARE) == {}
    assert offered_outputs(node, EVERYTHING, SURE, WITH_AUTOWARE) == EVERYTHING
    assert node.lines == []


def test_nothing_asked_for_nothing_said() -> None:
    node = _Node()
    assert offered_outputs(node, frozenset(), UNSURE, OutputOptions()) == frozenset()
    assert node.lines == []


def test_by_default_only_the_models_lack_is_told() -> None:
    node = _Node()
    offered = offered_outputs(node, EVERYTHING, UNSURE, OutputOptions())
    assert offered == EVERYTHING - CONFIDENCES - AUTOWARE
    ((severity, line),) = node.lines
    assert severity == 'info'
    assert 'semantic/confidence, points/confidence' in line and 'argmax' in line


def test_all_but_autowares_objects_are_as_little_chosen_as_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their messages are the only ones that a node ends without, and a list has no 'all but'."""
    for module in (vision_messages, image_annotations):
        monkeypatch.setattr(module, 'IS_AVAILABLE', False)
    node, asked = _Node(), EVERYTHING - {Output.AUTOWARE_OBJECTS}
    offered = offered_outputs(node, asked, UNSURE, WITH_AUTOWARE)
    assert offered == asked - CONFIDENCES - {Output.DETECTIONS, Output.ANNOTATIONS}
    ((severity, line),) = node.lines
    assert severity == 'info' and 'argmax' in line


@pytest.mark.parametrize(
    ('asked', 'manifest', 'texts'),
    [
        ({Output.SEMANTIC_CONFIDENCE}, UNSURE, ['semantic/confidence', 'argmax']),
        ({Output.POINT_CONFIDENCE, Output.POINTS}, UNSURE, ['points/confidence', 'argmax']),
        ({Output.AUTOWARE_MASK}, SURE, ['autoware/mask', 'autoware_classes']),
        (AUTOWARE, SURE, ['autoware/objects, autoware/mask', 'autoware_classes']),
    ],
)
def test_what_was_chosen_and_cannot_be_is_warned_of_once(
    asked: set[Output], manifest: object, texts: list[str]
) -> None:
    node = _Node()
    offered = offered_outputs(node, frozenset(asked), manifest, OutputOptions())
    assert offered == asked & {Output.POINTS}
    ((severity, line),) = node.lines
    assert severity == 'warning' and all(text in line for text in texts)


@pytest.mark.parametrize(
    ('module', 'output', 'package'),
    [
        (vision_messages, Output.DETECTIONS, 'vision_msgs'),
        (image_annotations, Output.ANNOTATIONS, 'foxglove_msgs'),
    ],
)
def test_a_message_package_that_is_not_there(
    module: object, output: Output, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, 'IS_AVAILABLE', False)
    node = _Node()
    chosen = EVERYTHING - {Output.OVERLAY}
    assert offered_outputs(node, chosen, SURE, WITH_AUTOWARE) == chosen - {output}
    ((_, line),) = node.lines
    assert f'{output.value}, not offered: {package} is not installed' in line


def test_each_model_is_asked_anew() -> None:
    semantic = SURE.semantic
    assert semantic is not None
    unsaid = replace(SURE, semantic=replace(semantic, scores=None))
    assert set(absent_outputs(unsaid, WITH_AUTOWARE)) == CONFIDENCES
