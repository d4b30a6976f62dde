# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the transport: messages from one process to another, in both settings."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
import importlib.util
import json
import math
import os
import subprocess
import sys
from typing import Any

import numpy as np

from hailo_perception.bench.metrics import latency_percentile
from hailo_perception.bench.metrics import Passage
from hailo_perception.bench.metrics import stream_metrics
from hailo_perception.bench.tables import number
from hailo_perception.bench.tables import table
from hailo_perception.cli.bench.messages import Kind
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import MissingDependencyError

DEFAULT, SHIPPED = 'default', 'shipped'
PROFILES = (DEFAULT, SHIPPED)
"""The middleware as it comes, and with the settings that the package ships for it."""
_PATIENCE_S = 60.0
_OWN_DOMAIN = '93'


@dataclass(frozen=True, slots=True)
class MessageReport:
    """One kind of message under one profile; milliseconds, medians and 10th percentiles.

    ``publish`` is the call in the sending thread; ``receive_cpu_ms`` the CPU time of the whole
    receiving process for each message, NaN where fewer than two came.
    """

    kind: str
    byte_count: int
    profile: str
    publish_wall_median_ms: float
    publish_wall_p10_ms: float
    publish_cpu_median_ms: float
    receive_cpu_ms: float
    metrics: dict[str, float]

    @property
    def delivered(self) -> float | None:
        """Share of the messages that arrived."""
        sent = self.metrics['# of Frames Sent']
        return 1 - self.metrics['# of Missed Frames'] / sent if sent else None


@dataclass(frozen=True, slots=True)
class TransportReport:
    """What ``bench ros`` found, and with which middleware."""

    middleware: str
    count: int
    rate_hz: float
    messages: tuple[MessageReport, ...]


def measure_transport(
    kinds: Sequence[Kind],
    *,
    count: int,
    rate_hz: float,
    rounds: int = 1,
    profiles: Sequence[str] = PROFILES,
    progress: Callable[[str], None] = lambda what: None,
) -> TransportReport:
    """Send each kind ``rounds`` times ``count`` messages, the profiles taking turns.

    MissingDependencyError without ROS; ConfigurationError for impossible numbers and when a
    process fails, with its last words.
    """
    if importlib.util.find_spec('rclpy') is None:
        raise MissingDependencyError('rclpy', 'to send messages', 'source a ROS 2 installation')
    if count < 2 or rounds < 1 or not rate_hz > 0:
        raise ConfigurationError(
            f'expected at least 2 messages, 1 round and a positive rate, got {count}, {rounds} '
            f'and {rate_hz}'
        )
    sent: dict[tuple[str, str], list[dict[str, Any]]] = {}
    arrived: dict[tuple[str, str], list[list[tuple[int, int, float]]]] = {}
    for _ in range(rounds):
        for kind in kinds:
            for profile in profiles:
                progress(f'{kind.name}, {profile} profile')
                out, into = _exchange(kind, count, rate_hz, profile)
                sent.setdefault((kind.name, profile), []).append(out)
                arrived.setdefault((kind.name, profile), []).append(into)
    return TransportReport(
        middleware=os.environ.get('RMW_IMPLEMENTATION', 'the default of this ROS'),
        count=count * rounds,
        rate_hz=rate_hz,
        messages=tuple(
            _message_report(kind, profile, sent[kind.name, profile], arrived[kind.name, profile])
            for kind in kinds
            for profile in profiles
        ),
    )


def _exchange(
    kind: Kind, count: int, rate_hz: float, profile: str
) -> tuple[dict[str, Any], list[tuple[int, int, float]]]:
    """Run a receiver and a publisher of one kind; what either printed."""
    environment = _environment(profile)
    receiver = _start('receiver', environment, kind.name)
    try:
        publisher = _start('publisher', environment, kind.name, str(count), str(rate_hz))
        sent = _result('publisher', publisher, count / rate_hz)
        # The end of its input tells the receiver to print.
        arrived = _result('receiver', receiver, 0.0)
    finally:
        receiver.kill()
        receiver.wait()
    return sent[kind.name], arrived[kind.name]


def _environment(profile: str) -> dict[str, str]:
    from hailo_perception.ros.middleware import prepare_transport
    from hailo_perception.ros.middleware import TRANSPORT_VARIABLES

    environment = {
        name: value for name, value in os.environ.items() if name not in TRANSPORT_VARIABLES
    }
    # On its own: other nodes of this computer must not listen, nor be disturbed.
    environment['ROS_DOMAIN_ID'] = _OWN_DOMAIN
    environment['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    if profile == SHIPPED:
        prepare_transport(environment)
    return environment


def _start(module: str, environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (sys.executable, '-m', f'hailo_perception.cli.bench.{module}', *arguments),
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _result(module: str, process: subprocess.Popen[str], takes_s: float) -> Any:
    try:
        printed, complaints = process.communicate(timeout=takes_s + _PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        printed, complaints = process.communicate()
        complaints = f'it hung; {complaints}'
    if process.returncode:
        raise ConfigurationError(
            f'the {module} of the benchmark failed: {complaints.strip()[-500:] or "no reason"}; '
            'look at hailo-perception doctor --only ros'
        )
    return json.loads(printed)


def _message_report(
    kind: Kind,
    profile: str,
    sent: Sequence[dict[str, Any]],
    arrived: Sequence[Sequence[tuple[int, int, float]]],
) -> MessageReport:
    wall_ms = np.array([value for each in sent for value in each['publish_wall_s']]) * 1000
    cpu_ms = np.array([value for each in sent for value in each['publish_cpu_s']]) * 1000
    receive_ms = [
        (round_[-1][2] - round_[0][2]) / (len(round_) - 1) * 1000
        for round_ in arrived
        if len(round_) > 1
    ]
    passages = [
        Passage(stamp_ns * 1e-9, now_ns * 1e-9)
        for round_ in arrived
        for stamp_ns, now_ns, _ in round_
    ]
    return MessageReport(
        kind=kind.name,
        byte_count=kind.byte_count,
        profile=profile,
        publish_wall_median_ms=float(np.median(wall_ms)),
        publish_wall_p10_ms=float(np.percentile(wall_ms, 10)),
        publish_cpu_median_ms=float(np.median(cpu_ms)),
        receive_cpu_ms=math.fsum(receive_ms) / len(receive_ms) if receive_ms else math.nan,
        metrics=stream_metrics(
            [stamp_ns * 1e-9 for each in sent for stamp_ns in each['sent_ns']], passages
        ),
    )


def transport_text(report: TransportReport) -> str:
    """Write the report as a table for a terminal."""
    rows = [
        (
            message.kind,
            f'{message.byte_count / 1e6:.2f}',
            message.profile,
            number(message.publish_wall_p10_ms),
            number(message.publish_wall_median_ms),
            number(message.publish_cpu_median_ms),
            number(message.receive_cpu_ms),
            number(message.metrics[latency_percentile(50)]),
            number(message.metrics[latency_percentile(95)]),
            number(None if message.delivered is None else 100 * message.delivered, 0, ' %'),
        )
        for message in report.messages
    ]
    head = (
        'message',
        'MB',
        'profile',
        'publish p10',
        'median',
        'its CPU',
        'receive CPU',
        'latency p50',
        'p95',
        'delivered',
    )
    return (
        f'{report.count} messages of each kind at {report.rate_hz:g} Hz to one subscriber in '
        f'another process, middleware: {report.middleware}\nmilliseconds\n\n'
        f'{table(head, rows)}\n'
    )
