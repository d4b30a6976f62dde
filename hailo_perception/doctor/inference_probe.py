# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Opens every packaged model with ``auto`` and prints a line of JSON for each."""

from __future__ import annotations

from collections.abc import Iterator
import json
from typing import Any

from hailo_perception.backends.selection import open_backend
from hailo_perception.core.errors import HailoPerceptionError
from hailo_perception.models.catalog import packaged_models
from hailo_perception.models.manifest import load_manifest

_BACKENDS = 'hailo_perception.backends'


def try_models() -> Iterator[dict[str, Any]]:
    """Say for each packaged model which backend took it and why, or why none did."""
    for name, path in packaged_models().items():
        try:
            opened = open_backend('auto', load_manifest(path))
        except HailoPerceptionError as error:
            yield {'model': name, 'error': str(error)}
            continue
        backend = type(opened.backend).__module__.removeprefix(f'{_BACKENDS}.').split('.')[0]
        opened.backend.close()
        yield {
            'model': name,
            'backend': backend,
            'reason': opened.reason,
            'warnings': opened.warnings,
        }


def main() -> None:
    """Print each answer as soon as it is known."""
    for facts in try_models():
        print(json.dumps(facts), flush=True)


if __name__ == '__main__':
    main()
