# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the options name is there and can be read, asked before anything is started."""

from __future__ import annotations

from typing import get_args

from hailo_perception.backends.selection import BackendName
from hailo_perception.cli.demo.options import DemoOptions
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.models.catalog import find_model
from hailo_perception.models.manifest import load_manifest
from hailo_perception.vision.calibration_file import load_calibration


def check_inputs(options: DemoOptions) -> None:
    """ConfigurationError or ManifestError where a node could not start with these options."""
    if options.model is not None:
        load_manifest(find_model(options.model))
    if options.backend is not None and options.backend not in get_args(BackendName):
        raise ConfigurationError(
            f"no backend '{options.backend}'; expected one of {', '.join(get_args(BackendName))}"
        )
    if options.calibration is not None:
        load_calibration(options.calibration)
