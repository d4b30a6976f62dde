# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Compiles an ONNX network into a HEF of the double: calibrates, then quantises its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hailo_double.networks import arrange
from hailo_double.networks import infer_onnx
from hailo_double.networks import normalise
from hailo_double.networks import Onnx
from hailo_double.networks import open_onnx
from hailo_double.streams import Quantization
from hailo_double.streams import Stream
from hailo_double.writer import write_hef

_LARGEST = {'uint8': 255, 'uint16': 65535}
_MOST_CLASSES = 255
_BEYOND_PATTERNS = 2.0
"""How much farther real images reach than the two patterns that stand in for them."""


def hef_from_onnx(
    path: Path,
    onnx: Path,
    *,
    name: str | None = None,
    architecture: str = 'HAILO8',
    uint16: Sequence[str] = (),
    argmax: Sequence[str] = (),
    per_feature: Sequence[str] = (),
    quantization: Mapping[str, Quantization] | None = None,
    names: Mapping[str, str] | None = None,
    images: Sequence[NDArray[np.uint8]] = (),
    mean: Sequence[float] = (0.0,),
    scale: Sequence[float] = (1.0,),
) -> Path:
    """Write a HEF that takes raw pixels (H, W, C) uint8 and answers as the ONNX network.

    Outputs are named as in the ONNX file: those in ``uint16`` get 16-bit codes, those in
    ``argmax`` become class ids (NHW, uint8), those in ``per_feature`` one scale per channel;
    all others uint8 codes. ``quantization`` sets what is else taken from the range of the
    network's answers to ``images`` (none: twice the range for a gradient and noise, but 0..1
    where they stay within it). ``names`` renames outputs. ``mean`` and ``scale`` are compiled
    in: the network reads (pixel − mean) / scale.
    """
    name = name or onnx.stem
    model = onnx.read_bytes()
    session = open_onnx(model)
    image_shape = _image_shape(session)
    headroom = 1.0 if images else _BEYOND_PATTERNS
    images = images or _patterns(image_shape)
    onnx_names = [node.name for node in session.get_outputs()]
    answers = [infer_onnx(session, normalise(image, mean, scale), onnx_names) for image in images]
    outputs = []
    for onnx_name, tensors in zip(onnx_names, zip(*answers)):
        stream_name = f'{name}/{(names or {}).get(onnx_name, onnx_name)}'
        dtype = 'uint16' if onnx_name in uint16 else 'uint8'
        shape = _host_shape(tensors[0], image_shape)
        if onnx_name in argmax or np.issubdtype(tensors[0].dtype, np.integer):
            outputs.append(_class_ids(stream_name, onnx_name, shape))
            continue
        arranged = np.stack([arrange(tensor, shape, argmax=False) for tensor in tensors])
        chosen = (quantization or {}).get(onnx_name) or _calibrate(
            arranged, headroom, _LARGEST[dtype], is_per_feature=onnx_name in per_feature
        )
        order = 'NC' if len(shape) == 1 else 'NHWC'
        outputs.append(
            Stream(stream_name, shape, dtype, order, chosen, original_names=(onnx_name,))
        )
    return write_hef(
        path,
        [Stream('input_layer1', image_shape, quantization=Quantization(limits=(0.0, 255.0)))],
        outputs,
        Onnx(
            model,
            {stream.name: onnx_name for stream, onnx_name in zip(outputs, onnx_names)},
            tuple(stream.name for stream in outputs if stream.class_count is not None),
            tuple(mean),
            tuple(scale),
        ),
        name=name,
        architecture=architecture,
    )


def hef_from_manifest(path: Path, manifest: Path, **options: Any) -> Path:
    """Compile the ONNX network of a model manifest as its tasks ask; see hef_from_onnx.

    Depth gets 16-bit codes, and the mean and scale of the manifest's input are compiled in.
    """
    import yaml

    values = yaml.safe_load(manifest.read_text(encoding='utf-8'))
    depth = values['tasks'].get('depth')
    defaults = {
        'name': values['name'],
        'uint16': (depth['output'],) if depth else (),
        'mean': values['input'].get('mean', (0.0,)),
        'scale': values['input'].get('scale', (1.0,)),
    }
    return hef_from_onnx(
        path, manifest.parent / values['files']['onnx'], **{**defaults, **options}
    )


def _image_shape(session: Any) -> tuple[int, ...]:
    (node,) = session.get_inputs()
    _, *axes = node.shape
    return (*axes[1:], axes[0]) if axes[0] in (1, 3) else tuple(axes)


def _patterns(shape: tuple[int, ...]) -> list[NDArray[np.uint8]]:
    height, width, channels = shape
    gradient = np.add.outer(np.linspace(0, 127, height), np.linspace(0, 128, width))
    noise = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    return [np.repeat(gradient[..., None], channels, axis=2).astype(np.uint8), noise]


def _host_shape(tensor: NDArray[Any], image_shape: tuple[int, ...]) -> tuple[int, ...]:
    shape = tensor.shape[1:]
    if len(shape) == 3:
        height, width = image_shape[:2]
        is_channels_last = shape[0] * width == shape[1] * height
        return shape if is_channels_last else (*shape[1:], shape[0])
    return shape


def _class_ids(name: str, onnx_name: str, shape: tuple[int, ...]) -> Stream:
    classes = shape[2] if len(shape) == 3 and shape[2] > 1 else _MOST_CLASSES
    return Stream(name, shape[:2], order='NHW', class_count=classes, original_names=(onnx_name,))


def _calibrate(
    values: NDArray[Any], headroom: float, largest_code: int, *, is_per_feature: bool
) -> Quantization:
    """Map the range of the values, 0 included, onto all codes, with a whole zero point."""
    axes = tuple(range(values.ndim - 1)) if is_per_feature else None
    low = headroom * np.minimum(values.min(axis=axes), 0.0).astype(np.float64)
    high = headroom * np.maximum(values.max(axis=axes), 0.0).astype(np.float64)
    if values.min() >= 0.0 and values.max() <= 1.0:
        # What ends in a sigmoid is bounded, whatever comes in.
        low, high = np.zeros_like(low), np.ones_like(high)
    scale = np.where(high > low, high - low, 1.0) / largest_code
    zero_point = np.rint(-low / scale) + 0.0
    if is_per_feature:
        return Quantization(tuple(zero_point.tolist()), tuple(scale.tolist()))
    return Quantization(float(zero_point), float(scale))
