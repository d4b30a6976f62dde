# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The data files: boards and published networks."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.planning import published
from hailo_perception.planning.boards import find_board
from hailo_perception.planning.boards import load_boards
from hailo_perception.planning.published import load_published


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Read other figures than the packaged ones."""

    def read(rates):
        path = tmp_path / 'published.yaml'
        network = {
            'name': 'net', 'layers': 'convolution', 'input': [32, 32], 'gflops': 1.0,
            'parameters_m': 1.0, 'rates': rates,
        }  # fmt: skip
        content = {'sources': {'us': 'nowhere'}, 'networks': {'us': [network]}}
        path.write_text(yaml.safe_dump(content))
        monkeypatch.setattr(published, 'data_file', lambda name: path)
        return load_published.__wrapped__().networks[0].rates

    return read


def test_every_source_is_named_and_every_network_has_one() -> None:
    known = load_published()
    assert {network.source for network in known.networks} == set(known.sources)
    names = [network.name for network in known.networks]
    assert len(set(names)) == len(names) > 100


@pytest.mark.parametrize(
    ('name', 'hailo8', 'hailo8l'),
    [
        ('mobilenet_v1', (3305, 'one'), (2565, 'one')),
        ('repvgg_a2', (1132, 'one'), (145, 'several')),
        ('resnet_v1_50', (1372, 'one'), (138, 'several')),
        ('vit_tiny', (91, 'several'), (67, 'several')),
        ('multitask LightNet', (27.3, 'several'), None),
        ('lightNet', (167, 'one'), None),
    ],
)
def test_figures_that_are_known_from_elsewhere(name: str, hailo8, hailo8l) -> None:
    (network,) = (n for n in load_published().networks if n.name == name)
    found = {chip: (rate.fps, rate.contexts) for chip, rate in network.rates.items()}
    expected = {'hailo8': hailo8} | ({'hailo8l': hailo8l} if hailo8l else {})
    assert found == expected


@pytest.mark.parametrize(
    ('rate', 'contexts'),
    [
        ({'fps': 100, 'fps_batch_8': 100}, 'one'),
        ({'fps': 100, 'fps_batch_8': 104}, 'one'),
        ({'fps': 100, 'fps_batch_8': 106}, 'several'),
        ({'fps': 100, 'contexts': 1}, 'one'),
        ({'fps': 100, 'contexts': 4, 'fps_batch_8': 100}, 'several'),
    ],
)
def test_contexts_are_told_or_seen_in_the_batch(read, rate, contexts) -> None:
    assert read({'hailo8l': rate})['hailo8l'].contexts == contexts


@pytest.mark.parametrize(
    ('rates', 'message'),
    [
        ({'hailo8': {'fps': 100}}, 'contexts or fps_batch_8'),
        ({'hailo8': {'fps': 0, 'contexts': 1}}, 'above 0'),
        ({'hailo9': {'fps': 1, 'contexts': 1}}, 'hailo8'),
    ],
)
def test_wrong_figures_are_named(read, rates, message) -> None:
    with pytest.raises(ManifestError, match=message):
        read(rates)


def test_the_boards_of_the_manual() -> None:
    pi = find_board('raspberry_pi_5')
    assert [str(link.link) for link in pi.links] == ['Gen 2 ×1', 'Gen 3 ×1']
    assert str(find_board('rock_5b').links[0].link) == 'Gen 3 ×4'
    assert not find_board('jetson_orin').links
    for board in load_boards().values():
        assert board.source
        assert board.links or board.published


def test_an_unknown_board_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"did you mean 'rock_5b'\?.*raspberry_pi_5"):
        find_board('rock_5')
