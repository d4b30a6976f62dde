# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What an ONNX file says of itself: inputs, outputs, operators. The one place that needs onnx."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

import numpy as np

from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.optional_parts import pip_install
from hailo_perception.models.unreadable_network import unreadable_network

Dimension = int | str
"""A length, or the name (or '?') of one that the file leaves open."""


@dataclass(frozen=True, slots=True)
class NetworkTensor:
    """An input or output as the file declares it."""

    name: str
    shape: tuple[Dimension, ...]
    dtype: np.dtype[Any]

    @property
    def is_static(self) -> bool:
        """Whether every length is a number above 0."""
        return all(isinstance(length, int) and length > 0 for length in self.shape)

    def __str__(self) -> str:
        return f'{self.name}[{"×".join(map(str, self.shape))} {self.dtype}]'


@dataclass(frozen=True, slots=True)
class Network:
    """An ONNX network; ``operators`` maps each kind to the names of its nodes."""

    path: Path
    inputs: tuple[NetworkTensor, ...]
    outputs: tuple[NetworkTensor, ...]
    operators: Mapping[str, tuple[str, ...]]
    model: Any = field(repr=False)


def import_onnx() -> Any:
    """Import the onnx library; MissingDependencyError names the command that brings it."""
    try:
        import onnx
        import onnx.checker
        import onnx.defs
        import onnx.shape_inference
    except ImportError as error:
        raise MissingDependencyError(
            'onnx', 'to look into a network', pip_install('onnx')
        ) from error
    return onnx


def read_network(path: Path) -> Network:
    """Read and check an ONNX file; ManifestError when it is not one or breaks the standard.

    Shapes that the file does not state are inferred.
    """
    onnx = import_onnx()
    try:
        model = onnx.load(str(path))
        onnx.checker.check_model(model)
        graph = onnx.shape_inference.infer_shapes(model).graph
    # protobuf, onnx's checker and its inference have no error type in common.
    except Exception as error:
        raise unreadable_network(path, 'onnx', 'onnx', error) from error
    constants = {constant.name for constant in model.graph.initializer}
    operators: dict[str, list[str]] = defaultdict(list)
    for node in model.graph.node:
        domain = f'{node.domain}.' if node.domain not in ('', 'ai.onnx') else ''
        operators[domain + node.op_type].append(node.name or f'the node of {node.output[0]}')
    return Network(
        path=path,
        inputs=tuple(_tensor(onnx, i) for i in graph.input if i.name not in constants),
        outputs=tuple(_tensor(onnx, o) for o in graph.output),
        operators={kind: tuple(names) for kind, names in operators.items()},
        model=model,
    )


def _tensor(onnx: Any, info: Any) -> NetworkTensor:
    kind = info.type.tensor_type
    shape = tuple(
        d.dim_value if d.HasField('dim_value') else d.dim_param or '?' for d in kind.shape.dim
    )
    dtype = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type))
    return NetworkTensor(info.name, shape, dtype)
