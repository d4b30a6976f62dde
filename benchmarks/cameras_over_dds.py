# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cameras, perception and a subscriber over DDS, with a device of a set speed.

``python benchmarks/cameras_over_dds.py``: one process sends 1080p pictures of 1 to 8 cameras, the
real perception_node runs them through a device that is played (one frame at a time, 36.6 ms each
unless told otherwise), a third process subscribes to all its outputs. Options as of
``hailo-perception bench pipeline``. A frame has come when the last of its outputs has; latency is
from the stamp, taken when the picture is sent, until then. Prints tables and, with ``--json
FILE``, every figure under the names of ros2_benchmark.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
import json
import os
from pathlib import Path
from select import select
import subprocess
import sys
import tempfile
import time
from typing import Any

from camera_process import camera_names
from camera_process import image_topic
from processes import cpu_s
from processes import end
from processes import resident_mib
from processes import start_node

from hailo_perception.backends.recording import save_recording
from hailo_perception.bench.camera_report import CameraReport
from hailo_perception.bench.camera_report import report_camera
from hailo_perception.bench.camera_report import Window
from hailo_perception.bench.machine import describe_machine
from hailo_perception.bench.machine import LIBRARIES
from hailo_perception.bench.metrics import latency_percentile
from hailo_perception.bench.metrics import Passage
from hailo_perception.bench.metrics import PERCENTILES
from hailo_perception.bench.scenario import Scenario
from hailo_perception.bench.stream_report import cameras_table
from hailo_perception.bench.tables import number
from hailo_perception.bench.tables import table
from hailo_perception.bench.tables import to_json
from hailo_perception.bench.workload import make_workload
from hailo_perception.cli.bench.scenario import add_options
from hailo_perception.cli.bench.scenario import to_scenario
from hailo_perception.cli.demo.graph_domain import choose_domain
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.results import Output
from hailo_perception.models.manifest import write_manifest
from hailo_perception.pipeline.process_settings import ProcessSettings
from hailo_perception.ros.absent_outputs import CONFIDENCES
from hailo_perception.ros.frame_messages import output_topics
from hailo_perception.ros.middleware import prefer_shared_memory

_HERE = Path(__file__).parent
_READY_TIMEOUT_S = 120.0
"""Kernels may have to be compiled."""
_POLL_S = 0.5
_DRAIN_S = 2.5
"""Two statistics messages: the last one counts all frames."""
_MESSAGES = {'serialized': 'serialised', 'objects': 'as objects of Python'}
"""What the subscriber takes, and how that is said."""
_ROS_LIBRARIES = ('ros-jazzy-rclpy', 'ros-jazzy-fastdds', 'ros-jazzy-rmw-fastrtps-cpp')


@dataclass(frozen=True, slots=True)
class DdsReport:
    """What was found; ``delivered`` is frames that came completely over those that were sent on.

    ``completed`` and ``published`` count the whole run, from the first frame on.
    """

    scenario: Scenario
    outputs: tuple[str, ...]
    messages: str
    middleware: str
    frame_rate_hz: float
    metrics: dict[str, float]
    cameras: tuple[CameraReport, ...]
    completed: int
    published: int
    drops: dict[str, int]
    stages_ms: dict[str, dict[str, float]]
    cpu_percent: dict[str, float]
    memory_mib: float

    @property
    def delivered(self) -> float:
        """Share of the node's results whose every output arrived."""
        return self.completed / self.published if self.published else 0.0

    @property
    def share_of_device(self) -> float:
        """Frame rate over what the device can do."""
        return self.frame_rate_hz / self.scenario.device_rate_hz


def measure(
    scenario: Scenario, outputs: Sequence[str], messages: str, options: Sequence[str]
) -> DdsReport:
    """Run the three processes; ``options`` are the scenario's own, for the cameras."""
    cameras = camera_names(scenario)
    with tempfile.TemporaryDirectory() as folder:
        model = _write_model(Path(folder), scenario)
        perception = start_node('perception_node', _parameters(scenario, cameras, model, outputs))
        subscriber = _start('subscriber_process', ','.join(cameras), ','.join(outputs), messages)
        sender: subprocess.Popen[str] | None = None
        try:
            _wait_until_ready(subscriber, perception)
            sender = _start('camera_process', *options)
            began_s = float(_line(sender)['began_s'])
            window = Window(
                began_s + scenario.settle_s, began_s + scenario.settle_s + scenario.duration_s
            )
            time.sleep(max(window.begin_s - time.time(), 0.0))
            processes = {
                'perception': perception.pid,
                'subscriber': subscriber.pid,
                'cameras': sender.pid,
            }
            used_s = {name: cpu_s(each) for name, each in processes.items()}
            time.sleep(max(window.end_s - time.time(), 0.0))
            used_s = {name: cpu_s(each) - used_s[name] for name, each in processes.items()}
            sent_ns = _line(sender)['sent_ns']
            time.sleep(_DRAIN_S)
            memory_mib = resident_mib(perception.pid)
            printed, _ = subscriber.communicate('', timeout=_READY_TIMEOUT_S)
        finally:
            end(*(each for each in (sender, perception, subscriber) if each is not None))
    return _report(
        scenario,
        outputs,
        messages,
        window,
        sent_ns,
        json.loads(printed),
        cpu_percent={name: 100 * each / window.duration_s for name, each in used_s.items()},
        memory_mib=memory_mib,
    )


