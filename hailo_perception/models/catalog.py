# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Finding a model: by the name of a packaged one, or by a path."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.models.document import nearest

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

    ConfigurationError lists the packaged models when there is neither.
    """
    models = packaged_models(directory)
    name = str(name_or_path)
    if name in models:
        return models[name]
    path = Path(name_or_path).expanduser()
    packaged = f'packaged models: {", ".join(models) or "none"}'
    if path.suffix in MANIFEST_SUFFIXES:
        if path.is_file():
            return path
        raise ConfigurationError(f"no manifest at '{path}'; {packaged}")
    if path.exists() and name:
        raise ConfigurationError(
            f'expected a manifest ({" or ".join(MANIFEST_SUFFIXES)}) or a packaged model, found '
            f"'{path}'; name the manifest that belongs to it; {packaged}"
        )
    hint = nearest(name, models)
    raise ConfigurationError(
        f"no model '{name}'{f', {hint}' if hint else ';'} {packaged}; or give the path of a "
        'manifest'
    )
