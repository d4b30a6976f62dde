# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The twelve scores of COCO, which BDD100K takes over, as pycocotools computes them.

Precision is sampled at 101 recalls and the best 100 detections of a picture and class count; the
sizes are those of COCO (32² and 96² pixels of the picture). Objects of any size are judged.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
import importlib
import importlib.util
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.labels import LabelSet
from hailo_perception.evaluation.detection import Boxes

_AREAS = {
    'all': (1e-6, 1e10),
    'small': (1e-6, 32.0**2),
    'medium': (32.0**2, 96.0**2),
    'large': (96.0**2, 1e10),
}
_NO_AREA = 0.0
"""Area of an object that may be found or not: it is outside each of the ranges."""


@dataclass(frozen=True, slots=True)
class CocoPrecision:
    """One class: AP over IoU 0.5 to 0.95, and at 0.5 and 0.75; None without objects."""

    ap: float | None
    ap50: float | None
    ap75: float | None


@dataclass(frozen=True, slots=True)
class CocoResult:
    """Means over the classes that have objects; None without any.

    ``ap`` over IoU 0.5 to 0.95; ``ar`` the recall at so many detections for each picture.
    """

    ap: float | None
    ap50: float | None
    ap75: float | None
    ap_small: float | None
    ap_medium: float | None
    ap_large: float | None
    ar_1: float | None
    ar_10: float | None
    ar_100: float | None
    ar_small: float | None
    ar_medium: float | None
    ar_large: float | None
    classes: dict[str, CocoPrecision]


def is_installed() -> bool:
    """Tell whether pycocotools is there."""
    return importlib.util.find_spec('pycocotools') is not None


class CocoTally:
    """Gathers pictures, gives COCO's scores."""

    def __init__(self, labels: LabelSet) -> None:
        self._labels = labels
        self._pictures = 0
        self._truths: list[dict[str, Any]] = []
        self._found: list[dict[str, Any]] = []

    def add(
        self,
        found: Boxes,
        scores: NDArray[Any],
        truth: Boxes,
        is_judged: NDArray[np.bool_],
        regions: NDArray[Any],
    ) -> None:
        """Take one picture, as ``DetectionTally.add`` does."""
        self._pictures += 1
        for box, class_id, judged in zip(truth.xyxy, truth.class_ids, is_judged, strict=True):
            self._add_truth(box, class_id, area=None if judged else _NO_AREA)
        for box in regions:
            for label in self._labels:
                self._add_truth(box, label.id, iscrowd=1)
        for box, class_id, score in zip(found.xyxy, found.class_ids, scores, strict=True):
            self._found.append({**self._row(box, class_id), 'score': float(score)})

    def result(self) -> CocoResult:
        """Compute the scores of all pictures so far."""
        coco = importlib.import_module('pycocotools.coco')
        cocoeval = importlib.import_module('pycocotools.cocoeval')
        # The library prints what it does.
        with contextlib.redirect_stdout(io.StringIO()):
            truth, found = coco.COCO(), coco.COCO()
            for database, rows in ((truth, self._truths), (found, self._found)):
                database.dataset = {
                    'info': {},
                    'images': [{'id': i + 1} for i in range(self._pictures)],
                    'categories': [{'id': label.id, 'name': label.name} for label in self._labels],
                    'annotations': [{**row, 'id': i + 1} for i, row in enumerate(rows)],
                }
                database.createIndex()
            judge = cocoeval.COCOeval(truth, found, 'bbox')
            judge.params.areaRng = [list(limits) for limits in _AREAS.values()]
            judge.params.areaRngLbl = list(_AREAS)
            judge.evaluate()
            judge.accumulate()
        return self._read(judge.eval['precision'], judge.eval['recall'])

    def _read(self, precision: NDArray[np.float64], recall: NDArray[np.float64]) -> CocoResult:
        """Read precision (IoU, recall, class, area, count) and recall, which lacks that axis."""
        at_50, at_75 = 0, 5
        every, few, some, many = slice(None), 0, 1, 2
        ap = [_mean(precision[:, :, :, area, many]) for area in range(len(_AREAS))]
        ar = [_mean(recall[:, :, area, many]) for area in range(len(_AREAS))]
        return CocoResult(
            ap=ap[0],
            ap50=_mean(precision[at_50, :, :, 0, many]),
            ap75=_mean(precision[at_75, :, :, 0, many]),
            ap_small=ap[1],
            ap_medium=ap[2],
            ap_large=ap[3],
            ar_1=_mean(recall[:, :, 0, few]),
            ar_10=_mean(recall[:, :, 0, some]),
            ar_100=ar[0],
            ar_small=ar[1],
            ar_medium=ar[2],
            ar_large=ar[3],
            classes={
                label.name: CocoPrecision(
                    *(_mean(precision[i, :, k, 0, many]) for i in (every, at_50, at_75))
                )
                for k, label in enumerate(sorted(self._labels, key=lambda label: label.id))
            },
        )

    def _add_truth(
        self, box: NDArray[Any], class_id: int, *, area: float | None = None, iscrowd: int = 0
    ) -> None:
        row = {**self._row(box, class_id), 'iscrowd': iscrowd}
        self._truths.append(row if area is None else {**row, 'area': area})

    def _row(self, box: NDArray[Any], class_id: int) -> dict[str, Any]:
        x, y, right, bottom = (float(value) for value in box)
        return {
            'image_id': self._pictures,
            'category_id': int(class_id),
            'bbox': [x, y, right - x, bottom - y],
            'area': (right - x) * (bottom - y),
        }


def _mean(values: NDArray[np.float64]) -> float | None:
    """Average what exists; the library says −1 where nothing does."""
    known = values[values > -1]
    return float(known.mean()) if known.size else None