def _write_model(folder: Path, scenario: Scenario) -> Path:
    """Write the benchmark's network as a model whose device is played."""
    work = make_workload(scenario.codes, scenario.size)
    recording = folder / 'recording.npz'
    model = work.model
    infos = tuple(
        info
        for info in (*model.detection, model.semantic, model.lane, model.depth)
        if info is not None
    )
    save_recording(recording, infos, [work.tensors])
    path = folder / 'model.yaml'
    write_manifest(replace(work.manifest, path=path, files={'replay': recording}), path)
    return path


def _parameters(
    scenario: Scenario, cameras: Sequence[str], model: Path, outputs: Sequence[str]
) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        'model': model,
        'backend': 'replay',
        'replay_latency_s': scenario.device_latency_s,
        'in_flight': scenario.in_flight,
        'cameras': f'[{", ".join(cameras)}]',
        'outputs': f'[{", ".join(outputs)}]',
    }
    for camera, schedule in zip(cameras, scenario.all_schedules, strict=True):
        prefix = f'camera.{camera}'
        parameters[f'{prefix}.image_topic'] = image_topic(camera, scenario)
        parameters[f'{prefix}.rate_hz'] = schedule.rate_hz
        parameters[f'{prefix}.priority'] = schedule.priority
        parameters[f'{prefix}.stale_after_s'] = schedule.stale_after_s
    if scenario.process.cpu_affinity:
        parameters['cpu_affinity'] = list(scenario.process.cpu_affinity)
    if scenario.process.opencv_threads != ProcessSettings().opencv_threads:
        parameters['opencv_threads'] = scenario.process.opencv_threads
    return parameters


