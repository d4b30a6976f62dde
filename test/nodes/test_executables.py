# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The executables where a node cannot run: one line and a status, no traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest

# As good as not installed, for whoever looks for it and for whoever imports it.
RUN_WITHOUT = """
import sys
missing, name = sys.argv[1:]
sys.modules[missing] = None
from hailo_perception.nodes import executables
sys.exit(getattr(executables, name)())
"""


@pytest.mark.parametrize('name', ['perception_node', 'anonymizer_node', 'camera_node'])
@pytest.mark.parametrize('missing', ['rclpy', 'hailo_perception.msg'])
def test_without_what_pip_leaves_out(missing: str, name: str) -> None:
    done = subprocess.run(
        [sys.executable, '-c', RUN_WITHOUT, missing, name],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ''
    (line,) = done.stderr.splitlines()
    assert line.startswith(f'{name}: {missing} is needed')
