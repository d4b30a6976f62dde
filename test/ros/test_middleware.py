# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Each middleware is pointed at its own settings, and a user's choice is left alone."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.ros.middleware import check_domain
from hailo_perception.ros.middleware import domain_of
from hailo_perception.ros.middleware import prefer_shared_memory
from hailo_perception.ros.middleware import prepare_transport
from hailo_perception.ros.middleware import TRANSPORT_VARIABLES

_LARGEST_MESSAGE_BYTES = 1920 * 1080 * 4
_CYCLONE = {'RMW_IMPLEMENTATION': 'rmw_cyclonedds_cpp'}


def _set_by(environment: dict[str, str]) -> dict[str, str]:
    before = dict(environment)
    prepare_transport(environment)
    return {name: value for name, value in environment.items() if name not in before}


@pytest.mark.parametrize('domain', [None, '', '0', '101', '232', '0x10', ' 5', '+5', '010'])
def test_a_domain(domain: str | None) -> None:
    check_domain({} if domain is None else {'ROS_DOMAIN_ID': domain})


@pytest.mark.parametrize(
    ('text', 'expected'),
    [('0', 0), ('17', 17), ('0x1F', 31), ('010', 8), (' +5', 5), ('08', None)],
)
def test_a_domain_is_read_as_rcl_reads_it(text: str, expected: int | None) -> None:
    assert domain_of(text) == expected


def test_zenoh_has_no_last_domain() -> None:
    check_domain({'ROS_DOMAIN_ID': '300', 'RMW_IMPLEMENTATION': 'rmw_zenoh_cpp'})


@pytest.mark.parametrize('domain', ['233', '-1', '1.0', 'abc', ' ', '5 ', '٣'])
def test_what_is_no_domain(domain: str) -> None:
    with pytest.raises(ConfigurationError, match=f"is '{domain}'; expected .* 0 to 101"):
        check_domain({'ROS_DOMAIN_ID': domain})


@pytest.mark.parametrize('environment', [{}, {'RMW_IMPLEMENTATION': 'rmw_fastrtps_cpp'}])
def test_fast_dds_gets_both_names_of_its_variable(environment: dict[str, str]) -> None:
    by_node = _set_by(environment)
    assert set(by_node) == {'FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE'}
    by_hand: dict[str, str] = {}
    prefer_shared_memory(by_hand)
    assert by_node == by_hand


def test_cyclone_dds_gets_its_own() -> None:
    ((name, value),) = _set_by(dict(_CYCLONE)).items()
    assert name == 'CYCLONEDDS_URI'
    assert value.startswith('file:///')


@pytest.mark.parametrize('chosen', TRANSPORT_VARIABLES)
def test_what_the_user_chose_stays(chosen: str) -> None:
    middleware = _CYCLONE if chosen == 'CYCLONEDDS_URI' else {}
    assert _set_by({**middleware, chosen: '/of/the/user.xml'}) == {}


def test_an_image_fits_into_the_shared_memory() -> None:
    settings = _settings(next(iter(_set_by({}).values())))
    segment, largest = (
        int(settings.findtext(f'.//{{*}}{name}') or 0)
        for name in ('segment_size', 'maxMessageSize')
    )
    assert segment >= 2 * largest
    assert largest >= _LARGEST_MESSAGE_BYTES


def test_cyclone_dds_asks_and_does_not_demand() -> None:
    """A kernel with its usual limits would keep a node from starting."""
    settings = _settings(_set_by(dict(_CYCLONE))['CYCLONEDDS_URI'].removeprefix('file://'))
    buffers = [
        element for element in settings.iter() if element.tag.endswith('BufferSize')
    ]
    assert len(buffers) == 2
    assert all(set(buffer.attrib) == {'max'} for buffer in buffers)


def _settings(path: str) -> ElementTree.Element:
    return ElementTree.parse(Path(path)).getroot()
