# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A quantisation study as a plot and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math
from pathlib import Path

from matplotlib import pyplot
from matplotlib.ticker import ScalarFormatter

from training.quantization import QuantizationError
from training.studies.quantization_points import FLOAT
from training.studies.quantization_points import Point
from training.studies.quantization_points import PointFile
from training.studies.quantization_points import Setting

_POINT = 100.0
_WITHIN_POINTS = 1.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric that is shown, and whether less of it is better."""

    name: str
    title: str
    less_is_better: bool = False


SHOWN = (
    Figure('ap50_car', 'car AP50'),
    Figure('map50', 'mean AP50'),
    Figure('miou_semantic', 'semantic mIoU'),
    Figure('miou_lane', 'lane mIoU'),
    Figure('depth_absrel', 'depth AbsRel', less_is_better=True),
)

_INTRODUCTION = """# What 8 bits cost

**ONNX Runtime stands in for the vendor.** The quantiser of the Hailo Dataflow Compiler was not
run: its rounding, bias correction and 16-bit outputs are its own. What carries over is the form of
the curves: how many pictures it takes to find the ranges, and which ranges to take.

Network `{model}` (SHA-256 {network}…), judged on {scenes} scenes that neither trained nor
calibrated it. Weights and activations have 8 bits, inputs and outputs are float: ONNX Runtime's
static QDQ, computed as it is written, without the integer kernels of one processor or another.
Percentile is 99.999. All numbers are points (hundredths) lost against the same network in float32;
a minus is a gain, and some tenths are chance. Repeat with

    python -m training.studies.quantization {model}.onnx --calibration SHARDS --scenes OTHER_SHARDS

"""

_PUBLISHED = """
For comparison, published for LightNetV2 with the vendor's quantiser (TIER IV, 2023; mAP on
BDD100K, float 55.22): below 32 pictures more than 1 point is lost, from 32 on less than 1, with
256 the least, 0.14.
"""


@dataclass(frozen=True, slots=True)
class Losses:
    """What quantised points lost, in hundredths, by setting and figure; a minus is a gain.

    ``shown`` are the figures that the float network has.
    """

    shown: tuple[Figure, ...]
    before: dict[str, float]
    lost: dict[Setting, dict[str, float]]

    @property
    def families(self) -> dict[str, list[Setting]]:
        """The settings of one method and granularity by their name, few pictures first."""
        families: dict[str, list[Setting]] = {}
        for setting in sorted(self.lost, key=lambda setting: setting.pictures):
            granularity = str(setting.granularity).replace('_', ' ')
            families.setdefault(f'{setting.method}, {granularity}', []).append(setting)
        return dict(sorted(families.items()))


def compare_with_float(points: Sequence[Point]) -> Losses:
    """Compare the quantised points with the float network; QuantizationError without it."""
    before = {point.setting: point.figures for point in points}.get(FLOAT)
    if before is None:
        raise QuantizationError('expected the float network among the points, found none')
    shown = tuple(f for f in SHOWN if math.isfinite(before.get(f.name, math.nan)))
    lost = {
        point.setting: {
            figure.name: _POINT
            * (-1 if figure.less_is_better else 1)
            * (before[figure.name] - point.figures[figure.name])
            for figure in shown
        }
        for point in points
        if point.setting != FLOAT
    }
    return Losses(shown, before, lost)


def draw(losses: Losses, picture: Path) -> None:
    """Draw the losses over the number of pictures, a panel for each figure."""
    columns = len(losses.shown)
    panels, grid = pyplot.subplots(1, columns, figsize=(3 * columns, 3), dpi=100, squeeze=False)
    for axis, figure in zip(grid[0], losses.shown):
        for name, settings in losses.families.items():
            counts = [setting.pictures for setting in settings]
            lost = [losses.lost[setting][figure.name] for setting in settings]
            style = '-' if settings[0].granularity == 'per_channel' else '--'
            axis.plot(counts, lost, style, marker='.', label=name)
        axis.axhline(0, color='black', linewidth=0.5)
        axis.set_xscale('log', base=2)
        axis.xaxis.set_major_formatter(ScalarFormatter())
        axis.set(title=figure.title, xlabel='calibration pictures')
        axis.grid(alpha=0.3)
    grid[0][0].set_ylabel('points lost')
    grid[0][-1].legend(fontsize=6)
    panels.tight_layout()
    panels.savefig(picture)
    pyplot.close(panels)


def write_page(points: PointFile, losses: Losses, model: str, page: Path) -> None:
    """Write the tables, and what they say, as Markdown; the plot is expected beside it."""
    origin = points.origin
    introduction = _INTRODUCTION.format(model=model, network=origin.network, scenes=origin.scenes)
    tables = [
        _table('float32', losses, [('', *(f'{losses.before[f.name]:.4f}' for f in losses.shown))])
    ]
    for name, settings in losses.families.items():
        rows = [
            (str(s.pictures), *(_signed(losses.lost[s][f.name]) for f in losses.shown))
            for s in settings
        ]
        tables.append(_table(f'{name}: pictures', losses, rows))
    reading = '\n'.join(_sentence(name, losses) for name in losses.families)
    page.write_text(
        f'{introduction}![Points lost over calibration pictures](quantization.png)\n\n'
        + '\n'.join(tables)
        + f'\nRead off the tables:\n\n{reading}\n{_PUBLISHED}',
        encoding='utf-8',
    )


def _sentence(name: str, losses: Losses) -> str:
    """Say from how many pictures on nothing is lost but chance, or what is lost with the most."""
    settings = losses.families[name]
    worst = [max(losses.lost[setting].values()) for setting in settings]
    within = [
        setting.pictures
        for i, setting in enumerate(settings)
        if all(loss <= _WITHIN_POINTS for loss in worst[i:])
    ]
    if within:
        return (
            f'* {name}: within {_WITHIN_POINTS:g} point of float32 in every figure from '
            f'{within[0]} picture{"s" * (within[0] > 1)} on'
        )
    lost = losses.lost[settings[-1]]
    figure = max(losses.shown, key=lambda figure: lost[figure.name])
    return (
        f'* {name}: with {settings[-1].pictures} pictures still {lost[figure.name]:.2f} points '
        f'of {figure.title} lost'
    )


def _signed(value: float) -> str:
    # Adding 0 takes the sign from a zero.
    return f'{round(value, 2) + 0.0:+.2f}'


def _table(title: str, losses: Losses, rows: Sequence[tuple[str, ...]]) -> str:
    header = (title, *(figure.title for figure in losses.shown))
    lines = [header, ('---',) * len(header), *rows]
    return ''.join(f'| {" | ".join(line)} |\n' for line in lines)
