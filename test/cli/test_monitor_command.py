# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception monitor: nodes that speak over DDS, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
import json
from threading import Event
from threading import Thread

import pytest

rclpy = pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray  # noqa: E402
from diagnostic_msgs.msg import DiagnosticStatus  # noqa: E402
from diagnostic_msgs.msg import KeyValue  # noqa: E402
from rclpy.node import Node  # noqa: E402

from hailo_perception.cli import main  # noqa: E402
from hailo_perception.cli.monitor.listener import Listener  # noqa: E402
from hailo_perception.msg import CameraStats  # noqa: E402
from hailo_perception.msg import PipelineStats  # noqa: E402

PERIOD_S = 0.05
GUARD_S = 20.0
IDLE = '/idle'
ACTIVE = '/robot/active'


class Speaker:
    """Two nodes in a context of their own: one at work, one idle, both in words only."""

    def __init__(self) -> None:
        self._context = rclpy.Context()
        rclpy.init(args=[], context=self._context)
        self._node = Node('speaker', context=self._context)
        self._stats = {
            name: self._node.create_publisher(PipelineStats, f'{name}/stats', 5)
            for name in (ACTIVE, IDLE)
        }
        self._diagnostics = self._node.create_publisher(DiagnosticArray, '/diagnostics', 5)
        self.level = DiagnosticStatus.OK
        self._end = Event()
        self._thread = Thread(target=self._speak)
        self._thread.start()

    def _speak(self) -> None:
        statistics = PipelineStats(model='m', fps=9.0, cameras=[CameraStats(name='front')])
        at_work = [KeyValue(key='state', value='active')]
        while not self._end.wait(PERIOD_S):
            self._stats[ACTIVE].publish(statistics)
            self._diagnostics.publish(
                DiagnosticArray(
                    status=[
                        DiagnosticStatus(
                            name=f'{ACTIVE}: pipeline', level=self.level, values=at_work
                        ),
                        DiagnosticStatus(name=f'{ACTIVE}: camera front', values=at_work),
                        DiagnosticStatus(name=f'{IDLE}: pipeline', message='unconfigured: x'),
                        DiagnosticStatus(name='motor: temperature', message='of somebody else'),
                    ]
                )
            )

    def close(self) -> None:
        """Fall silent and leave."""
        self._end.set()
        self._thread.join()
        self._node.destroy_node()
        self._context.try_shutdown()


@pytest.fixture
def speaker() -> Iterator[Speaker]:
    speaker = Speaker()
    yield speaker
    speaker.close()


def test_every_node_is_found_and_heard(speaker: Speaker) -> None:
    with Listener() as listener:
        listener.wait(GUARD_S)
        active, idle = sorted(listener.nodes(), key=lambda node: node.name, reverse=True)
    assert (active.name, idle.name) == (ACTIVE, IDLE)
    assert active.statistics is not None
    assert active.statistics.model == 'm'
    assert active.camera_diagnoses['front'].values == {'state': 'active'}
    assert idle.statistics is None
    assert idle.diagnosis is not None
    assert idle.diagnosis.message == 'unconfigured: x'
    assert active.is_present
    assert idle.is_present


def test_statistics_of_a_node_that_rests_now_are_history() -> None:
    listener = Listener()
    with listener:
        listener._hear_statistics('/n', PipelineStats())
        listener._hear_diagnostics(
            DiagnosticArray(status=[DiagnosticStatus(name='/n: pipeline', message='inactive')])
        )
        assert not listener._statistics


def test_one_node_as_json(speaker: Speaker, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(['monitor', '--once', '--json', '-', ACTIVE]) == 0
    (node,) = json.loads(capsys.readouterr().out)['nodes']
    assert node['name'] == ACTIVE
    assert node['cameras'][0]['state'] == 'active'


def test_an_error_is_the_status(speaker: Speaker, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip('rich')
    speaker.level = DiagnosticStatus.ERROR
    assert main.main(['monitor', '--once', ACTIVE]) == 1
    assert f'{ACTIVE} ERROR' in capsys.readouterr().out


@pytest.mark.parametrize('nodes', [[], ['/nowhere']])
def test_silence_is_told(nodes: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    words = ['monitor', '--once', '--json', '-', '--timeout', '0.2', *nodes]
    assert main.main(words) == main.EXIT_USER_ERROR
    told = capsys.readouterr()
    assert (nodes or ['any perception or anonymiser node'])[0] in told.err
    assert 'ROS_DOMAIN_ID' in told.err
    assert not told.out


@pytest.mark.parametrize(
    ('words', 'told'),
    [
        (['--once', '--timeout', '0'], '--timeout'),
        (['--once', '--timeout', 'nan'], '--timeout'),
        (['--json', '-'], '--once'),
        (['--once', 'perception'], '/perception'),
        (['--once', '--json', '/no/such/folder/x.json'], '--json'),
        ([], 'terminal'),
    ],
)
def test_what_cannot_work_is_refused_at_once(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(['monitor', *words]) == main.EXIT_USER_ERROR
    assert told in capsys.readouterr().err


def without(name: str) -> Callable[[str], object]:
    return lambda asked: None if asked == name else object()


def test_without_rich_json_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr('hailo_perception.cli.monitor.find_spec', without('rich'))
    assert main.main(['monitor', '--once']) == main.EXIT_USER_ERROR
    told = capsys.readouterr().err
    assert 'pip install rich,' in told
    assert '--once --json -' in told
