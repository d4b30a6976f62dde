# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import fields
from dataclasses import FrozenInstanceError
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.labels import LabelSet
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.tasks.settings import BirdEyeSettings
from hailo_perception.tasks.settings import CameraSettings
from hailo_perception.tasks.settings import declaration_of
from hailo_perception.tasks.settings import DepthSettings
from hailo_perception.tasks.settings import DetectionSettings
from hailo_perception.tasks.settings import LaneSettings
from hailo_perception.tasks.settings import PointCloudSettings
from hailo_perception.tasks.settings import PositionSettings
from hailo_perception.tasks.settings import PostprocessSettings


@pytest.mark.parametrize(
    ('kind', 'name', 'value', 'complaint'),
    [
        (DetectionSettings, 'score_threshold', 1.5, 'within 0…1, got 1.5'),
        (DetectionSettings, 'score_threshold', float('nan'), 'within 0…1, got nan'),
        (DetectionSettings, 'score_threshold', '0.5', "a number, got '0.5'"),
        (DetectionSettings, 'score_threshold', True, 'a number, got True'),
        (DetectionSettings, 'maximum_objects', 0, 'within 1…1000, got 0'),
        (DetectionSettings, 'maximum_objects', 2.5, 'a whole number, got 2.5'),
        (DepthSettings, 'valid_range_m', (5.0, 5.0), r'rise from low to high, got \(5.0, 5.0\)'),
        (DepthSettings, 'valid_range_m', (-1.0, 5.0), '0…1000 m, got -1.0'),
        (DepthSettings, 'valid_range_m', 5.0, r'a pair \(low, high\), got 5.0'),
        (PointCloudSettings, 'dense', 1, 'true or false, got 1'),
        (LaneSettings, 'excluded_classes', 'crosswalk', 'a tuple of names'),
        (LaneSettings, 'excluded_classes', (1,), 'a tuple of names'),
        (CameraSettings, 'own_vehicle_mask', 5, 'a text, got 5'),
        (BirdEyeSettings, 'metres_per_cell', 0.0, 'within 0.01…10 m, got 0.0'),
    ],
)
def test_a_wrong_value_is_refused_with_its_range(
    kind: type, name: str, value: object, complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=f'{kind.__name__}.{name} must .*{complaint}'):
        kind(**{name: value})


@pytest.mark.parametrize(
    ('stride', 'shape', 'expected'),
    [
        (0, (0, 0), 1),
        (0, (192, 320), 1),
        (0, (256, 512), 1),
        (0, (257, 512), 2),
        (0, (480, 480), 2),
        (0, (1080, 1920), 4),
        (1, (1080, 1920), 1),
        (3, (6, 8), 3),
    ],
)
def test_a_cloud_is_thinned_as_asked_or_to_a_usual_size(
    stride: int, shape: tuple[int, int], expected: int
) -> None:
    assert PointCloudSettings(stride=stride).stride_for(shape) == expected


@pytest.mark.parametrize(
    ('kind', 'name', 'value'),
    [
        (DetectionSettings, 'score_threshold', 1),
        (DetectionSettings, 'score_threshold', np.float32(0.25)),
        (DetectionSettings, 'maximum_objects', np.int64(5)),
        (DepthSettings, 'valid_range_m', (0, 5)),
        (LaneSettings, 'excluded_classes', ()),
    ],
)
def test_a_right_value_is_kept(kind: type, name: str, value: object) -> None:
    assert getattr(kind(**{name: value}), name) == value


def test_every_setting_is_declared_and_its_default_is_valid() -> None:
    for group in fields(PostprocessSettings):
        settings = getattr(PostprocessSettings(), group.name)
        for item in fields(settings):
            assert declaration_of(settings, item.name).description
            with pytest.raises(ConfigurationError):
                replace(settings, **{item.name: object()})


def test_declaration_of_an_unknown_setting() -> None:
    with pytest.raises(
        ConfigurationError, match="no setting 'x'; expected one of score_threshold"
    ):
        declaration_of(DetectionSettings, 'x')


def test_settings_never_change() -> None:
    with pytest.raises(FrozenInstanceError):
        PostprocessSettings().detection = DetectionSettings()  # type: ignore[misc]


def manifest(**tasks: object) -> ModelManifest:
    return ModelManifest('m', Path('m.yaml'), {}, InputSpecification(64, 32), **tasks)


def test_for_model_takes_what_the_model_says() -> None:
    assert PostprocessSettings.for_model(manifest()) == PostprocessSettings()
    settings = PostprocessSettings.for_model(
        manifest(
            detection=DetectionSpecification(
                'yolox', ('a',), LabelSet(()), score_threshold=0.6, iou_threshold=0.7
            ),
            depth=DepthSpecification('linear', 'd', 80.0, valid_range_m=(1.0, 80.0)),
        )
    )
    assert settings.detection == DetectionSettings(score_threshold=0.6, iou_threshold=0.7)
    assert settings.depth == DepthSettings(valid_range_m=(1.0, 80.0))
    assert settings.position == PositionSettings()


@pytest.mark.parametrize(
    ('metrics', 'depth_error'),
    [
        ({'map50': 0.9}, PositionSettings().depth_error),
        ({'depth_absrel': 0.16}, 0.2),
        ({'depth_absrel': 0.1, 'kitti_depth_absrel': 0.4, 'depth_delta_1_25': 0.9}, 0.5),
        ({'depth_absrel': 0.0}, PositionSettings().depth_error),
    ],
)
def test_for_model_takes_the_worst_measured_depth_error(
    metrics: dict[str, float], depth_error: float
) -> None:
    model = manifest(depth=DepthSpecification('linear', 'd', 80.0), metrics=metrics)
    assert PostprocessSettings.for_model(model).position.depth_error == depth_error
