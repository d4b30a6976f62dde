# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Narrow a trained network step by step where its quality suffers least.

``channels`` finds by tracing what belongs together, ``widths`` what a description can say of it,
``sensitivity`` measures, ``plan`` decides, ``surgery`` cuts, ``steps`` fine-tunes and keeps each
step on disk, ``report`` writes tables and plots. ``python -m training.pruning`` does it all.
"""
