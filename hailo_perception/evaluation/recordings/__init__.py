# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Recorded data sets as pictures with whatever truth each of them knows."""
