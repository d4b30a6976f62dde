# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Class maps: which class each pixel shows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.core.message_room import empty_with_room
from hailo_perception.core.results import ClassMap
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.tasks.output_tensor import checked_tensor
from hailo_perception.tasks.output_tensor import require_dtype

_ID_DTYPES = ('uint8', 'uint16', 'int32', 'int64', 'float32')


class SegmentationDecoder:
    """Decodes one class map; may be used by several threads at once.

    With ``argmax`` the values are class ids, never dequantised; with ``scores`` channel i is the
    class with id i. ConfigurationError when tensor and labels do not fit.
    """

    def __init__(
        self,
        specification: SegmentationSpecification,
        info: TensorInfo,
        *,
        kernels: Kernels | None = None,
    ) -> None:
        self._info = info
        self._labels = specification.labels
        self._kernels = kernels or load_kernels()
        self._has_scores = specification.decoder == 'scores'
        if self._has_scores:
            require_dtype(info, 'uint8', 'uint16', 'float32')
            highest = max((label.id for label in self._labels), default=0)
            if not highest < info.channels <= UNLABELLED:
                raise ConfigurationError(
                    f'output {info} must have one channel for each class id up to {highest}, and '
                    f'at most {UNLABELLED}'
                )
        else:
            require_dtype(info, *_ID_DTYPES)
            if info.channels != 1:
                raise ConfigurationError(
                    f'output {info} must have one channel of class ids; if its channels are '
                    "scores, the manifest's decoder is 'scores'"
                )
        self._id_table = np.full(256, UNLABELLED, np.uint8)
        for label in self._labels:
            self._id_table[label.id] = label.id

    def decode(
        self,
        tensor: NDArray[Any],
        transform: ImageTransform,
        *,
        out: NDArray[np.uint8] | None = None,
    ) -> ClassMap:
        """Decode the part of the map that shows the image; ids that are no class become 255.

        NaN counts as no class. The ids are written into ``out``, C-contiguous and of the size
        of that part, where it is given. NetworkOutputError for another shape or type than
        described; ConfigurationError when the image does not fill whole pixels of the map.
        """
        rows, columns = transform.map_region(self._info.width, self._info.height)
        content = checked_tensor(tensor, self._info)[rows, columns]
        ids = self._kernels.best_class(content) if self._has_scores else _as_bytes(content[..., 0])
        known = empty_with_room(ids.shape, np.uint8) if out is None else out
        self._kernels.keep_known_ids(ids, self._id_table, known)
        return ClassMap(self._labels, known)


def _as_bytes(ids: NDArray[Any]) -> NDArray[np.uint8]:
    if ids.dtype == np.uint8:
        return ids
    return np.where((ids >= 0) & (ids < UNLABELLED), ids, UNLABELLED).astype(np.uint8)
