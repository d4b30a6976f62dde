# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a run shows, row by row."""

from __future__ import annotations

from dataclasses import replace
import math

import pytest

from hailo_perception.cli.demo import status as text
from hailo_perception.cli.demo.display import LineDisplay
from hailo_perception.cli.demo.frame_times import FrameStatistics
from hailo_perception.cli.demo.status import PipelineState
from hailo_perception.cli.demo.status import StageTimes
from hailo_perception.cli.demo.status import Status
from hailo_perception.cli.demo.status import WritingState
from hailo_perception.pipeline.telemetry import DurationStatistics

NOTHING = Status('scene', 'starting', 0.0, 20.0, FrameStatistics(0, 0.0, None), 0)
PIPELINE = PipelineState(
    model='m',
    backend='hailort',
    device='0000:01:00.0',
    received=12,
    inside=1,
    drops={'replaced': 2, 'encoding': 3},
    problems={},
    stages=(StageTimes('decode', 0.25, 1.0), StageTimes('publish', math.nan, math.nan)),
)
RUNNING = replace(
    NOTHING,
    phase='running',
    elapsed_s=3.2,
    frames=FrameStatistics(10, 9.94, DurationStatistics.of([0.05, 0.1])),
    frames_total=10,
    pipeline=PIPELINE,
    objects={'car': 1, 'person': 4},
    writing=WritingState(2_500_000),
)


def test_rows_before_anything_came() -> None:
    rows = dict(text.rows(replace(NOTHING, waiting_for='an image')))
    assert rows['network'] == rows['drops'] == rows['stages'] == '–'
    assert rows['objects'] == 'none'
    assert rows['waiting for'] == 'an image'
    assert rows['writing'] == 'no recording'


def test_rows_while_running() -> None:
    assert dict(text.rows(RUNNING)) == {
        'source': 'scene',
        'network': 'm on hailort (0000:01:00.0)',
        'time': '3 of 20 s, running',
        'frames': '10 of 12 frames, 9.9 fps',
        'latency': 'p50 75 ms, p95 98 ms',
        'drops': 'encoding 3, replaced 2',
        'stages': 'decode 0.2/1.0 ms (p50/p95)',
        'objects': 'person 4, car 1',
        'writing': 'recording 2.5 MB',
    }


def test_problems_have_a_row_of_their_own() -> None:
    rows = dict(text.rows(replace(RUNNING, pipeline=replace(PIPELINE, problems={'publish': 1}))))
    assert rows['problems'] == 'publish 1'


@pytest.mark.parametrize(
    ('writing', 'expected'),
    [
        (WritingState(0, 0, 0), 'recording 0.0 MB'),
        (WritingState(None, 3_000_000, 0), 'no recording, 3 MB waiting'),
        (WritingState(None, 0, 7), 'no recording, 7 messages not written: the disk is too slow'),
    ],
)
def test_writing(writing: WritingState, expected: str) -> None:
    assert text.writing_text(writing) == expected


@pytest.mark.parametrize(
    ('temperature_c', 'power_w', 'expected'),
    [
        (math.nan, math.nan, 'm on hailort (0000:01:00.0)'),
        (48.4, math.nan, 'm on hailort (0000:01:00.0), 48 °C'),
        (48.4, 2.71, 'm on hailort (0000:01:00.0), 48 °C, 2.7 W'),
    ],
)
def test_the_device_tells_its_health(
    temperature_c: float, power_w: float, expected: str
) -> None:
    state = replace(PIPELINE, temperature_c=temperature_c, power_w=power_w)
    assert text.network_text(state) == expected


def test_foreign_stamps_give_no_latency() -> None:
    assert text.latency_text(None).startswith('unknown')
    assert text.latency_text(DurationStatistics.of([])) == '–'


def test_one_line_says_what_is_not_written() -> None:
    line = text.line(replace(RUNNING, writing=WritingState(1, 0, 7)))
    assert 'running' in line
    assert '10 of 12 frames' in line
    assert 'not written 7' in line
    assert 'waiting for' not in line


def test_lines_come_once_a_second_and_with_every_phase() -> None:
    lines: list[str] = []
    with LineDisplay(lines.append) as display:
        for elapsed_s, phase in ((0.0, 'a'), (0.9, 'a'), (1.0, 'a'), (1.1, 'b'), (1.2, 'b')):
            display.show(replace(NOTHING, phase=phase, elapsed_s=elapsed_s))
    assert [line.split(' | ')[:2] for line in lines] == [
        ['  0.0 s', 'a'],
        ['  1.0 s', 'a'],
        ['  1.1 s', 'b'],
    ]
