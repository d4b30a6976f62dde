# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The plain C++ reading of the postprocess, called through ctypes.

Each method prepares one piece of work and returns a function without arguments that does it:
arguments are converted and results allocated beforehand, so that the timing is that of the C++.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
import ctypes
from dataclasses import dataclass
from typing import Any
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.results import ClassMap
from hailo_perception.core.results import POINT_DTYPE


class PlainDetections(NamedTuple):
    """Boxes (N, 4) in image pixels, scores (N,) and class channels (N,), the best first."""

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int32]


class PlainCandidates(NamedTuple):
    """As ``kernels.selection.Candidates`` of one head."""

    indices: NDArray[np.int64]
    raw: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]


class ColorTable(NamedTuple):
    """Colour (256, 3) B, G, R of each mask value, and whether it is shown at all (256,)."""

    colors_bgr: NDArray[np.uint8]
    shows: NDArray[np.uint8]

    @classmethod
    def of(
        cls,
        labels: LabelSet,
        background: str | None = None,
        otherwise: tuple[int, int, int] = (0, 0, 0),
    ) -> ColorTable:
        """Tabulate a label set; what is no class is coloured ``otherwise`` and not shown."""
        colors = np.full((256, 3), otherwise, np.uint8)
        shows = np.zeros(256, np.uint8)
        for label in labels:
            if label.name != background:
                colors[label.id] = label.color_rgb[::-1]
                shows[label.id] = 1
        return cls(colors, shows)


