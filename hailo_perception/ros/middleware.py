# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The middleware's domain, and settings that images need, before the first participant exists."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import MutableMapping
from importlib.resources import files
import os
import re

from hailo_perception.core.errors import ConfigurationError

_DOMAIN = 'ROS_DOMAIN_ID'
LAST_DOMAIN = 232
"""The last whose ports there are."""
LAST_SAFE_DOMAIN = 101
"""Above it ports may collide with those that Linux gives to others."""
_NUMBER = re.compile(
    r'\s*\+?(?:0[xX](?P<hexadecimal>[0-9a-fA-F]+)|(?P<octal>0[0-7]*)|(?P<decimal>[1-9][0-9]*))',
    re.ASCII,
)
_MIDDLEWARE = 'RMW_IMPLEMENTATION'
_ZENOH = 'rmw_zenoh_cpp'
_FAST_DDS_PROFILE = 'fastdds_shared_memory.xml'
# Fast DDS 2 (Humble, Jazzy) reads the first name, Fast DDS 3 (Kilted on) the second.
_FAST_DDS_VARIABLES = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE')
_CYCLONE_DDS = 'rmw_cyclonedds_cpp'
_CYCLONE_DDS_SETTINGS = 'cyclonedds_large_messages.xml'
_CYCLONE_DDS_VARIABLES = ('CYCLONEDDS_URI',)
TRANSPORT_VARIABLES = (*_FAST_DDS_VARIABLES, *_CYCLONE_DDS_VARIABLES)
"""Variables by which a user chooses transport settings, and which are then left alone."""


def domain_of(text: str) -> int | None:
    """Read a number as rcl does: decimal, 0x… hexadecimal, 0… octal; None when it is none."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    bases = {'hexadecimal': 16, 'octal': 8, 'decimal': 10}
    ((kind, digits),) = ((kind, each) for kind, each in found.groupdict().items() if each)
    return int(digits, bases[kind])


def check_domain(environment: Mapping[str, str] = os.environ) -> None:
    """Refuse a ROS domain in which rclpy would end with a traceback: ConfigurationError."""
    text = environment.get(_DOMAIN, '')
    if not text:
        return
    domain = domain_of(text)
    # Zenoh has no ports for its domains.
    if domain is None or (domain > LAST_DOMAIN and environment.get(_MIDDLEWARE) != _ZENOH):
        raise ConfigurationError(
            f"{_DOMAIN} is '{text}'; expected a number from 0 to {LAST_SAFE_DOMAIN}, the same "
            f'in every shell (export {_DOMAIN}=0), or none (unset {_DOMAIN})'
        )


def prepare_transport(environment: MutableMapping[str, str] = os.environ) -> None:
    """Point the middleware in use at the shipped settings, unless the user already chose some.

    They must stand before rclpy.init(). docs/transport.md says what they change.
    """
    if environment.get(_MIDDLEWARE) == _CYCLONE_DDS:
        prefer_large_messages(environment)
    else:
        prefer_shared_memory(environment)


def prefer_shared_memory(environment: MutableMapping[str, str] = os.environ) -> None:
    """Point Fast DDS at the shipped profile, unless the user already chose one.

    With its default of 512 KB the shared-memory segment loses or delays every image above that.
    Only the publishing process needs the setting.
    """
    _prefer(environment, _FAST_DDS_VARIABLES, _shipped(_FAST_DDS_PROFILE))


def prefer_large_messages(environment: MutableMapping[str, str] = os.environ) -> None:
    """Point Cyclone DDS at the shipped settings, unless the user already chose some.

    Its defaults cut an image into hundreds of datagrams for a socket buffer of a few of them.
    """
    _prefer(environment, _CYCLONE_DDS_VARIABLES, f'file://{_shipped(_CYCLONE_DDS_SETTINGS)}')


def _prefer(environment: MutableMapping[str, str], names: tuple[str, ...], value: str) -> None:
    if any(name in environment for name in names):
        return
    for name in names:
        environment[name] = value


def _shipped(file_name: str) -> str:
    return str(files('hailo_perception.ros') / file_name)
