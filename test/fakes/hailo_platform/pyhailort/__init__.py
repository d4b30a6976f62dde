# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The Python layer (pyhailort) and, as _pyhailort, the native module below it."""
