# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Tensors as networks give them, at random."""

import numpy as np


def random_tensor(rng, shape, dtype, *, bad_share=0.0, planes_first=False):
    """Random codes or values around 0…1; optionally a transposed (C, H, W) buffer."""
    stored = (shape[-1], *shape[:-1]) if planes_first else shape
    if dtype == np.float32:
        values = rng.random(stored, np.float32)
        bad = rng.random(stored) < bad_share
        values[bad] = rng.choice(np.float32([np.nan, np.inf, -np.inf, 3e38, -3e38]), bad.sum())
    else:
        values = rng.integers(0, np.iinfo(dtype).max, stored, dtype, endpoint=True)
    return np.moveaxis(values, 0, -1) if planes_first else values


def scale_of(dtype):
    return 1.0 if dtype == np.float32 else 1.0 / np.iinfo(dtype).max
