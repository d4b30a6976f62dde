# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A plan as tables for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
import json
import math

from hailo_perception.planning.boards import Board
from hailo_perception.planning.network import PlannedNetwork
from hailo_perception.planning.network import Stream
from hailo_perception.planning.plan import BYTES_PER_PARAMETER
from hailo_perception.planning.plan import LinkPlan
from hailo_perception.planning.plan import Plan

_UNKNOWN = '–'
_TITLES = {'hailo8': 'Hailo-8', 'hailo8l': 'Hailo-8L'}


def to_json(plan: Plan) -> str:
    """Write a plan as JSON: the fields' own names, null for what is not known."""
    content = {'measured': False, **asdict(plan)}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + '\n'


def to_text(plan: Plan, sources: dict[str, str], boards: Iterable[Board]) -> str:
    """Write a plan as tables; ``sources`` and ``boards`` explain the names in it."""
    shown = [board for board in boards if any(link.board == board.name for link in plan.links)]
    sections = [
        _heading(plan),
        _network_section(plan.network),
        _estimate_section(plan),
        _reasoning(plan, sources),
        _link_section(plan),
        *(board_text(board) for board in shown if len(shown) == 1),
    ]
    return '\n\n'.join(filter(None, sections)) + '\n'


def board_to_json(board: Board) -> str:
    """Write as JSON what is known of a board without a plan."""
    content = {'measured': False, 'board': asdict(board)}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + '\n'


def board_text(board: Board) -> str:
    """Write what is known of a board: its notes, figures published for it, their source."""
    lines = [f'{board.title} ({board.source})']
    lines += [f'  {note}' for note in board.notes]
    lines += [f'  published: {figure}' for figure in board.published]
    return '\n'.join(lines)


def _heading(plan: Plan) -> str:
    return (
        f'{plan.network.name} on a {_TITLES[plan.chip]}: an estimate from published figures, '
        'nothing was measured'
    )


def _network_section(network: PlannedNetwork) -> str:
    width, height = network.input_size
    facts = [f'input {width}×{height}']
    if network.gflops is not None and network.parameters is not None:
        facts.append(f'{network.gflops:.3g} GFLOPs')
        facts.append(f'{network.parameters / 1e6:.3g} M parameters')
    if network.compiler_fps is not None:
        facts.append(f'the compiler expects {network.compiler_fps:.0f} frames/s')
    rows = [
        *_stream_rows('host → device', network.to_device),
        *_stream_rows('device → host', network.to_host),
    ]
    hints = [f'hint: {hint}' for hint in network.hints]
    table = _table(('one frame', 'shape', 'type', 'bytes', 'because'), *rows)
    origin = [f'  {line}' for line in network.origin]
    return '\n'.join([', '.join(facts), *origin, '', *table, *hints])


def _stream_rows(direction: str, streams: tuple[Stream, ...]) -> list[tuple[str, ...]]:
    rows = [
        (s.name, '×'.join(map(str, s.shape)), s.dtype, f'{s.bytes_per_frame:,}', s.because)
        for s in streams
    ]
    return [*rows, (direction, '', '', f'{sum(s.bytes_per_frame for s in streams):,}', '')]


def _estimate_section(plan: Plan) -> str:
    if plan.estimate is None:
        return ''
    rows = [
        (
            neighbour.network.name,
            f'{neighbour.network.input_size[0]}×{neighbour.network.input_size[1]}',
            f'{neighbour.network.gflops:g}',
            f'{neighbour.network.parameters_m:g}',
            neighbour.contexts,
            f'{neighbour.fps:g}',
            f'{rough(neighbour.scaled_fps):g}',
            neighbour.network.source,
        )
        for neighbour in sorted(plan.estimate.neighbours, key=lambda n: n.scaled_fps)
    ]
    scaled = f'at {plan.network.gflops:.3g} GFLOPs'
    header = (
        'published', 'input', 'GFLOPs', 'M parameters', 'contexts', 'frames/s', scaled, 'source',
    )  # fmt: skip
    return '\n'.join(_table(header, *rows))


def _reasoning(plan: Plan, sources: dict[str, str]) -> str:
    found, tried = plan.estimate, plan.backtest
    if found is None or tried is None:
        return 'no estimate of the chip: the arithmetic of the network is not known'
    used = {neighbour.network.source for neighbour in found.neighbours}
    return '\n'.join(
        [
            f'contexts: {plan.contexts_because}',
            f'the chip alone: {_range(found.low_fps, found.high_fps)} frames/s, the range of the '
            'networks above, the nearest in arithmetic, parameters and pixels',
            'tried on the published networks themselves, each left out in turn: '
            f'{tried.inside} of {tried.tried} lay in the range of their nearest',
            *(f'{name}: {text}' for name, text in sources.items() if name in used),
        ]
    )


def _link_section(plan: Plan) -> str:
    header = (
        'link', 'MB/s', 'bound', 'bound, several', 'expected', 'cameras', 'verdict', 'where',
    )  # fmt: skip
    rows = [_link_row(link) for link in plan.links]
    demand = plan.demand
    return '\n'.join(
        [
            *_table(header, *rows),
            f'MB/s: one direction, after {_encodings(plan.links)}, at a protocol efficiency of '
            f'{plan.efficiency:g}',
            'bound: frames/s at which the busier direction is full; several contexts also load '
            f'the weights with each frame ({BYTES_PER_PARAMETER} byte each) and, not counted, '
            'what lies between them',
            f'cameras: at {demand.rate_hz:g} Hz; verdict: for {demand.cameras} of them, '
            f'{demand.fps:g} frames/s',
        ]
    )


def _link_row(link: LinkPlan) -> tuple[str, ...]:
    expected = cameras = _UNKNOWN
    if link.low_fps is not None and link.high_fps is not None and link.cameras is not None:
        expected = _range(link.low_fps, link.high_fps)
        cameras = '–'.join(dict.fromkeys(map(str, link.cameras)))
    where = f'{link.board}: {link.when}' if link.board else link.when
    return (
        str(link.link),
        f'{link.payload_bytes_per_s / 1e6:.0f}',
        f'{link.bound_fps["one"]:.0f}',
        f'{link.bound_fps["several"]:.0f}',
        expected,
        cameras,
        link.verdict,
        where,
    )


def _encodings(links: tuple[LinkPlan, ...]) -> str:
    return ' or '.join(dict.fromkeys(link.link.encoding for link in links))


def _range(low: float, high: float) -> str:
    return '–'.join(dict.fromkeys((f'{rough(low):g}', f'{rough(high):g}')))


def rough(value: float) -> float:
    """Round to two digits, rates of 1000 and more as well: an estimate knows no more."""
    if value <= 0:
        return 0.0
    return round(value, 1 - math.floor(math.log10(value)))


def _table(*lines: tuple[str, ...]) -> list[str]:
    """Align numbers to the right and words to the left."""
    columns = list(zip(*lines, strict=True))
    is_number = [all(cell[:1].isdigit() for cell in column[1:] if cell) for column in columns]
    widths = [max(map(len, column)) for column in columns]
    return [
        '  '.join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, is_number, strict=True)
        ).rstrip()
        for line in lines
    ]
