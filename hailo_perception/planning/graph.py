# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of a network, counted over its ONNX graph."""

from __future__ import annotations

from dataclasses import dataclass
import math
from pathlib import Path
from typing import Any

import numpy as np

from hailo_perception.core.errors import ManifestError
from hailo_perception.toolchain.network import import_onnx
from hailo_perception.toolchain.network import read_network

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Product:
    """Where an operator that multiplies has its factors: indices of its inputs."""

    data: int
    weight: int
    bias: int | None = None


_CONVOLUTIONS = {
    'Conv': _Product(0, 1, 2),
    'ConvInteger': _Product(0, 1),
    'QLinearConv': _Product(0, 3, 8),
}
_TRANSPOSED = {'ConvTranspose': _Product(0, 1, 2)}
_MATRICES = {
    'Gemm': _Product(0, 1, 2),
    'MatMul': _Product(0, 1),
    'MatMulInteger': _Product(0, 1),
    'QLinearMatMul': _Product(0, 3),
}
_PRODUCTS = {**_CONVOLUTIONS, **_TRANSPOSED, **_MATRICES}


@dataclass(frozen=True, slots=True)
class GraphTensor:
    """An input or output of a graph, its axes in the graph's order, the batch axis closed."""

    name: str
    shape: Shape
    dtype: np.dtype[Any]


@dataclass(frozen=True, slots=True)
class Graph:
    """What one frame costs.

    ``gflops`` counts each multiplication and each addition of convolutions and matrix products,
    in 1e9, and nothing else, as published figures do. ``parameters`` are their weights and
    biases.
    """

    inputs: tuple[GraphTensor, ...]
    outputs: tuple[GraphTensor, ...]
    gflops: float
    parameters: int


def read_graph(path: Path) -> Graph:
    """Read and count an ONNX file.

    An open batch axis counts as 1; any other open axis on the way is a ManifestError, as is a
    file that is not ONNX. MissingDependencyError without the package onnx.
    """
    network = read_network(path)
    _close_batch(network.model.graph)
    model = import_onnx().shape_inference.infer_shapes(network.model, data_prop=True)
    shapes = _shapes(model.graph)
    try:
        multiplications, parameters = _count(model.graph, shapes)
        return Graph(
            inputs=tuple(
                GraphTensor(t.name, _known(shapes, t.name), t.dtype) for t in network.inputs
            ),
            outputs=tuple(
                GraphTensor(t.name, _known(shapes, t.name), t.dtype) for t in network.outputs
            ),
            gflops=2 * multiplications / 1e9,
            parameters=parameters,
        )
    except ManifestError as error:
        raise ManifestError(f'{path}: {error}') from error


def _count(graph: Any, shapes: dict[str, Shape | None]) -> tuple[int, int]:
    """Count multiplications, and weights and biases that are the same for every frame."""
    constants = _constants(graph)
    multiplications = 0
    parameters: dict[str, int] = {}
    for node in graph.node:
        product = _PRODUCTS.get(node.op_type)
        if product is None:
            continue
        multiplications += _multiplications(node, product, shapes)
        for index in (product.weight, product.bias):
            if index is not None and index < len(node.input) and node.input[index] in constants:
                parameters[node.input[index]] = math.prod(_known(shapes, node.input[index]))
    return multiplications, sum(parameters.values())


def _multiplications(node: Any, product: _Product, shapes: dict[str, Shape | None]) -> int:
    output = math.prod(_known(shapes, node.output[0]))
    data = _known(shapes, node.input[product.data])
    weight = _known(shapes, node.input[product.weight])
    if node.op_type in _CONVOLUTIONS:
        return output * math.prod(weight[1:])
    if node.op_type in _TRANSPOSED:
        return math.prod(data) * math.prod(weight[1:])
    is_transposed = any(a.name == 'transA' and a.i for a in node.attribute)
    return output * data[-2 if is_transposed else -1]


def _close_batch(graph: Any) -> None:
    known = {initializer.name for initializer in graph.initializer}
    for value in graph.input:
        axes = value.type.tensor_type.shape.dim
        if value.name not in known and axes and not axes[0].dim_value:
            axes[0].dim_value = 1
    # Shapes that were stated for the open batch would win over the inferred ones.
    del graph.value_info[:]
    for value in graph.output:
        axes = value.type.tensor_type.shape.dim
        if axes and not axes[0].dim_value:
            axes[0].dim_value = 1


def _shapes(graph: Any) -> dict[str, Shape | None]:
    """Tell every tensor's shape by name, None where an axis is open."""
    values = (*graph.input, *graph.value_info, *graph.output)
    shapes = {value.name: _shape(value) for value in values}
    shapes.update({constant.name: tuple(constant.dims) for constant in graph.initializer})
    return shapes


def _shape(value: Any) -> Shape | None:
    tensor = value.type.tensor_type
    if not tensor.HasField('shape') or not all(d.HasField('dim_value') for d in tensor.shape.dim):
        return None
    return tuple(axis.dim_value for axis in tensor.shape.dim)


def _known(shapes: dict[str, Shape | None], name: str) -> Shape:
    shape = shapes.get(name)
    if shape is None:
        raise ManifestError(
            f"tensor '{name}': expected a fixed shape, found an open one; export the network "
            'without dynamic axes'
        )
    return shape


def _constants(graph: Any) -> set[str]:
    """Name all tensors that are the same for every frame, such as dequantised weights."""
    constants = {initializer.name for initializer in graph.initializer}
    for node in graph.node:
        # An optional input that is left out has an empty name.
        if all(name in constants for name in node.input if name):
            constants.update(node.output)
    return constants
