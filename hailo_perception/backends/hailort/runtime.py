# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The vendor's Python binding: the only module that imports it."""

from __future__ import annotations

from dataclasses import dataclass
import os
import re
from typing import Any

from hailo_perception.backends.hailort.errors import BindingVersionError
from hailo_perception.backends.hailort.errors import RuntimeMissingError
from hailo_perception.backends.hailort.errors import RuntimeUnusableError

_LOG_FOLDER_VARIABLE = 'HAILORT_LOGGER_PATH'
_NO_LOG_FILE = 'NONE'
_VERSION = re.compile(r'\d+\.\d+\.\d+')
_SAME_VERSION = (
    'install HailoRT (the library) and hailo_platform (its Python binding) of one version, '
    'then reboot so that the driver of that version is loaded too'
)


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the backend uses of ``hailo_platform``; nothing in it is typed by the vendor."""

    version: str
    make_virtual_device: Any
    open_device: Any
    read_hef: Any
    scheduling: Any
    format_type: Any
    power_mode: Any

    def scan(self) -> tuple[str, ...]:
        """List the ids of the devices that a driver offers, also those in use."""
        return tuple(self.open_device.scan())


def load_runtime() -> Runtime:
    """Import the binding, which takes 0.15 s the first time.

    RuntimeMissingError where it is not installed, BindingVersionError where it was made for
    another library, RuntimeUnusableError for everything else that may come out of its import.
    """
    # Unless told otherwise the library writes a log into the folder where the node was started.
    os.environ.setdefault(_LOG_FOLDER_VARIABLE, _NO_LOG_FILE)
    try:
        import hailo_platform
    except ModuleNotFoundError as error:
        if error.name == 'hailo_platform':
            raise RuntimeMissingError from error
        raise _unusable(error) from error
    # The native part raises whatever it likes: its errors at import share no base.
    except Exception as error:
        raise _unusable(error) from error
    try:
        return Runtime(
            version=str(hailo_platform.__version__),
            make_virtual_device=hailo_platform.VDevice,
            open_device=hailo_platform.Device,
            read_hef=hailo_platform.HEF,
            scheduling=hailo_platform.HailoSchedulingAlgorithm,
            format_type=hailo_platform.FormatType,
            power_mode=hailo_platform.HailoPowerMode,
        )
    except AttributeError as error:
        raise _unusable(error) from error


def _unusable(error: Exception) -> RuntimeUnusableError:
    versions = _VERSION.findall(str(error))
    if len(set(versions)) > 1:
        found, made_for = versions[0], next(v for v in versions if v != versions[0])
        return BindingVersionError(
            f'hailo_platform does not fit the installed HailoRT: {found} meets {made_for} '
            f'({error}); {_SAME_VERSION}'
        )
    if 'libhailort.so' in str(error):
        wanted = versions[0] if versions else 'another version'
        return BindingVersionError(
            f'hailo_platform was made for HailoRT {wanted}, whose library is not installed '
            f'({error}); {_SAME_VERSION}'
        )
    return RuntimeUnusableError(
        f'hailo_platform is installed and cannot be imported ({type(error).__name__}: {error}); '
        'install HailoRT 4.18 to 4.23 and the binding of the same version for this Python'
    )
