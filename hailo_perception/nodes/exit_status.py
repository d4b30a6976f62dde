# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The exit statuses of the nodes' processes."""

from __future__ import annotations

EXIT_OK = 0
EXIT_LOST = 1
"""What the node lives on is lost, and may be there again at a second start."""
EXIT_CONFIGURATION = 2
"""What was asked for cannot be had, and could not at a second start."""
