# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""PandaSet's LiDAR points as one camera sees them: an .npz of u, v, depth_cm and label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.npz import BROKEN_NPZ
from hailo_perception.evaluation.labelled import LidarPoints
from hailo_perception.evaluation.labelled import TRUE_LANE_LABELS
from hailo_perception.evaluation.recordings.class_names import load_class_names
from hailo_perception.evaluation.recordings.files import LabelError
from hailo_perception.scenes import SEMANTIC_LABELS

_KEYS = ('u', 'v', 'depth_cm', 'label')


def read_points(path: Path, dataset: str, size: tuple[int, int]) -> LidarPoints:
    """Read the points of a picture (width, height), with the classes of a data set's tables.

    LabelError when the file is broken or its arrays cannot be points of that picture.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: file[key] for key in _KEYS}
    except BROKEN_NPZ as error:
        raise LabelError('the LiDAR points are no .npz of u, v, depth_cm, label') from error
    problem = _problem(arrays, size)
    if problem:
        raise LabelError(f'the LiDAR points: {problem}')
    u, v, depth_cm = (arrays[key].astype(np.float32) for key in ('u', 'v', 'depth_cm'))
    label = arrays['label'].astype(np.uint8)
    return LidarPoints(
        np.stack((u, v), axis=1),
        depth_cm / 100,
        load_class_names(dataset, 'points').translate(label, SEMANTIC_LABELS),
        load_class_names(dataset, 'markings').translate(label, TRUE_LANE_LABELS),
    )


def _problem(arrays: dict[str, NDArray[Any]], size: tuple[int, int]) -> str:
    """Say what is wrong with the arrays, or ''."""
    shapes = {array.shape for array in arrays.values()}
    if len(shapes) > 1 or len(shapes.pop()) != 1:
        found = ', '.join(f'{key} {array.shape}' for key, array in arrays.items())
        return f'expected lists of one length, found {found}'
    for key, array in arrays.items():
        if array.dtype.kind not in ('iu' if key == 'label' else 'iuf'):
            return f'expected numbers, of labels whole ones, found {key} of {array.dtype}'
    for key, low, high in (
        ('u', -0.5, size[0] - 0.5),
        ('v', -0.5, size[1] - 0.5),
        ('depth_cm', 0, np.inf),
        ('label', 0, 256),
    ):
        # NaN fails the comparisons.
        if not ((arrays[key] >= low) & (arrays[key] < high)).all():
            return f'expected {key} from {low} to below {high}, found others'
    return ''
