# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

from dataclasses import replace
from itertools import islice
from pathlib import Path

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import pytest

from hailo_perception.core.errors import ManifestError
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet
from hailo_perception.models.manifest import load_manifest
from hailo_perception.models.manifest import write_manifest
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification

# The hypothesis of Ubuntu 22.04, 6.36, knows these keywords alone; newer ones still do.
NAMES = st.text(
    st.characters(blacklist_categories=('Cc', 'Cs')), min_size=1, max_size=8
).filter(str.strip)
TEXTS = st.text(st.characters(blacklist_categories=('Cs',)), max_size=12)
POSITIVE = st.floats(1e-6, 1e6)
COLORS = st.tuples(*[st.integers(0, 255)] * 3)


@st.composite
def label_sets(draw):
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    members = iter(draw(st.lists(NAMES, max_size=8, unique=True)))
    counts = st.integers(0, 2)
    return LabelSet(
        tuple(
            Label(i, name, draw(COLORS), tuple(islice(members, draw(counts))))
            for i, name in enumerate(names)
        )
    )


@st.composite
def detections(draw):
    outputs = tuple(draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)))
    anchor = st.tuples(POSITIVE, POSITIVE)
    scale = st.lists(anchor, min_size=1, max_size=3).map(tuple)
    with_anchors = draw(st.booleans())
    return DetectionSpecification(
        decoder='yolo_new_coords' if with_anchors else 'yolox',
        outputs=outputs,
        labels=draw(label_sets()),
        anchors=tuple(draw(scale) for _ in outputs) if with_anchors else (),
        score_threshold=draw(st.floats(0, 1)),
        iou_threshold=draw(st.floats(0, 1)),
        nms=draw(st.sampled_from(['class_agnostic', 'per_class'])),
    )


@st.composite
def segmentations(draw):
    labels = draw(label_sets())
    decoder = draw(st.sampled_from(['argmax', 'scores']))
    kinds = st.sampled_from(['logits', 'probabilities']) if decoder == 'scores' else st.nothing()
    return SegmentationSpecification(
        decoder,
        draw(NAMES),
        labels,
        draw(st.none() | st.sampled_from(labels.names)),
        draw(st.none() | kinds),
    )


@st.composite
def depths(draw):
    minimum, maximum = sorted(draw(st.lists(POSITIVE, min_size=2, max_size=2, unique=True)))
    return DepthSpecification(
        draw(st.sampled_from(['linear', 'inverse', 'logarithmic'])),
        draw(NAMES),
        maximum,
        minimum,
        draw(st.none() | POSITIVE),
        tuple(sorted(draw(st.lists(POSITIVE, min_size=2, max_size=2, unique=True)))),
    )


INPUTS = st.builds(
    InputSpecification,
    width=st.integers(1, 4096),
    height=st.integers(1, 4096),
    color_order=st.sampled_from(['rgb', 'bgr']),
    resize=st.sampled_from(['stretch', 'letterbox']),
    anchor=st.sampled_from(['center', 'top_left']),
    interpolation=st.sampled_from(['nearest', 'linear', 'area']),
    padding_value=st.integers(0, 255),
    mean=st.tuples(*[st.floats(-1e6, 1e6)] * 3),
    scale=st.tuples(*[POSITIVE] * 3),
)


@settings(max_examples=40, deadline=None)
@given(
    name=NAMES,
    description=TEXTS,
    specification=INPUTS,
    detection=st.none() | detections(),
    semantic=st.none() | segmentations(),
    lane=st.none() | segmentations(),
    depth=depths(),
    metrics=st.dictionaries(NAMES, st.floats(-1e9, 1e9), max_size=2),
)
def test_written_manifest_reads_back_the_same(
    tmp_path_factory, name, description, specification, detection, semantic, lane, depth, metrics
):
    folder = tmp_path_factory.mktemp('round')
    (folder / 'net.onnx').write_bytes(b'network')
    manifest = ModelManifest(
        name=name,
        path=folder / 'model.yaml',
        files={'onnx': folder / 'net.onnx', 'hef': Path('/elsewhere/net.hef')},
        input=specification,
        detection=detection,
        semantic=semantic,
        lane=lane,
        depth=depth,
        description=description,
        metrics=metrics,
    )
    write_manifest(manifest, manifest.path)
    assert load_manifest(manifest.path) == manifest


@pytest.mark.parametrize('text', ['', '\x85', 'one\x85two', '\u2028', 'one\u2029\n two'])
def test_ends_of_lines_in_texts_read_back_the_same(tmp_path, text):
    (tmp_path / 'net.onnx').write_bytes(b'network')
    manifest = ModelManifest(
        'm',
        tmp_path / 'm.yaml',
        {'onnx': tmp_path / 'net.onnx'},
        InputSpecification(64, 64),
        semantic=SegmentationSpecification('argmax', 'out', LabelSet.from_names('road')),
        description=text,
    )
    write_manifest(manifest, manifest.path)
    assert load_manifest(manifest.path).description == text


def test_write_refuses_what_could_not_be_read_back(tmp_path):
    manifest = ModelManifest(
        'm',
        tmp_path / 'm.yaml',
        {'onnx': tmp_path / 'net.onnx'},
        InputSpecification(64, 32),
        depth=DepthSpecification('linear', 'd', 80.0),
    )
    sparse = SegmentationSpecification('argmax', 's', LabelSet((Label(3, 'road'),)))
    for broken, message in (
        (replace(manifest, semantic=sparse), r'ids \[3\]'),
        (replace(manifest, depth=None), 'tasks: expected at least one'),
        (replace(manifest, input=InputSpecification(0, 32)), 'input.width'),
    ):
        with pytest.raises(ManifestError, match=message):
            write_manifest(broken, manifest.path)
    assert not manifest.path.exists()
