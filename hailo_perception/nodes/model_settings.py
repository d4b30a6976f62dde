# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The tasks' settings as parameters: a model's own values, until a user sets others."""

from __future__ import annotations

from typing import Any

from rclpy.node import Node
from rclpy.parameter import Parameter

from hailo_perception.models.specification import ModelManifest
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.settings_parameters import settings_of
from hailo_perception.ros.settings_parameters import settings_parameters
from hailo_perception.tasks.settings import PostprocessSettings


class ModelSettings:
    """Keeps the parameters of one node; they follow the model where nobody changed them."""

    def __init__(self, node: Node) -> None:
        """Declare nothing yet: a model brings the defaults."""
        self._node = node
        self._defaults: PostprocessSettings | None = None

    def for_model(self, manifest: ModelManifest) -> PostprocessSettings:
        """Give the settings for a model; the parameters stay as they are until ``adopt``.

        ConfigurationError when a parameter's value is not legal.
        """
        defaults = PostprocessSettings.for_model(manifest)
        declared = settings_of(declare(self._node, settings_parameters(defaults)), defaults)
        return following(declared, self._defaults or defaults, defaults)

    def adopt(self, manifest: ModelManifest, settings: PostprocessSettings) -> None:
        """Show a model's settings in the parameters."""
        self._defaults = PostprocessSettings.for_model(manifest)
        self._node.set_parameters(
            [
                Parameter(name, value=value)
                for name, value in _values(settings).items()
                if self._node.get_parameter(name).value != value
            ]
        )


def following(
    current: PostprocessSettings, old: PostprocessSettings, new: PostprocessSettings
) -> PostprocessSettings:
    """Take a new model's defaults, but keep each value that differs from the old defaults."""
    old_values = _values(old)
    changed = {
        name: value for name, value in _values(current).items() if value != old_values[name]
    }
    return settings_of(changed, new)


def _values(settings: PostprocessSettings) -> dict[str, Any]:
    return {row.name: row.default for row in settings_parameters(settings)}
