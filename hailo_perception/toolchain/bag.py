# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The camera images of a ROS 2 recording, MCAP or rosbag2's SQLite, read without ROS."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from itertools import islice
from pathlib import Path
import sqlite3
from typing import Any
from typing import Protocol

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ImageDataError
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.core.optional_parts import pip_install
from hailo_perception.toolchain.image_message import IMAGE_TYPES
from hailo_perception.toolchain.image_message import read_image_message
from hailo_perception.toolchain.pictures import Picture
from hailo_perception.vision.decode import decode

BAG_SUFFIXES = ('.mcap', '.db3')
_COMPRESSED_SUFFIX = '.zstd'


class Storage(Protocol):
    """One file of a recording."""

    def topics(self) -> dict[str, str]:
        """List the topics and their message types."""

    def keys(self, topic: str) -> list[int]:
        """List what ``read`` takes, in the order of the recording."""

    def read(self, topic: str, key: int) -> bytes:
        """Give one serialised message."""

    def close(self) -> None:
        """Release what is held open."""


class BagPictures:
    """The images of one topic; a recording may be split over several files."""

    def __init__(self, path: Path, topic: str | None = None) -> None:
        """Index the images of a file or folder.

        Without a topic the recording must have exactly one of images. ConfigurationError names
        what there is instead; MissingDependencyError for an MCAP file without its library.
        """
        self._storages = [_open(file) for file in bag_files(path)]
        types: dict[str, str] = {}
        for storage in self._storages:
            types.update(storage.topics())
        self._topic = _choose_topic(path, types, topic)
        self._type = types[self._topic]
        self._messages = [
            (storage, key) for storage in self._storages for key in storage.keys(self._topic)
        ]
        if not self._messages:
            raise ConfigurationError(f'{path}: the topic {self._topic} has no messages')

    def __len__(self) -> int:
        return len(self._messages)

    def label(self, index: int) -> str:
        """Give the message's number on its topic."""
        return f'{self._topic} message {index}'

    def read(self, index: int) -> Picture:
        """Decode one message as a node would."""
        storage, key = self._messages[index]
        image, color_order = decode(read_image_message(self._type, storage.read(self._topic, key)))
        return image, color_order

    def close(self) -> None:
        """Close the files."""
        for storage in self._storages:
            storage.close()


def is_bag(path: Path) -> bool:
    """Tell whether a path is a recording, or a folder of one."""
    return bool(_candidates(path))


def bag_files(path: Path) -> list[Path]:
    """List a recording's files; ConfigurationError for a compressed or empty one."""
    found = _candidates(path)
    compressed = [file.name for file in found if file.suffix == _COMPRESSED_SUFFIX]
    if compressed:
        raise ConfigurationError(
            f'{path}: {", ".join(compressed)} is compressed as a whole; unpack it with '
            '"zstd -d" or "ros2 bag convert" first'
        )
    if not found:
        raise ConfigurationError(
            f'no recording at {path}; expected a file, or a folder with files, ending in '
            f'{" or ".join(BAG_SUFFIXES)}'
        )
    return found


class SqliteStorage:
    """A file of rosbag2's sqlite3 storage: tables ``topics`` and ``messages``."""

    def __init__(self, path: Path) -> None:
        """Remember the file; it is opened for each question."""
        self._path = path

    def topics(self) -> dict[str, str]:
        """See Storage."""
        rows = self._query('SELECT name, type, serialization_format FROM topics')
        foreign = sorted({form for _, _, form in rows if form != 'cdr'})
        if foreign:
            raise ConfigurationError(
                f'{self._path}: messages are serialised as {", ".join(foreign)}, expected cdr'
            )
        return {name: message_type for name, message_type, _ in rows}

    def keys(self, topic: str) -> list[int]:
        """See Storage."""
        rows = self._query(
            'SELECT messages.id FROM messages JOIN topics ON topics.id = topic_id '
            'WHERE topics.name = ? ORDER BY timestamp, messages.id',
            topic,
        )
        return [row_id for (row_id,) in rows]

    def read(self, topic: str, key: int) -> bytes:
        """See Storage."""
        ((data,),) = self._query('SELECT data FROM messages WHERE id = ?', key)
        return bytes(data)

    def close(self) -> None:
        """Nothing is held open."""

    def _query(self, text: str, *values: Any) -> list[Any]:
        try:
            with closing(sqlite3.connect(f'file:{self._path}?mode=ro', uri=True)) as connection:
                return connection.execute(text, values).fetchall()
        except sqlite3.Error as error:
            raise ConfigurationError(
                f'{self._path}: expected a rosbag2 recording, SQLite says: {error}; record or '
                'copy it again, or run "ros2 bag reindex"'
            ) from error


