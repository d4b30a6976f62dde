# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""From a float ONNX network to one with 8-bit weights and activations (QDQ).

ONNX Runtime's static quantiser stands in for an accelerator's own: it decides the range of every
tensor from pictures, as those do, but rounds, splits and corrects otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import redirect_stdout
import io
from pathlib import Path
import tempfile
from typing import Any
from typing import get_args
from typing import Literal

import numpy as np
from numpy.typing import NDArray
import onnx
from onnxruntime.quantization import CalibrationDataReader
from onnxruntime.quantization import CalibrationMethod
from onnxruntime.quantization import QuantType
from onnxruntime.quantization.calibrate import create_calibrator
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer
from onnxruntime.quantization.quant_utils import load_model_with_shape_infer
from onnxruntime.quantization.registry import QDQRegistry
from onnxruntime.quantization.registry import QLinearOpsRegistry

from hailo_perception.backends.input_tensor import InputTensor
from hailo_perception.backends.tensor_layout import is_channels_first
from hailo_perception.models.specification import InputSpecification

Method = Literal['minmax', 'entropy', 'percentile']
Granularity = Literal['per_tensor', 'per_channel']
Ranges = Any
"""ONNX Runtime's own table: the range of every tensor, by name."""

METHODS: tuple[Method, ...] = get_args(Method)
GRANULARITIES: tuple[Granularity, ...] = get_args(Granularity)

_METHODS = {
    'minmax': CalibrationMethod.MinMax,
    'entropy': CalibrationMethod.Entropy,
    'percentile': CalibrationMethod.Percentile,
}


class QuantizationError(RuntimeError):
    """Something that stands in the way of quantising; says what to do."""


def read_pictures(folder: Path, count: int) -> list[NDArray[np.uint8]]:
    """Read the first pictures of a folder of shards, (H, W, 3) uint8 RGB each.

    Only as many shards are read as it takes. QuantizationError when there are not enough.
    """
    pictures: list[NDArray[np.uint8]] = []
    for path in sorted(folder.glob('*.npz')):
        if len(pictures) >= count:
            break
        with np.load(path) as shard:
            pictures += list(shard['image'])
    if len(pictures) < count:
        raise QuantizationError(
            f'{folder}: expected {count} pictures or more in its *.npz shards, found '
            f'{len(pictures)}; render more with training.render, or ask for fewer'
        )
    return pictures[:count]


def calibrate(
    network: Path,
    specification: InputSpecification,
    pictures: Sequence[NDArray[np.uint8]],
    method: Method,
    counts: Sequence[int],
) -> Iterator[tuple[int, Ranges]]:
    """Find the ranges of all tensors, from the first 1, 2, 3… pictures, at each of the counts.

    All counts together cost no more than the largest alone. Pictures are fed one by one: the
    quantiser keeps every activation of all that it gets at once. QuantizationError for a count
    that cannot be.
    """
    wanted = sorted(set(counts))
    if not wanted or wanted[0] < 1 or wanted[-1] > len(pictures):
        raise QuantizationError(
            f'expected counts within 1…{len(pictures)}, the pictures there are, got {wanted}'
        )
    feeds = network_inputs(network, specification, pictures[: wanted[-1]])
    with tempfile.TemporaryDirectory() as folder:
        calibrator = create_calibrator(
            network,
            None,
            augmented_model_path=str(Path(folder) / 'augmented.onnx'),
            calibrate_method=_METHODS[method],
            # Ranges about zero would waste half of the codes after every ReLU.
            extra_options={'symmetric': False},
        )
        for count, feed in enumerate(feeds, start=1):
            # It tells of every picture and every tensor on stdout.
            with redirect_stdout(io.StringIO()):
                calibrator.collect_data(_OneFeed(feed))
                ranges = calibrator.compute_data() if count in wanted else None
            if ranges is not None:
                yield count, ranges


def write_int8(
    network: Path,
    ranges: Ranges,
    output: Path,
    granularity: Granularity = 'per_channel',
    *,
    float_outputs: Iterable[str] = (),
    reduce_range: bool = False,
) -> None:
    """Write a network with 8-bit weights and activations and the float inputs and outputs it had.

    The last convolution before each of ``float_outputs`` and what follows it stay float.
    ``reduce_range`` takes 7 bits for weights: x86 processors without VNNI add two products in
    16 bits, which overflow with 8. QuantizationError when an output is not there.
    """
    kept = sorted(set().union(*(_tail(network, name) for name in float_outputs)))
    quantizer = QDQQuantizer(
        load_model_with_shape_infer(network),
        granularity == 'per_channel',
        reduce_range,
        QuantType.QInt8,
        QuantType.QUInt8,
        ranges,
        [],
        kept,
        sorted({*QLinearOpsRegistry, *QDQRegistry}),
        {},
    )
    quantizer.quantize_model()
    quantizer.model.topological_sort()
    onnx.checker.check_model(quantizer.model.model)
    partial = output.with_suffix('.partial')
    onnx.save(quantizer.model.model, str(partial))
    partial.rename(output)


def network_inputs(
    network: Path, specification: InputSpecification, pictures: Iterable[NDArray[np.uint8]]
) -> Iterator[dict[str, NDArray[Any]]]:
    """Lay pictures of the network's own size out as the package's CPU backend does.

    QuantizationError when a picture has another size.
    """
    node = onnx.load(str(network), load_external_data=False).graph.input[0]
    shape = tuple(axis.dim_value for axis in node.type.tensor_type.shape.dim)
    channels_first = is_channels_first(node.name, shape)
    dtype = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(node.type.tensor_type.elem_type))
    height, width = shape[2:] if channels_first else shape[1:3]
    tensor = InputTensor(width, height, specification, dtype=dtype, channels_first=channels_first)
    for picture in pictures:
        if picture.shape != (height, width, 3):
            raise QuantizationError(
                f'expected pictures of {width}×{height}, the input of {network.name}, found '
                f'{picture.shape[1]}×{picture.shape[0]}; render them for this network'
            )
        if specification.color_order == 'bgr':
            picture = picture[..., ::-1]
        yield {node.name: tensor.fill(np.ascontiguousarray(picture)).copy()}


def _tail(network: Path, output: str) -> set[str]:
    """Name the nodes from the last convolution to an output."""
    graph = onnx.load(str(network), load_external_data=False).graph
    producer = {name: node for node in graph.node for name in node.output}
    if output not in {value.name for value in graph.output}:
        known = ', '.join(value.name for value in graph.output)
        raise QuantizationError(f"{network}: no output '{output}'; there are: {known}")
    names: set[str] = set()
    waiting = [output]
    while waiting:
        node = producer.get(waiting.pop())
        if node is None:
            continue
        names.add(node.name)
        if node.op_type != 'Conv':
            waiting += node.input
    return names


class _OneFeed(CalibrationDataReader):
    """Hands one picture to ONNX Runtime."""

    def __init__(self, feed: dict[str, NDArray[Any]]) -> None:
        self._feeds = iter((feed,))

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        """Give the picture, then None."""
        return next(self._feeds, None)
