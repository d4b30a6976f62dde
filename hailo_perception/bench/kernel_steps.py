# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The kernels alone, one step each: numba and numpy twins beside the plain C++."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.bench.plain import PlainCandidates
from hailo_perception.bench.plain import PlainCode
from hailo_perception.bench.step import Agreement
from hailo_perception.bench.step import CPP
from hailo_perception.bench.step import largest_difference
from hailo_perception.bench.step import Step
from hailo_perception.bench.workload import DEPTH
from hailo_perception.bench.workload import HEADS
from hailo_perception.bench.workload import SEMANTIC
from hailo_perception.bench.workload import Workload
from hailo_perception.core.results import POINT_DTYPE
from hailo_perception.kernels import Kernels
from hailo_perception.kernels.detection_types import Candidates
from hailo_perception.kernels.sampling import nearest_pixels
from hailo_perception.models.tier4 import IOU_THRESHOLD
from hailo_perception.models.tier4 import MAXIMUM_DEPTH_M
from hailo_perception.models.tier4 import OBJECT_LABELS
from hailo_perception.models.tier4 import SCORE_THRESHOLD
from hailo_perception.models.tier4 import SEMANTIC_LABELS
from hailo_perception.tasks.detection import MAXIMUM_OBJECTS
from hailo_perception.tasks.detection_heads import head_reader
from hailo_perception.tasks.detection_heads import HeadReader
from hailo_perception.tasks.output_tensor import quantization_of

_RANGE_M = (0.5, 100.0)
_FEATURES = 5 + len(OBJECT_LABELS)
_RAW_STEP, _METRES_STEP = 1e-6, 1e-3


def kernel_steps(
    work: Workload, kernels: Mapping[str, Kernels], plain: PlainCode | None
) -> tuple[Step, ...]:
    """Make one step for each kernel that is not a whole step of the frame by itself."""
    return (
        _find_candidates(work, kernels, plain),
        _suppress(work, kernels, plain),
        _look_up(work, kernels, plain),
        _best_class(work, kernels, plain),
        _fill_points(work, kernels, plain),
    )


def _find_candidates(
    work: Workload, kernels: Mapping[str, Kernels], plain: PlainCode | None
) -> Step:
    """All heads; the C++ leaves its candidates raw, so their boxes are not compared."""
    codes = quantization_of(work.model.detection[0])
    grids = [
        np.ascontiguousarray(work.tensors[name]).reshape(
            *work.tensors[name].shape[:2], -1, _FEATURES
        )
        for name in HEADS
    ]

    def own(each: Kernels) -> Callable[[], Any]:
        reader = _reader(work, each)
        return lambda: reader.read(work.tensors, SCORE_THRESHOLD)

    variants = {name: own(each) for name, each in kernels.items()}
    if plain is not None:
        calls = [plain.scan(grid, codes, SCORE_THRESHOLD) for grid in grids]
        variants[CPP] = lambda: [call() for call in calls]
    return Step(
        'kernel find_candidates', variants, sum(grid.nbytes for grid in grids), _same_candidates
    )


def _same_candidates(own: Candidates, plain: list[PlainCandidates]) -> Agreement:
    if not np.array_equal(own.classes, np.concatenate([each.classes for each in plain])):
        return Agreement('value', np.inf, _RAW_STEP)
    scores = np.concatenate([each.scores for each in plain])
    return largest_difference('value', own.scores, scores, _RAW_STEP)


def _reader(work: Workload, kernels: Kernels) -> HeadReader:
    specification = work.manifest.detection
    if specification is None:
        raise ValueError('the workload must have a detection task')
    return head_reader(specification, work.model.detection, work.manifest.input.size, kernels)


def _suppress(work: Workload, kernels: Mapping[str, Kernels], plain: PlainCode | None) -> Step:
    found = _reader(work, next(iter(kernels.values()))).read(work.tensors, SCORE_THRESHOLD)
    boxes = np.ascontiguousarray(found.boxes[np.argsort(-found.scores, kind='stable')])
    groups = np.zeros(len(boxes), np.int64)

    def own(each: Kernels) -> Callable[[], Any]:
        return lambda: each.suppress(boxes, groups, IOU_THRESHOLD, MAXIMUM_OBJECTS)

    variants = {name: own(each) for name, each in kernels.items()}
    if plain is not None:
        variants[CPP] = plain.suppress(boxes, IOU_THRESHOLD, MAXIMUM_OBJECTS)
    return Step('kernel suppress', variants, boxes.nbytes, _equal)


