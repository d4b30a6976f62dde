# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a calibration set must know of a model beyond its manifest."""

from __future__ import annotations

from hailo_perception.models.files import require_file
from hailo_perception.models.specification import ModelManifest
from hailo_perception.toolchain.checks import bind_network
from hailo_perception.toolchain.network import read_network


def letterbox_alignment(manifest: ModelManifest) -> int:
    """Say on which multiples of input pixels a letterboxed picture lies, as in a node.

    It depends on the strides of the outputs, so the network is read; a stretched input needs
    none of that. ManifestError or MissingDependencyError when the network cannot be read.
    """
    if manifest.input.resize == 'stretch':
        return 1
    return bind_network(manifest, read_network(require_file(manifest, 'onnx'))).alignment
