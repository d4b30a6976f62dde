# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What must be installed for a run, asked before anything is started."""

from __future__ import annotations

from importlib.util import find_spec

from hailo_perception.cli.demo.options import DemoOptions
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.optional_parts import pip_install
from hailo_perception.ros.requirements import require_ros


def require_parts(options: DemoOptions) -> None:
    """MissingDependencyError names the first part that is missing and how to get it."""
    require_ros()
    if options.is_recording and find_spec('mcap') is None:
        raise MissingDependencyError(
            'mcap',
            'for the recording',
            f"{pip_install('mcap')}, or leave the recording out with --no-record",
        )
    if options.has_rerun_recording and find_spec('rerun') is None:
        raise MissingDependencyError(
            'rerun-sdk',
            'for the Rerun recording',
            f"{pip_install('rerun')}, or leave out --rerun",
        )