def _equal(own: NDArray[Any], plain: NDArray[Any]) -> Agreement:
    return largest_difference('value', own, plain, 0)


def _look_up(work: Workload, kernels: Mapping[str, Kernels], plain: PlainCode | None) -> Step:
    codes = np.ascontiguousarray(work.tensors[DEPTH][..., 0])
    quantization = quantization_of(_info(work, DEPTH))
    real = quantization.real_of_every_code(codes.dtype) * np.float32(MAXIMUM_DEPTH_M)
    near_m, far_m = _RANGE_M
    table = np.where((real >= near_m) & (real <= far_m), real, np.float32(np.nan))

    def own(each: Kernels) -> Callable[[], Any]:
        metres = np.empty(codes.shape, np.float32)

        def call() -> NDArray[np.float32]:
            each.look_up(codes, table, metres)
            return metres

        return call

    variants = {name: own(each) for name, each in kernels.items()}
    if plain is not None:
        variants[CPP] = plain.depth(codes, quantization, MAXIMUM_DEPTH_M, _RANGE_M)
    return Step(
        'kernel look_up',
        variants,
        4 * codes.size,
        lambda one, other: largest_difference('m', one, other, 1e-5),
    )


def _info(work: Workload, name: str) -> Any:
    return next(
        info for info in (work.model.semantic, work.model.depth) if info and info.name == name
    )


def _best_class(work: Workload, kernels: Mapping[str, Kernels], plain: PlainCode | None) -> Step:
    """Scores as a network without an argmax gives them: the street's classes above noise."""
    ids = work.tensors[SEMANTIC][..., 0]
    random = np.random.default_rng(0)
    scores = random.integers(0, 120, (*ids.shape, len(SEMANTIC_LABELS)), np.uint8)
    known = ids < len(SEMANTIC_LABELS)
    rows, columns = np.nonzero(known)
    scores[rows, columns, ids[known]] += 100

    def own(each: Kernels) -> Callable[[], Any]:
        return lambda: each.best_class(scores)

    variants = {name: own(each) for name, each in kernels.items()}
    if plain is not None:
        variants[CPP] = plain.best_class(scores)
    return Step('kernel best_class', variants, scores.nbytes, _equal)


def _fill_points(work: Workload, kernels: Mapping[str, Kernels], plain: PlainCode | None) -> Step:
    codes = work.tensors[DEPTH][..., 0]
    metres = quantization_of(_info(work, DEPTH)).dequantize(codes) * np.float32(MAXIMUM_DEPTH_M)
    ids = np.ascontiguousarray(work.tensors[SEMANTIC][..., 0])
    camera = work.camera.scaled(metres.shape[1], metres.shape[0])
    rays = (camera.rays()[:1, :, 0].copy(), camera.rays()[:, :1, 1].copy())

    def own(each: Kernels) -> Callable[[], Any]:
        points = np.empty(metres.shape, POINT_DTYPE)

        def fill() -> NDArray[np.void]:
            each.fill_points(
                points,
                metres,
                rays,
                _RANGE_M,
                work.picture,
                _pixels(metres, work.picture),
                2,
                ids,
                _pixels(metres, ids),
            )
            return points

        return fill

    variants = {name: own(each) for name, each in kernels.items()}
    if plain is not None:
        variants[CPP] = plain.cloud(metres, camera, _RANGE_M, work.picture, ids)
    return Step('kernel fill_points', variants, 5 * metres.nbytes, _same_points)


def _pixels(
    metres: NDArray[np.float32], source: NDArray[np.uint8]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    rows, columns = (nearest_pixels(metres.shape[axis], source.shape[axis]) for axis in (0, 1))
    return rows, columns


def _same_points(own: NDArray[np.void], plain: NDArray[np.void]) -> Agreement:
    if not np.array_equal(own['rgb'], plain['rgb']):
        return Agreement('m', np.inf, _METRES_STEP)
    places = [np.stack([points[axis] for axis in 'xyz']) for points in (own, plain)]
    return largest_difference('m', places[0], places[1], _METRES_STEP)
