# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Metric depth of a camera from a depth head."""

from __future__ import annotations

from functools import cache
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import CameraInfoError
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.message_room import empty_with_room
from hailo_perception.core.quantization import Quantization
from hailo_perception.core.results import DepthMap
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels
from hailo_perception.kernels.depth_coding import DEPTH_CODINGS
from hailo_perception.kernels.depth_coding import DepthScale
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.tasks.output_tensor import checked_tensor
from hailo_perception.tasks.output_tensor import quantization_of
from hailo_perception.tasks.output_tensor import require_dtype

SHADES = 256
"""Colours of a depth picture."""
_LARGEST_M = float(np.finfo(np.float32).max)


class DepthDecoder:
    """Decodes one depth map; may be used by several threads at once.

    ConfigurationError when tensor and specification do not fit.
    """

    def __init__(
        self,
        specification: DepthSpecification,
        info: TensorInfo,
        input_size: tuple[int, int],
        *,
        kernels: Kernels | None = None,
    ) -> None:
        require_dtype(info, 'uint8', 'uint16', 'float32')
        if info.channels != 1:
            raise ConfigurationError(f'output {info} must have one channel to be a depth map')
        coding = DEPTH_CODINGS[specification.decoder]
        if not specification.maximum_m > specification.minimum_m >= 0 or (
            coding.needs_minimum and specification.minimum_m == 0
        ):
            raise ConfigurationError(
                f'{specification.decoder} depth needs {"0 <" if coding.needs_minimum else "0 ≤"} '
                f'minimum_m < maximum_m, got {specification.minimum_m} and '
                f'{specification.maximum_m}'
            )
        self._specification = specification
        self._info = info
        self._kernels = kernels or load_kernels()

    def decode(
        self,
        tensor: NDArray[Any],
        transform: ImageTransform,
        camera_model: CameraModel,
        *,
        valid_range_m: tuple[float, float] | None = None,
        scale: float = 1.0,
        offset_m: float = 0.0,
        out: NDArray[np.float32] | None = None,
    ) -> tuple[DepthMap, int]:
        """Decode the part of the map that shows the image, and count its NaN and infinities.

        metres = decoded · focal ratio · ``scale`` + ``offset_m``; what is then not positive,
        outside ``valid_range_m`` (both ends belong to it) or not finite is NaN, and so is what
        lies outside the specification's own range, which is corrected alike: a value at the end
        of the network's scale says that something is there or beyond. ``camera_model`` is that
        of the image. The metres are written into ``out``, C-contiguous and of the size of that
        part, where it is given.

        NetworkOutputError for another shape or type than described; CameraInfoError when the
        camera model is of another image size; ConfigurationError when the image does not fill
        whole pixels of the map.
        """
        if camera_model.size != transform.image_size:
            raise CameraInfoError(
                f'the image is {transform.image_size[0]}×{transform.image_size[1]}, its '
                f'camera_info {camera_model.width}×{camera_model.height}'
            )
        rows, columns = transform.map_region(self._info.width, self._info.height)
        codes = checked_tensor(tensor, self._info)[rows, columns, 0]
        factor = scale * focal_ratio(self._specification, transform, camera_model)
        valid_range_m = self._trusted_range(valid_range_m, factor, offset_m)
        depth_m = empty_with_room(codes.shape, np.float32) if out is None else out
        non_finite = 0
        quantization = quantization_of(self._info)
        if self._specification.decoder == 'linear':
            terms = DepthScale(
                quantization.zero_point,
                quantization.scale,
                self._specification.maximum_m,
                factor,
                offset_m,
                valid_range_m[0],
                min(valid_range_m[1], _LARGEST_M),
            )
            non_finite = self._kernels.scale_depth(codes, terms, depth_m)
        elif codes.dtype.kind == 'f':
            non_finite = codes.size - int(np.count_nonzero(np.isfinite(codes)))
            depth_m[...] = _metres(codes, self._specification, factor, offset_m, valid_range_m)
        else:
            table = _metres_of_every_code(
                self._info.dtype,
                quantization,
                self._specification,
                factor,
                offset_m,
                valid_range_m,
            )
            self._kernels.look_up(codes, table, depth_m)
        height, width = depth_m.shape
        return DepthMap(depth_m, camera_model.scaled(width, height)), non_finite

    def _trusted_range(
        self, asked_m: tuple[float, float] | None, factor: float, offset_m: float
    ) -> tuple[float, float]:
        """Narrow the range that is asked for to what the network can tell through this lens."""
        near_m, far_m = (
            limit_m * factor + offset_m for limit_m in self._specification.valid_range_m
        )
        if asked_m is None:
            return near_m, far_m
        return max(asked_m[0], near_m), min(asked_m[1], far_m)


def color_depth(
    depth: DepthMap,
    maximum_m: float,
    *,
    out: NDArray[np.uint8] | None = None,
    kernels: Kernels | None = None,
) -> NDArray[np.uint8]:
    """Show depth as colours from blue, near, to red, ``maximum_m`` and beyond; unknown is black.

    (H, W, 3) BGR uint8, written into ``out``, C-contiguous, where it is given.
    """
    image = empty_with_room((*depth.depth_m.shape, 3), np.uint8) if out is None else out
    (kernels or load_kernels()).color_depth(
        depth.depth_m, (SHADES - 1) / maximum_m, _shade_colors(), image
    )
    return image


@cache
def _shade_colors() -> NDArray[np.uint32]:
    """Tabulate each shade as 0x00RRGGBB, and black after the last: (257,), read-only."""
    shades = np.arange(SHADES, dtype=np.uint8)[:, None]
    colors = np.zeros((SHADES + 1, 4), np.uint8)
    colors[:SHADES, :3] = cv2.applyColorMap(shades, cv2.COLORMAP_TURBO)[:, 0]
    words = colors.view('<u4')[:, 0].astype(np.uint32)
    words.flags.writeable = False
    return words


def focal_ratio(
    specification: DepthSpecification, transform: ImageTransform, camera_model: CameraModel
) -> float:
    """Compare the camera's focal length, in network-input pixels, with the training cameras'.

    A network learns size in pixels: what a lens twice as long shows, it takes for half as far.
    """
    if specification.focal_length_px is None:
        return 1.0
    return camera_model.fx * transform.scale[0] / specification.focal_length_px


def _metres(
    values: NDArray[np.float32],
    specification: DepthSpecification,
    factor: float,
    offset_m: float,
    valid_range_m: tuple[float, float],
) -> NDArray[np.float32]:
    coding = DEPTH_CODINGS[specification.decoder]
    # NaN and infinities pass through and fail the comparison.
    with np.errstate(over='ignore', invalid='ignore'):
        metres = coding.decode(values, specification.minimum_m, specification.maximum_m)
        metres = metres * factor + offset_m
    nearest, farthest = valid_range_m
    valid = (metres > 0) & (metres >= nearest) & (metres <= min(farthest, _LARGEST_M))
    return np.where(valid, metres, np.float32(np.nan)).astype(np.float32, copy=False)


@lru_cache(maxsize=16)
def _metres_of_every_code(
    dtype: np.dtype[Any],
    quantization: Quantization,
    specification: DepthSpecification,
    factor: float,
    offset_m: float,
    valid_range_m: tuple[float, float],
) -> NDArray[np.float32]:
    """Tabulate the decoder for codes: (256,) or (65536,) float32, read-only."""
    values = quantization.real_of_every_code(dtype)
    table = _metres(values, specification, factor, offset_m, valid_range_m)
    table.flags.writeable = False
    return table
