# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The Dataflow Compiler's model script (.alls): what it shall do with a network."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence

from hailo_perception.models.specification import InputSpecification
from hailo_perception.toolchain.end_nodes import EndNode
from hailo_perception.toolchain.normalisation import takes_pixels

COMPILE_COMMANDS = 'performance_param(compiler_optimization_level=max)\n'
"""Searches for the best placement: slower to compile, faster to run."""


def model_script(
    input: InputSpecification,
    ends: Sequence[EndNode],
    output_layers: Mapping[str, str],
    *,
    calibration_count: int,
    optimization_level: int | None = None,
) -> str:
    """Write the script for ``hailo optimize``.

    ``output_layers`` maps an end node's name to its output layer, such as output_layer1.
    """
    wide = [end for end in ends if end.is_wide]
    sections = [
        _normalisation(input),
        (
            '# All pictures of the calibration set; by default 64 of them.',
            f'model_optimization_config(calibration, calibset_size={calibration_count})',
        ),
    ]
    if optimization_level is not None:
        sections.append(
            (
                '# How hard the quantisation tries; from 2 on it wants a GPU.',
                f'model_optimization_flavor(optimization_level={optimization_level})',
            )
        )
    if wide:
        sections.append(
            (
                f'# Boxes and depth in 16 bits: {_listed(wide, output_layers)}.',
                f'quantization_param([{", ".join(output_layers[end.name] for end in wide)}], '
                'precision_mode=a16_w16)',
            )
        )
    sections += [
        _class_maps(ends, output_layers),
        _suppression(ends),
        (
            '# The best placement instead of the first one found: hours instead of minutes.',
            COMPILE_COMMANDS.rstrip(),
        ),
    ]
    return '\n\n'.join('\n'.join(lines) for lines in sections if lines) + '\n'


def predicted_output_layers(ends: Sequence[EndNode]) -> dict[str, str]:
    """Number the output layers as the parser does where it keeps the order of the end nodes."""
    return {end.name: f'output_layer{number}' for number, end in enumerate(ends, 1)}


def _normalisation(input: InputSpecification) -> tuple[str, ...]:
    if takes_pixels(input):
        return ('# The network takes pixels 0..255 as they are: nothing to normalise.',)
    return (
        '# (pixel - mean) / scale on the chip: the host sends pixels, the set holds pixels.',
        f'normalization1 = normalization({list(input.mean)}, {list(input.scale)})',
    )


def _class_maps(ends: Sequence[EndNode], output_layers: Mapping[str, str]) -> tuple[str, ...]:
    maps = [end for end in ends if end.content == 'classes']
    if not maps:
        return ()
    return (
        '# Argmax is a layer of the network already, so the chip sends one id for each pixel:',
        f'# {_listed(maps, output_layers)}.',
    )


def _suppression(ends: Sequence[EndNode]) -> tuple[str, ...]:
    if not any(end.content == 'boxes' for end in ends):
        return ()
    return (
        '# No nms_postprocess: boxes are decoded and sorted out on the host. These heads come',
        '# activated, and the suppression may run over all classes at once, where the',
        '# compiler only offers raw heads and each class by itself.',
    )


def _listed(ends: Sequence[EndNode], output_layers: Mapping[str, str]) -> str:
    return ', '.join(f'{output_layers[end.name]} = {end.name}' for end in ends)
