# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Parameters and model files with which the node cannot start, and what it must say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from misconfigured_camera import HAS_TRANSFORMS
from misconfigured_camera import SIZE
from misconfigured_camera import TARGET_FRAME
import numpy as np
import yaml

from hailo_perception.backends.recording import save_recording
from hailo_perception.core.tensors import TensorInfo

DEPTH = TensorInfo('depth', (32, 48, 1), np.dtype(np.float32))
_LFS_POINTER = (
    'version https://git-lfs.github.com/spec/v1\n'
    f'oid sha256:{"0" * 64}\nsize 12345678\n'
)


@dataclass(frozen=True, slots=True)
class MisconfiguredStart:
    """What is wrong, as parameters, and parts of the one line that says so.

    ``parameters`` are made in a folder where files may be written. Where ROS itself refuses
    to set the value later, ``is_settable`` is false.
    """

    name: str
    what: str
    answer: tuple[str, ...]
    parameters: Callable[[Path], dict[str, Any]]
    is_settable: bool = True


def write_model(folder: Path, name: str = 'small', **changes: Any) -> str:
    """Write a model that replays one depth map, with some keys of its manifest changed."""
    values = {DEPTH.name: np.full(DEPTH.shape, 0.2, np.float32)}
    save_recording(folder / 'small.npz', (DEPTH,), [values])
    depth = {
        'decoder': 'linear',
        'output': DEPTH.name,
        'maximum_m': 100,
        'valid_range_m': [0.5, 100],
    }
    manifest = {
        'manifest_version': 1,
        'name': name,
        'files': {'replay': 'small.npz'},
        'input': {'width': SIZE[0], 'height': SIZE[1]},
        'tasks': {'depth': depth},
        **changes,
    }
    path = folder / f'{name}.yaml'
    path.write_text(yaml.safe_dump(manifest))
    return str(path)


def _given(**parameters: Any) -> Callable[[Path], dict[str, Any]]:
    """Give these parameters; a dot in a name is written as two underscores."""
    named = {name.replace('__', '.'): value for name, value in parameters.items()}
    return lambda folder: named


def _model(**changes: Any) -> Callable[[Path], dict[str, Any]]:
    return lambda folder: {'model': write_model(folder, 'changed', **changes)}


def _pointer(folder: Path) -> dict[str, Any]:
    (folder / 'pointer.onnx').write_text(_LFS_POINTER)
    return {'model': write_model(folder, 'pointing', files={'onnx': 'pointer.onnx'})}


def _weights(folder: Path) -> dict[str, Any]:
    (folder / 'network.onnx').write_bytes(bytes(100))
    return {'model': str(folder / 'network.onnx')}


def _without_device(folder: Path) -> dict[str, Any]:
    (folder / 'network.hef').write_bytes(bytes(100))
    files = {'hef': 'network.hef', 'replay': 'small.npz'}
    return {'model': write_model(folder, 'compiled', files=files), 'backend': 'hailort'}


_STARTS = (
    MisconfiguredStart(
        'model_name', "a model's name with a typing error",
        ("no model 'lightnet_compat'", 'lightnet_compact'), _given(model='lightnet_compat'),
    ),
    MisconfiguredStart(
        'model_missing', 'a manifest that is not there',
        ("no manifest at '/nowhere/model.yaml'", 'packaged models'),
        _given(model='/nowhere/model.yaml'),
    ),
    MisconfiguredStart(
        'model_weights', 'the network file in the place of its manifest',
        ('network.onnx', 'name the manifest that belongs to it'), _weights,
    ),
    MisconfiguredStart(
        'model_pointer', 'a network file that is a Git LFS pointer',
        ('is a Git LFS pointer', 'git lfs pull'), _pointer,
    ),
    MisconfiguredStart(
        'manifest_key', 'an unknown key in the manifest',
        ('changed.yaml', 'licens', 'licence'), _model(licens='MIT'),
    ),
    MisconfiguredStart(
        'manifest_output', 'a manifest that names an output that the network does not have',
        ("'disparity'",),
        _model(
            tasks={
                'depth': {
                    'decoder': 'linear',
                    'output': 'disparity',
                    'maximum_m': 100,
                    'valid_range_m': [0.5, 100],
                }
            }
        ),
    ),
    MisconfiguredStart(
        'backend_file', 'a backend for which the model has no file',
        ("expected a file for 'onnx'",), _given(backend='onnx'),
    ),
    MisconfiguredStart(
        'backend_device', 'hailort on a computer without HailoRT and device',
        ('hailo',), _without_device,
    ),
    MisconfiguredStart(
        'backend_name', 'a backend that does not exist',
        ('backend must be auto | hailort | onnx | replay', "'tpu'"), _given(backend='tpu'),
    ),
    MisconfiguredStart(
        'range', 'a number outside its range', ('in_flight must be 0…8', '99'),
        _given(in_flight=99), is_settable=False,
    ),
    MisconfiguredStart(
        'type', 'a text in the place of a number',
        ('in_flight must be a whole number', "'two'"), _given(in_flight='two'),
        is_settable=False,
    ),
    MisconfiguredStart(
        'whole_number', 'a whole number in the place of a number with a point',
        ('detection.score_threshold', 'write 1.0, not 1'), _given(detection__score_threshold=1),
        is_settable=False,
    ),
    MisconfiguredStart(
        'cameras_twice', 'a camera named twice',
        ('cameras must be one or more different names', "['a', 'a']"), _given(cameras=['a', 'a']),
    ),
    MisconfiguredStart(
        'camera_name', "a camera's name that can be no topic",
        ('cameras', 'front camera'), _given(cameras=['front camera']),
    ),
    MisconfiguredStart(
        'topic_name', 'a topic name with a space',
        ('camera.front.image_topic', "'front image'"),
        _given(camera__front__image_topic='front image'),
    ),
    MisconfiguredStart(
        'outputs', 'an output that does not exist', ('outputs must be', 'objets'),
        _given(outputs=['objets']),
    ),
    MisconfiguredStart(
        'depth_encoding', 'a depth encoding that does not exist',
        ('depth_encoding must be 32FC1 | 16UC1', "'8UC1'"), _given(depth_encoding='8UC1'),
    ),
    MisconfiguredStart(
        'pairing', 'a pairing that does not exist',
        ('camera.front.pairing must be', "'precise'"), _given(camera__front__pairing='precise'),
    ),
    MisconfiguredStart(
        'cpu_affinity', 'a core that does not exist',
        ('cpu_affinity [999]', 'choose among these'), _given(cpu_affinity=[999]),
    ),
    MisconfiguredStart(
        'own_vehicle', 'a mask of the own vehicle that is not there',
        ('/nowhere.png',), _given(camera__front__own_vehicle_mask='/nowhere.png'),
    ),
    MisconfiguredStart(
        'autoware', "a file of Autoware's classes that is not there",
        ('/nowhere.yaml',), _given(autoware_classes='/nowhere.yaml'),
    ),
)
_WITHOUT_TRANSFORMS = (
    MisconfiguredStart(
        'target_frame', 'a target_frame, and no tf2 on the computer',
        ('tf2_ros is needed for a target frame', 'source a ROS installation'),
        _given(target_frame=TARGET_FRAME),
    ),
)
STARTS = _STARTS if HAS_TRANSFORMS else (*_STARTS, *_WITHOUT_TRANSFORMS)
"""Those that can be tried here."""
