# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The version of ONNX's operators that the Dataflow Compiler is known to read."""

from __future__ import annotations

from typing import Any

NEWEST_OPSET = 17
"""Versions 3.x of the compiler are used with opsets 11 to 17; newer ones are not documented."""
_IR_VERSION = 8
"""The file format of that time."""

# What Resize has since opset 18, with the values that mean what it did before.
_NEW_IN_RESIZE = {'antialias': 0, 'keep_aspect_ratio_policy': b'stretch'}


def lower_opset(onnx: Any, model: Any) -> bool:
    """Write a model down in NEWEST_OPSET, in place; False where that would change its meaning.

    PyTorch's exporter writes opset 18 whatever it is asked for, although networks of
    convolutions use nothing new of it but attributes of Resize, all at rest.
    """
    (domain,) = [o for o in model.opset_import if o.domain in ('', 'ai.onnx')]
    if domain.version <= NEWEST_OPSET:
        return True
    if not all(_means_the_same(onnx, node, domain.version) for node in model.graph.node):
        return False
    for node in model.graph.node:
        if node.op_type == 'Resize':
            kept = [a for a in node.attribute if a.name not in _NEW_IN_RESIZE]
            del node.attribute[:]
            node.attribute.extend(kept)
    domain.version = NEWEST_OPSET
    model.ir_version = min(model.ir_version, _IR_VERSION)
    return True


def _means_the_same(onnx: Any, node: Any, version: int) -> bool:
    if node.op_type == 'Resize':
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        is_at_rest = all(attributes.get(k, v) == v for k, v in _NEW_IN_RESIZE.items())
        return is_at_rest and 'axes' not in attributes
    then = onnx.defs.get_schema(node.op_type, NEWEST_OPSET, node.domain)
    now = onnx.defs.get_schema(node.op_type, version, node.domain)
    return bool(then.since_version == now.since_version)
