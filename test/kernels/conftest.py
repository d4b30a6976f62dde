# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Where the tests of kernels find the tensors that they share."""

from __future__ import annotations

from pathlib import Path
import sys

# Imported as modules of their own, tests do not find what lies beside them.
sys.path.append(str(Path(__file__).parent))
