# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Draw how the figures of a training grew.

``python -m training.curve RUN/figures.csv curve.png``
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from matplotlib import pyplot

SHOWN = {
    'ap50_car': 'car AP50',
    'iou_road': 'road IoU',
    'miou_semantic': 'semantic mIoU',
    'iou_white_line': 'white line IoU',
    'depth_absrel': 'depth AbsRel',
}


def draw(figures: Path, picture: Path) -> None:
    """Draw the main figures over the number of pictures seen."""
    with figures.open(newline='', encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    seen = [float(row['images']) / 1000 for row in rows]
    figure, axes = pyplot.subplots(figsize=(6, 3.2), dpi=100)
    for name, title in SHOWN.items():
        if name in rows[0]:
            axes.plot(seen, [float(row[name]) for row in rows], label=title)
    axes.set(xlabel='pictures seen (thousands)', ylim=(0, 1))
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, ncols=2)
    figure.tight_layout()
    figure.savefig(picture)


def main() -> None:
    """Draw from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('figures', type=Path)
    parser.add_argument('picture', type=Path)
    arguments = parser.parse_args()
    draw(arguments.figures, arguments.picture)


if __name__ == '__main__':
    main()
