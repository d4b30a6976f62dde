# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Make an exported network faster on a CPU without changing what it computes.

``python -m training.sub_pixel IN.onnx OUT.onnx``

A convolution behind a nearest enlargement reads every small pixel several times. Each of the
positions within an enlarged pixel sees its own, smaller selection of small pixels, so that one
convolution at the small size with one set of filters per position gives the same values (Shi et
al. 2016, arXiv:1609.05158); DepthToSpace lays them out. The convolution's few channels become
factor² times as many, which fill the vector units that they left empty.

For a Hailo compile the network as it was exported.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import onnx
from onnx import helper
from onnx import numpy_helper

NEAREST = {
    'mode': b'nearest',
    'nearest_mode': b'floor',
    'coordinate_transformation_mode': b'asymmetric',
}
"""The attributes of an enlargement that repeats every pixel."""


class SubPixelError(ValueError):
    """A network in which there is nothing to make faster."""


def sub_pixel_weights(weights: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Give the filters at the small size that stand for ``weights`` behind an enlargement.

    ``weights`` (O, C, k, k) with odd k, zero-padded by k // 2; the result (O·factor², C, l, l) is
    to be padded by l // 2, and has the position (y, x) of output o in channel
    o·factor² + y·factor + x, as DepthToSpace in CRD mode wants it.
    """
    outputs, inputs, size, _ = weights.shape
    reach = size // 2
    small_reach = -(-reach // factor)
    small = np.zeros((outputs, factor, factor, inputs, *[2 * small_reach + 1] * 2), np.float32)
    for y, x, row, column in np.ndindex(factor, factor, size, size):
        small_row = (y + row - reach) // factor + small_reach
        small_column = (x + column - reach) // factor + small_reach
        small[:, y, x, :, small_row, small_column] += weights[:, :, row, column]
    return small.reshape(-1, inputs, *small.shape[-2:])


def to_sub_pixel(model: onnx.ModelProto) -> list[str]:
    """Rewrite a network in place; give the names of the convolutions that became cheaper.

    Where an enlarged map is read by one convolution only, which keeps its size, that convolution
    moves before the enlargement. Everything else stays.
    """
    graph = model.graph
    constants = {value.name: value for value in graph.initializer}
    changed = []
    for enlargement, convolution in list(_pairs(graph)):
        factor = _factor(enlargement, constants)
        weights = constants.get(convolution.input[1])
        if factor is None or weights is None or not _keeps_size(convolution, weights):
            continue
        _move(graph, enlargement, convolution, factor, constants)
        changed.append(convolution.name)
    if changed:
        _drop_unknown(graph.initializer, {name for node in graph.node for name in node.input})
        _drop_unknown(graph.value_info, {name for node in graph.node for name in node.output})
    return changed


def _pairs(graph: onnx.GraphProto) -> Iterator[tuple[onnx.NodeProto, onnx.NodeProto]]:
    """Find every enlargement whose only reader is a convolution."""
    outputs = {value.name for value in graph.output}
    for node in graph.node:
        if node.op_type == 'Resize' and node.output[0] not in outputs:
            readers = [other for other in graph.node if node.output[0] in other.input]
            if [reader.op_type for reader in readers] == ['Conv']:
                yield node, readers[0]


def _factor(node: onnx.NodeProto, constants: dict[str, onnx.TensorProto]) -> int | None:
    """Tell how often an enlargement repeats each pixel along both axes; None if it does not."""
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if not NEAREST.items() <= attributes.items() or len(node.input) != 3:
        return None
    scales = constants.get(node.input[2])
    if scales is None:
        return None
    batch, channels, rows, columns = numpy_helper.to_array(scales)
    is_repetition = batch == channels == 1 and rows == columns and rows == int(rows) > 1
    return int(rows) if is_repetition else None


def _keeps_size(node: onnx.NodeProto, weights: onnx.TensorProto) -> bool:
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    rows, columns = weights.dims[2:]
    is_plain = attributes.get('group', 1) == 1 and all(
        list(attributes.get(name, [1, 1])) == [1, 1] for name in ('strides', 'dilations')
    )
    is_unpadded = attributes.get('auto_pad', b'NOTSET') == b'NOTSET'
    pads = list(attributes.get('pads', [0] * 4))
    is_odd_square = rows == columns and rows % 2 == 1
    return is_plain and is_unpadded and is_odd_square and pads == [rows // 2] * 4


def _move(
    graph: onnx.GraphProto,
    enlargement: onnx.NodeProto,
    convolution: onnx.NodeProto,
    factor: int,
    constants: dict[str, onnx.TensorProto],
) -> None:
    name, result = convolution.name, convolution.output[0]
    weights = sub_pixel_weights(numpy_helper.to_array(constants[convolution.input[1]]), factor)
    inputs = [enlargement.input[0], f'{convolution.input[1]}/sub_pixel']
    graph.initializer.append(numpy_helper.from_array(weights, inputs[1]))
    if len(convolution.input) == 3:
        bias = numpy_helper.to_array(constants[convolution.input[2]]).repeat(factor**2)
        inputs.append(f'{convolution.input[2]}/sub_pixel')
        graph.initializer.append(numpy_helper.from_array(bias, inputs[2]))
    size = weights.shape[-1]
    small = helper.make_node(
        'Conv',
        inputs,
        [f'{result}/sub_pixel'],
        f'{name}/sub_pixel',
        kernel_shape=[size] * 2,
        pads=[size // 2] * 4,
    )
    spread = helper.make_node(
        'DepthToSpace', small.output, [result], name, blocksize=factor, mode='CRD'
    )
    place = list(graph.node).index(convolution)
    graph.node.remove(convolution)
    graph.node.insert(place, spread)
    graph.node.insert(place, small)
    graph.node.remove(enlargement)


def _drop_unknown(values: Any, known: set[str]) -> None:
    for value in [value for value in values if value.name not in known]:
        values.remove(value)


def main(arguments: list[str] | None = None) -> None:
    """Rewrite one file from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('network', type=Path, help='ONNX file of training.export')
    parser.add_argument('output', type=Path, help='where to write the faster one')
    given = parser.parse_args(arguments)
    model = onnx.load(str(given.network))
    changed = to_sub_pixel(model)
    if not changed:
        parser.error(
            f'{given.network}: expected a convolution behind a nearest enlargement that nothing '
            'else reads, found none'
        )
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(given.output))
    print(f'{given.output}: {", ".join(changed)} at the small size')


if __name__ == '__main__':
    main()
