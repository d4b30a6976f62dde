# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A step's folder goes on only with what it was begun from."""

import pytest

from training.pruning.channels import PruningError
from training.pruning.origin import claim
from training.pruning.origin import Origin

BEGUN = Origin(0.8, 'aa')


def test_the_same_may_come_again(tmp_path):
    claim(tmp_path / 'step_1', BEGUN)
    (tmp_path / 'step_1' / 'sensitivity.csv').touch()
    claim(tmp_path / 'step_1', BEGUN)


@pytest.mark.parametrize(
    'other, complaint',
    [
        (Origin(0.5, 'aa'), 'another share of the MACs: expected 0.5, found 0.8'),
        (Origin(0.8, 'bb'), 'other weights: expected digest bb, found aa'),
    ],
)
def test_something_else_is_refused(tmp_path, other, complaint):
    claim(tmp_path, BEGUN)
    with pytest.raises(PruningError, match=complaint):
        claim(tmp_path, other)


def test_a_folder_of_unknown_origin_is_refused(tmp_path):
    (tmp_path / 'narrowed.pt').touch()
    with pytest.raises(PruningError, match='expected origin.json'):
        claim(tmp_path, BEGUN)


def test_a_kill_while_the_origin_is_written_does_no_harm(tmp_path):
    (tmp_path / 'origin.partial').write_text('{"wan')
    claim(tmp_path, BEGUN)
    claim(tmp_path, BEGUN)
