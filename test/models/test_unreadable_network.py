# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A file that is newer than the library asks for a newer library, not for another file."""

from __future__ import annotations

from pathlib import Path

import pytest

from hailo_perception.models.unreadable_network import unreadable_network

PATH = Path('net.onnx')


@pytest.mark.parametrize(
    'text',
    [
        '[ONNXRuntimeError] : 1 : FAIL : Load model from net.onnx failed: Unsupported model IR '
        'version: 10, max supported IR version: 9',
        "Your model ir_version 10 is higher than the checker's (9).",
    ],
)
def test_an_old_library_is_the_one_to_renew(text: str) -> None:
    error = unreadable_network(PATH, 'The Library', 'the-library', ValueError(text))
    assert str(error).startswith('net.onnx: expected an ONNX version that the installed The Lib')
    assert str(error).endswith(f'({text}); pip install -U the-library')


@pytest.mark.parametrize(
    'text', ['Protobuf parsing failed.', 'The model does not have an ir_version set properly.', '']
)
def test_a_broken_file_is_the_one_to_renew(text: str) -> None:
    error = unreadable_network(PATH, 'The Library', 'the-library', ValueError(text))
    assert 'expected a whole ONNX network, found one that The Library cannot read' in str(error)
    assert str(error).endswith('copy, download or export it again')
