# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a camera can be called: its name is part of parameters and topics."""

from __future__ import annotations

import re

CAMERA_NAME_RULE = 'a letter, then letters, digits and underscores'
_LEGAL_NAME = re.compile(r'[A-Za-z][A-Za-z0-9_]*')


def is_camera_name(name: str) -> bool:
    """Tell whether a camera can be called so."""
    return _LEGAL_NAME.fullmatch(name) is not None
