# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The network as the compiler gets it: named end nodes, argmax inside, nothing behind them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hailo_perception.core.errors import ManifestError
from hailo_perception.toolchain.end_nodes import EndNode
from hailo_perception.toolchain.network import import_onnx
from hailo_perception.toolchain.network import Network
from hailo_perception.toolchain.opset import lower_opset

_CHANNEL_AXIS = 1
# What changes nothing but the type, the layout or the order-preserving scale of a class score.
_LAYOUT_ONLY = frozenset({'Cast', 'Identity', 'Squeeze', 'Transpose', 'Unsqueeze'})
_KEEPS_THE_LARGEST = frozenset({'Sigmoid', 'Softmax', 'LogSoftmax'})


def prepare_network(network: Network, ends: Iterable[EndNode], name: str) -> Any:
    """Make the ONNX model that is given to the compiler; the input is left as it was.

    Each end node bears the EndNode's name and gives N×C×H×W. Scores of a class map are followed
    by ArgMax, as the vendor's own segmentation networks end; an ArgMax that is there already
    stays, and casts and transposes behind it go. What no end node needs is left out. The
    operators are written in an opset that the compiler knows, where that changes nothing.
    ManifestError for an output that is no map of channels.
    """
    onnx = import_onnx()
    ends = tuple(ends)
    model = onnx.ModelProto()
    model.CopyFrom(network.model)
    graph = model.graph
    graph.name = name
    producers = {output: node for node in graph.node for output in node.output}
    nodes = [_end_node(onnx, graph, producers, end) for end in ends]
    for end, node in zip(ends, nodes, strict=True):
        _name(graph, node, end.name)
    del graph.output[:]
    graph.output.extend(
        onnx.helper.make_tensor_value_info(
            end.name,
            onnx.TensorProto.INT64 if end.content == 'classes' else onnx.TensorProto.FLOAT,
            (1, end.shape[2], end.shape[0], end.shape[1]),
        )
        for end in ends
    )
    _drop_unused(graph, (end.name for end in ends))
    del graph.value_info[:]
    lower_opset(onnx, model)
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ManifestError(
            f'{network.path}: the network cannot be cut at the outputs '
            f'{", ".join(end.output for end in ends)} ({error}); export each as 1×C×H×W'
        ) from error
    return model


def _end_node(onnx: Any, graph: Any, producers: dict[str, Any], end: EndNode) -> Any:
    """Find the end node, or add it."""
    node = _producer(producers, end, end.output, _LAYOUT_ONLY)
    if end.content == 'classes' and node.op_type != 'ArgMax':
        scores = _producer(producers, end, node.output[0], _LAYOUT_ONLY | _KEEPS_THE_LARGEST)
        node = graph.node.add()
        node.CopyFrom(
            onnx.helper.make_node(
                'ArgMax', [scores.output[0]], [end.name], axis=_CHANNEL_AXIS, keepdims=1
            )
        )
    elif node.op_type == 'ArgMax':
        _keep_channel_axis(onnx, node, end)
    return node


def _name(graph: Any, node: Any, name: str) -> None:
    """Give a node and its tensor one name; what bore it before is called otherwise."""
    tensor = str(node.output[0])
    node.name = name
    if tensor != name:
        _rename(graph, name, f'{name}:before')
        _rename(graph, tensor, name)


def _rename(graph: Any, old: str, new: str) -> None:
    for node in graph.node:
        for names in (node.input, node.output):
            for place, name in enumerate(names):
                if name == old:
                    names[place] = new


def _producer(
    producers: dict[str, Any], end: EndNode, tensor: str, passed_over: frozenset[str]
) -> Any:
    while (node := producers.get(tensor)) is not None and node.op_type in passed_over:
        tensor = node.input[0]
    if node is None:
        raise ManifestError(
            f'output {end.output}: expected one that the network computes, found one that is '
            'an input or a constant'
        )
    return node


def _keep_channel_axis(onnx: Any, node: Any, end: EndNode) -> None:
    values = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    if values.get('axis', 0) not in (_CHANNEL_AXIS, _CHANNEL_AXIS - 4):
        raise ManifestError(
            f'output {end.output}: expected an ArgMax over the channels (axis 1 of N×C×H×W), '
            f'found axis {values.get("axis", 0)}; export the network channels-first'
        )
    del node.attribute[:]
    node.attribute.extend(
        [
            onnx.helper.make_attribute('axis', _CHANNEL_AXIS),
            onnx.helper.make_attribute('keepdims', 1),
        ]
    )


def _drop_unused(graph: Any, needed: Iterable[str]) -> None:
    wanted = set(needed)
    kept = []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            kept.append(node)
    kept.reverse()
    constants = [c for c in graph.initializer if c.name in wanted]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(kept)
    graph.initializer.extend(constants)
