# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What an evaluation found out, as values, as JSON and as a table."""

from __future__ import annotations

from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields
import json

from hailo_perception.evaluation.coco import CocoResult
from hailo_perception.evaluation.depth import DepthResult
from hailo_perception.evaluation.detection import DetectionResult
from hailo_perception.evaluation.lane_lines import LaneLineResult
from hailo_perception.evaluation.pseudo_lidar import RangeError
from hailo_perception.evaluation.scenes import SceneSet
from hailo_perception.evaluation.segmentation import SegmentationResult
from hailo_perception.evaluation.tusimple import TuSimpleResult

_NOTHING = '–'


@dataclass(frozen=True, slots=True)
class InferenceTime:
    """How long the network alone takes on this machine when nothing else is done for it."""

    device: str
    median_ms: float
    runs: int


@dataclass(frozen=True, slots=True)
class RecordingSummary:
    """Which recording was judged: its data set, what of it, and how many pictures."""

    dataset: str
    origin: str
    pictures: int


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one model on rendered scenes or on a recording; the other one is None.

    Figures are None for a task that the model does not have, or of which no picture has the
    truth. ``pictures`` counts those in which each kind of truth was judged, ``withheld``, by the
    reason, what could not be made of a picture and is not judged.
    """

    model: str
    backend: str
    scenes: SceneSet | None
    recording: RecordingSummary | None
    depth_range_m: tuple[float, float]
    detection: DetectionResult | None
    coco: CocoResult | None
    semantic: SegmentationResult | None
    lane: SegmentationResult | None
    marking: SegmentationResult | None
    lane_lines: LaneLineResult | None
    tusimple: TuSimpleResult | None
    depth: DepthResult | None
    pseudo_lidar: tuple[RangeError, ...] | None
    inference: InferenceTime
    pictures: dict[str, int]
    withheld: dict[str, int]


def to_json(report: Report) -> str:
    """Write a report as JSON: the fields' own names, null for what does not exist."""
    return json.dumps(asdict(report), indent=2, ensure_ascii=False, allow_nan=False) + '\n'


def to_text(report: Report) -> str:
    """Write a report as tables for a terminal."""
    sections = [
        _heading(report),
        _count_table('judged', 'pictures', report.pictures),
        _precision_table(report.detection, report.coco),
        _figure_table('COCO and BDD100K', report.coco),
        _overlap_table('semantic', report.semantic),
        _overlap_table('lane', report.lane),
        _overlap_table('any marking', report.marking),
        _figure_table('lane lines', report.lane_lines),
        _figure_table('at TuSimple tolerance', report.tusimple),
        _figure_table('depth', report.depth),
        _range_table(report.pseudo_lidar),
        _count_table('not judged, because', 'pictures', report.withheld),
    ]
    return '\n\n'.join(filter(None, sections)) + '\n'


def _heading(report: Report) -> str:
    inference = report.inference
    if report.scenes is not None:
        scenes = report.scenes
        judged = f'{scenes.count} rendered scenes of {scenes.width}×{scenes.height}'
    else:
        assert report.recording is not None
        recording = report.recording
        count = recording.pictures
        pictures = 'picture' if count == 1 else 'pictures'
        judged = f'{count} {pictures} of {recording.dataset}, {recording.origin}'
    return (
        f'{report.model} on {judged}\n'
        f'inference {inference.median_ms:.1f} ms (median of {inference.runs}), '
        f'backend {report.backend}, {inference.device}'
    )


def _precision_table(result: DetectionResult | None, coco: CocoResult | None) -> str:
    if result is None:
        return ''
    lines = [
        ('objects', 'AP50', 'AP50:95', 'true', 'found'),
        *(
            (name, _share(row.ap50), _share(row.ap50_95), str(row.objects), str(row.detections))
            for name, row in result.classes.items()
        ),
        ('mean', _share(result.map50), _share(result.map50_95), '', ''),
    ]
    if coco is None:
        return _table(*lines)
    added = [
        ('COCO AP50', 'COCO AP'),
        *(
            (_share(row.ap50), _share(row.ap))
            for row in (coco.classes[name] for name in result.classes)
        ),
        (_share(coco.ap50), _share(coco.ap)),
    ]
    return _table(*((*line, *more) for line, more in zip(lines, added, strict=True)))


def _overlap_table(title: str, result: SegmentationResult | None) -> str:
    if result is None:
        return ''
    return _table(
        (title, 'IoU', 'true pixels'),
        *((name, _share(row.iou), str(row.pixels)) for name, row in result.classes.items()),
        ('mean', _share(result.miou), ''),
    )


def _figure_table(
    title: str, result: LaneLineResult | TuSimpleResult | DepthResult | CocoResult | None
) -> str:
    if result is None:
        return ''
    figures = ((field.name, getattr(result, field.name)) for field in fields(result))
    return _table(
        (title, ''),
        *((name, _figure(value)) for name, value in figures if not isinstance(value, dict)),
    )


def _range_table(result: tuple[RangeError, ...] | None) -> str:
    if result is None:
        return ''
    return _table(
        ('pseudo-LiDAR', 'mean m', 'median m', 'bias m', 'relative', 'points'),
        *(
            (
                f'{row.from_m:g}–{row.to_m:g} m',
                *(_figure(value) for value in (row.mean_m, row.median_m, row.bias_m)),
                _share(row.relative),
                str(row.points),
            )
            for row in result
        ),
    )


def _count_table(title: str, what: str, counts: dict[str, int]) -> str:
    if not counts:
        return ''
    return _table((title, what), *((name, str(count)) for name, count in counts.items()))


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
