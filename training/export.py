# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""From a trained network to what the package ships: an ONNX file and its manifest.

``python -m training.export lightnet_compact --weights CHECKPOINT --metrics FIGURES --output DIR``

Every output's last node bears the output's own name (of a class map that is the ArgMax), so that
the names in the manifest are also the end nodes to give to the Hailo parser.
"""

from __future__ import annotations

import argparse
import copy
import json
from pathlib import Path
from pickle import UnpicklingError
import re
from typing import Any
from typing import get_args

import onnx
import torch
from torch import nn
from torch import Tensor
import yaml

from training.description import ClassDescription
from training.description import ClassMaps
from training.description import load_description
from training.description import NetworkDescription
from training.description import Picture
from training.form import DescriptionError
from training.network import dense_tasks
from training.network import MultitaskNetwork
from training.operators import objections
from training.variants import at_size

OPSET = 18
IR_VERSION = 9
"""Version of the file's form, that of ONNX 1.15: the exporter's own needs newer libraries."""
MANIFEST_VERSION = 1
ATTRIBUTION = (
    'hailo_perception maintainers; trained only on pictures rendered by hailo_perception.scenes'
)
UNTRAINED = 'untrained: random weights, to try and to measure the network only'
CLASS_MAP_TASKS = ('semantic', 'lane')
ARGMAX_SUFFIX = '/argmax'


class ExportError(RuntimeError):
    """Weights that do not belong to a network, or a graph that a device could not run."""


class DeployedNetwork(nn.Module):
    """The network as a device runs it: pixels 0–255 in, activated outputs in a fixed order.

    Batch norm, the division by 255 and the order of colours are folded into the convolutions.
    """

    def __init__(self, network: MultitaskNetwork, class_maps: ClassMaps = 'scores') -> None:
        super().__init__()
        self.network = fold(network)
        self.names = output_names(network.description, class_maps)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Map (N, 3, H, W) float32 within 0…255 to the outputs of ``names``.

        Class ids are (N, 1, h, w) uint8, all else is float32.
        """
        outputs = self.network.activate(self.network(image))
        return tuple(
            outputs[name.removesuffix(ARGMAX_SUFFIX)].argmax(1, keepdim=True).to(torch.uint8)
            if name.endswith(ARGMAX_SUFFIX)
            else outputs[name]
            for name in self.names
        )


def output_names(description: NetworkDescription, class_maps: ClassMaps = 'scores') -> list[str]:
    """Name the outputs in the order in which they are exported."""
    return [f'detect_{s}' for s in description.detection_strides] + [
        _dense_output(name, class_maps) for name, _, _ in dense_tasks(description)
    ]


def _dense_output(task: str, class_maps: ClassMaps) -> str:
    is_ids = class_maps == 'argmax' and task in CLASS_MAP_TASKS
    return task + ARGMAX_SUFFIX if is_ids else task


def fold(network: MultitaskNetwork) -> MultitaskNetwork:
    """Copy a network with its batch norms folded into its convolutions.

    So are the input's 1/255 and, for a network that is fed with BGR, the order of colours: in
    training every network sees RGB within 0…1.
    """
    folded = copy.deepcopy(network).eval().float()
    for module in list(folded.modules()):
        if isinstance(module, nn.Sequential):
            _fold_norms(module)
    first = next(m for m in folded.modules() if isinstance(m, nn.Conv2d))
    with torch.no_grad():
        first.weight /= 255
        if network.description.picture.color_order == 'bgr':
            first.weight.copy_(first.weight.flip(1))
    return folded


def _fold_norms(sequence: nn.Sequential) -> None:
    for index in range(len(sequence) - 1):
        convolution, norm = sequence[index], sequence[index + 1]
        if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            sequence[index] = nn.utils.fuse_conv_bn_eval(convolution, norm)
            sequence[index + 1] = nn.Identity()


def export_onnx(network: MultitaskNetwork, path: Path, class_maps: ClassMaps = 'scores') -> None:
    """Write the network as ONNX with static shapes; ExportError for what a device cannot run."""
    description = network.description
    deployed = DeployedNetwork(network, class_maps).eval()
    image = torch.zeros(1, 3, description.height, description.width)
    program = torch.onnx.export(
        deployed,
        (image,),
        input_names=['image'],
        output_names=deployed.names,
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    model = program.model_proto
    _strip(model)
    _name_ends(model)
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model, full_check=True)
    refused = objections(model)
    if refused:
        raise ExportError('\n'.join(f'{path}: {objection}' for objection in refused))
    onnx.save(model, str(path))


def _name_ends(model: onnx.ModelProto) -> None:
    """Call every output's last node by the output's name, a class map's ArgMax before its Cast."""
    producers = {name: node for node in model.graph.node for name in node.output}
    for value in model.graph.output:
        node = producers[value.name]
        if node.op_type == 'Cast':
            node.name = f'{value.name}/bytes'
            node = producers[node.input[0]]
        node.name = value.name


def _strip(model: onnx.ModelProto) -> None:
    """Drop what the exporter notes about the source code of the machine it ran on."""
    graph = model.graph
    del model.metadata_props[:]
    for item in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info):
        del item.metadata_props[:]
        item.doc_string = ''