class PlainCode:
    """The compiled yardstick."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library

    def detect(
        self,
        heads: Sequence[NDArray[Any]],
        anchors: Sequence[Sequence[tuple[float, float]]],
        class_count: int,
        codes: Quantization,
        *,
        thresholds: tuple[float, float],
        maximum: int,
        input_size: tuple[int, int],
        image_size: tuple[int, int],
    ) -> Callable[[], PlainDetections]:
        """Decode heads (H, W, C) and suppress; ``thresholds`` of score and of overlap."""
        boxes = np.empty((maximum, 4), np.float32)
        scores, classes = np.empty(maximum, np.float32), np.empty(maximum, np.int32)
        pointers = np.array([head.ctypes.data for head in heads], np.uintp)
        run = self._prepared(
            f'detect_{heads[0].dtype}',
            pointers,
            np.array([head.shape[0] for head in heads], np.int32),
            np.array([head.shape[1] for head in heads], np.int32),
            len(heads),
            np.array(anchors, np.float32),
            len(anchors[0]),
            class_count,
            codes.scale,
            codes.zero_point,
            *map(float, thresholds),
            maximum,
            *input_size,
            *image_size,
            boxes,
            scores,
            classes,
            kept=tuple(heads),
        )

        def call() -> PlainDetections:
            count = run()
            return PlainDetections(boxes[:count], scores[:count], classes[:count])

        return call

    def scan(
        self, grid: NDArray[Any], codes: Quantization, threshold: float
    ) -> Callable[[], PlainCandidates]:
        """Find the candidates of one head (rows, columns, anchors, 5 + classes)."""
        rows, columns, anchors, features = grid.shape
        count = rows * columns * anchors
        found = PlainCandidates(
            np.empty(count, np.int64),
            np.empty((count, 4), np.float32),
            np.empty(count, np.float32),
            np.empty(count, np.int64),
        )
        run = self._prepared(
            f'scan_{grid.dtype}',
            grid,
            rows,
            columns,
            anchors,
            features - 5,
            codes.scale,
            codes.zero_point,
            float(threshold),
            *found,
        )

        def call() -> PlainCandidates:
            kept = run()
            return PlainCandidates(
                found.indices[:kept], found.raw[:kept], found.scores[:kept], found.classes[:kept]
            )

        return call

    def suppress(
        self, boxes: NDArray[np.float32], iou_threshold: float, maximum: int
    ) -> Callable[[], NDArray[np.int64]]:
        """Suppress boxes (N, 4), the best first, without regard to classes."""
        kept = np.empty(len(boxes), np.int64)
        run = self._prepared(
            'suppress_boxes', boxes, len(boxes), float(iou_threshold), maximum, kept
        )
        return lambda: kept[: run()]

    def depth(
        self,
        codes: NDArray[Any],
        quantization: Quantization,
        maximum_m: float,
        valid_range_m: tuple[float, float],
    ) -> Callable[[], NDArray[np.float32]]:
        """Turn linear depth codes (H, W) into metres, NaN outside the valid range."""
        metres = np.empty(codes.shape, np.float32)
        run = self._prepared(
            f'depth_{codes.dtype}',
            codes,
            codes.size,
            quantization.scale,
            quantization.zero_point,
            float(maximum_m),
            *map(float, valid_range_m),
            metres,
        )
        return _giving(run, metres)

    def best_class(self, scores: NDArray[np.uint8]) -> Callable[[], NDArray[np.uint8]]:
        """Find each pixel's best channel of (H, W, C) uint8."""
        ids = np.empty(scores.shape[:2], np.uint8)
        return _giving(
            self._prepared('best_class_uint8', scores, ids.size, scores.shape[2], ids), ids
        )

    def known_ids(
        self, ids: NDArray[np.uint8], labels: LabelSet
    ) -> Callable[[], NDArray[np.uint8]]:
        """Make ids (H, W) that are no class 255."""
        result = np.empty(ids.shape, np.uint8)
        is_class = ColorTable.of(labels).shows
        return _giving(self._prepared('known_ids', ids, ids.size, is_class, result), result)

    def color_ids(
        self, ids: NDArray[np.uint8], colors_bgr: NDArray[np.uint8]
    ) -> Callable[[], NDArray[np.uint8]]:
        """Make the picture (H, W, 3) of ids (H, W) by their colours (256, 3)."""
        result = np.empty((*ids.shape, 3), np.uint8)
        return _giving(self._prepared('color_ids', ids, ids.size, colors_bgr, result), result)

    def overlay(
        self,
        picture: NDArray[np.uint8],
        semantic: tuple[ClassMap, ColorTable, float],
        lane: tuple[ClassMap, ColorTable, float],
    ) -> Callable[[], NDArray[np.uint8]]:
        """Blend two class maps with their colours and opacities into a picture (H, W, 3)."""
        run = self._prepared(
            'overlay',
            picture,
            *_size(picture),
            *(
                argument
                for classes, table, opacity in (semantic, lane)
                for argument in (classes.ids, *_size(classes.ids), *table, opacity)
            ),
        )
        return _giving(run, picture)

    def boxes(
        self,
        picture: NDArray[np.uint8],
        boxes: NDArray[np.float32],
        class_ids: NDArray[np.int32],
        colors_bgr: NDArray[np.uint8],
        thickness: int,
    ) -> Callable[[], NDArray[np.uint8]]:
        """Draw rimmed boxes (N, 4) into a picture, which is changed; without text."""
        run = self._prepared(
            'draw_boxes',
            picture,
            *_size(picture),
            boxes,
            class_ids,
            len(boxes),
            colors_bgr,
            thickness,
        )
        return _giving(run, picture)

    def color_depth(
        self, depth_m: NDArray[np.float32], maximum_m: float, colors_bgr: NDArray[np.uint8]
    ) -> Callable[[], NDArray[np.uint8]]:
        """Colour metres (H, W) by a palette (256, 3); black where unknown."""
        result = np.empty((*depth_m.shape, 3), np.uint8)
        run = self._prepared('color_depth', depth_m, depth_m.size, maximum_m, colors_bgr, result)
        return _giving(run, result)

    def bird_eye(
        self,
        depth_m: NDArray[np.float32],
        camera: CameraModel,
        semantic: tuple[ClassMap, ColorTable],
        lane: tuple[ClassMap, ColorTable],
        *,
        metres_per_cell: float,
        cells: tuple[int, int],
        maximum_height_m: float,
    ) -> Callable[[], NDArray[np.uint8]]:
        """Put every pixel of known depth into its cell; maps and depth of one size."""
        result = np.empty((cells[1], cells[0], 3), np.uint8)
        run = self._prepared(
            'bird_eye',
            depth_m,
            *_size(depth_m),
            *_intrinsics(camera),
            semantic[0].ids,
            semantic[1].colors_bgr,
            lane[0].ids,
            *lane[1],
            metres_per_cell,
            *cells,
            maximum_height_m,
            result,
        )
        return _giving(run, result)

    def cloud(
        self,
        depth_m: NDArray[np.float32],
        camera: CameraModel,
        range_m: tuple[float, float],
        picture: NDArray[np.uint8],
        ids: NDArray[np.uint8],
    ) -> Callable[[], NDArray[np.void]]:
        """Project every pixel into space: (H, W) of POINT_DTYPE."""
        points = np.empty(depth_m.shape, POINT_DTYPE)
        run = self._prepared(
            'cloud',
            depth_m,
            *_size(depth_m),
            *_intrinsics(camera),
            *map(float, range_m),
            picture,
            *_size(picture),
            ids,
            *_size(ids),
            points,
        )
        return _giving(run, points)

    def _prepared(self, name: str, *arguments: Any, kept: tuple[Any, ...] = ()) -> _Call:
        """Convert the arguments of a function once; arrays stay alive with the result."""
        converted = tuple(_converted(name, argument) for argument in arguments)
        return _Call(getattr(self._library, name), converted, (*arguments, *kept))


@dataclass(frozen=True, slots=True)
class _Call:
    """A function of the library with its arguments, and the owners of what these point to."""

    function: Callable[..., int]
    arguments: tuple[Any, ...]
    owners: tuple[Any, ...]

    def __call__(self) -> int:
        return self.function(*self.arguments)


def _converted(name: str, argument: Any) -> Any:
    if isinstance(argument, np.ndarray):
        if not argument.flags.c_contiguous:
            raise ValueError(f'{name} needs C-contiguous arrays, got strides {argument.strides}')
        return ctypes.c_void_p(argument.ctypes.data)
    if isinstance(argument, float):
        return ctypes.c_float(argument)
    return ctypes.c_int(argument)


def _giving(run: Callable[[], int], result: NDArray[Any]) -> Callable[[], NDArray[Any]]:
    def call() -> NDArray[Any]:
        run()
        return result

    return call


def _size(picture: NDArray[Any]) -> tuple[int, int]:
    return picture.shape[1], picture.shape[0]


def _intrinsics(camera: CameraModel) -> tuple[float, float, float, float]:
    if not camera.is_pinhole:
        raise ValueError('the plain code knows cameras without distortion only')
    return float(camera.fx), float(camera.fy), float(camera.cx), float(camera.cy)
