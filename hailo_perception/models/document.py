# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A YAML document whose every value knows its place, so that every complaint can name it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
import difflib
import math
from pathlib import Path
from typing import Any
from typing import TypeVar

import yaml

from hailo_perception.core.errors import ManifestError
from hailo_perception.models.files import file_problem

T = TypeVar('T')

_MAX_QUOTED = 60


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a document: the file, the key path that leads to it, and the value."""

    file: Path
    key: str
    value: Any

    def error(self, expected: str, found: str | None = None, remedy: str = '') -> ManifestError:
        """Make the error that names file, key, what was expected, what was found, what to do."""
        found = describe(self.value) if found is None else found
        place = f'{self.file}: {self.key}' if self.key else str(self.file)
        return ManifestError(
            f'{place}: expected {expected}, found {found}' + (f'; {remedy}' if remedy else '')
        )

    def child(self, name: str, value: Any) -> Node:
        """Go down to a named value of a mapping."""
        return Node(self.file, f'{self.key}.{name}' if self.key else name, value)

    def items(self, *, at_least: int = 0, exactly: int | None = None) -> tuple[Node, ...]:
        """Read a list and go down to its items."""
        if not isinstance(self.value, list):
            raise self.error('a list')
        count = len(self.value)
        if exactly is not None and count != exactly:
            raise self.error(f'a list of {exactly}', f'{count} items')
        if count < at_least:
            raise self.error(f'a list of at least {at_least}', f'{count} items')
        return tuple(
            Node(self.file, f'{self.key}[{i}]', item) for i, item in enumerate(self.value)
        )

    def mapping(self) -> Mapping[str, Node]:
        """Read a mapping with any keys and go down to its values."""
        if not isinstance(self.value, dict):
            raise self.error('a mapping of names to values')
        for name in self.value:
            if not isinstance(name, str):
                raise self.error('names as keys', describe(name), 'put the key in quotes')
        return {name: self.child(name, value) for name, value in self.value.items()}

    def fields(
        self,
        required: Mapping[str, Callable[[Node], Any]],
        optional: Mapping[str, Callable[[Node], Any]] | None = None,
    ) -> dict[str, Any]:
        """Read a mapping with known keys, each value by its reader; absent ones stay absent."""
        readers = {**required, **(optional or {})}
        nodes = self.mapping()
        for name in nodes:
            if name not in readers:
                raise self.child(name, None).error(
                    f'one of the keys {", ".join(readers)}',
                    'an unknown key',
                    nearest(name, readers) or 'remove it',
                )
        for name in required:
            if name not in nodes:
                raise self.child(name, None).error('a value', 'nothing', f"add '{name}'")
        return {name: readers[name](node) for name, node in nodes.items()}


class _StrictLoader(yaml.SafeLoader):
    """YAML's safe subset, without its habit of letting the last of two equal keys win.

    What cannot be converted is an error of YAML too, with its place.
    """

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Convert a node; PyYAML passes on whatever Python raises for a bad number or date."""
        try:
            return super().construct_object(node, deep=deep)
        except (yaml.YAMLError, RecursionError):
            raise
        except Exception as error:
            kind = node.tag.rpartition(':')[2]
            raise yaml.constructor.ConstructorError(
                None,
                None,
                f'a value that is no {kind} ({error}); put it in quotes if it is text',
                node.start_mark,
            ) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that occurs twice; keys that merges bring in may be overridden."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag != 'tag:yaml.org,2002:merge' and isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key '{key.value}' occurs twice", key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def read_document(path: Path) -> Node:
    """Read a YAML file; ManifestError when there is none or it is not YAML."""
    problem = file_problem(path)
    if problem:
        raise ManifestError(f'expected a model manifest; {problem}')
    try:
        # PyYAML takes no path and would not tell bytes in another encoding from bad YAML.
        value = yaml.load(path.read_text(encoding='utf-8'), _StrictLoader)
    except UnicodeDecodeError as error:
        raise ManifestError(
            f'{path}: expected YAML text, found bytes that are not UTF-8 (at {error.start}); '
            'name the manifest, not the network file beside it'
        ) from error
    except yaml.YAMLError as error:
        raise ManifestError(f'{path}: expected YAML, found {error}') from error
    except RecursionError as error:
        raise ManifestError(
            f'{path}: expected YAML of a few levels, found too many; name a manifest'
        ) from error
    return Node(path, '', value)


