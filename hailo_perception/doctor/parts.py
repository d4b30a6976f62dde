# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The Python parts: those that must be there, those that may, and those that clash."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
import re

from hailo_perception.core.optional_parts import requirements_of
from hailo_perception.doctor.binding import SYSTEM_PACKAGES
from hailo_perception.doctor.finding import error
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import ok
from hailo_perception.doctor.finding import warning
from hailo_perception.doctor.pcie import find_hailo_devices
from hailo_perception.doctor.remedy import is_managed
from hailo_perception.doctor.remedy import pip_install
from hailo_perception.doctor.system import System
from hailo_perception.doctor.text import Version
from hailo_perception.doctor.text import version_in
from hailo_perception.doctor.text import written

_OPENCV = (
    'opencv-python-headless',
    'opencv-python',
    'opencv-contrib-python-headless',
    'opencv-contrib-python',
)
_KNOWN_OPENCV = 'opencv-python-headless<5'
_FIRST_UNKNOWN_OPENCV = 5
OLDEST_ONNX_RUNTIME = (1, 18, 0)
"""The first that reads the packaged models; in setup.cfg too."""

_SYSTEM_NUMPY = re.compile(r'numpy-([0-9]{1,3})\.')


@dataclass(frozen=True, slots=True)
class Part:
    """A module, the distributions that may bring it, what is missing without it, the cure."""

    module: str
    distributions: tuple[str, ...]
    without: str
    pip: tuple[str, ...]
    apt: str = ''
    """The system's own package, which fits the other ones of the system."""
    oldest: Version = (0, 0, 0)
    """The first version that is new enough."""


_CV2 = Part('cv2', _OPENCV, 'nothing works', (_KNOWN_OPENCV,), 'python3-opencv')
_REQUIRED = (
    Part('numpy', ('numpy',), 'nothing works', ('numpy',), 'python3-numpy'),
    _CV2,
    Part('yaml', ('PyYAML',), 'no model can be read', ('PyYAML',), 'python3-yaml'),
)
_ONNX = Part(
    'onnxruntime',
    ('onnxruntime', 'onnxruntime-gpu', 'onnxruntime-openvino'),
    'no network can run on the CPU',
    ('onnxruntime',),
    oldest=OLDEST_ONNX_RUNTIME,
)
_FASTER = (
    Part('numba', ('numba',), 'postprocessing takes several times as long', ('numba',)),
    Part('simplejpeg', ('simplejpeg',), 'JPEG takes twice as long', ('simplejpeg',)),
)
_DEMO = ('mcap', 'rich', 'rerun')


def examine(system: System) -> Iterator[Finding]:
    """Look for each part, then for parts that do not go together."""
    for part in _REQUIRED:
        yield _judge(system, part, error)
    has_chip = bool(find_hailo_devices(system))
    yield _judge(system, _ONNX, warning if has_chip else error)
    for part in _FASTER:
        yield _judge(system, part, warning)
    if system.python.has('rclpy'):
        yield _vision_messages(system)
        yield _foxglove_messages(system)
    yield _demo(system)
    yield from _two_opencvs(system)
    yield from _numpy_of_the_system(system)
    yield from _cv_bridge(system)


def _judge(system: System, part: Part, make: Callable[[str, str, str], Finding]) -> Finding:
    if not system.python.has(part.module):
        from_apt = part.apt and is_managed(system)
        remedy = f'sudo apt install {part.apt}' if from_apt else pip_install(system, *part.pip)
        return make(part.module, f'not installed: {part.without}', remedy)
    version = _version(system, part)
    found = version_in(version)
    if found is not None and found < part.oldest:
        return make(
            part.module,
            f'{version} is older than {written(part.oldest)}: {part.without}',
            pip_install(system, '-U', *part.pip),
        )
    return ok(part.module, version or 'installed')


def _version(system: System, part: Part) -> str:
    versions = (system.python.version_of(name) for name in part.distributions)
    return next(filter(None, versions), '')


