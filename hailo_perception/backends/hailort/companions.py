# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which networks of this process share a Hailo device, and so its loss."""

from __future__ import annotations

from threading import Lock

from hailo_perception.backends.hailort.flights import Flights

OWN_DEVICE_GROUP = 'UNIQUE'
"""The library's name for a group that shares with nobody, however often it is given."""


class Companions:
    """The frames of all open networks, by the device group that the library shares between them.

    A lost device stays lost to all until the last of them has released it. Any thread may call
    anything; nothing is called with the lock held.
    """

    def __init__(self) -> None:
        """Know nobody."""
        self._lock = Lock()
        self._members: set[tuple[str, Flights]] = set()

    def join(self, group_id: str, flights: Flights) -> None:
        """Note that a network is open, or about to be opened anew."""
        with self._lock:
            self._members.add((group_id, flights))

    def leave(self, group_id: str, flights: Flights) -> None:
        """Forget a network that is about to be released for good."""
        with self._lock:
            self._members.discard((group_id, flights))

    def of(self, group_id: str, flights: Flights) -> tuple[Flights, ...]:
        """Tell who shares the device with a network."""
        if group_id == OWN_DEVICE_GROUP:
            return ()
        with self._lock:
            return tuple(
                other
                for other_group, other in self._members
                if other_group == group_id and other is not flights
            )


OF_THIS_PROCESS = Companions()
"""The library's groups are the process's, hence global as well; this is the only place."""
