# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Point clouds as binary PLY files, which CloudCompare, MeshLab and Open3D open."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_VERTEX = np.dtype(
    [
        ('x', '<f4'),
        ('y', '<f4'),
        ('z', '<f4'),
        ('red', 'u1'),
        ('green', 'u1'),
        ('blue', 'u1'),
        ('label', 'u1'),
    ]
)
_TYPE_NAMES = {'f': 'float', 'u': 'uchar'}


def known_points(points: NDArray[np.void]) -> NDArray[np.void]:
    """Flatten a cloud of core.results.POINT_DTYPE and leave out its unknown points, shape (N,)."""
    flat = points.reshape(-1)
    return flat[np.isfinite(flat['x']) & np.isfinite(flat['y']) & np.isfinite(flat['z'])]


def to_ply(points: NDArray[np.void]) -> bytes:
    """Encode a cloud of core.results.POINT_DTYPE, of any shape, without its unknown points.

    Coordinates stay in the camera's optical frame; PLY 1.0, binary little endian.
    """
    flat = known_points(points)
    vertices = np.empty(len(flat), _VERTEX)
    for name in ('x', 'y', 'z', 'label'):
        vertices[name] = flat[name]
    for name, shift in (('red', 16), ('green', 8), ('blue', 0)):
        vertices[name] = (flat['rgb'] >> shift) & 0xFF
    header = [
        'ply',
        'format binary_little_endian 1.0',
        'comment metres in the optical frame: x right, y down, z forward',
        f'element vertex {len(vertices)}',
        *(f'property {_TYPE_NAMES[_VERTEX[name].kind]} {name}' for name in _VERTEX.names or ()),
        'end_header',
    ]
    return ('\n'.join(header) + '\n').encode('ascii') + vertices.tobytes()
