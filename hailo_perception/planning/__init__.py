# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a board can do for a network, before it is bought: bytes, links, published rates."""