def manifest(
    description: NetworkDescription,
    metrics: dict[str, float],
    score_threshold: float,
    *,
    class_maps: ClassMaps = 'scores',
    attribution: str = ATTRIBUTION,
) -> dict[str, Any]:
    """Write down what a program must know to use the network; the form is the package's."""
    tasks: dict[str, Any] = {}
    if description.detection_strides:
        tasks['detection'] = _detection(description, score_threshold)
    if description.semantic:
        tasks['semantic'] = {
            **_class_map_form(class_maps),
            'output': _dense_output('semantic', class_maps),
            'classes': _classes(description.semantic_classes),
        }
    if description.lane:
        tasks['lane'] = {
            **_class_map_form(class_maps),
            'output': _dense_output('lane', class_maps),
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
        'attribution': attribution,
        'files': {'onnx': f'{description.name}.onnx'},
        'input': {'width': description.width, 'height': description.height}
        | _picture(description.picture),
        'tasks': tasks,
    }
    if metrics:
        result['metrics'] = {name: round(float(value), 4) for name, value in metrics.items()}
    return result


def _detection(description: NetworkDescription, score_threshold: float) -> dict[str, Any]:
    head = description.detection
    anchors = head.anchors if head else ()
    return {
        'decoder': 'yolo_new_coords' if head else 'yolox',
        'outputs': [f'detect_{s}' for s in description.detection_strides],
        **({'anchors': [[list(anchor) for anchor in scale] for scale in anchors]} if head else {}),
        'classes': _classes(description.detection_classes),
        'score_threshold': score_threshold,
        'iou_threshold': 0.45,
        'nms': 'class_agnostic',
    }


def _class_map_form(class_maps: ClassMaps) -> dict[str, str]:
    """Say how a class map is read; scores leave the network as its last convolution gives them."""
    return {'decoder': class_maps} | ({'scores': 'logits'} if class_maps == 'scores' else {})


def _picture(picture: Picture) -> dict[str, str]:
    anchor = {'anchor': picture.anchor} if picture.resize == 'letterbox' else {}
    return {
        'color_order': picture.color_order,
        'resize': picture.resize,
        **anchor,
        'interpolation': picture.interpolation,
    }


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


def load_average(network: MultitaskNetwork, path: Path) -> None:
    """Load the running average of a checkpoint; ExportError when it is not of this network."""
    try:
        checkpoint = torch.load(path, map_location='cpu', weights_only=True)
        network.load_state_dict(checkpoint['average'])
    except (EOFError, OSError, UnpicklingError, KeyError, TypeError, RuntimeError) as error:
        raise ExportError(
            f"{path}: expected a checkpoint of '{network.description.name}' as training.train "
            f'writes it, found {type(error).__name__}: {error}'
        ) from error


def size_of(text: str) -> tuple[int, int]:
    """Read WIDTHxHEIGHT; argparse says what was wrong."""
    found = re.fullmatch(r'(\d+)x(\d+)', text)
    if not found:
        raise argparse.ArgumentTypeError(f'expected WIDTHxHEIGHT, such as 640x384, got {text!r}')
    return int(found[1]), int(found[2])


def main() -> None:
    """Export a checkpoint, or an untrained network when none is given."""
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('network', help='name of a description, or its file')
    parser.add_argument('--weights', type=Path, help='checkpoint written by training.train')
    parser.add_argument('--metrics', type=Path, help='JSON of figures for the manifest')
    parser.add_argument('--score-threshold', type=float, default=0.3)
    parser.add_argument(
        '--class-maps',
        choices=get_args(ClassMaps),
        help='how class maps leave the network: a score per class, or the best class as uint8 '
        '(default: what the description says)',
    )
    parser.add_argument(
        '--size', type=size_of, help="WIDTHxHEIGHT in pixels in place of the description's"
    )
    parser.add_argument('--attribution', help='whose data the weights have seen, for the manifest')
    parser.add_argument('--output', type=Path, required=True, help='folder for both files')
    arguments = parser.parse_args()
    try:
        description = load_description(arguments.network)
        if arguments.size:
            description = at_size(description, *arguments.size)
    except DescriptionError as error:
        parser.error(str(error))
    class_maps: ClassMaps = arguments.class_maps or description.class_maps
    network = MultitaskNetwork(description)
    metrics = json.loads(arguments.metrics.read_text()) if arguments.metrics else {}
    arguments.output.mkdir(parents=True, exist_ok=True)
    onnx_path = arguments.output / f'{description.name}.onnx'
    try:
        if arguments.weights:
            load_average(network, arguments.weights)
        export_onnx(network, onnx_path, class_maps)
    except ExportError as error:
        parser.error(str(error))
    content = manifest(
        description,
        metrics,
        arguments.score_threshold,
        class_maps=class_maps,
        attribution=arguments.attribution or (ATTRIBUTION if arguments.weights else UNTRAINED),
    )
    write_manifest(content, onnx_path.with_suffix('.yaml'))


if __name__ == '__main__':
    main()
