# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Where the tests of postprocessing find the network that they share."""

from __future__ import annotations

from pathlib import Path
import sys

# Tables of tests take their rows from modules beside them, where fixtures come too late.
sys.path.append(str(Path(__file__).parent))
