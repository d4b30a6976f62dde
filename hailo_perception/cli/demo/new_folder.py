# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A folder of its own for each run; nothing that is there is ever touched."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from hailo_perception.cli.demo.options import DEFAULT_FOLDER
from hailo_perception.core.errors import ConfigurationError


def make_results_folder(wish: Path | None, now: datetime) -> Path:
    """Make a folder that nothing was in before; ConfigurationError when the wished one has files.

    Without a wish it is a new one under hailo_perception_demo/, named by date and time.
    """
    if wish is None:
        base = DEFAULT_FOLDER / f'{now:%Y-%m-%d_%H%M%S}'
        candidates = [base, *(base.with_name(f'{base.name}_{n}') for n in range(2, 100))]
        folder = next((path for path in candidates if not path.exists()), base)
    else:
        folder = wish
        if folder.is_dir() and any(folder.iterdir()):
            raise ConfigurationError(f'--output {folder} has files in it; name a new folder')
    try:
        folder.mkdir(parents=True, exist_ok=wish is not None)
    except OSError as error:
        raise ConfigurationError(
            f'cannot make the folder {folder} ({error.strerror}); name another with --output'
        ) from error
    return folder
