# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A synthetic driving scene: live pictures with exact ground truth, by numpy and OpenCV alone."""

from hailo_perception.scenes.conditions import random_conditions as random_conditions
from hailo_perception.scenes.conditions import SceneConditions as SceneConditions
from hailo_perception.scenes.frame import CameraToGround as CameraToGround
from hailo_perception.scenes.frame import SceneFrame as SceneFrame
from hailo_perception.scenes.frame import SceneLaneLine as SceneLaneLine
from hailo_perception.scenes.frame import SceneObjects as SceneObjects
from hailo_perception.scenes.labels import LANE_LABELS as LANE_LABELS
from hailo_perception.scenes.labels import OBJECT_LABELS as OBJECT_LABELS
from hailo_perception.scenes.labels import SEMANTIC_LABELS as SEMANTIC_LABELS
from hailo_perception.scenes.scene import DrivingScene as DrivingScene
from hailo_perception.scenes.viewpoint import MountedCamera as MountedCamera
from hailo_perception.scenes.viewpoint import random_camera as random_camera
