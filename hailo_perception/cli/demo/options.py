# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the demo can be told, checked before anything starts."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from hailo_perception.core.errors import ConfigurationError

CAMERA = 'front'
DEFAULT_FOLDER = Path('hailo_perception_demo')
_LIVE_DURATION_S = 20.0
_FOLDER_RATE_HZ = 2.0
"""Pictures of a folder have no rate; at this one even a CPU keeps up with every picture."""
_VIDEO_WIDTH_PX = 960
"""Of the overlay: a video is looked at larger than a robot's picture in rviz."""
_COMPRESSED = '/compressed'


class SourceKind(str, Enum):
    """Where the pictures come from."""

    SCENE = 'scene'
    VIDEO = 'video'
    IMAGES = 'images'
    WEBCAM = 'webcam'
    TOPIC = 'topic'

    @property
    def has_end(self) -> bool:
        """Whether it plays once and is over."""
        return self in (SourceKind.VIDEO, SourceKind.IMAGES)


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """The demo's options as values.

    ``source`` is a path, a device or a topic, by ``kind``; ``output`` None means a new folder
    under the default one; ``duration_s`` None means until the source or the user ends it.
    """

    kind: SourceKind
    source: str
    camera_info_topic: str = ''
    seed: int = 0
    duration_s: float | None = None
    rate_hz: float = 0.0
    size: tuple[int, int] | None = None
    calibration: Path | None = None
    field_of_view_deg: float | None = None
    model: str | None = None
    backend: str | None = None
    output: Path | None = None
    is_recording: bool = True
    has_rerun_recording: bool = False
    picture_period_s: float = 2.0

    @property
    def title(self) -> str:
        """The source in words."""
        return f'scene, seed {self.seed}' if self.kind is SourceKind.SCENE else self.source

    @property
    def recorded_image_topic(self) -> str | None:
        """The topic with the camera's compressed image, None where there is none to record."""
        if not self.is_recording:
            return None
        if self.kind is SourceKind.TOPIC:
            return self.source if self.source.endswith(_COMPRESSED) else None
        return f'/{CAMERA}/image_raw{_COMPRESSED}'

    @property
    def recorded_camera_info_topic(self) -> str:
        """The topic with the camera's calibration."""
        if self.kind is not SourceKind.TOPIC:
            return f'/{CAMERA}/camera_info'
        base = self.source.removesuffix(_COMPRESSED).rpartition('/')[0]
        return self.camera_info_topic or f'{base}/camera_info'


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare every option."""
    source = parser.add_argument_group('where the pictures come from')
    kinds = source.add_mutually_exclusive_group()
    kinds.add_argument('--video', metavar='FILE', type=Path, help='a video, played once')
    kinds.add_argument(
        '--images', metavar='DIR', type=Path, help='the pictures of a folder, each once'
    )
    kinds.add_argument('--webcam', metavar='N', type=_natural, help='/dev/videoN')
    kinds.add_argument('--topic', metavar='NAME', help='the image topic of a running camera')
    kinds.add_argument(
        '--seed', metavar='N', type=_natural, help='another synthetic scene (default 0)'
    )
    source.add_argument(
        '--camera-info-topic',
        metavar='NAME',
        default='',
        help="with --topic: its calibration (default: the image's sibling camera_info)",
    )
    source.add_argument(
        '--rate',
        metavar='HZ',
        type=_positive,
        default=0.0,
        help=f"pictures per second (default: the source's own; a folder {_FOLDER_RATE_HZ:g}, "
        'the scene 10)',
    )
    source.add_argument('--width', metavar='PX', type=_pixels, help='resize the pictures')
    source.add_argument('--height', metavar='PX', type=_pixels, help='resize the pictures')
    source.add_argument(
        '--calibration', metavar='FILE', type=Path, help='camera_info YAML file of the camera'
    )
    source.add_argument(
        '--field-of-view',
        metavar='DEG',
        type=_positive,
        help='horizontal field of view assumed without a calibration (default 60)',
    )
    network = parser.add_argument_group('the network')
    network.add_argument('--model', help='packaged model, or path of a model manifest')
    network.add_argument('--backend', help='auto, hailort, onnx or replay')
    results = parser.add_argument_group('the results')
    results.add_argument(
        '--output',
        metavar='DIR',
        type=Path,
        help=f'new folder for the results (default: {DEFAULT_FOLDER}/DATE_TIME)',
    )
    ends = results.add_mutually_exclusive_group()
    ends.add_argument(
        '--duration',
        metavar='SECONDS',
        type=_positive,
        help=f'counted from the first result (default: {_LIVE_DURATION_S:g}; a video or folder '
        'plays to its end)',
    )
    ends.add_argument('--keep-running', action='store_true', help='go on until Ctrl-C')
    recordings = results.add_mutually_exclusive_group()
    recordings.add_argument('--no-record', action='store_true', help='write no MCAP recording')
    recordings.add_argument(
        '--rerun',
        action='store_true',
        help='write what is recorded for the Rerun viewer too (needs rerun-sdk)',
    )
    results.add_argument(
        '--pictures-every',
        metavar='SECONDS',
        type=_not_negative,
        default=2.0,
        help='how often depth, cloud and top view are written; 0 = every frame (default 2)',
    )


def read_options(arguments: argparse.Namespace) -> DemoOptions:
    """Check what argparse cannot; ConfigurationError says which option to change."""
    kind, source = _source(arguments)
    if arguments.camera_info_topic and kind is not SourceKind.TOPIC:
        raise ConfigurationError('--camera-info-topic belongs to --topic NAME')
    if kind is SourceKind.TOPIC:
        _refuse_with_topic(arguments)
    if (arguments.width is None) != (arguments.height is None):
        raise ConfigurationError('--width and --height only go together')
    duration_s = arguments.duration
    if duration_s is None and not (kind.has_end or arguments.keep_running):
        duration_s = _LIVE_DURATION_S
    return DemoOptions(
        kind=kind,
        source=source,
        camera_info_topic=arguments.camera_info_topic,
        seed=arguments.seed or 0,
        duration_s=duration_s,
        rate_hz=arguments.rate or (_FOLDER_RATE_HZ if kind is SourceKind.IMAGES else 0.0),
        size=(arguments.width, arguments.height) if arguments.width else None,
        calibration=arguments.calibration,
        field_of_view_deg=arguments.field_of_view,
        model=arguments.model,
        backend=arguments.backend,
        output=arguments.output,
        is_recording=not arguments.no_record,
        has_rerun_recording=arguments.rerun,
        picture_period_s=arguments.pictures_every,
    )


def camera_node_parameters(options: DemoOptions) -> dict[str, Any]:
    """Translate the options into the camera node's parameters."""
    return _given(
        source=options.source,
        camera=CAMERA,
        rate_hz=options.rate_hz or None,
        loop=not options.kind.has_end,
        width=options.size and options.size[0],
        height=options.size and options.size[1],
        # A picture that is shown once is lost on a subscriber that is not there yet.
        wait_for_subscribers=2 if options.is_recording else 1,
        transport='both' if options.is_recording else 'raw',
        calibration_file=options.calibration and str(options.calibration),
        field_of_view_deg=options.field_of_view_deg,
        seed=options.seed,
    )


