# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The whole demo, as a user runs it: three processes, DDS between them, a folder at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
import importlib
import json
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('hailo_perception.msg')
pytest.importorskip('onnxruntime')
reader = pytest.importorskip('mcap.reader')

from rclpy.serialization import deserialize_message  # noqa: E402

from hailo_perception.ros.images import from_message  # noqa: E402
from hailo_perception.vision.decode import decode  # noqa: E402

HANG_GUARD_S = 120.0
SMALL_SCENE = ('--width', '320', '--height', '192', '--rate', '10', '--keep-running')


class Demo:
    """A demo process whose output can be waited for."""

    def __init__(self, folder: Path, *options: str, has_reader: bool = False) -> None:
        self.results = folder / 'results'
        self._log = folder / 'log.txt'
        with self._log.open('wb') as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    '-m',
                    'hailo_perception.cli.main',
                    'demo',
                    '--backend',
                    'onnx',
                    '--output',
                    str(self.results),
                    *options,
                ],
                stdout=subprocess.PIPE if has_reader else log,
                stderr=log,
            )

    @property
    def text(self) -> str:
        return self._log.read_text(encoding='utf-8')

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Poll; the deadline only guards against hanging."""
        deadline_s = time.monotonic() + HANG_GUARD_S
        while not condition():
            assert time.monotonic() < deadline_s, self.text
            time.sleep(0.02)

    def wait_for_text(self, text: str) -> None:
        self.wait_until(lambda: text in self.text or self.process.poll() is not None)
        assert text in self.text, self.text

    def wait(self) -> int:
        try:
            return self.process.wait(HANG_GUARD_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f'the demo did not end:\n{self.text}') from None

    def nodes(self) -> list[str]:
        """Command lines of the demo's children; they name its folder."""
        mark = str(self.results).encode()
        lines = []
        for path in Path('/proc').glob('[0-9]*/cmdline'):
            try:
                line = path.read_bytes()
            except OSError:
                continue
            if mark in line and b'hailo_perception.nodes.' in line:
                lines.append(line.replace(b'\0', b' ').decode())
        return lines


