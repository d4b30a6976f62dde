# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The label sets of the rendered ground truth, and their ids by name."""

from __future__ import annotations

from hailo_perception.core.cityscapes import TRAINING_CLASSES
from hailo_perception.core.labels import Label
from hailo_perception.core.labels import LabelSet

SEMANTIC_LABELS = LabelSet(TRAINING_CLASSES)
"""Cityscapes train ids; 255 is unlabelled (the own bonnet, backs of signs)."""

LANE_LABELS = LabelSet(
    (
        Label(0, 'background', (0, 0, 0)),
        Label(1, 'white_line', (255, 255, 255)),
        Label(2, 'yellow_line', (255, 210, 0)),
        Label(3, 'road_marking', (0, 200, 255)),
    )
)

OBJECT_LABELS = LabelSet(
    (
        Label(0, 'car', (0, 120, 255)),
        Label(1, 'bus', (0, 200, 200)),
        Label(2, 'person', (255, 60, 60)),
        Label(3, 'bike', (255, 150, 0)),
        Label(4, 'truck', (120, 80, 255)),
        Label(5, 'motor', (255, 0, 200)),
        Label(6, 'train', (0, 255, 150)),
        Label(7, 'rider', (255, 100, 140)),
        Label(8, 'traffic_sign', (240, 240, 0)),
        Label(9, 'traffic_light', (80, 255, 80)),
    )
)
"""Detection classes in the order of BDD100K."""

(
    ROAD,
    SIDEWALK,
    BUILDING,
    WALL,
    FENCE,
    POLE,
    TRAFFIC_LIGHT,
    TRAFFIC_SIGN,
    VEGETATION,
    TERRAIN,
    SKY,
    PERSON,
    RIDER,
    CAR,
    TRUCK,
    BUS,
    TRAIN,
    MOTORCYCLE,
    BICYCLE,
) = range(19)
WHITE_LINE, YELLOW_LINE, ROAD_MARKING = 1, 2, 3
(
    CAR_OBJECT,
    BUS_OBJECT,
    PERSON_OBJECT,
    BIKE_OBJECT,
    TRUCK_OBJECT,
    MOTOR_OBJECT,
    TRAIN_OBJECT,
    RIDER_OBJECT,
    SIGN_OBJECT,
    LIGHT_OBJECT,
) = range(10)
