# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Model manifests: what a network is, and how its tensors bind to the package's tasks."""
