# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from hailo_perception.core.errors import ManifestError
from hailo_perception.core.image_transform import ImageTransform
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import bind
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification

OBJECTS = LabelSet.from_names('car', 'person')
MANIFEST = ModelManifest(
    name='m',
    path=Path('m.yaml'),
    files={},
    input=InputSpecification(480, 288),
    detection=DetectionSpecification(
        'yolo_new_coords', ('fine', 'coarse'), OBJECTS, (((1, 2), (3, 4)), ((5, 6),))
    ),
    semantic=SegmentationSpecification('scores', '*/semantic*', LabelSet.from_names(*'abc')),
    lane=SegmentationSpecification('argmax', 'lane', LabelSet.from_names(*'ab')),
    depth=DepthSpecification('linear', 'depth', 120.0),
)


def tensor(name, height, width, channels, dtype=np.float32):
    return TensorInfo(name, (height, width, channels), np.dtype(dtype))


IMAGE = tensor('image', 288, 480, 3, np.uint8)
OUTPUTS = {
    'fine': tensor('fine', 36, 60, 14),
    'coarse': tensor('coarse', 18, 30, 7, np.uint16),
    'net/semantic1': tensor('net/semantic1', 144, 240, 3),
    'lane': tensor('lane', 72, 120, 1, np.uint8),
    'depth': tensor('depth', 48, 80, 1, np.uint16),
}


def test_bind_finds_every_task():
    extra = tensor('extra', 1, 1, 1)
    bound = bind(MANIFEST, (IMAGE,), (extra, *reversed(OUTPUTS.values())))
    assert bound.detection == (OUTPUTS['fine'], OUTPUTS['coarse'])
    assert bound.semantic == OUTPUTS['net/semantic1']
    assert bound.lane == OUTPUTS['lane']
    assert bound.depth == OUTPUTS['depth']
    assert bound.input == IMAGE
    assert bound.left_over == (extra,)
    assert bound.warnings == ('m.yaml: no task uses the outputs extra[1×1×1 float32]',)
    assert [bound.stride_of(info)[0] for info in OUTPUTS.values()] == [8, 16, 2, 4, 6]
    # Detection heads need no whole pixels, so 8 and 16 do not count.
    assert bound.alignment == 12


def test_exact_name_goes_before_a_pattern():
    manifest = replace(MANIFEST, depth=DepthSpecification('linear', 'd?', 80.0))
    exact = tensor('d?', 48, 80, 1)
    bound = bind(manifest, (IMAGE,), (tensor('d1', 48, 80, 1), exact, *OUTPUTS.values()))
    assert bound.depth == exact


def test_no_left_over_no_warning():
    bound = bind(MANIFEST, (IMAGE,), tuple(OUTPUTS.values()))
    assert bound.warnings == ()


@pytest.mark.parametrize(
    ('changes', 'messages'),
    [
        ({'fine': None}, ["tasks.detection.outputs[0]: no output is called or fits 'fine'"]),
        (
            {'fine': tensor('fine', 36, 60, 15)},
            ['expected 14 channels (2 anchors × (5 + 2 classes)), found fine[36×60×15 float32]'],
        ),
        (
            {'coarse': tensor('coarse', 18, 31, 7)},
            ['height and width divide the input of 288×480, found coarse[18×31×7 float32]'],
        ),
        (
            {'net/semantic1': tensor('net/semantic1', 144, 240, 4)},
            ['tasks.semantic.output: expected 3 channels (scores for 3 classes)'],
        ),
        (
            {'x': tensor('other/semantic', 144, 240, 3)},
            ["'*/semantic*' fits more than one output", 'net/semantic1', 'other/semantic'],
        ),
        ({'lane': tensor('lane', 72, 120, 2, np.uint8)}, ['one class id for each pixel']),
        ({'lane': tensor('lane', 72, 120, 1, np.float32)}, ['expected class ids as uint8']),
        ({'depth': tensor('depth', 48, 80, 2)}, ['tasks.depth.output: expected 1 channels']),
        (
            {
                'fine': None,
                'lane': None,
                'depth': tensor('depth', 47, 80, 2),
                'y': tensor('y', 1, 1, 1),
            },
            [
                'tasks.detection.outputs[0]',
                'tasks.lane.output',
                'tasks.depth.output: expected 1 channels',
                'tasks.depth.output: expected a map',
                'outputs that no task uses: y',
            ],
        ),
    ],
)
def test_one_error_lists_all_problems(changes, messages):
    outputs = tuple(info for info in {**OUTPUTS, **changes}.values() if info)
    with pytest.raises(ManifestError) as caught:
        bind(MANIFEST, (IMAGE,), outputs)
    for message in ['m.yaml', *messages]:
        assert message in str(caught.value)