def describe(value: Any) -> str:
    """Name a YAML value's type and show it, shortened."""
    if value is None:
        return 'nothing'
    if isinstance(value, dict):
        names = (key if isinstance(key, str) else _written(key) for key in value)
        return f'a mapping with the keys {", ".join(names)}'
    if isinstance(value, list):
        return f'a list of {len(value)}'
    shown = str(value).lower() if isinstance(value, bool) else _written(value)
    if len(shown) > _MAX_QUOTED:
        shown = shown[:_MAX_QUOTED] + '…'
    return f'text {shown}' if isinstance(value, str) else shown


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the known name that a misspelt one most likely means; empty when none is near."""
    matches = difflib.get_close_matches(name, tuple(known), n=1)
    return f"did you mean '{matches[0]}'?" if matches else ''


def text(node: Node) -> str:
    """Read a text."""
    if not isinstance(node.value, str):
        raise node.error('text', remedy='put it in quotes')
    return node.value


def name(node: Node) -> str:
    """Read a text that is not blank."""
    if not text(node).strip():
        raise node.error('a name')
    return text(node)


def integer(minimum: int, maximum: int) -> Callable[[Node], int]:
    """Make a reader of whole numbers within a range, both ends included."""

    def read(node: Node) -> int:
        value = node.value
        # bool is an int in Python, and 3.0 is a typing error rather than a wish.
        if isinstance(value, bool) or not isinstance(value, int):
            raise node.error(f'a whole number within {minimum}…{maximum}')
        if not minimum <= value <= maximum:
            raise node.error(f'a whole number within {minimum}…{maximum}')
        return value

    return read


def number(minimum: float = -math.inf, maximum: float = math.inf) -> Callable[[Node], float]:
    """Make a reader of finite numbers within a range, both ends included."""
    bounded = not (math.isinf(minimum) and math.isinf(maximum))
    expected = f'a number within {minimum:g}…{maximum:g}' if bounded else 'a finite number'

    def read(node: Node) -> float:
        value = node.value
        if isinstance(value, str) and _is_number(value):
            raise node.error(expected, remedy='write it without quotes and with a decimal point')
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise node.error(expected)
        try:
            converted = float(value)
        except OverflowError:
            raise node.error(expected) from None
        if not math.isfinite(converted) or not minimum <= value <= maximum:
            raise node.error(expected)
        return converted

    return read


def positive(node: Node) -> float:
    """Read a finite number above 0."""
    value = number()(node)
    if value <= 0:
        raise node.error('a number above 0')
    return value


def choice(*options: str) -> Callable[[Node], Any]:
    """Make a reader of one of a few words."""

    def read(node: Node) -> Any:
        if node.value not in options:
            remedy = nearest(node.value, options) if isinstance(node.value, str) else ''
            raise node.error(f'one of {", ".join(options)}', remedy=remedy)
        return node.value

    return read


def nullable(read: Callable[[Node], T]) -> Callable[[Node], T | None]:
    """Make a reader that also takes null."""
    return lambda node: None if node.value is None else read(node)


def list_of(
    read: Callable[[Node], T], *, at_least: int = 0, exactly: int | None = None
) -> Callable[[Node], tuple[T, ...]]:
    """Make a reader of lists whose items are all of one kind."""
    return lambda node: tuple(
        read(item) for item in node.items(at_least=at_least, exactly=exactly)
    )


def _written(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:
        # Python does not write whole numbers of thousands of digits, except as hexadecimals.
        return hex(value)


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
