# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Judge a network, in PyTorch or as exported, on scenes it has not seen.

``python -m training.validate lightnet_compact --onnx FILE --scenes DIR --output FIGURES.json``
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from collections.abc import Iterable
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor

from hailo_perception.evaluation.depth import DepthTally
from hailo_perception.evaluation.detection import Boxes
from hailo_perception.evaluation.detection import DetectionTally
from hailo_perception.evaluation.segmentation import SegmentationTally
from hailo_perception.kernels.selection import load_kernels
from training.dataset import is_judged
from training.dataset import Sample
from training.dataset import Scenes
from training.description import label_set
from training.description import load_description
from training.description import NetworkDescription
from training.export import output_names
from training.network import MultitaskNetwork
from training.tallies import Tallies
from training.targets import decode_boxes
from training.targets import flatten
from training.targets import Grid
from training.targets import make_grid

Predict = Callable[[NDArray[np.uint8]], dict[str, Tensor]]
"""From an image (H, W, 3) uint8 RGB to the activated outputs (1, C, h, w) by name."""

LOWEST_SCORE = 0.02
MOST_BOXES = 300
OVERLAP_REMOVED = 0.45


def predict_with_torch(network: MultitaskNetwork) -> Predict:
    """Run the network in PyTorch."""

    @torch.inference_mode()
    def predict(image: NDArray[np.uint8]) -> dict[str, Tensor]:
        x = torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255
        return network.activate(network(x.contiguous(memory_format=torch.channels_last)))

    return predict


def predict_with_onnx(path: Path, names: list[str]) -> Predict:
    """Run the exported network in ONNX Runtime, on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, ['CPUExecutionProvider'])

    def predict(image: NDArray[np.uint8]) -> dict[str, Tensor]:
        x = np.ascontiguousarray(image.transpose(2, 0, 1)[None], np.float32)
        outputs = session.run(names, {'image': x})
        return {name: torch.from_numpy(value) for name, value in zip(names, outputs)}

    return predict


def find_objects(
    outputs: dict[str, Tensor], description: NetworkDescription, grid: Grid
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Decode one picture's detections: boxes (N, 4), scores and labels (N,), best first."""
    assert description.detection is not None
    heads = [outputs[f'detect_{s}'] for s in description.detection.strides]
    values = flatten(heads, grid)[0]
    score, label = (values[:, 4:5] * values[:, 5:]).max(1)
    kept = (score >= LOWEST_SCORE).nonzero()[:, 0]
    kept = kept[score[kept].argsort(descending=True, stable=True)][: 4 * MOST_BOXES]
    boxes = decode_boxes(values[kept, :4], grid, kept).numpy()
    limit = np.tile((description.width, description.height), 2)
    boxes = np.clip(boxes, 0, limit).astype(np.float32)
    one_group = np.zeros(len(boxes), np.int32)
    chosen = load_kernels().suppress(boxes, one_group, OVERLAP_REMOVED, MOST_BOXES)
    return boxes[chosen], score[kept].numpy()[chosen], label[kept].numpy()[chosen]


def depth_in_metres(
    value: Tensor, description: NetworkDescription, fx: float
) -> NDArray[np.float32]:
    """Turn the depth output (1, 1, h, w) into metres for a camera of ``fx`` input pixels."""
    depth = description.depth_range
    assert depth is not None
    canonical = depth.minimum_m * (depth.maximum_m / depth.minimum_m) ** value[0, 0].numpy()
    return np.asarray(canonical * (fx / depth.focal_length_px), np.float32)


def validate(
    predict: Predict, samples: Iterable[Sample], description: NetworkDescription
) -> dict[str, float]:
    """Compute the figures of a network's tasks over samples, as the package's evaluation does.

    Names are those of the manifest's ``metrics``; NaN for a class that does not occur. Objects
    of YOLOX heads are not judged here; NotImplementedError for a network that has nothing else.
    """
    tallies, head = _tallies(description), description.detection
    if tallies == Tallies():
        raise NotImplementedError(
            f'{description.name}: expected heads with anchors, class maps or depth, found none; '
            'judge the exported network with hailo-perception evaluate'
        )
    grid = make_grid(head, description.width, description.height) if head else None
    for sample in samples:
        outputs = predict(sample.image)
        if tallies.objects and grid:
            boxes, scores, labels = find_objects(outputs, description, grid)
            truth = Boxes(sample.boxes, sample.labels)
            tallies.objects.add(Boxes(boxes, labels), scores, truth, is_judged(sample))
        for task, tally in tallies.maps.items():
            found_ids = outputs[task][0].argmax(0).numpy().astype(np.uint8)
            tally.add(getattr(sample, task), found_ids)
        if tallies.depth:
            found_m = depth_in_metres(outputs['depth'], description, sample.fx)
            tallies.depth.add(sample.depth_m, found_m)
    return tallies.figures()


def _tallies(description: NetworkDescription) -> Tallies:
    maps = {}
    if description.semantic:
        maps['semantic'] = SegmentationTally(label_set(description.semantic_classes))
    if description.lane:
        background = description.lane_classes[0].name
        maps['lane'] = SegmentationTally(label_set(description.lane_classes), background)
    objects = None
    if description.detection:
        objects = DetectionTally(label_set(description.detection_classes))
    return Tallies(objects, maps, DepthTally() if description.depth else None)


def main() -> None:
    """Print the figures of an exported network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('network')
    parser.add_argument('--onnx', type=Path, required=True)
    parser.add_argument('--scenes', type=Path, required=True)
    parser.add_argument('--output', type=Path)
    arguments = parser.parse_args()
    description = load_description(arguments.network)
    scenes = Scenes(arguments.scenes)
    predict = predict_with_onnx(arguments.onnx, output_names(description))
    figures = validate(predict, (scenes[i] for i in range(len(scenes))), description)
    text = json.dumps(figures, indent=1)
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding='utf-8')


if __name__ == '__main__':
    main()
