# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What an evaluation found out, as values, as JSON and as a table."""

from __future__ import annotations

from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields
import json

from hailo_perception.evaluation.depth import DepthResult
from hailo_perception.evaluation.detection import DetectionResult
from hailo_perception.evaluation.lane_lines import LaneLineResult
from hailo_perception.evaluation.scenes import SceneSet
from hailo_perception.evaluation.segmentation import SegmentationResult

_NOTHING = '–'


@dataclass(frozen=True, slots=True)
class InferenceTime:
    """How long the network alone takes on this machine when nothing else is done for it."""

    device: str
    median_ms: float
    runs: int


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one model; None for a task that it does not have.

    ``withheld`` counts, by the reason, what could not be made of a scene and is not judged.
    """

    model: str
    backend: str
    scenes: SceneSet
    detection: DetectionResult | None
    semantic: SegmentationResult | None
    lane: SegmentationResult | None
    lane_lines: LaneLineResult | None
    depth: DepthResult | None
    inference: InferenceTime
    withheld: dict[str, int]


def to_json(report: Report) -> str:
    """Write a report as JSON: the fields' own names, null for what does not exist."""
    return json.dumps(asdict(report), indent=2, ensure_ascii=False, allow_nan=False) + '\n'


def to_text(report: Report) -> str:
    """Write a report as tables for a terminal."""
    sections = [
        _heading(report),
        _precision_table(report.detection),
        _overlap_table('semantic', report.semantic),
        _overlap_table('lane', report.lane),
        _figure_table('lane lines', report.lane_lines),
        _figure_table('depth', report.depth),
        _withheld_table(report.withheld),
    ]
    return '\n\n'.join(filter(None, sections)) + '\n'


def _heading(report: Report) -> str:
    scenes, inference = report.scenes, report.inference
    return (
        f'{report.model} on {scenes.count} rendered scenes of {scenes.width}×{scenes.height}\n'
        f'inference {inference.median_ms:.1f} ms (median of {inference.runs}), '
        f'backend {report.backend}, {inference.device}'
    )


def _precision_table(result: DetectionResult | None) -> str:
    if result is None:
        return ''
    return _table(
        ('objects', 'AP50', 'AP50:95', 'true', 'found'),
        *(
            (name, _share(row.ap50), _share(row.ap50_95), str(row.objects), str(row.detections))
            for name, row in result.classes.items()
        ),
        ('mean', _share(result.map50), _share(result.map50_95), '', ''),
    )


def _overlap_table(title: str, result: SegmentationResult | None) -> str:
    if result is None:
        return ''
    return _table(
        (title, 'IoU', 'true pixels'),
        *((name, _share(row.iou), str(row.pixels)) for name, row in result.classes.items()),
        ('mean', _share(result.miou), ''),
    )


def _figure_table(title: str, result: LaneLineResult | DepthResult | None) -> str:
    if result is None:
        return ''
    return _table(
        (title, ''),
        *((field.name, _figure(getattr(result, field.name))) for field in fields(result)),
    )


def _withheld_table(withheld: dict[str, int]) -> str:
    if not withheld:
        return ''
    rows = ((reason, str(count)) for reason, count in withheld.items())
    return _table(('not judged, because', 'scenes'), *rows)


def _share(value: float | None) -> str:
    return _NOTHING if value is None else f'{value:.3f}'


def _figure(value: float | int | None) -> str:
    if value is None:
        return _NOTHING
    return str(value) if isinstance(value, int) else f'{value:.4f}'


def _table(*lines: tuple[str, ...]) -> str:
    """Align the first column to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return '\n'.join(
        '  '.join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
