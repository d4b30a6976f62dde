# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Quality of service of an input: what its publishers offer, unless the user decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rclpy.qos import DurabilityPolicy
from rclpy.qos import HistoryPolicy
from rclpy.qos import qos_check_compatible
from rclpy.qos import QoSCompatibility
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy

Reliability = Literal['auto', 'reliable', 'best_effort']
Durability = Literal['auto', 'volatile', 'transient_local']

_RELIABILITY = {
    'reliable': ReliabilityPolicy.RELIABLE,
    'best_effort': ReliabilityPolicy.BEST_EFFORT,
}
_DURABILITY = {
    'volatile': DurabilityPolicy.VOLATILE,
    'transient_local': DurabilityPolicy.TRANSIENT_LOCAL,
}


@dataclass(frozen=True, slots=True)
class InputQuality:
    """How to subscribe to one topic; auto follows the publishers.

    ``without_publisher`` is the reliability that auto starts with; ``depth`` messages may wait.
    """

    reliability: Reliability = 'auto'
    durability: Durability = 'auto'
    depth: int = 1
    without_publisher: Literal['reliable', 'best_effort'] = 'reliable'


IMAGE = InputQuality()
"""Reliable at first: a best-effort image larger than the transport's segment never arrives."""

CAMERA_INFO = InputQuality(without_publisher='best_effort')
"""Best effort at first: it fits every publisher, and one that gets lost holds up no other.

Beside images larger than the transport's segment many get lost. Reliable does not mend that: Fast
DDS sends one again when the publisher's queue is full, and keeps all later ones until then.
"""


def profile_for(wish: InputQuality, offers: Sequence[QoSProfile]) -> QoSProfile:
    """Choose the subscription's profile for what a topic's publishers offer.

    Latched messages, the last one kept for whoever comes later, are asked for where every
    publisher keeps them, which needs reliable transport. Otherwise a publisher that offers
    reliable is heard reliably where that was preferred, and best-effort fits all.
    """
    is_reliable = any(offer.reliability == ReliabilityPolicy.RELIABLE for offer in offers)
    is_latched = (
        bool(offers)
        and is_reliable
        and all(offer.durability == DurabilityPolicy.TRANSIENT_LOCAL for offer in offers)
    )
    prefers_reliable = wish.without_publisher == 'reliable'
    automatic = (
        ReliabilityPolicy.RELIABLE
        if is_latched
        or wish.durability == 'transient_local'
        or (prefers_reliable and (is_reliable or not offers))
        else ReliabilityPolicy.BEST_EFFORT
    )
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=wish.depth,
        reliability=_RELIABILITY.get(wish.reliability, automatic),
        durability=_DURABILITY.get(
            wish.durability,
            DurabilityPolicy.TRANSIENT_LOCAL
            if is_latched and wish.reliability != 'best_effort'
            else DurabilityPolicy.VOLATILE,
        ),
    )


def is_alike(one: QoSProfile, other: QoSProfile) -> bool:
    """Tell whether two profiles of subscriptions ask for the same."""
    return (one.reliability, one.durability, one.depth) == (
        other.reliability,
        other.durability,
        other.depth,
    )


def in_words(profile: QoSProfile) -> str:
    """Name what decides whether two ends fit, e.g. volatile, best-effort."""
    return ', '.join(
        policy.name.lower().replace('_', '-')
        for policy in (profile.durability, profile.reliability)
    )


def mismatch(offer: QoSProfile, request: QoSProfile) -> str:
    """Say why a publisher cannot serve a subscription; empty when it can."""
    compatibility, reason = qos_check_compatible(offer, request)
    return reason.strip(' ;') if compatibility == QoSCompatibility.ERROR else ''
