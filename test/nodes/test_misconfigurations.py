# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Every misconfiguration of the scripted session is answered, on the console and in diagnostics.

The session itself lies in benchmarks/, where a person can run it and see the seconds.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
import sys

import pytest

pytest.importorskip('rclpy')

sys.path.insert(0, str(Path(__file__).parents[2] / 'benchmarks'))

from misconfiguration_session import Session  # noqa: E402
from misconfigured_cameras import CAMERAS  # noqa: E402
from misconfigured_starts import STARTS  # noqa: E402

TRIED_IN_TEST_BAD_INPUT = (
    'model_name', 'model_missing', 'manifest_key', 'manifest_output', 'backend_name', 'range',
    'type', 'whole_number', 'cameras_twice', 'topic_name', 'outputs', 'own_vehicle',
)
"""What ends a node that is not managed, each in a process of its own."""
QUICK = {'stats_period_s': 0.1, 'patience_s': 0.5}


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(
        tmp_path,
        parameters=QUICK,
        simultaneous_starts=2,
        only_managed=TRIED_IN_TEST_BAD_INPUT,
    )


def test_there_are_enough_and_each_has_its_name() -> None:
    names = Counter(each.name for each in (*CAMERAS, *STARTS))
    assert len(names) > 30
    assert max(names.values()) == 1


def test_cameras_and_states(session: Session) -> None:
    names = [answered.name for answered in session.cameras_and_states()]
    assert set(names) > {camera.name for camera in CAMERAS}
    assert names[-3:] == ['name_taken', 'disabled', 'inactive']


def test_clock(session: Session) -> None:
    assert [answered.name for answered in session.clock()][-1] == 'clock_jumped'


def test_starts(session: Session) -> None:
    answers = list(session.starts())
    assert [answered.name for answered in answers] == [start.name for start in STARTS]
    assert all(answered.message for answered in answers)
    ended = {answered.name for answered in answers if answered.end_s is not None}
    assert ended == {start.name for start in STARTS}.difference(TRIED_IN_TEST_BAD_INPUT)
