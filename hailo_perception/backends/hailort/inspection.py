# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is in a HEF file, read without a device."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hailo_perception.backends.hailort.circumstances import Circumstances
from hailo_perception.backends.hailort.circumstances import Stage
from hailo_perception.backends.hailort.diagnosis import check_hef_file
from hailo_perception.backends.hailort.diagnosis import explain
from hailo_perception.backends.hailort.host import compiled_architecture
from hailo_perception.backends.hailort.network import network_group
from hailo_perception.backends.hailort.network import Streams
from hailo_perception.backends.hailort.network import streams_of_hef
from hailo_perception.backends.hailort.runtime import load_runtime
from hailo_perception.core.errors import HailoPerceptionError


@dataclass(frozen=True, slots=True)
class HefContent:
    """One network of a HEF; ``architecture`` is the chip's name, None where nobody tells."""

    network_group: str
    architecture: str | None
    library_version: str
    streams: Streams


def inspect_hef(path: Path, group: str = '') -> HefContent:
    """Read a HEF; HefError or MissingDependencyError say what is in the way."""
    check_hef_file(path)
    runtime = load_runtime()
    try:
        hef = runtime.read_hef(str(path))
        chosen = network_group(hef, group)
        streams = streams_of_hef(hef, chosen)
    except HailoPerceptionError:
        raise
    except Exception as error:
        known = Circumstances(path, library_version=runtime.version)
        raise explain(error, Stage.LOAD, known) from error
    return HefContent(chosen, compiled_architecture(path), runtime.version, streams)
