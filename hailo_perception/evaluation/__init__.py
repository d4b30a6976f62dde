# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How well a model does on rendered scenes whose truth is known: metrics and their runner."""
