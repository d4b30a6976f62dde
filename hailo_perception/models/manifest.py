# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Reading and writing model manifests: YAML to checked values and back."""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import os
from pathlib import Path
from typing import Any
from typing import get_args

import yaml

from hailo_perception.core.errors import ManifestError
from hailo_perception.core.frame import ColorOrder
from hailo_perception.core.image_transform import Anchor
from hailo_perception.core.image_transform import ResizeMode
from hailo_perception.core.labels import distinct_color
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.labels import UNLABELLED
from hailo_perception.models import document
from hailo_perception.models.document import Node
from hailo_perception.models.files import file_problem
from hailo_perception.models.specification import DepthDecoder
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionDecoder
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import Interpolation
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import NonMaximumSuppression
from hailo_perception.models.specification import ScoreKind
from hailo_perception.models.specification import SegmentationDecoder
from hailo_perception.models.specification import SegmentationSpecification

MANIFEST_VERSION = 1
_UNICODE_LINE_ENDS = frozenset('\x85\u2028\u2029')
FILE_KINDS = ('onnx', 'hef', 'replay')
MAX_INPUT_LENGTH = 16384
"""Input width and height beyond this are a typing error, in pixels."""


def load_manifest(path: str | Path) -> ModelManifest:
    """Read and check a manifest.

    The files it names are relative to it; at least one must be there and whole. ManifestError
    names the file, the key, what was expected, what was found, and what to do.
    """
    root = document.read_document(Path(path))
    manifest = _manifest(root)
    problems = [file_problem(file) for file in manifest.files.values()]
    if all(problems):
        raise root.child('files', None).error(
            'at least one usable file', 'none', '; '.join(filter(None, problems))
        )
    return manifest


def write_manifest(manifest: ModelManifest, path: str | Path) -> None:
    """Write a manifest that load_manifest reads back; ManifestError if it could not.

    Files below the manifest's folder are written relative to it, others as absolute paths.
    """
    Path(path).write_text(manifest_text(manifest, path), encoding='utf-8')


def manifest_text(manifest: ModelManifest, path: str | Path) -> str:
    """Make the text that write_manifest writes to a path."""
    path = Path(path)
    content = {
        'manifest_version': MANIFEST_VERSION,
        'name': manifest.name,
        'description': manifest.description,
        'licence': manifest.licence,
        'attribution': manifest.attribution,
        'files': {kind: _relative(file, path) for kind, file in manifest.files.items()},
        'input': _content(manifest.input),
        'tasks': {
            task: _content(getattr(manifest, task))
            for task in _TASK_READERS
            if getattr(manifest, task) is not None
        },
        'metrics': {name: float(value) for name, value in manifest.metrics.items()},
    }
    _manifest(Node(path, '', content))
    # None puts the innermost lists, such as one anchor or colour, on one line.
    return yaml.dump(
        content,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=99,
        default_flow_style=None,
    )


class _Dumper(yaml.SafeDumper):
    """YAML's safe subset; as plain text PyYAML writes ends of lines that it reads as spaces."""


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if _UNICODE_LINE_ENDS.intersection(text) else None
    return dumper.represent_scalar('tag:yaml.org,2002:str', text, style)


_Dumper.add_representer(str, _represent_text)


def _manifest(root: Node) -> ModelManifest:
    values = root.fields(
        required={
            'manifest_version': _version,
            'name': document.name,
            'files': _files,
            'input': _input,
            'tasks': _tasks,
        },
        optional={
            'description': document.text,
            'licence': document.text,
            'attribution': document.text,
            'metrics': _metrics,
        },
    )
    del values['manifest_version']
    return ModelManifest(path=root.file, **values.pop('tasks'), **values)


def _version(node: Node) -> int:
    if node.value != MANIFEST_VERSION or isinstance(node.value, bool):
        raise node.error(
            str(MANIFEST_VERSION), remedy='this version of hailo_perception reads no other'
        )
    return MANIFEST_VERSION


def _files(node: Node) -> dict[str, Path]:
    files = node.fields(required={}, optional={kind: document.name for kind in FILE_KINDS})
    if not files:
        raise node.error(f'at least one of {", ".join(FILE_KINDS)}', 'none')
    return {kind: node.file.parent / file for kind, file in files.items()}


def _input(node: Node) -> InputSpecification:
    length = document.integer(1, MAX_INPUT_LENGTH)
    return InputSpecification(
        **node.fields(
            required={'width': length, 'height': length},
            optional={
                'color_order': document.choice(*get_args(ColorOrder)),
                'resize': document.choice(*get_args(ResizeMode)),
                'anchor': document.choice(*get_args(Anchor)),
                'interpolation': document.choice(*get_args(Interpolation)),
                'padding_value': document.integer(0, 255),
                'mean': document.list_of(document.number(), exactly=3),
                'scale': document.list_of(document.positive, exactly=3),
            },
        )
    )


def _tasks(node: Node) -> dict[str, Any]:
    tasks = node.fields(required={}, optional=_TASK_READERS)
    if not tasks:
        raise node.error(f'at least one of {", ".join(_TASK_READERS)}', 'none')
    return tasks


def _detection(node: Node) -> DetectionSpecification:
    probability = document.number(0, 1)
    anchor = document.list_of(document.positive, exactly=2)
    values = node.fields(
        required={
            'decoder': document.choice(*get_args(DetectionDecoder)),
            'outputs': document.list_of(document.name, at_least=1),
            'classes': _classes,
        },
        optional={
            'anchors': document.list_of(document.list_of(anchor, at_least=1)),
            'score_threshold': probability,
            'iou_threshold': probability,
            'nms': document.choice(*get_args(NonMaximumSuppression)),
        },
    )
    specification = DetectionSpecification(labels=values.pop('classes'), **values)
    _check_detection(node, specification)
    return specification


