# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the text of a launch argument may be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.nodes.launch_values import existing_file
from hailo_perception.nodes.launch_values import known_model
from hailo_perception.nodes.launch_values import number
from hailo_perception.nodes.launch_values import whole_number


def test_what_is_right_is_taken_as_it_is(tmp_path: Path) -> None:
    manifest = tmp_path / 'model.yaml'
    manifest.touch()
    assert existing_file(str(manifest)) == str(manifest)
    assert known_model(str(manifest)) == str(manifest)
    assert known_model('lightnet_compact') == 'lightnet_compact'
    assert (whole_number('-3'), number('1e1'), number('2')) == (-3, 10.0, 2.0)


@pytest.mark.parametrize(
    ('kind', 'text', 'complaint'),
    [
        (existing_file, '', "^expected the path of a file, got ''$"),
        (existing_file, '/', "^expected the path of a file, got '/'$"),
        (known_model, 'lightnet_compat', "^no model 'lightnet_compat', did you mean"),
        (known_model, '/nowhere.yaml', "^no manifest at '/nowhere.yaml'"),
        (whole_number, '1.0', "^expected a whole number, got '1.0'$"),
        (whole_number, 'abc', "^expected a whole number, got 'abc'$"),
        (number, 'fast', "^expected a number, got 'fast'$"),
        (number, 'nan', "^expected a number, got 'nan'$"),
        (number, '-inf', "^expected a number, got '-inf'$"),
    ],
)
def test_what_is_wrong_is_refused(
    kind: Callable[[str], Any], text: str, complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        kind(text)