class McapStorage:
    """An MCAP file with its index.

    Its library lets through whatever its parts raise at broken bytes (struct, codecs, memory).
    """

    def __init__(self, path: Path) -> None:
        """Open it; MissingDependencyError without the mcap library."""
        self._path = path
        self._make_reader = _import_mcap()
        with self._path.open('rb') as file:
            try:
                self._summary = self._make_reader(file).get_summary()
            except Exception as error:
                raise self._broken(repr(error)) from error
        if self._summary is None:
            raise self._broken('it has no index')
        self._messages: Generator[bytes, None, None] = self._iterate('')
        self._next = 0

    def topics(self) -> dict[str, str]:
        """See Storage."""
        channels = self._summary.channels.values()
        foreign = sorted({c.message_encoding for c in channels if c.message_encoding != 'cdr'})
        if foreign:
            raise ConfigurationError(
                f'{self._path}: messages are encoded as {", ".join(foreign)}, expected cdr '
                '(a ROS 2 recording)'
            )
        schemas = self._summary.schemas
        return {c.topic: schemas[c.schema_id].name for c in channels if c.schema_id in schemas}

    def keys(self, topic: str) -> list[int]:
        """See Storage; a key is the message's number on its topic."""
        try:
            return [number for number, _ in enumerate(self._iterate(topic))]
        except Exception as error:
            raise self._broken(repr(error)) from error

    def read(self, topic: str, key: int) -> bytes:
        """See Storage; reads forwards, from the start when asked for an earlier message."""
        if key < self._next or not self._next:
            self._messages.close()
            self._messages, self._next = self._iterate(topic), 0
        try:
            data = next(islice(self._messages, key - self._next, None))
        except Exception as error:
            self._next = 0
            raise ImageDataError(
                f'{self._path}: message {key} cannot be read ({error!r})'
            ) from error
        self._next = key + 1
        return data

    def close(self) -> None:
        """See Storage."""
        self._messages.close()

    def _iterate(self, topic: str) -> Generator[bytes, None, None]:
        with self._path.open('rb') as file:
            for _, _, message in self._make_reader(file).iter_messages(topics=[topic]):
                yield bytes(message.data)

    def _broken(self, finding: str) -> ConfigurationError:
        return ConfigurationError(
            f'{self._path}: expected a whole MCAP file, {finding}; the recording was cut off, '
            '"mcap recover" can repair it'
        )


def _candidates(path: Path) -> list[Path]:
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return [
        file
        for file in files
        if file.is_file() and file.name.removesuffix(_COMPRESSED_SUFFIX).endswith(BAG_SUFFIXES)
    ]


def _open(file: Path) -> Storage:
    return McapStorage(file) if file.suffix == '.mcap' else SqliteStorage(file)


def _choose_topic(path: Path, types: dict[str, str], topic: str | None) -> str:
    images = sorted(name for name, message_type in types.items() if message_type in IMAGE_TYPES)
    if topic is None and len(images) == 1:
        return images[0]
    if topic in images:
        return str(topic)
    there = f'its image topics are {", ".join(images)}' if images else 'it has no image topic'
    if topic is None:
        remedy = 'choose one with --topic' if images else f'its topics are {", ".join(types)}'
        raise ConfigurationError(f'{path}: {there}; {remedy}')
    raise ConfigurationError(f'{path}: no image topic {topic}; {there}')


def _import_mcap() -> Any:
    try:
        from mcap.reader import make_reader
    except ImportError as error:
        raise MissingDependencyError(
            'mcap', 'to read an MCAP recording', pip_install('mcap')
        ) from error
    return make_reader
