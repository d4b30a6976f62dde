# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What stands behind the fake hailo_platform: a simulated computer, chips and HEF files.

Tests import all they need from here; the API under test stays free of switches.
"""

from __future__ import annotations

from hailo_double.cards import Card as Card
from hailo_double.cards import LOCKS_VARIABLE as LOCKS_VARIABLE
from hailo_double.faults import HANG as HANG
from hailo_double.faults import Violation as Violation
from hailo_double.imports import unimportable as unimportable
from hailo_double.machine import CARDS_VARIABLE as CARDS_VARIABLE
from hailo_double.machine import current as current
from hailo_double.machine import installed as installed
from hailo_double.machine import Machine as Machine
from hailo_double.machine import SETUP_VARIABLE as SETUP_VARIABLE
from hailo_double.networks import Mean as Mean
from hailo_double.networks import Onnx as Onnx
from hailo_double.networks import Recorded as Recorded
from hailo_double.onnx_hef import hef_from_manifest as hef_from_manifest
from hailo_double.onnx_hef import hef_from_onnx as hef_from_onnx
from hailo_double.status import code_of as code_of
from hailo_double.status import ProcessDeath as ProcessDeath
from hailo_double.status import Status as Status
from hailo_double.streams import NetworkGroup as NetworkGroup
from hailo_double.streams import Nms as Nms
from hailo_double.streams import Quantization as Quantization
from hailo_double.streams import Stream as Stream
from hailo_double.writer import Computation as Computation
from hailo_double.writer import GIT_LFS_POINTER as GIT_LFS_POINTER
from hailo_double.writer import make_group as make_group
from hailo_double.writer import write_hef as write_hef
from hailo_double.writer import write_hef_of_groups as write_hef_of_groups
