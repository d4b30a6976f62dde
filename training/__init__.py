# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How the packaged networks are described, trained and exported; needs PyTorch.

The package never imports this: it only reads the ONNX file and the manifest that come out.
"""
