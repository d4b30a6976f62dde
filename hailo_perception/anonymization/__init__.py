# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Making people in a picture unrecognisable: where their heads are, and how they are covered."""
