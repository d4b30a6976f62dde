# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Measures what the package costs on this machine, beside what the same work costs elsewhere."""
