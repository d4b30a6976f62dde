# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Who normalises the pixels: the network, or the chip by the model script; never the set."""

from __future__ import annotations

from hailo_perception.models.specification import InputSpecification


def takes_pixels(input: InputSpecification) -> bool:
    """Tell whether the network takes pixels as they are."""
    return all(m == 0 for m in input.mean) and all(s == 1 for s in input.scale)


def normalisation_note(input: InputSpecification) -> str:
    """Say in a sentence who normalises the pixels of a calibration set."""
    if takes_pixels(input):
        return 'The network takes pixels as they are: nothing is left to normalise.'
    return (
        f'The network expects (pixel − {list(input.mean)}) / {list(input.scale)}: "compile" '
        'has the chip do it, so do not normalise the set.'
    )
