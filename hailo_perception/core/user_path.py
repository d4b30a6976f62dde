# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Paths as people write them in parameters, where no shell has read them before."""

from __future__ import annotations

from os.path import expanduser
from pathlib import Path


def user_path(text: str) -> Path:
    """Take a path whose ``~`` is a home; that of a user who is not known stays as it is."""
    return Path(expanduser(text))
