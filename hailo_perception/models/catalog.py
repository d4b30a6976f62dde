# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Finding a model: by the name of a packaged one, or by a path."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.models.document import nearest
from hailo_perception.models.files import reading_problem

MANIFEST_SUFFIXES = ('.yaml', '.yml')


def packaged_directory() -> Path:
    """Find the folder of the models that come with the package."""
    return Path(str(resources.files('hailo_perception.models') / 'packaged'))


def packaged_models(directory: Path | None = None) -> dict[str, Path]:
    """List the packaged models, name to manifest, in alphabetical order."""
    directory = packaged_directory() if directory is None else directory
    found = (path for path in sorted(directory.glob('*')) if path.suffix in MANIFEST_SUFFIXES)
    return {path.stem: path for path in found}


def find_model(name_or_path: str | Path, directory: Path | None = None) -> Path:
    """Find a manifest by a packaged model's name or by its own path.

    ConfigurationError lists the packaged models when there is neither, or it may not be read.
    """
    models = packaged_models(directory)
    name = str(name_or_path)
    if name in models:
        return models[name]
    packaged = f'packaged models: {", ".join(models) or "none"}'
    try:
        path = Path(name_or_path).expanduser()
        is_file, is_there = path.is_file(), path.exists()
    # RuntimeError for the home of a user whom the system does not know.
    except (OSError, RuntimeError) as error:
        raise ConfigurationError(f'{reading_problem(name, error)}; {packaged}') from error
    if path.suffix in MANIFEST_SUFFIXES:
        if is_file:
            return path
        raise ConfigurationError(f"no manifest at '{path}'; {packaged}")
    if is_there and name:
        raise ConfigurationError(
            f'expected a manifest ({" or ".join(MANIFEST_SUFFIXES)}) or a packaged model, found '
            f"'{path}'; name the manifest that belongs to it; {packaged}"
        )
    hint = nearest(name, models)
    raise ConfigurationError(
        f"no model '{name}'{f', {hint}' if hint else ';'} {packaged}; or give the path of a "
        'manifest'
    )
