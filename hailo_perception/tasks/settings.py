# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What can be set while the pipeline runs: values with their range, unit and meaning.

Each field is declared once by ``setting``: the declaration is the validation, and
``declaration_of`` gives it to whoever offers the field to a user (parameters, command line).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import fields
import math
from numbers import Integral
from numbers import Real
from typing import Any
from typing import TYPE_CHECKING

from hailo_perception.core.errors import ConfigurationError

if TYPE_CHECKING:
    from hailo_perception.models.specification import ModelManifest

MOST_CELLS = 16_000_000
"""Of a bird's-eye view: 48 MB for each picture, and well below 2²⁴, up to which the kernels, which
count cells in 32-bit floating point, know every whole number."""
USUAL_POINTS = 131_072
"""Most points of a cloud whose stride is chosen for the user: a turn of a LiDAR with 128 beams in
1024 directions. A point takes 20 bytes and costs who reads it more than any other output does."""
_DECLARATION = 'declaration'
_DEPTH_METRIC = 'depth_absrel'
"""How the manifest's figures for the depth end; before it stands the data set."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """Meaning, unit and limits of one field; a pair's limits hold for both of its values.

    ``choices`` are the only values of a text, where there are any.
    """

    description: str
    minimum: float = -math.inf
    maximum: float = math.inf
    unit: str = ''
    choices: tuple[str, ...] = ()


def setting(
    default: Any,
    description: str,
    minimum: float = -math.inf,
    maximum: float = math.inf,
    unit: str = '',
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare a field of a settings class; the type of the default is the field's type."""
    declaration = Declaration(description, minimum, maximum, unit, choices)
    return field(default=default, metadata={_DECLARATION: declaration, 'default': default})


def declaration_of(settings: object | type, name: str) -> Declaration:
    """Look up how a settings class declares a field; ConfigurationError lists the fields."""
    declared = {item.name: item for item in fields(settings)}  # type: ignore[arg-type]
    if name not in declared:
        raise ConfigurationError(f"no setting '{name}'; expected one of {', '.join(declared)}")
    declaration: Declaration = declared[name].metadata[_DECLARATION]
    return declaration


class Validated:
    """Base of settings classes: checks every declared field once the dataclass is made."""

    __slots__ = ()

    def __post_init__(self) -> None:
        """Refuse a value of a wrong type or outside its range with ConfigurationError."""
        for item in fields(self):  # type: ignore[arg-type]
            what = f'{type(self).__name__}.{item.name}'
            value = getattr(self, item.name)
            _check(what, value, item.metadata['default'], item.metadata[_DECLARATION])


def _check(what: str, value: Any, default: Any, declaration: Declaration) -> None:
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise ConfigurationError(f'{what} must be true or false, got {value!r}')
    elif isinstance(default, str):
        if not isinstance(value, str):
            raise ConfigurationError(f'{what} must be a text, got {value!r}')
        if declaration.choices and value not in declaration.choices:
            raise ConfigurationError(
                f'{what} must be {" | ".join(declaration.choices)}, got {value!r}'
            )
    elif isinstance(default, tuple) and all(isinstance(part, str) for part in default):
        if not isinstance(value, tuple) or not all(isinstance(part, str) for part in value):
            raise ConfigurationError(f'{what} must be a tuple of names, got {value!r}')
    elif isinstance(default, tuple):
        if not isinstance(value, tuple) or len(value) != 2:
            raise ConfigurationError(f'{what} must be a pair (low, high), got {value!r}')
        for part, like in zip(value, default, strict=True):
            _check_number(what, part, like, declaration)
        if not value[0] < value[1]:
            raise ConfigurationError(f'{what} must rise from low to high, got {value!r}')
    else:
        _check_number(what, value, default, declaration)


def _check_number(what: str, value: Any, default: Any, declaration: Declaration) -> None:
    is_whole = isinstance(default, int)
    kind = Integral if is_whole else Real
    if isinstance(value, bool) or not isinstance(value, kind):
        wanted = 'a whole number' if is_whole else 'a number'
        raise ConfigurationError(f'{what} must be {wanted}, got {value!r}')
    # Written so that NaN fails too.
    if not declaration.minimum <= float(value) <= declaration.maximum:
        unit = f' {declaration.unit}' if declaration.unit else ''
        raise ConfigurationError(
            f'{what} must be within {declaration.minimum:g}…{declaration.maximum:g}{unit}, '
            f'got {value!r}'
        )


@dataclass(frozen=True, slots=True)
class DetectionSettings(Validated):
    """Which candidates become objects."""

    score_threshold: float = setting(0.3, 'least score of an object', 0.0, 1.0)
    iou_threshold: float = setting(
        0.45, 'overlap (intersection over union) above which the lower score is dropped', 0.0, 1.0
    )
    maximum_objects: int = setting(100, 'most objects per frame, the best scores first', 1, 1000)


