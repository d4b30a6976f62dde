# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

import copy

import pytest
import yaml

from hailo_perception.core.errors import ManifestError
from hailo_perception.core.labels import distinct_color
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.models.manifest import load_manifest
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification

COMPLETE = {
    'manifest_version': 1,
    'name': 'lightnet',
    'description': 'Four tasks.',
    'licence': 'Apache-2.0',
    'attribution': 'us',
    'files': {'onnx': 'net.onnx', 'hef': 'net.hef'},
    'input': {
        'width': 480,
        'height': 288,
        'color_order': 'rgb',
        'resize': 'letterbox',
        'anchor': 'top_left',
        'interpolation': 'nearest',
        'padding_value': 0,
        'mean': [1, 2.5, 3],
        'scale': [255, 255, 255],
    },
    'tasks': {
        'detection': {
            'decoder': 'yolo_new_coords',
            'outputs': ['fine', 'coarse'],
            'anchors': [[[10, 14], [22, 22]], [[38, 106], [92, 73]]],
            'classes': ['car', {'name': 'person', 'color': [220, 20, 60], 'members': ['rider']}],
            'score_threshold': 0.3,
            'iou_threshold': 1,
            'nms': 'per_class',
        },
        'semantic': {
            'decoder': 'scores',
            'scores': 'logits',
            'output': 's',
            'classes': ['road', 'sky'],
        },
        'lane': {
            'decoder': 'argmax',
            'output': 'l',
            'classes': ['none', 'line'],
            'background': 'none',
        },
        'depth': {
            'decoder': 'inverse',
            'output': 'd',
            'maximum_m': 120,
            'minimum_m': 1,
            'focal_length_px': 400,
            'valid_range_m': [1, 100],
        },
    },
    'metrics': {'map50': 0.51},
}
MINIMAL = {
    'manifest_version': 1,
    'name': 'small',
    'files': {'onnx': 'net.onnx'},
    'input': {'width': 64, 'height': 32},
    'tasks': {'depth': {'decoder': 'linear', 'output': 'd', 'maximum_m': 80}},
}


@pytest.fixture
def write(tmp_path):
    def write_content(content, file_bytes=b'network'):
        (tmp_path / 'net.onnx').write_bytes(file_bytes)
        path = tmp_path / 'model.yaml'
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
        return path

    return write_content


def edited(edits):
    """Copy COMPLETE and set dotted keys; None stands for removal, [i] for list items."""
    content = copy.deepcopy(COMPLETE)
    for dotted, value in edits.items():
        *path, last = [int(p) if p.isdigit() else p for p in dotted.split('.')]
        place = content
        for part in path:
            place = place[part]
        if value is REMOVED:
            del place[last]
        else:
            place[last] = value
    return content


REMOVED = object()


def test_minimal_manifest_takes_the_specifications_defaults(write):
    path = write(MINIMAL)
    manifest = load_manifest(path)
    assert manifest == ModelManifest(
        name='small',
        path=path,
        files={'onnx': path.parent / 'net.onnx'},
        input=InputSpecification(64, 32),
        depth=DepthSpecification('linear', 'd', 80.0),
    )


def test_complete_manifest(write):
    path = write(COMPLETE)
    manifest = load_manifest(str(path))
    assert manifest.files == {
        'onnx': path.parent / 'net.onnx',
        'hef': path.parent / 'net.hef',
    }
    assert manifest.input == InputSpecification(
        480, 288, 'rgb', 'letterbox', 'top_left', 'nearest', 0, (1, 2.5, 3), (255, 255, 255)
    )
    assert manifest.detection == DetectionSpecification(
        decoder='yolo_new_coords',
        outputs=('fine', 'coarse'),
        labels=LabelSet(
            (
                Label(0, 'car', distinct_color(0)),
                Label(1, 'person', (220, 20, 60), ('rider',)),
            )
        ),
        anchors=(((10, 14), (22, 22)), ((38, 106), (92, 73))),
        score_threshold=0.3,
        iou_threshold=1.0,
        nms='per_class',
    )
    assert manifest.semantic == SegmentationSpecification(
        'scores', 's', LabelSet.from_names('road', 'sky'), scores='logits'
    )
    assert manifest.lane == SegmentationSpecification(
        'argmax', 'l', LabelSet.from_names('none', 'line'), 'none'
    )
    assert manifest.depth == DepthSpecification('inverse', 'd', 120, 1, 400, (1, 100))
    assert manifest.metrics == {'map50': 0.51}


