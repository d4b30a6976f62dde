# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Correcting the depth of one camera: what was measured, held against what the network found."""