@dataclass(frozen=True, slots=True)
class DepthSettings(Validated):
    """How the network's depth is corrected, and where it is trusted."""

    valid_range_m: tuple[float, float] = setting(
        (0.5, 120.0), "depth outside this range, or the model's own, is unknown", 0.0, 1000.0, 'm'
    )
    scale: float = setting(1.0, 'factor that corrects the depth of this camera', 0.01, 100.0)
    offset_m: float = setting(0.0, 'added to the scaled depth', -100.0, 100.0, 'm')
    sky_is_unknown: bool = setting(
        True, "no depth where the semantic class is 'sky', which has none; models without it pass"
    )


@dataclass(frozen=True, slots=True)
class PositionSettings(Validated):
    """How sure an object's position is: standard deviations, and how they go together."""

    depth_error: float = setting(
        0.2, "of the network's depth, as a share of it; by default from the model's figures",
        0.001, 10.0,
    )
    box_error: float = setting(
        0.05, "of a box's edges and centre, as a share of its width or height", 0.0, 1.0
    )
    pitch_error_rad: float = setting(
        0.01, "of the camera's pitch over the ground: braking, humps, slopes", 0.0, 1.0, 'rad'
    )
    height_error: float = setting(
        0.03, "of the camera's height above the ground, as a share of it", 0.0, 1.0
    )
    error_correlation: float = setting(
        0.4, 'between depth and ground: a network judges depth by the foot of an object, too',
        0.0, 0.95,
    )
    off_ground_classes: tuple[str, ...] = setting(
        ('traffic_light', 'traffic_sign', 'rider'),
        'classes whose boxes do not end on the ground; names that a model does not have are no '
        'error',
    )


