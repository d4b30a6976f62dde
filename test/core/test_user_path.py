# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""No shell has read a parameter: its ~ is one still."""

from __future__ import annotations

from pathlib import Path

import pytest

from hailo_perception.core.user_path import user_path


@pytest.mark.parametrize(
    ('text', 'path'),
    [
        ('~/mask.png', '/home/of/somebody/mask.png'),
        ('/a/~/mask.png', '/a/~/mask.png'),
        ('mask.png', 'mask.png'),
        ('~nobody_of_this_name/mask.png', '~nobody_of_this_name/mask.png'),
    ],
)
def test_a_home(text: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOME', '/home/of/somebody')
    assert user_path(text) == Path(path)
