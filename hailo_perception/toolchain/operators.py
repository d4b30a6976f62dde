# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which ONNX operators the Dataflow Compiler translates, as far as that is public."""

from __future__ import annotations

from collections.abc import Iterator

from hailo_perception.toolchain.network import Network

SUPPORTED_OPERATORS = frozenset(
    {
        # Compiled in a published test of version 3.32 (github SeSac01, "Hailo-8" operations).
        'Add', 'AveragePool', 'BatchNormalization', 'Clip', 'Concat', 'Conv', 'ConvTranspose',
        'Div', 'Elu', 'Erf', 'Gelu', 'Gemm', 'GlobalAveragePool', 'GlobalMaxPool', 'HardSigmoid',
        'HardSwish', 'InstanceNormalization', 'LayerNormalization', 'LeakyRelu', 'MaxPool',
        'Mul', 'PRelu', 'Pad', 'Relu', 'Resize', 'Sigmoid', 'Sub', 'Tanh',
        # Layers of networks in the vendor's public model zoo.
        'ArgMax', 'MatMul', 'ReduceMax', 'ReduceSum', 'Slice', 'Softmax', 'Split',
        # Shapes and constants, which leave no layer behind.
        'Constant', 'Dropout', 'Flatten', 'Identity', 'Reshape', 'Squeeze', 'Transpose',
        'Unsqueeze',
    }
)  # fmt: skip
"""Not all that every version takes: ``--allow-operator`` adds to it."""

DROPPED_OPERATORS = frozenset({'Cast'})
"""Allowed at the network's end only, where the preparation takes them off."""

QUANTISED_OPERATORS = frozenset({'QuantizeLinear', 'DequantizeLinear', 'QLinearConv'})
RESIZE_MODES = ('nearest', 'linear')
_MOST_NAMES = 3


def operator_problems(network: Network, allowed: frozenset[str]) -> Iterator[str]:
    """Say what the compiler would not translate, one sentence for each kind of operator."""
    quantised = QUANTISED_OPERATORS & set(network.operators)
    if quantised:
        yield (
            f'{network.path}: expected a float network, found one that is quantised already for '
            f'another device ({", ".join(sorted(quantised))}); the compiler does its own '
            'quantisation: name the float export with --onnx'
        )
    known = SUPPORTED_OPERATORS | DROPPED_OPERATORS | QUANTISED_OPERATORS | allowed
    for kind in sorted(set(network.operators) - known):
        names = network.operators[kind]
        shown = ', '.join(names[:_MOST_NAMES]) + (', …' if len(names) > _MOST_NAMES else '')
        yield (
            f'operator {kind} ({len(names)}×: {shown}) is not known to compile for a Hailo-8; '
            f'export the network without it, or pass --allow-operator {kind} if your version of '
            'the compiler takes it'
        )
    yield from _resize_problems(network)


def _resize_problems(network: Network) -> Iterator[str]:
    for node in network.model.graph.node:
        if node.op_type != 'Resize':
            continue
        modes = [a.s.decode() for a in node.attribute if a.name == 'mode'] or ['nearest']
        if modes[0] not in RESIZE_MODES:
            yield (
                f'operator Resize ({node.name}): expected mode {" or ".join(RESIZE_MODES)}, '
                f'found {modes[0]}; export it with one of them'
            )