@dataclass(frozen=True, slots=True)
class PointCloudSettings(Validated):
    """Size and extent of the point cloud."""

    stride: int = setting(
        0, 'every n-th pixel of the depth map, in both axes, becomes a point; 0 = the least n '
        f'that gives at most {USUAL_POINTS} points', 0, 64, 'px',
    )
    range_m: tuple[float, float] = setting(
        (0.0, 100.0), 'points nearer or farther than this are left out', 0.0, 1000.0, 'm'
    )
    dense: bool = setting(False, 'leave unknown points out instead of giving NaN in rows')

    def stride_for(self, shape: tuple[int, ...]) -> int:
        """Give the stride for a depth map of this (height, width), the chosen one where 0."""
        if self.stride:
            return self.stride
        height, width = shape
        stride = 1
        while -(-height // stride) * -(-width // stride) > USUAL_POINTS:
            stride += 1
        return stride


@dataclass(frozen=True, slots=True)
class LaneSettings(Validated):
    """Which marks of the lane mask become lane lines."""

    excluded_classes: tuple[str, ...] = setting(
        ('road_marking', 'crosswalk', 'stop_line'),
        'classes of the lane mask, beside its background, that are not lines along the road; '
        'names that a model does not have are no error',
    )
    minimum_length: float = setting(
        0.08, 'least length of a line in the image, as a share of the image height', 0.0, 1.0
    )
    minimum_score: float = setting(
        0.15, 'least share of the rows between its ends in which the mask shows it', 0.0, 1.0
    )
    maximum_gap: float = setting(
        0.3, 'greatest gap between dashes, as a share of the image height', 0.0, 1.0
    )
    maximum_lines: int = setting(16, 'most lines per frame, the longest first', 1, 100)
    maximum_points: int = setting(32, 'most points of one line', 2, 500)


@dataclass(frozen=True, slots=True)
class BirdEyeSettings(Validated):
    """Extent and resolution of the top view."""

    metres_per_cell: float = setting(0.1, 'side of a cell', 0.01, 10.0, 'm')
    forward_range_m: float = setting(60.0, 'from the camera to the upper edge', 1.0, 500.0, 'm')
    lateral_range_m: float = setting(
        20.0, 'from the camera to the left and to the right edge', 1.0, 500.0, 'm'
    )
    maximum_height_m: float = setting(
        2.5, 'points higher above the camera are left out: trees, bridges', -10.0, 100.0, 'm'
    )
    fill_ground: bool = setting(
        True,
        'look the ground up cell by cell through its plane, without holes; '
        'false: measured pixels alone, in half the time',
    )

    def __post_init__(self) -> None:
        """Refuse also what is legal one by one and together more than a message can hold."""
        Validated.__post_init__(self)
        area_m2 = self.forward_range_m * 2 * self.lateral_range_m
        cells = area_m2 / self.metres_per_cell**2
        if cells > MOST_CELLS:
            raise ConfigurationError(
                f'a view of {self.forward_range_m:g} m by 2 · {self.lateral_range_m:g} m with '
                f'{self.metres_per_cell:g} m per cell has {cells:.3g} cells, at most '
                f'{MOST_CELLS:.3g} are possible; raise metres_per_cell to '
                f'{math.sqrt(area_m2 / MOST_CELLS):.3g} or more, or look less far'
            )


@dataclass(frozen=True, slots=True)
class TrackingSettings(Validated):
    """Whether objects keep an id from frame to frame, and which do."""

    enabled: bool = setting(False, 'give objects ids; needs the library trackers')
    start_score: float = setting(
        0.45, 'least score of an object that starts a track; a lower one only continues it',
        0.0, 1.0,
    )
    minimum_frames: int = setting(
        2, 'frames in a row in which an object is found before it gets an id', 1, 100
    )
    lost_time_s: float = setting(
        1.0, 'an object that is not found for longer loses its id', 0.0, 60.0, 's'
    )


@dataclass(frozen=True, slots=True)
class OverlaySettings(Validated):
    """Size and strength of what is drawn over the image."""

    maximum_width: int = setting(
        640, 'a wider image is drawn at this width; a narrower one at its own', 64, 8192, 'px'
    )
    semantic_opacity: float = setting(0.4, 'of the semantic colours', 0.0, 1.0)
    lane_opacity: float = setting(0.75, 'of the lane mask', 0.0, 1.0)
    show_names: bool = setting(
        True, "write each object's class and distance on a plate at its box"
    )


@dataclass(frozen=True, slots=True)
class CameraSettings(Validated):
    """What differs from camera to camera: how its depth is corrected and where it is mounted."""

    depth_scale: float = setting(
        1.0, 'corrects the depth of this camera: a factor, after depth.scale and depth.offset_m',
        0.01, 100.0,
    )
    depth_offset_m: float = setting(
        0.0, 'added to the depth after depth_scale', -100.0, 100.0, 'm'
    )
    height_m: float = setting(
        0.0, 'of the camera above the ground; 0 = unknown: no positions from the ground',
        0.0, 100.0, 'm',
    )
    pitch_rad: float = setting(
        0.0, 'of the camera, positive where it looks down', -1.5, 1.5, 'rad'
    )
    roll_rad: float = setting(
        0.0, 'of the camera, positive where it leans to the right', -3.2, 3.2, 'rad'
    )
    own_vehicle_mask: str = setting(
        '', 'picture file, stretched over the image, that is not black where the own vehicle is'
    )
    own_vehicle_polygon: str = setting(
        '', "corners of the own vehicle in image pixels, such as '0,540 320,470 960,540'"
    )


@dataclass(frozen=True, slots=True)
class PostprocessSettings:
    """All settings of one postprocessor; replaced as a whole, so a frame never sees a mixture."""

    detection: DetectionSettings = DetectionSettings()
    depth: DepthSettings = DepthSettings()
    position: PositionSettings = PositionSettings()
    point_cloud: PointCloudSettings = PointCloudSettings()
    lane: LaneSettings = LaneSettings()
    bird_eye: BirdEyeSettings = BirdEyeSettings()
    tracking: TrackingSettings = TrackingSettings()
    overlay: OverlaySettings = OverlaySettings()

    @classmethod
    def for_model(cls, manifest: ModelManifest) -> PostprocessSettings:
        """Take the defaults of a model: its thresholds, the depth range it knows, its errors."""
        detection, depth = DetectionSettings(), DepthSettings()
        position = PositionSettings()
        if manifest.detection is not None:
            detection = DetectionSettings(
                score_threshold=manifest.detection.score_threshold,
                iou_threshold=manifest.detection.iou_threshold,
            )
        if manifest.depth is not None:
            depth = DepthSettings(valid_range_m=manifest.depth.valid_range_m)
            depth_error = _measured_depth_error(manifest.metrics)
            if depth_error is not None:
                position = PositionSettings(depth_error=depth_error)
        return cls(detection=detection, depth=depth, position=position)


def _measured_depth_error(metrics: Mapping[str, float]) -> float | None:
    """Read the relative standard deviation of the depth from a model's worst AbsRel.

    AbsRel is a mean absolute error, which is √(2/π) of a normal distribution's deviation.
    """
    worst = max(
        (value for name, value in metrics.items() if name.endswith(_DEPTH_METRIC)), default=0.0
    )
    # Two digits say all that such a figure knows.
    return round(worst * math.sqrt(math.pi / 2), 2) or None
