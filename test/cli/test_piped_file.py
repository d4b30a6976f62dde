# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is written to the pipe is in the file; of what does not fit the writer learns later."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from hailo_perception.cli.demo.piped_file import PipedFile

MORE_THAN_A_PIPE_HOLDS = 1 << 18


@pytest.mark.parametrize('data', [b'', b'few', b'many' * MORE_THAN_A_PIPE_HOLDS])
def test_all_is_in_the_file(data: bytes, tmp_path: Path) -> None:
    file = PipedFile(tmp_path / 'file')
    with open(file.pipe_path, 'wb') as writer:
        writer.write(data)
    file.close()
    assert (tmp_path / 'file').read_bytes() == data


def test_a_full_disk_does_not_stop_the_writer(full_disk: None, tmp_path: Path) -> None:
    file = PipedFile(tmp_path / 'file')
    with open(file.pipe_path, 'wb') as writer:
        writer.write(b'many' * MORE_THAN_A_PIPE_HOLDS)
    with pytest.raises(OSError) as refused:
        file.close()
    assert refused.value.errno == errno.EFBIG
    with pytest.raises(OSError):
        file.check()


def test_a_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        PipedFile(tmp_path / 'nowhere' / 'file')
