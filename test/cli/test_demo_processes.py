# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Signals, domains and child processes."""

from __future__ import annotations

import os
from pathlib import Path
import signal

import pytest

from hailo_perception.cli.demo.graph_domain import choose_domain
from hailo_perception.cli.demo.interruption import Interruption
from hailo_perception.cli.demo.node_process import NodeProcess
from hailo_perception.cli.demo.node_process import stop_all


def test_nothing_to_stop() -> None:
    assert stop_all([]) == []


def test_a_node_that_cannot_start_leaves_its_words(tmp_path: Path) -> None:
    process = NodeProcess('no_such_node', {'a': 1}, tmp_path)
    while process.status is None:
        os.sched_yield()
    assert process.status == 1
    assert 'no_such_node' in process.last_lines()
    assert stop_all([process]) == []


def test_an_urgent_stop_is_by_force(tmp_path: Path) -> None:
    process = NodeProcess('no_such_node', {}, tmp_path)
    forced = stop_all([process], is_urgent=lambda: True)
    assert process.status is not None
    assert forced in ([], ['no_such_node'])


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_signals_are_counted_and_handlers_given_back(number: signal.Signals) -> None:
    former = signal.getsignal(number)
    with Interruption.watch() as interruption:
        assert not interruption.is_requested
        signal.raise_signal(number)
        assert interruption.is_requested
        assert not interruption.is_urgent
        assert interruption.exit_status == 128 + number
        signal.raise_signal(signal.SIGINT)
        assert interruption.is_urgent
        assert interruption.exit_status == 128 + number
    assert signal.getsignal(number) is former


def test_the_demo_has_a_graph_of_its_own() -> None:
    environment: dict[str, str] = {}
    words = choose_domain(is_shared=False, process_id=101 * 5 + 7, environment=environment)
    assert environment == {'ROS_DOMAIN_ID': '8', 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}
    assert words == 'ROS_DOMAIN_ID=8 ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST'


@pytest.mark.parametrize(
    ('is_shared', 'environment'),
    [(True, {}), (False, {'ROS_DOMAIN_ID': '5'}), (True, {'ROS_DOMAIN_ID': '5'})],
)
def test_the_users_graph_stays(is_shared: bool, environment: dict[str, str]) -> None:
    before = dict(environment)
    assert choose_domain(is_shared=is_shared, process_id=1, environment=environment) == ''
    assert environment == before
