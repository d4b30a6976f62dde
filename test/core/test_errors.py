# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Errors: what each costs, and how a caller tells them apart."""

from __future__ import annotations

import pytest

from hailo_perception.core import errors
from hailo_perception.core.errors import Cause
from hailo_perception.core.errors import FrameError
from hailo_perception.core.errors import HailoPerceptionError


@pytest.mark.parametrize(
    ('error', 'cause'),
    [
        (errors.EncodingError, Cause.ENCODING),
        (errors.ImageDataError, Cause.IMAGE_DATA),
        (errors.CameraInfoError, Cause.CAMERA_INFO),
        (errors.NetworkOutputError, Cause.NETWORK_OUTPUT),
        (errors.BackendError, Cause.INFERENCE),
    ],
)
def test_frame_errors_know_their_cause(error: type[FrameError], cause: Cause) -> None:
    assert error('why').cause is cause
    assert str(error('why')) == 'why'


def test_every_error_of_the_module_is_the_packages_own() -> None:
    found = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert len(found) > 5
    assert all(issubclass(error, HailoPerceptionError) for error in found)


def test_configuration_errors_do_not_cost_frames() -> None:
    assert issubclass(errors.ManifestError, errors.ConfigurationError)
    assert issubclass(errors.ConfigurationError, ValueError)
    assert not issubclass(errors.ConfigurationError, FrameError)


def test_missing_dependency_names_module_purpose_and_remedy() -> None:
    error = errors.MissingDependencyError('numba', 'for fast kernels', 'pip install x[fast]')
    assert (
        str(error) == 'numba is needed for fast kernels and is not installed; pip install x[fast]'
    )
    assert error.module == 'numba'
    assert isinstance(error, ImportError)
