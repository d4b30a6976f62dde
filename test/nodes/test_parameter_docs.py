# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The page of parameters is what the nodes declare."""

from __future__ import annotations

from pathlib import Path
import runpy

import pytest

pytest.importorskip('rclpy')

DOCS = Path(__file__).parents[2] / 'docs'


def test_parameters_page_is_current() -> None:
    """Run docs/write_parameters.py after a change of a table."""
    script = runpy.run_path(str(DOCS / 'write_parameters.py'))
    assert (DOCS / 'parameters.md').read_text(encoding='utf-8') == script['parameters_page']()
