# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which of the names that exist the user may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from difflib import SequenceMatcher

COMPRESSED = 'compressed'
"""Last part of the name of a topic that carries compressed images."""
_NEAR = 0.5
"""/front/image_raw and /zed/left/image_rect_color are 0.52 alike, two cameras' calibrations under
two names 0.44."""


def similar_topics(wanted: str, available: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Order topics of the right kind by closeness to a name and give the first ones.

    Nearest is the same image in another transport (…/compressed), then the same name in another
    namespace, then whatever reads alike. The name itself is left out.
    """
    others = [name for name in available if name != wanted]
    return tuple(sorted(others, key=lambda name: (-_closeness(wanted, name), name))[:count])


def is_near(wanted: str, found: str) -> bool:
    """Tell whether a topic is probably the one that was meant, not just one of its kind."""
    return _closeness(wanted, found) >= _NEAR


def nearest_name(wanted: str, available: Iterable[str]) -> str | None:
    """Give the name that reads most alike; None when none does."""
    matches = get_close_matches(wanted, list(available), n=1)
    return matches[0] if matches else None


def _closeness(one: str, other: str) -> float:
    if _untransported(one) == _untransported(other):
        return 2.0
    alike = SequenceMatcher(None, one, other).ratio()
    return 1.0 + alike if one.endswith(other) or other.endswith(one) else alike


def _untransported(name: str) -> str:
    base, _, last = name.rpartition('/')
    return base if last == COMPRESSED else name
