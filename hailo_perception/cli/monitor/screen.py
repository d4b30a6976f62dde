# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The nodes as tables, drawn by rich."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import sys

from rich.console import Console
from rich.console import Group
from rich.console import RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hailo_perception.cli.monitor.node_state import NodeState
from hailo_perception.cli.monitor.node_state import StageTimes
from hailo_perception.cli.monitor.node_state import Statistics

_STYLES = {'OK': 'green', 'WARN': 'yellow', 'STALE': 'yellow', 'ERROR': 'bold red'}
_PROBLEM = 'yellow'
_SILENT_AFTER_S = 5.0
_WIDTH_WITHOUT_TERMINAL = 110
_UNKNOWN = '–'


def print_nodes(nodes: Iterable[NodeState]) -> None:
    """Print one snapshot on standard output."""
    make_console().print(draw(nodes))


def make_console() -> Console:
    """Make a console of the terminal's width, and of a fixed one for pipes and files."""
    return Console(width=None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL)


class Screen:
    """Renews one picture of all nodes in place; use as a context."""

    def __init__(self) -> None:
        """Draw on standard output."""
        # Nothing moves between two shows, so no thread needs to draw.
        self._live = Live(console=make_console(), auto_refresh=False, screen=True)

    def __enter__(self) -> Screen:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def show(self, nodes: Iterable[NodeState]) -> None:
        """Draw the moment."""
        self._live.update(draw(nodes), refresh=True)


def draw(nodes: Iterable[NodeState]) -> RenderableType:
    """Draw all nodes, one panel each."""
    panels = [_panel(node) for node in nodes]
    if not panels:
        return Text('no perception or anonymiser node in this ROS domain (yet)', style='yellow')
    return Group(*panels)


def _panel(node: NodeState) -> Panel:
    style = _STYLES[node.level]
    return Panel(
        Group(*_parts(node)),
        title=Text.assemble((node.name, 'bold'), ' ', (node.level, style)),
        title_align='left',
        border_style=style,
    )


def _parts(node: NodeState) -> Iterator[RenderableType]:
    if not node.is_present:
        yield Text('nobody publishes its statistics: not started, ended, or another domain')
    elif node.age_s is not None and node.age_s >= _SILENT_AFTER_S:
        yield Text(f'silent for {node.age_s:.0f} s', style='yellow')
    statistics = node.statistics
    if statistics is not None:
        yield Text(_headline(node, statistics))
    if node.level != 'OK' or statistics is None:
        yield from _message(node)
    if statistics is not None:
        yield _camera_table(node, statistics)
        yield _stage_table(statistics)
    yield from _reasons(node)


def _headline(node: NodeState, statistics: Statistics) -> str:
    device = statistics.device
    parts = [
        f'{statistics.fps:.1f} fps',
        f'{statistics.model} on {statistics.backend}'
        + (f' ({device})' if device and device != statistics.backend else ''),
    ]
    if statistics.temperature_c is not None:
        parts.append(f'{statistics.temperature_c:.0f} °C')
    if statistics.power_w is not None:
        parts.append(f'{statistics.power_w:.1f} W')
    values = {} if node.diagnosis is None else node.diagnosis.values
    if values.get('device/throttling') == 'True':
        parts.append('throttling')
    if values.get('device/recoveries', '0') != '0':
        parts.append(f'{values["device/recoveries"]} recoveries')
    latency_ms = values.get('output_latency_ms', 'n/a')
    if latency_ms != 'n/a':
        parts.append(f'latest result {float(latency_ms):.0f} ms after its image')
    return ', '.join(parts)


def _camera_table(node: NodeState, statistics: Statistics) -> Table:
    table = Table(expand=True, box=None, header_style='dim')
    for name in ('camera', 'state'):
        table.add_column(name)
    for name in ('fps', 'received', 'delivered'):
        table.add_column(name, justify='right')
    for name in ('dropped', 'problems'):
        table.add_column(name)
    for camera in statistics.cameras:
        diagnosis = node.camera_diagnoses.get(camera.name)
        table.add_row(
            Text(camera.name, style='bold'),
            Text(_UNKNOWN)
            if diagnosis is None
            else Text(diagnosis.values.get('state', _UNKNOWN), style=_STYLES[diagnosis.level]),
            f'{camera.fps:.1f}',
            str(camera.received),
            str(camera.delivered),
            Text(_counts(camera.drops)),
            Text(_counts(camera.problems), style=_PROBLEM),
        )
    return table


def _stage_table(statistics: Statistics) -> Table:
    table = Table(expand=True, box=None, header_style='dim')
    table.add_column(f'ms of the last {statistics.window_s:g} s')
    for name in ('frames', 'mean', 'p50', 'p95', 'p99', 'max'):
        table.add_column(name, justify='right')
    for stage in statistics.stages:
        table.add_row(Text(stage.stage), str(stage.count), *map(_number, _times(stage)))
    return table


def _message(node: NodeState) -> Iterator[Text]:
    """Draw the diagnosis, without what it repeats of the cameras' reasons."""
    if node.diagnosis is None:
        return
    message = node.diagnosis.message
    for camera, diagnosis in node.camera_diagnoses.items():
        for reason in diagnosis.reasons:
            message = message.replace(f'{camera}: {reason.fact}; {reason.remedy}', '')
    message = message.strip('; ')
    if message:
        yield Text(message, style=_STYLES[node.level])


def _reasons(node: NodeState) -> Iterator[Text]:
    for camera, diagnosis in node.camera_diagnoses.items():
        for reason in diagnosis.reasons:
            yield Text.assemble(
                (f'{camera}: ', 'bold'),
                (reason.fact, _STYLES[diagnosis.level]),
                f' → {reason.remedy}' if reason.remedy else '',
            )


def _times(stage: StageTimes) -> tuple[float | None, ...]:
    return stage.mean_ms, stage.p50_ms, stage.p95_ms, stage.p99_ms, stage.max_ms


def _counts(counts: Mapping[str, int]) -> str:
    """List what was counted, the largest first."""
    counted = sorted(
        ((name, count) for name, count in counts.items() if count),
        key=lambda item: (-item[1], item[0]),
    )
    return ', '.join(f'{name} {count}' for name, count in counted) or 'none'


def _number(value: float | None) -> str:
    if value is None:
        return _UNKNOWN
    return f'{value:.0f}' if value >= 99.5 else f'{value:.2g}' if value < 0.1 else f'{value:.1f}'
