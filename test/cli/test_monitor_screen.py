# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A node's state as tables and as JSON."""

from __future__ import annotations

from dataclasses import replace
import io
import json

import pytest

pytest.importorskip('rich')

from rich.console import Console  # noqa: E402

from hailo_perception.cli.monitor.node_state import CameraCounts  # noqa: E402
from hailo_perception.cli.monitor.node_state import Diagnosis  # noqa: E402
from hailo_perception.cli.monitor.node_state import NodeState  # noqa: E402
from hailo_perception.cli.monitor.node_state import StageTimes  # noqa: E402
from hailo_perception.cli.monitor.node_state import Statistics  # noqa: E402
from hailo_perception.cli.monitor.report import to_json  # noqa: E402
from hailo_perception.cli.monitor.screen import draw  # noqa: E402

STATISTICS = Statistics(
    model='lightnet',
    backend='hailort',
    device='0000:01:00.0',
    window_s=10.0,
    fps=29.8,
    temperature_c=48.4,
    power_w=2.71,
    stages=(
        StageTimes('decode', 300, 0.044, 0.04, 0.05, 1.26, 100.4),
        StageTimes('publish', 0, None, None, None, None, None),
    ),
    cameras=(
        CameraCounts('front', 29.8, 310, 300, {'stale': 1, 'replaced': 9, 'device': 0}, {}),
        CameraCounts('rear', 0.0, 0, 0, {}, {'camera_info': 4}),
    ),
)
NOBODY = Diagnosis(
    'WARN',
    'nobody publishes /rear; start it',
    {
        'state': 'waiting_image',
        'topic': '/rear',
        'reason/no_publisher': 'nobody publishes /rear',
        'remedy/no_publisher': 'start it',
    },
)
NODE = NodeState(
    '/perception',
    is_present=True,
    age_s=0.4,
    statistics=STATISTICS,
    diagnosis=Diagnosis(
        'WARN',
        'rear: nobody publishes /rear; start it',
        {'output_latency_ms': '41.80', 'device/throttling': 'True', 'device/recoveries': '2'},
    ),
    camera_diagnoses={'front': Diagnosis('OK', '', {'state': 'active'}), 'rear': NOBODY},
)
IDLE = NodeState(
    '/idle', is_present=True, age_s=0.1, diagnosis=Diagnosis('OK', 'unconfigured: do this', {})
)


def drawn(*nodes: NodeState) -> str:
    output = io.StringIO()
    Console(file=output, width=110).print(draw(nodes))
    return output.getvalue()


def words_after(text: str, start: str) -> list[str]:
    (line,) = (line for line in text.splitlines() if line.lstrip('│ ').startswith(start))
    return line.strip('│ ').split()


def test_no_node() -> None:
    assert 'no perception or anonymiser node' in drawn()
    assert json.loads(to_json(())) == {'nodes': []}


def test_the_headline_names_network_and_device() -> None:
    text = drawn(NODE)
    assert '/perception WARN' in text
    assert '29.8 fps, lightnet on hailort (0000:01:00.0), 48 °C, 2.7 W' in text
    assert 'throttling, 2 recoveries, latest result 42 ms' in text


def test_a_row_for_each_camera() -> None:
    text = drawn(NODE)
    assert words_after(text, 'front ') == [
        'front', 'active', '29.8', '310', '300', 'replaced', '9,', 'stale', '1', 'none',
    ]  # fmt: skip
    assert words_after(text, 'rear ')[-3:] == ['none', 'camera_info', '4']


def test_a_row_for_each_stage() -> None:
    text = drawn(NODE)
    assert words_after(text, 'decode') == [
        'decode', '300', '0.044', '0.04', '0.05', '1.3', '100',
    ]  # fmt: skip
    assert words_after(text, 'publish') == ['publish', '0', *'–––––']


def test_reasons_stand_once_with_their_remedy() -> None:
    text = drawn(NODE)
    assert 'rear: nobody publishes /rear → start it' in text
    assert text.count('nobody publishes') == 1


def test_what_no_camera_says_is_drawn_too() -> None:
    message = f'no time on /clock; press play; {NODE.diagnosis.message}'
    text = drawn(replace(NODE, diagnosis=replace(NODE.diagnosis, message=message)))
    assert 'no time on /clock; press play' in text
    assert text.count('nobody publishes') == 1


def test_an_idle_node_says_what_it_waits_for() -> None:
    assert 'unconfigured: do this' in drawn(IDLE)


@pytest.mark.parametrize(
    ('node', 'told'),
    [
        (replace(NODE, age_s=7.2), 'silent for 7 s'),
        (replace(NODE, is_present=False), 'nobody publishes its statistics'),
        (NodeState('/n', is_present=True), '/n STALE'),
    ],
)
def test_silence_is_told(node: NodeState, told: str) -> None:
    assert told in drawn(node)


def test_squared_brackets_are_no_markup() -> None:
    diagnosis = Diagnosis('ERROR', 'expected [bold]', {})
    assert 'expected [bold]' in drawn(replace(IDLE, diagnosis=diagnosis))


def test_json_holds_all() -> None:
    first, second = json.loads(to_json((NODE, IDLE)))['nodes']
    assert (first['name'], first['level'], first['fps']) == ('/perception', 'WARN', 29.8)
    assert first['stages'][1] == {
        'stage': 'publish', 'count': 0,
        'mean_ms': None, 'p50_ms': None, 'p95_ms': None, 'p99_ms': None, 'max_ms': None,
    }  # fmt: skip
    front, rear = first['cameras']
    assert front['drops'] == {'stale': 1, 'replaced': 9, 'device': 0}
    assert front['reasons'] == []
    assert rear['state'] == 'waiting_image'
    assert rear['reasons'] == [
        {'cause': 'no_publisher', 'fact': 'nobody publishes /rear', 'remedy': 'start it'}
    ]
    assert first['diagnostics']['output_latency_ms'] == '41.80'
    assert second['message'] == 'unconfigured: do this'
    assert 'stages' not in second


def test_a_camera_without_a_diagnosis_has_its_counts() -> None:
    node = replace(NODE, camera_diagnoses={})
    assert '–' in words_after(drawn(node), 'front ')
    assert 'state' not in json.loads(to_json((node,)))['nodes'][0]['cameras'][0]
