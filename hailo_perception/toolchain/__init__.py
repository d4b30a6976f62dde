# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""From an ONNX network to a Hailo executable: calibration set, checks, vendor steps, manifest."""
