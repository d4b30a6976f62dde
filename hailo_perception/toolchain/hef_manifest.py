# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The manifest of a compiled network: the same tasks, the outputs' names in the executable."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.toolchain.end_nodes import EndNode


def hef_manifest(
    manifest: ModelManifest,
    executable: Path,
    path: Path,
    ends: Sequence[EndNode],
    names: Mapping[str, str],
    made_with: str,
) -> ModelManifest:
    """Describe the executable; ``names`` maps an end node's name to the output's in the HEF.

    Class maps are ids from the device. Scales and zero points stand in the HEF, not here. The
    figures of the original are left out: nobody measured this network.
    """
    detection, depth = manifest.detection, manifest.depth
    semantic, lane = manifest.semantic, manifest.lane
    output_of = {end.task: names[end.name] for end in ends}
    boxes = tuple(names[end.name] for end in ends if end.content == 'boxes')
    return replace(
        manifest,
        path=path,
        files={'hef': executable},
        description=f'{manifest.description} {made_with}'.strip(),
        detection=detection and replace(detection, outputs=boxes),
        semantic=semantic and _ids_from_device(semantic, output_of['semantic']),
        lane=lane and _ids_from_device(lane, output_of['lane']),
        depth=depth and replace(depth, output=output_of['depth']),
        metrics={},
    )


def _ids_from_device(task: SegmentationSpecification, output: str) -> SegmentationSpecification:
    return replace(task, decoder='argmax', output=output, scores=None)
