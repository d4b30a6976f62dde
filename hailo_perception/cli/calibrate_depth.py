# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""hailo-perception calibrate-depth: the depth scale and offset of one camera."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
import sys
from typing import TYPE_CHECKING

from hailo_perception.cli.json_output import check_json
from hailo_perception.cli.json_output import put_out
from hailo_perception.cli.json_output import STDOUT
from hailo_perception.cli.ranges import frame_range
from hailo_perception.cli.ranges import metre_range
from hailo_perception.cli.ranges import progress
from hailo_perception.core.camera_name import CAMERA_NAME_RULE
from hailo_perception.core.camera_name import is_camera_name
from hailo_perception.core.errors import ConfigurationError

if TYPE_CHECKING:
    from hailo_perception.calibration.depth_pairs import DepthPairs
    from hailo_perception.evaluation.network import Network

_DEFAULT_MODEL = 'lightnet_compact'
_DEFAULT_RANGE_M = (1.0, 80.0)
_POSE_PARTS = 7


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the options of the calibration."""
    parser = subparsers.add_parser(
        'calibrate-depth',
        help='find the depth scale and offset of a camera from measured distances',
        description='Compare the depth of the network with measured distances and print the '
        'parameters that correct it. The distances come from one of: a recorded data set with '
        'LiDAR (--dataset), objects measured with a tape (--image, --measured), pixels measured '
        'with a tape (--pixels), or a LiDAR beside a running perception node (--lidar-topic).',
    )
    parser.add_argument(
        '--camera', metavar='NAME', default='front', help='in the parameters (default front)'
    )
    parser.add_argument(
        '--range',
        metavar='A:B',
        help='use distances of A to B metres along the optical axis (default 1:80)',
    )
    parser.add_argument(
        '--scale-only', action='store_true', help='fit no offset, whatever the distances allow'
    )
    parser.add_argument(
        '--json',
        metavar='FILE',
        help=f"write the fit as JSON; '{STDOUT}' prints it in place of the tables",
    )
    model = parser.add_argument_group('the network (not with --lidar-topic)')
    model.add_argument(
        '--model',
        default=_DEFAULT_MODEL,
        help=f'packaged model, or path of a model manifest (default {_DEFAULT_MODEL})',
    )
    model.add_argument(
        '--backend', default='auto', help='auto, hailort, onnx or replay (default auto)'
    )
    model.add_argument(
        '--threads', metavar='N', type=int, default=0, help='on the CPU (default: half the cores)'
    )
    recorded = parser.add_argument_group('a recorded data set')
    recorded.add_argument('--dataset', help='one with LiDAR: kitti_object, kitti_raw or pandaset')
    recorded.add_argument('--data', metavar='DIR', type=Path, help='its folder, as it is shipped')
    recorded.add_argument('--split', metavar='NAME', help='part of it, such as val')
    recorded.add_argument(
        '--recorded-camera', metavar='NAME', help='of a data set with several cameras'
    )
    recorded.add_argument('--frames', metavar='A:B', help='only the frames A to B-1')
    tape = parser.add_argument_group('distances measured with a tape, from the lens')
    tape.add_argument(
        '--calibration',
        metavar='FILE',
        type=Path,
        help='camera_info YAML of the pictures, as camera_calibration writes it',
    )
    tape.add_argument('--image', metavar='FILE', type=Path, help='picture of the measured objects')
    tape.add_argument(
        '--measured',
        metavar='CLASS:METRES',
        action='append',
        help='such as car:12.5, once for each object; all that are found of a class',
    )
    tape.add_argument(
        '--score-threshold',
        metavar='SCORE',
        type=float,
        help="least score of a found object (default: the model's)",
    )
    tape.add_argument(
        '--pixels',
        metavar='FILE',
        type=Path,
        help='CSV file with the columns image,x_px,y_px,distance_m, pictures beside it',
    )
    topics = parser.add_argument_group('a LiDAR beside a running perception node')
    topics.add_argument('--lidar-topic', metavar='TOPIC', help='sensor_msgs/PointCloud2')
    topics.add_argument(
        '--depth-topic', metavar='TOPIC', help='default /perception/CAMERA/depth/image'
    )
    topics.add_argument(
        '--lidar-pose',
        metavar=('X', 'Y', 'Z', 'QX', 'QY', 'QZ', 'QW'),
        type=float,
        nargs=_POSE_PARTS,
        help="of the LiDAR's frame in the camera's optical frame (default: asked of /tf)",
    )
    topics.add_argument(
        '--rectified', action='store_true', help='the images that the node takes are rectified'
    )
    topics.add_argument(
        '--scans', metavar='N', type=int, default=20, help='to compare (default 20)'
    )
    topics.add_argument(
        '--timeout', metavar='S', type=float, default=60.0, help='wait so long (default 60)'
    )
    topics.add_argument(
        '--present-scale',
        metavar='SCALE',
        type=float,
        default=1.0,
        help='camera.NAME.depth_scale that the node runs with (default 1)',
    )
    topics.add_argument(
        '--present-offset',
        metavar='M',
        type=float,
        default=0.0,
        help='camera.NAME.depth_offset_m that the node runs with (default 0)',
    )


def run(arguments: argparse.Namespace) -> int:
    """Fit and print; returns 0."""
    from hailo_perception.calibration.depth_fit import fit_depth
    from hailo_perception.calibration.depth_report import Correction
    from hailo_perception.calibration.depth_report import to_json
    from hailo_perception.calibration.depth_report import to_text

    check_json(arguments.json)
    range_m = metre_range('--range', arguments.range) if arguments.range else _DEFAULT_RANGE_M
    if not is_camera_name(arguments.camera):
        raise ConfigurationError(
            f'--camera {arguments.camera}: expected {CAMERA_NAME_RULE}, as in the parameters'
        )
    present = Correction(arguments.present_scale, arguments.present_offset)
    present.check('--present-scale, --present-offset')
    source, pairs = _collect(arguments)
    fit = fit_depth(pairs.within(range_m), with_offset=not arguments.scale_only)
    correction = present.then(fit)
    correction.check('no parameters correct these depths')
    put_out(
        arguments.json,
        lambda: to_json(fit, correction, arguments.camera, source),
        lambda: to_text(fit, correction, arguments.camera, source),
    )
    return 0


def _collect(arguments: argparse.Namespace) -> tuple[str, DepthPairs]:
    """Measure, from the one source that is named; gives its description too."""
    named = [name for name in _SOURCES if getattr(arguments, name) is not None]
    if len(named) != 1:
        options = ', '.join(f'--{name.replace("_", "-")}' for name in _SOURCES)
        raise ConfigurationError(
            f'the distances come from one of {options}; got {len(named) or "none"} of them'
        )
    return _SOURCES[named[0]](arguments)


def _from_dataset(arguments: argparse.Namespace) -> tuple[str, DepthPairs]:
    from hailo_perception.calibration.network_depth import pairs_of_recording
    from hailo_perception.evaluation.recordings.catalog import open_recording
    from hailo_perception.evaluation.recordings.catalog import WITH_LIDAR
    from hailo_perception.evaluation.recordings.recording import RecordingOptions

    if arguments.dataset not in WITH_LIDAR:
        raise ConfigurationError(
            f"no data set '{arguments.dataset}' with LiDAR; those are {', '.join(WITH_LIDAR)}"
        )
    if arguments.data is None:
        raise ConfigurationError(f'--dataset {arguments.dataset} needs its folder: --data DIR')
    options = RecordingOptions(arguments.split, arguments.recorded_camera)
    recording = open_recording(arguments.dataset, arguments.data, options)
    recording = recording.between(*frame_range('--frames', arguments.frames))
    with_network = _Opened(arguments)
    pairs = with_network(
        lambda network: pairs_of_recording(
            network,
            recording,
            on_picture=progress(len(recording), 'pictures'),
            on_unreadable=lambda picture: print(
                f'{picture.name} is not used: {picture.reason}', file=sys.stderr, flush=True
            ),
        )
    )
    return f'{recording.dataset} {recording.origin}, {with_network.model}', pairs


def _from_objects(arguments: argparse.Namespace) -> tuple[str, DepthPairs]:
    from hailo_perception.calibration.measured import MeasuredObject
    from hailo_perception.calibration.network_depth import pairs_of_measured_objects
    from hailo_perception.vision.calibration_file import load_calibration

    if arguments.image is None or arguments.calibration is None:
        raise ConfigurationError('--measured needs --image FILE and --calibration FILE')
    measured = [MeasuredObject.parse(text) for text in arguments.measured]
    camera = load_calibration(arguments.calibration)
    with_network = _Opened(arguments)
    pairs = with_network(
        lambda network: pairs_of_measured_objects(
            network,
            arguments.image,
            measured,
            camera,
            score_threshold=with_network.score_threshold,
        )
    )
    return f'{arguments.image}, {with_network.model}', pairs


def _from_pixels(arguments: argparse.Namespace) -> tuple[str, DepthPairs]:
    from hailo_perception.calibration.measured import read_measured_pixels
    from hailo_perception.calibration.network_depth import pairs_of_measured_pixels
    from hailo_perception.vision.calibration_file import load_calibration

    if arguments.calibration is None:
        raise ConfigurationError('--pixels needs --calibration FILE')
    pixels = read_measured_pixels(arguments.pixels)
    camera = load_calibration(arguments.calibration)
    with_network = _Opened(arguments)
    pairs = with_network(lambda network: pairs_of_measured_pixels(network, pixels, camera))
    return f'{arguments.pixels}, {with_network.model}', pairs


def _from_lidar(arguments: argparse.Namespace) -> tuple[str, DepthPairs]:
    from hailo_perception.cli.lidar_session import LidarRequest
    from hailo_perception.cli.lidar_session import measure_with_lidar

    depth_topic = arguments.depth_topic or f'/perception/{arguments.camera}/depth/image'
    pairs = measure_with_lidar(
        LidarRequest(
            depth_topic,
            arguments.lidar_topic,
            None if arguments.lidar_pose is None else tuple(arguments.lidar_pose),
            arguments.rectified,
            arguments.scans,
            arguments.timeout,
        )
    )
    return f'{depth_topic} against {arguments.lidar_topic}', pairs


_SOURCES: dict[str, Callable[[argparse.Namespace], tuple[str, DepthPairs]]] = {
    'dataset': _from_dataset,
    'measured': _from_objects,
    'pixels': _from_pixels,
    'lidar_topic': _from_lidar,
}


class _Opened:
    """Opens the model for one use and closes it after."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        from hailo_perception.models.catalog import find_model
        from hailo_perception.models.manifest import load_manifest

        self._arguments = arguments
        self._manifest = load_manifest(find_model(arguments.model))
        self.model = self._manifest.name

    @property
    def score_threshold(self) -> float:
        """The user's, or the model's own."""
        asked: float | None = self._arguments.score_threshold
        detection = self._manifest.detection
        return asked if asked is not None else detection.score_threshold if detection else 0.0

    def __call__(self, measure: Callable[[Network], DepthPairs]) -> DepthPairs:
        from hailo_perception.backends.selection import BackendOptions
        from hailo_perception.backends.selection import open_backend
        from hailo_perception.evaluation.network import Network
        from hailo_perception.models.binding import bind

        if self._manifest.depth is None:
            raise ConfigurationError(f"the model '{self.model}' has no depth to correct")
        options = BackendOptions(threads=self._arguments.threads)
        opened = open_backend(self._arguments.backend, self._manifest, options)
        try:
            print(opened.reason, file=sys.stderr)
            model = bind(self._manifest, opened.backend.inputs, opened.backend.outputs)
            return measure(Network(model, opened.backend))
        finally:
            opened.backend.close()
