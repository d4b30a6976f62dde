# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

import pytest

from hailo_perception.core.errors import ManifestError
from hailo_perception.models import document


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'', 'is empty'),
        (b'version https://git-lfs.github.com/spec/v1\n', 'Git LFS pointer'),
        (b'\xff\xfe\x00', 'not UTF-8'),
        (b'a: [1', 'expected YAML'),
        (b'a: 1\nb: 2\na: 3\n', "the key 'a' occurs twice"),
        (b'x: {a: 1, a: 2}\n', "the key 'a' occurs twice"),
        (b'!!python/object/apply:os.getcwd []', 'expected YAML'),
    ],
)
def test_read_document_refuses(tmp_path, content, message):
    path = tmp_path / 'm.yaml'
    path.write_bytes(content)
    with pytest.raises(ManifestError) as caught:
        document.read_document(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_read_document_without_file(tmp_path):
    with pytest.raises(ManifestError, match=r'absent\.yaml does not exist'):
        document.read_document(tmp_path / 'absent.yaml')
    with pytest.raises(ManifestError, match='is a directory'):
        document.read_document(tmp_path)


def test_merge_keys_may_be_overridden(tmp_path):
    path = tmp_path / 'm.yaml'
    path.write_text('a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n')
    assert document.read_document(path).value['b'] == {'x': 1, 'y': 3}


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (None, 'nothing'),
        (True, 'true'),
        (3, '3'),
        ('no', "text 'no'"),
        ([], 'a list of 0'),
        ({'a': 1, 2: 3}, 'a mapping with the keys a, 2'),
        ('x' * 100, "text '" + 'x' * 59 + '…'),
    ],
)
def test_describe(value, expected):
    assert document.describe(value) == expected


@pytest.mark.parametrize(
    ('name', 'known', 'expected'),
    [
        ('x', (), ''),
        ('zebra', ('width',), ''),
        ('widht', ('width', 'height'), "did you mean 'width'?"),
    ],
)
def test_nearest(name, known, expected):
    assert document.nearest(name, known) == expected
