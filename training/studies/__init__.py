# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Studies of our own networks, each a command that leaves a table, a plot and a page."""
