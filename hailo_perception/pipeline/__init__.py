# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Moves frames through decode, inference and postprocess: newest first, bounded, counted."""
