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
        (b'a: 2026-02-30\n', 'no timestamp (day is out of range for month)'),
        (b'a: !!timestamp soon\n', 'no timestamp'),
        (b'a: {b: [!!float abc]}\n', 'no float'),
        (b'a: !!int abc\n', 'no int'),
        (b'a: !!int ""\n', 'no int'),
        (b'a: !!bool maybe\n', "no bool ('maybe'); put it in quotes"),
        pytest.param(b'a: ' + b'[' * 5000, 'too many', id='deep'),
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


def test_value_that_cannot_be_converted_is_shown_with_its_place(tmp_path):
    path = tmp_path / 'm.yaml'
    path.write_text('a: 1\nb: 2026-02-30\n')
    with pytest.raises(ManifestError, match='line 2, column 4'):
        document.read_document(path)


@pytest.mark.parametrize('read', [document.number(), document.number(0, 1), document.positive])
@pytest.mark.parametrize('value', [10**400, -(10**400), 16**9000], ids=['+', '-', 'unwritable'])
def test_whole_number_beyond_all_floats(tmp_path, read, value):
    node = document.Node(tmp_path / 'm.yaml', 'scale', value)
    with pytest.raises(ManifestError, match='m.yaml: scale: expected a'):
        read(node)


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
        pytest.param(16**9000, '0x1' + '0' * 57 + '…', id='unwritable'),
        pytest.param({16**9000: 1}, f'a mapping with the keys {16**9000:#x}', id='key'),
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