def _start(module: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(_HERE / f'{module}.py'), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _wait_until_ready(
    subscriber: subprocess.Popen[str], perception: subprocess.Popen[bytes]
) -> None:
    """Wait until every output has a publisher and is subscribed to."""
    assert subscriber.stdout is not None
    deadline_s = time.monotonic() + _READY_TIMEOUT_S
    while not select([subscriber.stdout], [], [], _POLL_S)[0]:
        if perception.poll() is not None:
            raise ConfigurationError('perception_node ended early; see above')
        if time.monotonic() > deadline_s:
            raise ConfigurationError(
                f'perception_node offers no outputs after {_READY_TIMEOUT_S:g} s; see above'
            )
    if subscriber.stdout.readline().strip() != 'ready':
        raise ConfigurationError('the subscriber ended early; see above')


def _line(process: subprocess.Popen[str]) -> dict[str, Any]:
    line = process.stdout.readline() if process.stdout else ''
    if not line:
        raise ConfigurationError('the cameras ended early; see above')
    found: dict[str, Any] = json.loads(line)
    return found


def _last_statistics(arrived: dict[str, Any], cameras: Sequence[str]) -> dict[str, Any]:
    for stats in reversed(arrived['stats']):
        if set(stats['delivered']) == set(cameras):
            found: dict[str, Any] = stats
            return found
    raise ConfigurationError(
        f'no statistics of {", ".join(cameras)} came; is another perception node in this domain?'
    )


def _report(
    scenario: Scenario,
    outputs: Sequence[str],
    messages: str,
    window: Window,
    sent_ns: dict[str, list[int]],
    arrived: dict[str, Any],
    *,
    cpu_percent: dict[str, float],
    memory_mib: float,
) -> DdsReport:
    cameras = tuple(sent_ns)
    passages = {
        camera: _passages(
            [
                times
                for topic, times in arrived['arrivals_ns'].items()
                if topic.split('/')[2] == camera
            ]
        )
        for camera in cameras
    }
    stats = _last_statistics(arrived, cameras)
    all_drops: Counter[str] = Counter()
    for drops in stats['drops'].values():
        all_drops.update(drops)
    all_passages = [passage for each in passages.values() for passage in each]
    return DdsReport(
        scenario=scenario,
        outputs=tuple(outputs),
        messages=messages,
        middleware=arrived['middleware'],
        frame_rate_hz=window.rate_hz(all_passages),
        metrics=window.metrics(
            [stamp_ns * 1e-9 for each in sent_ns.values() for stamp_ns in each], all_passages
        ),
        cameras=tuple(
            report_camera(
                scenario,
                index,
                camera,
                sent_s=[stamp_ns * 1e-9 for stamp_ns in sent_ns[camera]],
                passages=passages[camera],
                window=window,
                drops=stats['drops'][camera],
            )
            for index, camera in enumerate(cameras)
        ),
        completed=len(all_passages),
        published=sum(stats['delivered'].values()),
        drops=dict(all_drops),
        stages_ms=stats['stages_ms'],
        cpu_percent=cpu_percent,
        memory_mib=memory_mib,
    )


def _passages(topics: Sequence[Sequence[tuple[int, int]]]) -> list[Passage]:
    """Put the outputs of each frame together; only frames of which all came."""
    last_ns: dict[int, int] = {}
    came: Counter[int] = Counter()
    for times_ns in topics:
        for stamp_ns, arrived_ns in times_ns:
            last_ns[stamp_ns] = max(last_ns.get(stamp_ns, 0), arrived_ns)
            came[stamp_ns] += 1
    return [
        Passage(stamp_ns * 1e-9, arrived_ns * 1e-9)
        for stamp_ns, arrived_ns in last_ns.items()
        if came[stamp_ns] == len(topics)
    ]


def to_text(report: DdsReport) -> str:
    """Write the report as tables for a terminal."""
    scenario = report.scenario
    width, height = scenario.camera_size
    latencies = '  '.join(
        f'p{each} {number(report.metrics[latency_percentile(each)], 1)}' for each in PERCENTILES
    )
    cpu = ', '.join(f'{name} {each:.0f} %' for name, each in report.cpu_percent.items())
    drops = ', '.join(f'{cause} {count}' for cause, count in report.drops.items())
    stages = [
        (name, *(number(value) for value in times.values()))
        for name, times in report.stages_ms.items()
    ]
    return (
        f'{len(scenario.rates_hz)} cameras, {width}×{height} {scenario.image_format}, device '
        f'{scenario.device_latency_s * 1000:g} ms ({scenario.device_rate_hz:.2f} frames/s), '
        f'{scenario.in_flight} in flight, {scenario.duration_s:g} s, {report.middleware}, '
        f'messages taken {_MESSAGES[report.messages]}\n'
        f'outputs: {", ".join(report.outputs)}\n\n'
        f'frames/s     {report.frame_rate_hz:.2f}, {100 * report.share_of_device:.1f} % of what '
        f'the device can do\nlatency ms   {latencies}\n'
        f'delivered    {report.completed} of {report.published} results, '
        f'{100 * report.delivered:.2f} %\n'
        f'CPU          {cpu} of one core\nmemory       {report.memory_mib:.0f} MiB\n'
        f'drops        {drops or "none"}\n\n'
        f'{cameras_table(report.cameras)}\n\n'
        f'{table(("stage", "mean ms", "p50 ms", "p95 ms"), stages)}\n'
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    parser.add_argument(
        '--outputs',
        help='only these, separated by commas, e.g. objects,depth/image (default: all)',
    )
    parser.add_argument(
        '--messages',
        choices=_MESSAGES,
        default='serialized',
        help='what the subscriber takes: bytes, as a recorder does, whose reader in C++ adds '
        'little, or objects of Python, as a node in rclpy does (default: %(default)s)',
    )
    parser.add_argument('--json', metavar='FILE', type=Path, help='write the result as JSON')
    options, arguments = parser.parse_args(), sys.argv[1:]
    scenario = to_scenario(options)
    machine = describe_machine((*LIBRARIES, *_ROS_LIBRARIES))
    prefer_shared_memory()
    choose_domain(is_shared=False, process_id=os.getpid())
    outputs = _outputs(options.outputs)
    report = measure(scenario, outputs, options.messages, _of_the_scenario(arguments))
    print(f'{machine}\n\n{to_text(report)}')
    if options.json:
        options.json.write_text(to_json('cameras_over_dds', machine, report), encoding='utf-8')


def _outputs(names: str | None) -> tuple[str, ...]:
    if names:
        return tuple(Output(name).value for name in names.split(','))
    # The network that is played gives class ids, which know nothing of confidence.
    return tuple(
        output.value
        for output, topics in output_topics().items()
        if output not in CONFIDENCES and _is_stamped(topics[output.value])
    )


def _is_stamped(message_type: Any) -> bool:
    """Tell whether a message says of which frame it is; markers say it one by one."""
    return bool({'header', 'markers'} & set(message_type.get_fields_and_field_types()))


def _of_the_scenario(arguments: Sequence[str]) -> list[str]:
    """Keep the options that the cameras know too."""
    parser = argparse.ArgumentParser(add_help=False)
    for option in ('--outputs', '--messages', '--json'):
        parser.add_argument(option)
    _, rest = parser.parse_known_args(arguments)
    return rest


if __name__ == '__main__':
    main()
