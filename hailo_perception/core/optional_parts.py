# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The Python parts that may be missing, and the command that brings them.

It names their own packages. An extra of this package would bring nothing: its name is in no
index, and where a ROS workspace has installed it, pip takes it for installed, without extras.
"""

from __future__ import annotations

from collections.abc import Iterable

_REQUIREMENTS = {
    'mcap': ('mcap',),
    'numba': ('numba',),
    'onnx': ('onnx',),
    'onnxruntime': ('onnxruntime',),
    'rerun': ('rerun-sdk>=0.25',),
    'rich': ('rich',),
    # trackers brings opencv-python, whose version 5 does not go with what the package needs.
    'trackers': ('trackers>=2.6', 'opencv-python<5'),
}
"""What pip has to be asked for, by the module that it brings: the newest, within the bounds."""
_SPECIAL = frozenset('<>[]*?')
"""Characters that a shell would take for its own."""


def requirements_of(*modules: str) -> tuple[str, ...]:
    """List what pip has to be asked for to have these modules; KeyError for another's."""
    return tuple(requirement for module in modules for requirement in _REQUIREMENTS[module])


def pip_install(*modules: str) -> str:
    """Write the command that brings these modules; KeyError for one that is not optional here."""
    return pip_command(requirements_of(*modules))


def pip_command(requirements: Iterable[str], *options: str) -> str:
    """Write a command that any shell takes as it stands."""
    words = [f"'{text}'" if _SPECIAL & set(text) else text for text in requirements]
    return ' '.join(['pip', 'install', *options, *words])
