# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The data sets that can be read, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.evaluation.recordings import bdd100k
from hailo_perception.evaluation.recordings import camvid
from hailo_perception.evaluation.recordings import cityscapes
from hailo_perception.evaluation.recordings import kitti_object
from hailo_perception.evaluation.recordings import kitti_raw
from hailo_perception.evaluation.recordings import pandaset
from hailo_perception.evaluation.recordings.recording import Recording
from hailo_perception.evaluation.recordings.recording import RecordingOptions

READERS: dict[str, Callable[[Path, RecordingOptions], Recording]] = {
    bdd100k.DATASET: bdd100k.open_bdd100k,
    camvid.DATASET: camvid.open_camvid,
    cityscapes.DATASET: cityscapes.open_cityscapes,
    kitti_object.DATASET: kitti_object.open_kitti_object,
    kitti_raw.DATASET: kitti_raw.open_kitti_raw,
    pandaset.DATASET: pandaset.open_pandaset,
}

WITH_LIDAR = (kitti_object.DATASET, kitti_raw.DATASET, pandaset.DATASET)
"""Those of them that tell distances."""


def open_recording(dataset: str, data: Path, options: RecordingOptions) -> Recording:
    """Open a folder of a data set; ConfigurationError when it is not as that data set is."""
    try:
        reader = READERS[dataset]
    except KeyError:
        raise ConfigurationError(
            f"no data set '{dataset}'; those that can be read are {', '.join(READERS)}"
        ) from None
    return reader(data, options)
