# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which ROS graph the demo joins: its own, unless the camera or the user is in another."""

from __future__ import annotations

from collections.abc import MutableMapping
import os

_DOMAIN = 'ROS_DOMAIN_ID'
_RANGE = 'ROS_AUTOMATIC_DISCOVERY_RANGE'
_FIRST_DOMAIN = 1
_DOMAINS = 101
"""ROS 2 documents 0 to 101 as safe on every system; 0 is everybody's."""


def choose_domain(
    *,
    is_shared: bool,
    process_id: int,
    environment: MutableMapping[str, str] = os.environ,
) -> str:
    """Set the domain for this process and its children; returns the shell words to join it.

    A shared graph, or a domain that the user set, stays as it is; the words are then empty.
    """
    if is_shared or environment.get(_DOMAIN):
        return ''
    own = {_DOMAIN: str(_FIRST_DOMAIN + process_id % _DOMAINS), _RANGE: 'LOCALHOST'}
    environment.update(own)
    return ' '.join(f'{name}={value}' for name, value in own.items())
