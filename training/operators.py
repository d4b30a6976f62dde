# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What an exported graph may consist of, so that the Hailo compiler takes it.

The compiler's own list (Dataflow Compiler user guide, chapter «Supported Layers») is not public.
Of the operators here, all but ArgMax and Cast were compiled with Dataflow Compiler 3.32 in a
published test (github SeSac01, docs/hardware, «Hailo-8 supported operations», 2025): Conv also
dilated, MaxPool, Relu, Sigmoid, Concat, Resize nearest and linear. ArgMax ends the class maps of
TIER IV's LightNet executables, whose outputs are called ``…/argmax1``. Cast gives ONNX Runtime
bytes; the device gives bytes by itself, so the compiler is told to end at the ArgMax.
"""

from __future__ import annotations

from collections.abc import Iterator

import onnx

ALLOWED_OPERATORS = frozenset(
    {'Conv', 'Relu', 'Concat', 'Resize', 'Sigmoid', 'MaxPool', 'ArgMax', 'Cast'}
)
RESIZE_MODES = frozenset({b'nearest', b'linear'})
CHANNEL_AXIS = 1


def objections(model: onnx.ModelProto) -> list[str]:
    """List what a device could not run, each with the name of its node; empty if all fits."""
    return [*_shape_objections(model.graph), *_node_objections(model.graph)]


def _shape_objections(graph: onnx.GraphProto) -> Iterator[str]:
    for value in (*graph.input, *graph.output):
        lengths = [d.dim_value for d in value.type.tensor_type.shape.dim]
        if not lengths or min(lengths) <= 0:
            yield f"'{value.name}': expected a static shape, found {lengths} (0: open)"


def _node_objections(graph: onnx.GraphProto) -> Iterator[str]:
    producers = {name: node for node in graph.node for name in node.output}
    outputs = {value.name for value in graph.output}
    followers: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            followers.setdefault(name, []).append(node)
    for node in graph.node:
        where = f"node '{node.name}'"
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        after = [follower for name in node.output for follower in followers.get(name, [])]
        is_last = set(node.output) <= outputs and not after
        if node.op_type not in ALLOWED_OPERATORS:
            known = ', '.join(sorted(ALLOWED_OPERATORS))
            yield f'{where}: the operator {node.op_type} is not among {known}'
        elif node.op_type == 'Resize' and attributes.get('mode', b'nearest') not in RESIZE_MODES:
            yield f'{where}: expected Resize nearest or linear, found {attributes["mode"]!r}'
        elif node.op_type == 'ArgMax':
            if attributes.get('axis', 0) != CHANNEL_AXIS:
                yield f'{where}: expected ArgMax over the channels, axis {CHANNEL_AXIS}'
            if not is_last and [follower.op_type for follower in after] != ['Cast']:
                yield f'{where}: expected ArgMax at the end, or before a Cast at the end'
        elif node.op_type == 'Cast':
            producer = producers.get(node.input[0])
            if not is_last or producer is None or producer.op_type != 'ArgMax':
                yield f'{where}: expected Cast at the end only, after an ArgMax'
