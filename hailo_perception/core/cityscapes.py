# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Cityscapes' classes for training, which networks are trained on and rendered scenes keep to."""

from __future__ import annotations

from hailo_perception.core.labels import Label

TRAINING_CLASSES = (
    Label(0, 'road', (128, 64, 128)),
    Label(1, 'sidewalk', (244, 35, 232)),
    Label(2, 'building', (70, 70, 70)),
    Label(3, 'wall', (102, 102, 156)),
    Label(4, 'fence', (190, 153, 153)),
    Label(5, 'pole', (153, 153, 153)),
    Label(6, 'traffic_light', (250, 170, 30)),
    Label(7, 'traffic_sign', (220, 220, 0)),
    Label(8, 'vegetation', (107, 142, 35)),
    Label(9, 'terrain', (152, 251, 152)),
    Label(10, 'sky', (70, 130, 180)),
    Label(11, 'person', (220, 20, 60)),
    Label(12, 'rider', (255, 0, 0)),
    Label(13, 'car', (0, 0, 142)),
    Label(14, 'truck', (0, 0, 70)),
    Label(15, 'bus', (0, 60, 100)),
    Label(16, 'train', (0, 80, 100)),
    Label(17, 'motorcycle', (0, 0, 230)),
    Label(18, 'bicycle', (119, 11, 32)),
)
"""The 19 classes with the ids (*train ids*) and RGB colours of Cityscapes."""