def perception_node_parameters(options: DemoOptions) -> dict[str, Any]:
    """Translate the options into the perception node's parameters."""
    is_topic = options.kind is SourceKind.TOPIC
    return _given(
        model=options.model,
        backend=options.backend,
        cameras=[CAMERA],
        stats_period_s=0.5,
        **{
            f'camera.{CAMERA}.image_topic': options.source if is_topic else None,
            f'camera.{CAMERA}.camera_info_topic': options.camera_info_topic or None,
            'overlay.maximum_width': _VIDEO_WIDTH_PX,
        },
    )


def _given(**values: Any) -> dict[str, Any]:
    """Leave out what was not asked for, so that the node's own default holds."""
    return {name: value for name, value in values.items() if value is not None}


def _source(arguments: argparse.Namespace) -> tuple[SourceKind, str]:
    if arguments.video is not None:
        if not arguments.video.is_file():
            raise ConfigurationError(f'--video {arguments.video}: there is no such file')
        return SourceKind.VIDEO, str(arguments.video)
    if arguments.images is not None:
        if not arguments.images.is_dir():
            raise ConfigurationError(
                f'--images {arguments.images}: expected a folder of pictures, found '
                f'{"a file" if arguments.images.exists() else "nothing"}'
            )
        return SourceKind.IMAGES, str(arguments.images)
    if arguments.webcam is not None:
        return SourceKind.WEBCAM, f'/dev/video{arguments.webcam}'
    if arguments.topic is not None:
        return SourceKind.TOPIC, '/' + arguments.topic.lstrip('/')
    return SourceKind.SCENE, SourceKind.SCENE.value


def _refuse_with_topic(arguments: argparse.Namespace) -> None:
    """A running camera has its own rate, size and calibration."""
    for option in ('rate', 'width', 'height', 'calibration', 'field_of_view'):
        if getattr(arguments, option):
            raise ConfigurationError(
                f'--{option.replace("_", "-")} does not go with --topic: the running camera '
                'has its own'
            )


def _number(convert: Callable[[str], float], minimum: float, *, open_end: bool) -> Any:
    def parse(text: str) -> float:
        value = convert(text)
        if not (value > minimum if open_end else value >= minimum) or value == float('inf'):
            bound = f'greater than {minimum:g}' if open_end else f'at least {minimum:g}'
            raise argparse.ArgumentTypeError(f'must be {bound}, got {text}')
        return value

    parse.__name__ = 'number'
    return parse


_pixels = _number(int, 1, open_end=False)
_natural = _number(int, 0, open_end=False)
_not_negative = _number(float, 0.0, open_end=False)
_positive = _number(float, 0.0, open_end=True)
