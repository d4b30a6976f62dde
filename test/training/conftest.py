# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A small painted street whose truth is known exactly, for the training tests."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from training.dataset import Sample

NEEDED = ('torch', 'onnx', 'onnxruntime')
ABSENT = [name for name in NEEDED if find_spec(name) is None]

WITHOUT_TORCH = frozenset(
    {
        'test_description.py',
        'test_description_consistency.py',
        'test_description_variants.py',
        'test_hailo_operators.py',
    }
)
"""What is said of descriptions and graphs holds, and is tested, where nothing can be trained."""

sys.path.insert(0, str(Path(__file__).parents[2]))

ROAD, SKY, VEHICLE = 0, 5, 7


class SkippedModule(pytest.Module):
    """A test module that cannot even be imported here."""

    def collect(self) -> Iterable[pytest.Item]:
        pytest.skip(f'no {", ".join(ABSENT)}: training/requirements.txt', allow_module_level=True)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Skip every module of this folder where training's packages are not installed."""
    if not ABSENT or module_path.name in WITHOUT_TORCH:
        return None
    return SkippedModule.from_parent(parent, path=module_path)


@pytest.fixture
def paint() -> Callable[..., Sample]:
    """Give a painter: sky above a road with a white line, and one car per box."""
    from training.dataset import Sample

    def painter(
        boxes: list[tuple[float, float, float, float]],
        size: tuple[int, int] = (480, 288),
        fx: float = 400.0,
    ) -> Sample:
        width, height = size
        horizon = height // 2
        image = np.empty((height, width, 3), np.uint8)
        image[:horizon], image[horizon:] = (120, 170, 230), (90, 90, 95)
        semantic = np.full((height // 2, width // 2), ROAD, np.uint8)
        semantic[: horizon // 2] = SKY
        lane = np.zeros_like(semantic)
        middle = width // 2
        image[horizon:, middle - 4 : middle + 4] = 245
        lane[horizon // 2 :, middle // 2 - 2 : middle // 2 + 2] = 1
        rows = np.arange(height // 2, dtype=np.float32)[:, None]
        depth = np.where(
            rows * 2 > horizon, fx * 1.5 / np.maximum(rows * 2 + 1 - horizon, 1), np.nan
        )
        depth = np.broadcast_to(depth, semantic.shape).astype(np.float32)
        for x_min, y_min, x_max, y_max in np.array(boxes, int).reshape(-1, 4):
            image[y_min:y_max, x_min:x_max] = (170, 30, 40)
            semantic[y_min // 2 : y_max // 2, x_min // 2 : x_max // 2] = VEHICLE
        return Sample(
            image=image,
            semantic=semantic,
            lane=lane,
            depth_m=depth,
            boxes=np.array(boxes, np.float32).reshape(-1, 4),
            labels=np.zeros(len(boxes), np.int64),
            visibility=np.ones(len(boxes), np.float32),
            fx=fx,
        )

    return painter
