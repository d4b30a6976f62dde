# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""An MCAP file of ROS 2 messages, for Foxglove and ros2 bag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mcap.well_known import MessageEncoding
from mcap.well_known import Profile
from mcap.well_known import SchemaEncoding
from mcap.writer import Writer

from hailo_perception.cli.demo.schema import schema_text
from hailo_perception.cli.demo.schema import type_name

_LIBRARY = 'hailo_perception'


class Recording:
    """Writes serialised messages; after ``close`` the file is whole and has its index."""

    def __init__(self, path: Path) -> None:
        """Create the file."""
        self._file = path.open('xb')
        self._writer = Writer(self._file)
        self._writer.start(profile=Profile.ROS2, library=_LIBRARY)
        self._channels: dict[str, int] = {}
        self._schemas: dict[str, int] = {}
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """Messages written so far, by topic."""
        return self._counts

    def write(
        self, topic: str, message_type: Any, data: bytes, *, received_ns: int, stamp_ns: int
    ) -> None:
        """Append one message in CDR, as DDS delivered it."""
        if topic not in self._channels:
            self._channels[topic] = self._register(topic, message_type)
        self._writer.add_message(
            self._channels[topic],
            log_time=received_ns,
            data=data,
            publish_time=stamp_ns,
            sequence=self._counts[topic],
        )
        self._counts[topic] += 1

    def close(self) -> None:
        """Write what is buffered and the index."""
        try:
            self._writer.finish()
        finally:
            self._file.close()

    def _register(self, topic: str, message_type: Any) -> int:
        name = type_name(message_type)
        if name not in self._schemas:
            self._schemas[name] = self._writer.register_schema(
                name, SchemaEncoding.ROS2, schema_text(message_type).encode()
            )
        # rosbag2 looks for this key; empty lets it choose.
        return self._writer.register_channel(
            topic, MessageEncoding.CDR, self._schemas[name], {'offered_qos_profiles': ''}
        )