@pytest.mark.parametrize(
    ('edits', 'key', 'expected', 'found'),
    [
        ({'manifest_version': REMOVED}, 'manifest_version', 'a value', "add 'manifest_version'"),
        ({'manifest_version': 2}, 'manifest_version', 'expected 1', 'found 2'),
        ({'manifest_version': True}, 'manifest_version', 'expected 1', 'found true'),
        ({'nmae': 'x'}, 'nmae', 'one of the keys', "did you mean 'name'?"),
        ({'zzz': 'x'}, 'zzz', 'one of the keys', 'remove it'),
        ({'name': REMOVED}, 'name', 'a value', 'found nothing'),
        ({'name': ' '}, 'name', 'a name', "text ' '"),
        ({'name': True}, 'name', 'text', 'found true; put it in quotes'),
        ({'files': {}}, 'files', 'at least one of onnx, hef, replay', 'none'),
        ({'files': 'net.onnx'}, 'files', 'a mapping', "text 'net.onnx'"),
        ({'files.onx': 'a'}, 'files.onx', 'one of the keys', "did you mean 'onnx'?"),
        ({'input': None}, 'input', 'a mapping', 'found nothing'),
        ({'input.width': '480'}, 'input.width', 'a whole number within 1…', "text '480'"),
        ({'input.width': 480.0}, 'input.width', 'a whole number', 'found 480.0'),
        ({'input.width': True}, 'input.width', 'a whole number', 'found true'),
        ({'input.height': 0}, 'input.height', 'a whole number within 1…', 'found 0'),
        ({'input.resize': 'leterbox'}, 'input.resize', 'stretch, letterbox', "'letterbox'?"),
        ({'input.anchor': [1]}, 'input.anchor', 'one of center, top_left', 'a list of 1'),
        ({'input.padding_value': 256}, 'input.padding_value', '0…255', '256'),
        ({'input.mean': [0, 0]}, 'input.mean', 'a list of 3', '2 items'),
        ({'input.mean': 0}, 'input.mean', 'a list', 'found 0'),
        ({'input.scale.1': 0}, 'input.scale[1]', 'above 0', 'found 0'),
        ({'input.mean.2': float('nan')}, 'input.mean[2]', 'a finite number', 'nan'),
        ({'input.mean.2': '1e-3'}, 'input.mean[2]', 'number', 'without quotes'),
        ({'tasks': {}}, 'tasks', 'detection, semantic, lane, depth', 'none'),
        ({'tasks.lanes': {}}, 'tasks.lanes', 'one of the keys', "did you mean 'lane'?"),
        ({'tasks.detection.decoder': 'yolo'}, 'tasks.detection.decoder', 'yolox', "'yolo'"),
        ({'tasks.detection.outputs': []}, 'tasks.detection.outputs', 'at least 1', '0 items'),
        ({'tasks.detection.outputs.1': 7}, 'tasks.detection.outputs[1]', 'text', 'found 7'),
        (
            {'tasks.detection.outputs.1': 'fine'},
            'tasks.detection.outputs',
            'different names',
            'twice',
        ),
        (
            {'tasks.detection.anchors': [[[1, 2]]]},
            'tasks.detection.anchors',
            '2 lists, one for each output',
            'found 1; the decoder is yolo_new_coords, the outputs are fine, coarse',
        ),
        (
            {'tasks.detection.anchors': REMOVED},
            'tasks.detection.anchors',
            '2 lists',
            'found 0',
        ),
        (
            {'tasks.detection.anchors.1.0': [5]},
            'tasks.detection.anchors[1][0]',
            'a list of 2',
            '1 items',
        ),
        (
            {'tasks.detection.anchors.1.0.1': -1},
            'tasks.detection.anchors[1][0][1]',
            'above 0',
            'found -1',
        ),
        ({'tasks.detection.decoder': 'yolox'}, 'tasks.detection.anchors', 'no anchors', '2'),
        ({'tasks.detection.decoder': 'hailo_nms'}, 'tasks.detection.outputs', 'one output', '2'),
        ({'tasks.detection.classes': []}, 'tasks.detection.classes', 'at least 1', '0 items'),
        (
            {'tasks.detection.classes': [f'c{i}' for i in range(256)]},
            'tasks.detection.classes',
            'at most 255',
            '256',
        ),
        (
            {'tasks.detection.classes': ['car', {'name': 'car'}]},
            'tasks.detection.classes[1]',
            'a class name of its own',
            "'car' a second time",
        ),
        (
            {
                'tasks.detection.classes': [
                    {'name': 'car', 'members': ['van', 'taxi']},
                    {'name': 'truck', 'members': ['lorry', 'van']},
                ]
            },
            'tasks.detection.classes[1]',
            'members of its own',
            "'van' in an earlier class too",
        ),
        (
            {'tasks.detection.classes.1.color.0': 256},
            'tasks.detection.classes[1].color[0]',
            'within 0…255',
            '256',
        ),
        (
            {'tasks.detection.classes.1.colour': [0, 0, 0]},
            'tasks.detection.classes[1].colour',
            'one of the keys',
            "did you mean 'color'?",
        ),
        (
            {'tasks.detection.score_threshold': 1.5},
            'tasks.detection.score_threshold',
            'a number within 0…1',
            '1.5',
        ),
        ({'tasks.lane.scores': 'logits'}, 'tasks.lane.scores', 'nothing with', "'logits'"),
        ({'tasks.semantic.scores': 'logit'}, 'tasks.semantic.scores', 'logits', "'logits'?"),
        ({'tasks.lane.background': 'non'}, 'tasks.lane.background', 'none, line', "'none'?"),
        ({'tasks.depth.maximum_m': 0}, 'tasks.depth.maximum_m', 'above 0', 'found 0'),
        ({'tasks.depth.minimum_m': 120}, 'tasks.depth.minimum_m', 'less than maximum_m', '120'),
        ({'tasks.depth.minimum_m': 0}, 'tasks.depth.minimum_m', 'above 0 for', 'found 0'),
        ({'tasks.depth.minimum_m': REMOVED}, 'tasks.depth.minimum_m', 'above 0', 'found 0'),
        (
            {'tasks.depth.valid_range_m': [9, 3]},
            'tasks.depth.valid_range_m',
            'the nearer end first',
            '[9, 3]',
        ),
        ({'tasks.depth.valid_range_m': [3, 3]}, 'tasks.depth.valid_range_m', 'nearer', '[3, 3]'),
        ({'metrics.map50': 'good'}, 'metrics.map50', 'a finite number', "text 'good'"),
        ({'metrics': {1: 2}}, 'metrics', 'names as keys', 'found 1; put the key in quotes'),
    ],
)
def test_error_names_file_key_expectation_and_finding(write, edits, key, expected, found):
    path = write(edited(edits))
    with pytest.raises(ManifestError) as caught:
        load_manifest(path)
    message = str(caught.value)
    assert message.startswith(f'{path}: {key}: expected ')
    assert expected in message
    assert found in message


@pytest.mark.parametrize('content', ['', '[1, 2]', '3'])
def test_document_that_is_no_mapping(write, content):
    if not content:
        with pytest.raises(ManifestError, match='is empty'):
            load_manifest(write(content))
    else:
        with pytest.raises(ManifestError, match='expected a mapping'):
            load_manifest(write(content))


@pytest.mark.parametrize(
    ('file_bytes', 'message'),
    [
        (b'', 'is empty'),
        (b'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n', 'git lfs pull'),
    ],
)
def test_no_usable_file_says_why_for_each(write, file_bytes, message):
    path = write(COMPLETE, file_bytes)
    with pytest.raises(ManifestError, match='files: expected at least one usable file') as caught:
        load_manifest(path)
    assert message in str(caught.value)
    assert f'{path.parent / "net.hef"} does not exist' in str(caught.value)