def _vision_messages(system: System) -> Finding:
    if system.python.has('vision_msgs'):
        return ok('vision_msgs', 'installed')
    fact = 'not installed: no topics detections and label_info'
    if system.python.version_of('ros-rclpy'):
        return ok('vision_msgs', fact, 'there is no wheel of it; ROS from apt has it')
    return warning('vision_msgs', fact, 'sudo apt install ros-$ROS_DISTRO-vision-msgs')


def _foxglove_messages(system: System) -> Finding:
    if system.python.has('foxglove_msgs'):
        return ok('foxglove_msgs', 'installed')
    return ok(
        'foxglove_msgs',
        "not installed: no topic annotations, which Foxglove's image panel draws",
        'there is no wheel of it; ROS from apt has it'
        if system.python.version_of('ros-rclpy')
        else 'sudo apt install ros-$ROS_DISTRO-foxglove-msgs',
    )


def _demo(system: System) -> Finding:
    missing = [name for name in _DEMO if not system.python.has(name)]
    if not missing:
        return ok('demo', f'{", ".join(_DEMO)}: the demo can record and display all')
    return ok(
        'demo',
        f'without {", ".join(missing)} the demo shows or records less',
        pip_install(system, *requirements_of(*missing)),
    )


def _two_opencvs(system: System) -> Iterator[Finding]:
    versions = {name: system.python.version_of(name) for name in _OPENCV}
    found = {name: version for name, version in versions.items() if version}
    # The tracking library wants another one than this package; of one version they go together.
    if len(set(found.values())) > 1:
        yield warning(
            'opencv_twice',
            f'{" and ".join(map(" ".join, found.items()))} overwrite each other',
            pip_install(system, '--force-reinstall', '--no-deps', *_of_one_version(found)),
        )
    opencv = version_in(_version(system, _CV2))
    if opencv is not None and opencv[0] >= _FIRST_UNKNOWN_OPENCV:
        yield warning(
            'opencv_version',
            f'OpenCV {written(opencv)} is newer than what this package and cv_bridge know',
            pip_install(system, _KNOWN_OPENCV),
        )


def _of_one_version(found: dict[str, str]) -> list[str]:
    """Require the newest known version among those found for all of them."""
    numbers = {text: version_in(text) for text in found.values()}
    known = {n: text for text, n in numbers.items() if n and n[0] < _FIRST_UNKNOWN_OPENCV}
    wanted = f'=={known[max(known)]}' if known else f'<{_FIRST_UNKNOWN_OPENCV}'
    return [name + wanted for name in found]


def _numpy_of_the_system(system: System) -> Iterator[Finding]:
    """Compare pip's numpy with the one that the system's OpenCV and ROS were compiled for."""
    own = version_in(system.python.version_of('numpy'))
    names = (_SYSTEM_NUMPY.match(name) for name in system.entries(SYSTEM_PACKAGES))
    majors = {int(name[1]) for name in names if name}
    if own is None or not majors or own[0] <= max(majors):
        return
    folder = system.python.folder_of('cv2') or ''
    if folder.startswith(SYSTEM_PACKAGES):
        yield error(
            'numpy_clash',
            f'numpy {written(own)}, but the OpenCV of the system was compiled for numpy '
            f'{max(majors)}',
            f'{pip_install(system, f"numpy<{max(majors) + 1}")}, or '
            f'{pip_install(system, _KNOWN_OPENCV)}',
        )


def _cv_bridge(system: System) -> Iterator[Finding]:
    """The package does without cv_bridge; camera drivers in the same Python may not."""
    if not system.python.has('cv_bridge'):
        return
    numpy = version_in(system.python.version_of('numpy'))
    if numpy is not None and numpy[0] >= 2:
        yield ok(
            'cv_bridge',
            'not needed here; released ones are compiled for numpy 1',
            f'if another node fails with _ARRAY_API not found: {pip_install(system, "numpy<2")}',
        )
    else:
        yield ok('cv_bridge', 'installed, not needed here')
