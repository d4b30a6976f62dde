# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the transport: what is asked for and what two processes tell."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace
from typing import Any

import pytest

from hailo_perception.cli.bench import transport
from hailo_perception.cli.bench.messages import Kind
from hailo_perception.cli.bench.messages import KINDS
from hailo_perception.cli.bench.messages import kinds_named
from hailo_perception.cli.bench.transport import measure_transport
from hailo_perception.cli.bench.transport import transport_text
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import MissingDependencyError

MASK = kinds_named('mask_480')


@pytest.fixture
def exchanges(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No processes: of four messages the last is lost with the default profile."""
    asked: list[str] = []

    def exchange(
        kind: Kind, count: int, rate_hz: float, profile: str
    ) -> tuple[dict[str, Any], list[tuple[int, int, float]]]:
        asked.append(profile)
        sent_ns = [i * 100_000_000 for i in range(count)]
        came = sent_ns[:-1] if profile == 'default' else sent_ns
        sent = {
            'sent_ns': sent_ns,
            'publish_wall_s': [0.002] * count,
            'publish_cpu_s': [0.001] * count,
        }
        return sent, [(ns, ns + 5_000_000, 0.003 * i) for i, ns in enumerate(came)]

    monkeypatch.setattr(transport, '_exchange', exchange)
    monkeypatch.setattr(transport.importlib.util, 'find_spec', lambda name: object())
    return asked


def test_the_profiles_take_turns(exchanges: list[str]) -> None:
    measure_transport(MASK, count=4, rate_hz=10, rounds=2)
    assert exchanges == ['default', 'shipped'] * 2


def test_losses_latency_and_costs(exchanges: list[str]) -> None:
    default, shipped = measure_transport(MASK, count=4, rate_hz=10).messages
    assert (default.delivered, shipped.delivered) == (0.75, 1.0)
    assert shipped.metrics['Mean End-to-End Latency (ms)'] == pytest.approx(5)
    assert shipped.publish_wall_median_ms == pytest.approx(2)
    assert shipped.publish_cpu_median_ms == pytest.approx(1)
    assert shipped.receive_cpu_ms == pytest.approx(3)


def test_the_text_has_a_row_for_each_profile(exchanges: list[str]) -> None:
    text = transport_text(measure_transport(MASK, count=4, rate_hz=10))
    assert 'default' in text and 'shipped' in text
    assert '75 %' in text and '100 %' in text


def test_nothing_that_came_is_nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = {'sent_ns': [0, 1], 'publish_wall_s': [0.1, 0.1], 'publish_cpu_s': [0.1, 0.1]}
    monkeypatch.setattr(transport, '_exchange', lambda *_: (sent, []))
    monkeypatch.setattr(transport.importlib.util, 'find_spec', lambda name: object())
    (message,) = measure_transport(MASK, count=2, rate_hz=10, profiles=('default',)).messages
    assert message.delivered == 0
    assert math.isnan(message.receive_cpu_ms)


@pytest.mark.parametrize(
    'wrong', [{'count': 1}, {'rounds': 0}, {'rate_hz': 0.0}, {'rate_hz': math.nan}]
)
def test_numbers_that_cannot_be(exchanges: list[str], wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match='at least 2 messages'):
        measure_transport(MASK, **{'count': 4, 'rate_hz': 10.0, **wrong})
    assert not exchanges


def test_without_ros_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.importlib.util, 'find_spec', lambda name: None)
    with pytest.raises(MissingDependencyError, match='source a ROS 2'):
        measure_transport(MASK, count=4, rate_hz=10)


def test_kinds_by_name() -> None:
    assert [kind.name for kind in kinds_named('cloud_480x480,mask_480')] == [
        'cloud_480x480',
        'mask_480',
    ]
    with pytest.raises(ConfigurationError, match=r"no message 'parcel'.*mask_480"):
        kinds_named('mask_480,parcel')


def test_the_environment_is_the_benchmarks_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('FASTRTPS_DEFAULT_PROFILES_FILE', '/of/the/user.xml')
    monkeypatch.setenv('ROS_DOMAIN_ID', '0')
    default, shipped = (transport._environment(profile) for profile in ('default', 'shipped'))
    assert 'FASTRTPS_DEFAULT_PROFILES_FILE' not in default
    assert shipped['FASTRTPS_DEFAULT_PROFILES_FILE'].endswith('fastdds_shared_memory.xml')
    assert default['ROS_DOMAIN_ID'] == shipped['ROS_DOMAIN_ID'] != '0'


class _Node:
    """Keeps what is published, with the topic on which it is."""

    def __init__(self) -> None:
        self.published: list[tuple[str, Any]] = []
        self.destroyed: list[Any] = []

    def create_publisher(
        self, message_type: type, topic: str, profile: object, **options: object
    ) -> Any:
        return SimpleNamespace(
            publish=lambda message: self.published.append((topic, message)),
            get_subscription_count=lambda: 1,
        )

    def destroy_publisher(self, publisher: Any) -> None:
        self.destroyed.append(publisher)


SINGLE_KINDS = [kind for kind in KINDS if not kind.name.startswith('all_outputs')]


@pytest.mark.parametrize('kind', SINGLE_KINDS, ids=lambda kind: kind.name)
def test_messages_have_the_size_that_is_told(kind: Kind) -> None:
    pytest.importorskip('sensor_msgs.msg')
    node = _Node()
    sender = kind.make_sender(node)
    assert sender.is_awaited()
    sender.send(5_000_000_007)
    sender.close()
    ((topic, message),) = node.published
    assert kind.topics() == {topic: type(message)}
    assert len(message.data) == kind.byte_count
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (5, 7)
    assert len(node.destroyed) == 1


@pytest.mark.parametrize('name', ['all_outputs', 'all_outputs_full'])
def test_all_outputs_are_those_of_a_node(name: str) -> None:
    pytest.importorskip('sensor_msgs.msg')
    topics = kinds_named(name)[0].topics()
    assert {name.removeprefix('/hailo_perception_bench/front/') for name in topics} >= {
        'objects', 'semantic/mask', 'lane/mask', 'lanes', 'depth/image', 'depth/camera_info',
        'depth/color', 'points', 'points/mask', 'bird_eye', 'markers', 'overlay',
        'overlay/compressed',
    }  # fmt: skip


def test_several_messages_of_a_stamp_arrive_with_the_last() -> None:
    receiver = pytest.importorskip('hailo_perception.cli.bench.receiver')
    arrived: list[tuple[int, int, float]] = []
    note = receiver._noting(arrived, 2)
    header = SimpleNamespace(stamp=SimpleNamespace(sec=1, nanosec=5))
    note(SimpleNamespace(header=header))
    assert not arrived
    note(SimpleNamespace(markers=[SimpleNamespace(header=header)]))
    assert [stamp_ns for stamp_ns, _, _ in arrived] == [1_000_000_005]


def test_a_process_that_fails_is_told_about() -> None:
    process = transport._start('publisher', {}, 'no_such_message', '2', '1')
    with pytest.raises(ConfigurationError, match=r'the publisher of the benchmark failed'):
        transport._result('publisher', process, 0.0)


def test_two_real_processes() -> None:
    pytest.importorskip('rclpy')
    report = measure_transport(MASK, count=3, rate_hz=50, profiles=('shipped',))
    (message,) = report.messages
    assert message.metrics['# of Frames Sent'] == 3
    assert message.publish_wall_p10_ms > 0
    assert json.dumps(message.metrics)