@pytest.mark.parametrize(
    ('inputs', 'message'),
    [
        ((), 'one input, found 0'),
        ((IMAGE, IMAGE), 'one input, found 2'),
        ((tensor('image', 480, 288, 3),), r'288×480×3, found image\[480×288×3'),
        ((tensor('image', 288, 480, 1),), 'found image'),
    ],
)
def test_bind_checks_the_input(inputs, message):
    with pytest.raises(ManifestError, match=message):
        bind(MANIFEST, inputs, tuple(OUTPUTS.values()))


def test_two_tasks_cannot_share_an_output():
    manifest = replace(MANIFEST, depth=DepthSpecification('linear', 'lane', 80.0))
    with pytest.raises(ManifestError, match=r'already serves tasks\.lane\.output'):
        bind(manifest, (IMAGE,), tuple(OUTPUTS.values()))


def detector(decoder, *outputs):
    return ModelManifest(
        'd',
        Path('d.yaml'),
        {},
        InputSpecification(64, 32),
        detection=DetectionSpecification(decoder, outputs, OBJECTS),
    )


@pytest.mark.parametrize(
    ('manifest', 'output', 'message'),
    [
        (detector('hailo_nms', 'nms'), tensor('nms', 1, 1, 2 * (1 + 5 * 100)), None),
        (detector('hailo_nms', 'nms'), tensor('nms', 1, 1, 1001), r'2·\(1 \+ 5·boxes\)'),
        (detector('hailo_nms', 'nms'), tensor('nms', 1, 1, 2), r'2·\(1 \+ 5·boxes\)'),
        (detector('yolox', 'flat'), tensor('flat', 1, 32 + 8 + 2, 7), None),
        (detector('yolox', 'flat'), tensor('flat', 1, 40, 7), 'expected 42 cells'),
        (detector('yolox', 'flat'), tensor('flat', 1, 42, 8), r'7 channels \(5 \+ 2 classes\)'),
    ],
)
def test_bind_detections_that_are_no_maps(manifest, output, message):
    image = tensor('image', 32, 64, 3, np.uint8)
    if message is None:
        bound = bind(manifest, (image,), (output,))
        assert bound.detection == (output,)
        with pytest.raises(KeyError):
            bound.stride_of(output)
    else:
        with pytest.raises(ManifestError, match=message):
            bind(manifest, (image,), (output,))


@given(
    strides=st.tuples(*[st.sampled_from([1, 2, 3, 4, 6, 8])] * 4),
    image_size=st.tuples(st.integers(1, 4000), st.integers(1, 4000)),
    anchor=st.sampled_from(['center', 'top_left']),
)
def test_alignment_makes_every_map_crop_on_whole_pixels(strides, image_size, anchor):
    sx, sy, dx, dy = strides
    manifest = ModelManifest(
        'a',
        Path('a.yaml'),
        {},
        InputSpecification(480, 288),
        semantic=SegmentationSpecification('argmax', 's', OBJECTS),
        depth=DepthSpecification('linear', 'd', 80.0),
    )
    outputs = (
        tensor('s', 288 // sy, 480 // sx, 1, np.uint8),
        tensor('d', 288 // dy, 480 // dx, 1),
    )
    bound = bind(manifest, (IMAGE,), outputs)
    transform = ImageTransform.letterbox(
        image_size, (480, 288), anchor=anchor, alignment=bound.alignment
    )
    for output in outputs:
        rows, columns = transform.map_region(output.width, output.height)
        assert rows.stop > rows.start
        assert columns.stop > columns.start
