# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""From a trained network to what the package ships: an ONNX file and its manifest.

``python -m training.export lightnet_compact --weights CHECKPOINT --metrics FIGURES --output DIR``
"""

from __future__ import annotations

import argparse
import copy
import json
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import nn
from torch import Tensor
import yaml

from training.description import ClassDescription
from training.description import load_description
from training.description import NetworkDescription
from training.network import dense_tasks
from training.network import MultitaskNetwork

ALLOWED_OPERATORS = frozenset({'Conv', 'Relu', 'Concat', 'Resize', 'Sigmoid', 'MaxPool'})
"""Operators the Hailo compiler maps to the device, and all that an export may contain."""

OPSET = 18
MANIFEST_VERSION = 1
ATTRIBUTION = (
    'hailo_perception maintainers; trained only on pictures rendered by hailo_perception.scenes'
)


class ExportError(RuntimeError):
    """An exported graph that a device could not run."""


class DeployedNetwork(nn.Module):
    """The network as a device runs it: pixels 0–255 in, activated outputs in a fixed order.

    Batch norm and the division by 255 are folded into the convolutions.
    """

    def __init__(self, network: MultitaskNetwork) -> None:
        super().__init__()
        self.network = fold(network)
        self.names = output_names(network.description)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Map (N, 3, H, W) float32 RGB within 0…255 to the outputs of ``names``."""
        outputs = self.network.activate(self.network(image))
        return tuple(outputs[name] for name in self.names)


def output_names(description: NetworkDescription) -> list[str]:
    """Name the outputs in the order in which they are exported."""
    strides = description.detection.strides if description.detection else ()
    return [f'detect_{s}' for s in strides] + [name for name, _, _ in dense_tasks(description)]


def fold(network: MultitaskNetwork) -> MultitaskNetwork:
    """Copy a network with batch norms, and the input's 1/255, folded into its convolutions."""
    folded = copy.deepcopy(network).eval().float()
    for module in list(folded.modules()):
        if isinstance(module, nn.Sequential):
            _fold_norms(module)
    first = next(m for m in folded.modules() if isinstance(m, nn.Conv2d))
    with torch.no_grad():
        first.weight /= 255
    return folded


def _fold_norms(sequence: nn.Sequential) -> None:
    for index in range(len(sequence) - 1):
        convolution, norm = sequence[index], sequence[index + 1]
        if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            sequence[index] = nn.utils.fuse_conv_bn_eval(convolution, norm)
            sequence[index + 1] = nn.Identity()


def export_onnx(network: MultitaskNetwork, path: Path) -> None:
    """Write the network as ONNX with static shapes; ExportError for a foreign operator."""
    description = network.description
    deployed = DeployedNetwork(network).eval()
    image = torch.zeros(1, 3, description.height, description.width)
    torch.onnx.export(
        deployed,
        (image,),
        str(path),
        input_names=['image'],
        output_names=deployed.names,
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    model = onnx.load(str(path))
    _strip(model)
    onnx.checker.check_model(model, full_check=True)
    foreign = {node.op_type for node in model.graph.node} - ALLOWED_OPERATORS
    if foreign:
        raise ExportError(
            f'{path}: operators {sorted(foreign)} are not among {sorted(ALLOWED_OPERATORS)}'
        )
    onnx.save(model, str(path))


def _strip(model: onnx.ModelProto) -> None:
    """Drop what the exporter notes about the source code of the machine it ran on."""
    graph = model.graph
    del model.metadata_props[:]
    for item in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info):
        del item.metadata_props[:]
        item.doc_string = ''


def manifest(
    description: NetworkDescription, metrics: dict[str, float], score_threshold: float
) -> dict[str, Any]:
    """Write down what a program must know to use the network; the form is the package's."""
    tasks: dict[str, Any] = {}
    if description.detection:
        tasks['detection'] = {
            'decoder': 'yolo_new_coords',
            'outputs': [f'detect_{s}' for s in description.detection.strides],
            'anchors': [
                [list(anchor) for anchor in anchors] for anchors in description.detection.anchors
            ],
            'classes': _classes(description.detection_classes),
            'score_threshold': score_threshold,
            'iou_threshold': 0.45,
            'nms': 'class_agnostic',
        }
    if description.semantic:
        tasks['semantic'] = {
            'decoder': 'scores',
            'output': 'semantic',
            'classes': _classes(description.semantic_classes),
        }
    if description.lane:
        tasks['lane'] = {
            'decoder': 'scores',
            'output': 'lane',
            'classes': _classes(description.lane_classes),
            'background': description.lane_classes[0].name,
        }
    if description.depth and description.depth_range:
        depth = description.depth_range
        tasks['depth'] = {
            'decoder': 'logarithmic',
            'output': 'depth',
            'minimum_m': depth.minimum_m,
            'maximum_m': depth.maximum_m,
            'focal_length_px': depth.focal_length_px,
            'valid_range_m': list(depth.valid_range_m),
        }
    result: dict[str, Any] = {
        'manifest_version': MANIFEST_VERSION,
        'name': description.name,
        'description': description.summary,
        'licence': 'Apache-2.0',
        'attribution': ATTRIBUTION,
        'files': {'onnx': f'{description.name}.onnx'},
        'input': {
            'width': description.width,
            'height': description.height,
            'color_order': 'rgb',
            'resize': 'stretch',
            'interpolation': 'linear',
        },
        'tasks': tasks,
    }
    if metrics:
        result['metrics'] = {name: round(float(value), 4) for name, value in metrics.items()}
    return result


def _classes(classes: tuple[ClassDescription, ...]) -> list[dict[str, Any]]:
    return [
        {'name': c.name, 'color': list(c.color)}
        | ({'members': list(c.members)} if c.members else {})
        for c in classes
    ]


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    """YAML with short lists and classes on one line."""


def _represent_mapping(dumper: yaml.SafeDumper, value: dict[str, Any]) -> yaml.Node:
    return dumper.represent_mapping(
        'tag:yaml.org,2002:map', value.items(), flow_style='color' in value
    )


def _represent_sequence(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    return dumper.represent_sequence(
        'tag:yaml.org,2002:seq', value, flow_style=not _is_nested(value)
    )


def _is_nested(value: list[Any]) -> bool:
    return any(
        isinstance(v, dict) or (isinstance(v, list) and isinstance(v[0], list)) for v in value
    )


_Dumper.add_representer(dict, _represent_mapping)
_Dumper.add_representer(list, _represent_sequence)


def write_manifest(content: dict[str, Any], path: Path) -> None:
    """Write a manifest as readable YAML."""
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=99)
    path.write_text(text, encoding='utf-8')


def main() -> None:
    """Export a checkpoint, or an untrained network when none is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('network')
    parser.add_argument('--weights', type=Path, help='checkpoint written by training.train')
    parser.add_argument('--metrics', type=Path, help='JSON of figures for the manifest')
    parser.add_argument('--score-threshold', type=float, default=0.3)
    parser.add_argument('--output', type=Path, required=True)
    arguments = parser.parse_args()
    description = load_description(arguments.network)
    network = MultitaskNetwork(description)
    if arguments.weights:
        checkpoint = torch.load(arguments.weights, map_location='cpu', weights_only=True)
        network.load_state_dict(checkpoint['average'])
    metrics = json.loads(arguments.metrics.read_text()) if arguments.metrics else {}
    arguments.output.mkdir(parents=True, exist_ok=True)
    export_onnx(network, arguments.output / f'{description.name}.onnx')
    write_manifest(
        manifest(description, metrics, arguments.score_threshold),
        arguments.output / f'{description.name}.yaml',
    )


if __name__ == '__main__':
    main()
