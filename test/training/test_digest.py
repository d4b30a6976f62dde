# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A digest is the same for the same, wherever it lies, and another for anything else."""

import hashlib

import torch

from training.digest import digest_file
from training.digest import digest_files
from training.digest import digest_weights


def test_files_count_by_their_contents_and_order(tmp_path):
    a, b, copy = (tmp_path / name for name in 'abc')
    for path, content in ((a, b'123'), (b, b'124'), (copy, b'123')):
        path.write_bytes(content)
    assert digest_files([a, b]) == digest_files([copy, b])
    digests = {digest_files(paths) for paths in ([], [a], [b], [a, b], [b, a])}
    assert len(digests) == 5


def test_a_file_has_the_beginning_of_its_sha256(tmp_path):
    path = tmp_path / 'network.onnx'
    path.write_bytes(b'123' * 1_000_000)
    assert digest_file(path) == hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def test_weights_count_by_name_and_value():
    first = {'a': torch.zeros(2), 'b': torch.ones(())}
    assert digest_weights(first) == digest_weights({'b': torch.ones(()), 'a': torch.zeros(2)})
    for other in (
        {'a': torch.zeros(2), 'c': torch.ones(())},
        {'a': torch.zeros(2, 1), 'b': torch.ones(())},
        {'a': torch.tensor((0, 1e-30)), 'b': torch.ones(())},
    ):
        assert digest_weights(other) != digest_weights(first)