@pytest.fixture
def start_demo(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    started: list[Demo] = []

    def start(*options: str, has_reader: bool = False) -> Demo:
        started.append(Demo(tmp_path, *options, has_reader=has_reader))
        return started[-1]

    yield start
    for demo in started:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.wait()


def recorded(path: Path) -> dict[str, list[Any]]:
    """Decode every message of a recording, by topic; a topic without any has none."""
    messages: dict[str, list[Any]] = defaultdict(list)
    with path.open('rb') as file:
        opened = reader.make_reader(file)
        assert opened.get_summary() is not None, 'the file has its index'
        for schema, channel, message in opened.iter_messages():
            package, _, name = schema.name.split('/')
            message_type = getattr(importlib.import_module(f'{package}.msg'), name)
            messages[channel.topic].append(deserialize_message(message.data, message_type))
    return messages


def test_a_folder_of_pictures_becomes_a_folder_of_results(
    start_demo: Callable[..., Demo], tmp_path: Path
) -> None:
    pictures = tmp_path / 'pictures'
    pictures.mkdir()
    randomness = np.random.default_rng(1)
    sizes = ((200, 320), (120, 160), (201, 321))
    for index, size in enumerate(sizes):
        noise = randomness.integers(0, 255, (*size, 3), np.uint8)
        cv2.imwrite(str(pictures / f'{index}.png'), noise)

    demo = start_demo('--images', str(pictures), '--pictures-every', '0', '--rate', '1')
    assert demo.wait() == 0, demo.text
    assert not demo.nodes()

    results = demo.results
    summary = json.loads((results / 'summary.json').read_text(encoding='utf-8'))
    assert summary['ended_by'] == 'end of the source'
    # A slow machine drops pictures, but none without a count.
    count = summary['frames']
    assert count > 0
    assert count + sum(summary['pipeline']['drops'].values()) == len(sizes)
    assert summary['latency_ms']['p50'] > 0
    assert {topic['not_written'] for topic in summary['messages'].values()} == {0}

    lines = (results / 'objects.jsonl').read_text(encoding='utf-8').splitlines()
    frames = [json.loads(line) for line in lines]
    assert [frame['frame'] for frame in frames] == list(range(count))
    assert {tuple(frame['image_size']) for frame in frames} <= {(w, h) for h, w in sizes}

    messages = recorded(results / 'recording.mcap')
    for name in ('objects', 'overlay/compressed', 'semantic/mask', 'lane/mask'):
        assert len(messages[f'/perception/front/{name}']) == count, name
    for topic in ('/front/camera_info', '/perception/stats', '/diagnostics'):
        assert messages[topic], topic
    assert len(messages['/front/image_raw/compressed']) == len(sizes)

    # Where picture and calibration of different sizes met, the node says that it withheld these.
    measured = count - summary['pipeline']['problems'].get('camera_info', 0)
    for kind in ('depth', 'depth_color', 'bird_eye'):
        assert len(list((results / kind).glob('*.png'))) == measured, kind
    for path in (results / 'depth').glob('*.png'):
        assert cv2.imread(str(path), cv2.IMREAD_UNCHANGED).dtype == np.uint16
    # Depth has the colours of the topic.
    colored = [cv2.imread(str(path)) for path in sorted((results / 'depth_color').glob('*.png'))]
    published = [
        decode(from_message(message))[0] for message in messages['/perception/front/depth/color']
    ]
    for image, expected in zip(colored, published, strict=True):
        np.testing.assert_array_equal(image, expected)
    clouds = list((results / 'points').glob('*.ply'))
    assert len(clouds) == len(messages['/perception/front/bird_eye']) == measured
    assert all(cloud.read_bytes().startswith(b'ply\n') for cloud in clouds)
    capture = cv2.VideoCapture(str(results / 'overlay.mp4'))
    assert capture.read()[0]
    capture.release()
    for name in ('overlay.mp4', 'recording.mcap', 'objects.jsonl', 'summary.json'):
        assert name in demo.text


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_running_demo_and_keeps_what_was_written(
    number: signal.Signals, start_demo: Callable[..., Demo]
) -> None:
    demo = start_demo(*SMALL_SCENE)
    demo.wait_for_text('| running |')
    demo.process.send_signal(number)
    assert demo.wait() == 0, demo.text
    assert not demo.nodes()
    assert 'Traceback' not in demo.text
    assert recorded(demo.results / 'recording.mcap')['/perception/front/objects']
    summary = json.loads((demo.results / 'summary.json').read_text(encoding='utf-8'))
    assert summary['ended_by'] == 'interruption'


def test_a_reader_that_goes_away_ends_it_and_keeps_what_was_written(
    start_demo: Callable[..., Demo],
) -> None:
    demo = start_demo(*SMALL_SCENE, has_reader=True)
    assert demo.process.stdout is not None
    with demo.process.stdout as lines:
        assert any(b'| running |' in line for line in lines)
    assert demo.wait() == 2, demo.text
    assert not demo.nodes()
    assert demo.text == ''
    assert recorded(demo.results / 'recording.mcap')['/perception/front/objects']
    summary = json.loads((demo.results / 'summary.json').read_text(encoding='utf-8'))
    assert summary['ended_by'] == 'end of the output'


def test_a_signal_while_starting_ends_it_too(start_demo: Callable[..., Demo]) -> None:
    demo = start_demo(*SMALL_SCENE)
    demo.wait_until(lambda: len(demo.nodes()) == 2)
    demo.process.send_signal(signal.SIGINT)
    assert demo.wait() == 128 + signal.SIGINT, demo.text
    assert not demo.nodes()
    assert 'Traceback' not in demo.text


def test_children_do_not_outlive_a_killed_demo(start_demo: Callable[..., Demo]) -> None:
    demo = start_demo(*SMALL_SCENE)
    demo.wait_until(lambda: len(demo.nodes()) == 2)
    demo.process.kill()
    demo.process.wait()
    demo.wait_until(lambda: not demo.nodes())


def test_a_child_that_dies_ends_the_demo_with_its_words(start_demo: Callable[..., Demo]) -> None:
    demo = start_demo('--topic', '/no topic')
    assert demo.wait() == 2
    assert "'/no topic' cannot be a topic" in demo.text
    assert 'perception_node ended with status 2' in demo.text
    assert not demo.nodes()


def test_a_source_without_a_picture_is_a_failure(
    start_demo: Callable[..., Demo], tmp_path: Path
) -> None:
    folder = tmp_path / 'pictures'
    folder.mkdir()
    (folder / 'broken.jpg').write_bytes(b'no picture')
    demo = start_demo('--images', str(folder), '--rate', '10')
    assert demo.wait() == 2, demo.text
    log = demo.results / 'nodes' / 'camera_node.log'
    assert f'demo: camera_node ended with status 2. Its last words ({log})' in demo.text
    assert f'none of the pictures of {folder} can be read' in demo.text
    assert 'broken.jpg' in log.read_text(encoding='utf-8')
    summary = json.loads((demo.results / 'summary.json').read_text(encoding='utf-8'))
    assert summary['ended_by'] == 'failure'


def test_an_existing_folder_is_not_touched(
    start_demo: Callable[..., Demo], tmp_path: Path
) -> None:
    mine = tmp_path / 'results' / 'mine.txt'
    mine.parent.mkdir()
    mine.write_text('dear', encoding='utf-8')
    demo = start_demo()
    assert demo.wait() == 2
    assert 'has files in it' in demo.text
    assert [path.name for path in mine.parent.iterdir()] == ['mine.txt']