def _check_detection(node: Node, detection: DetectionSpecification) -> None:
    outputs, anchors = len(detection.outputs), len(detection.anchors)
    if len(set(detection.outputs)) != outputs:
        raise node.child('outputs', None).error('different names', 'a name that occurs twice')
    if detection.decoder == 'hailo_nms' and outputs != 1:
        raise node.child('outputs', None).error(
            'one output', str(outputs), 'a network with NMS inside gives all boxes in one tensor'
        )
    expected = outputs if detection.decoder == 'yolo_new_coords' else 0
    if anchors != expected:
        raise node.child('anchors', None).error(
            f'{expected} lists, one for each output' if expected else 'no anchors',
            f'{anchors}',
            f'the decoder is {detection.decoder}, the outputs are {", ".join(detection.outputs)}',
        )


def _segmentation(node: Node) -> SegmentationSpecification:
    values = node.fields(
        required={
            'decoder': document.choice(*get_args(SegmentationDecoder)),
            'output': document.name,
            'classes': _classes,
        },
        optional={
            'background': document.nullable(document.name),
            'scores': document.nullable(document.choice(*get_args(ScoreKind))),
        },
    )
    scores = values.get('scores')
    if scores is not None and values['decoder'] != 'scores':
        raise node.child('scores', scores).error(
            f'nothing with the decoder {values["decoder"]}, which has no scores'
        )
    labels: LabelSet = values.pop('classes')
    background = values.get('background')
    if background is not None and background not in labels.names:
        raise node.child('background', background).error(
            f'null or one of the classes {", ".join(labels.names)}',
            remedy=document.nearest(background, labels.names),
        )
    return SegmentationSpecification(labels=labels, **values)


def _depth(node: Node) -> DepthSpecification:
    specification = DepthSpecification(
        **node.fields(
            required={
                'decoder': document.choice(*get_args(DepthDecoder)),
                'output': document.name,
                'maximum_m': document.positive,
            },
            optional={
                'minimum_m': document.number(minimum=0),
                'focal_length_px': document.nullable(document.positive),
                'valid_range_m': document.list_of(document.number(minimum=0), exactly=2),
            },
        )
    )
    minimum, maximum = specification.minimum_m, specification.maximum_m
    if minimum >= maximum:
        raise node.child('minimum_m', minimum).error(f'less than maximum_m, which is {maximum:g}')
    if specification.decoder != 'linear' and minimum <= 0:
        raise node.child('minimum_m', minimum).error(
            f'a number above 0 for the decoder {specification.decoder}'
        )
    near, far = specification.valid_range_m
    if near >= far:
        raise node.child('valid_range_m', None).error(
            'the nearer end first', f'[{near:g}, {far:g}]'
        )
    return specification


def _classes(node: Node) -> LabelSet:
    items = node.items(at_least=1)
    if len(items) > UNLABELLED:
        raise node.error(f'at most {UNLABELLED} classes', str(len(items)))
    labels = [_label(i, item) for i, item in enumerate(items)]
    names: set[str] = set()
    members: set[str] = set()
    for label, item in zip(labels, items, strict=True):
        if label.name in names:
            raise item.error('a class name of its own', f"'{label.name}' a second time")
        for member in label.members:
            if member in members:
                raise item.error('members of its own', f"'{member}' in an earlier class too")
        names.add(label.name)
        members.update(label.members)
    return LabelSet(tuple(labels))


def _label(class_id: int, node: Node) -> Label:
    if not isinstance(node.value, dict):
        return Label(class_id, document.name(node), distinct_color(class_id))
    values = node.fields(
        required={'name': document.name},
        optional={
            'color': document.list_of(document.integer(0, 255), exactly=3),
            'members': document.list_of(document.name),
        },
    )
    color = values.pop('color', distinct_color(class_id))
    return Label(class_id, color_rgb=color, **values)


def _metrics(node: Node) -> dict[str, float]:
    return {name: document.number()(value) for name, value in node.mapping().items()}


_TASK_READERS: dict[str, Callable[[Node], Any]] = {
    'detection': _detection,
    'semantic': _segmentation,
    'lane': _segmentation,
    'depth': _depth,
}


def _content(specification: Any) -> dict[str, Any]:
    """Turn a specification into what YAML knows: the fields' own names, lists for tuples."""
    content: dict[str, Any] = {}
    for field in dataclasses.fields(specification):
        value = getattr(specification, field.name)
        if isinstance(value, LabelSet):
            content['classes'] = _classes_content(value)
        else:
            content[field.name] = _listed(value)
    return content


def _classes_content(labels: LabelSet) -> list[dict[str, Any]]:
    ids = [label.id for label in labels]
    if ids != list(range(len(ids))):
        raise ManifestError(
            f'a manifest counts its classes from 0 in their order, found the ids {ids}; '
            'name the ids between as classes too'
        )
    return [
        {'name': label.name, 'color': list(label.color_rgb), 'members': list(label.members)}
        for label in labels
    ]


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def _relative(file: Path, manifest_path: Path) -> str:
    folder = os.path.abspath(manifest_path.parent)
    absolute = os.path.abspath(file)
    inside = os.path.commonpath((folder, absolute)) == folder
    return os.path.relpath(absolute, folder) if inside else absolute
