# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

import subprocess
import sys

import pytest

IMPORT_ALL = """
import importlib, pkgutil, sys
for absent in ('onnxruntime', 'onnx', 'hailo_platform', 'rclpy', 'sensor_msgs', 'cv_bridge'):
    sys.modules[absent] = None
package = importlib.import_module('hailo_perception.{name}')
modules = [m.name for m in pkgutil.iter_modules(package.__path__)]
assert len(modules) > 3, modules
for module in modules:
    importlib.import_module('hailo_perception.{name}.' + module)
"""


@pytest.mark.parametrize('name', ['models', 'backends'])
def test_package_imports_without_any_runtime(name):
    subprocess.run([sys.executable, '-c', IMPORT_ALL.format(name=name)], check=True)
