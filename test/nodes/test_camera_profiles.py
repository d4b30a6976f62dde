# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What is known of a camera stays known when something else is set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')

from node_life import write_models  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402

from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.rigid_transform import OPTICAL_IN_BODY  # noqa: E402
from hailo_perception.core.rigid_transform import RigidTransform  # noqa: E402
from hailo_perception.core.transform_tree import TransformTree  # noqa: E402
from hailo_perception.nodes import robot_frames  # noqa: E402
from hailo_perception.nodes.perception_node import PerceptionNode  # noqa: E402

HEIGHT_M = 1.5
HEADER = Header(5, 'camera_optical')


class Listener(TransformTree):
    """The package's own tree, filled by the test instead of /tf."""

    def destroy(self) -> None:
        pass


class Probe(PerceptionNode):
    """The real node, which has seen an image, and shows what its results are made with."""

    def see(self, header: Header) -> None:
        self._headers['front'] = header

    @property
    def profile(self) -> Any:
        return self._opened.pipeline.profiles['front']

    def set(self, **values: Any) -> str:
        """Set parameters, and give the reason why not."""
        changes = [Parameter(name.replace('__', '.'), value=value)
                   for name, value in values.items()]
        return str(self.set_parameters_atomically(changes).reason)


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    path = tmp_path / 'mask.png'
    cv2.imwrite(str(path), np.full((4, 4), 255, np.uint8))
    return path


@pytest.fixture
def node(tmp_path: Path, mask: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Probe]:
    """Configure a node whose camera stands above base_link, with a mask of its vehicle."""
    write_models(tmp_path)
    tree = Listener()
    pose = RigidTransform((1.0, 0.0, HEIGHT_M)) @ OPTICAL_IN_BODY
    tree.put('base_link', HEADER.frame_id, 0, pose, is_static=True)
    monkeypatch.setattr(robot_frames, 'listen_to_transforms', lambda node: tree)
    context = Context()
    rclpy.init(context=context)
    values = {
        'autostart': False,
        'model': str(tmp_path / 'good.yaml'),
        'ground_frame': 'base_link',
        'camera.front.own_vehicle_mask': str(mask),
    }
    node = Probe(
        context=context,
        parameter_overrides=[Parameter(name, value=value) for name, value in values.items()],
    )
    node.trigger_configure()
    yield node
    node.close()
    node.destroy_node()
    context.try_shutdown()


def test_the_ground_by_tf_stays(node: Probe, tmp_path: Path) -> None:
    """Whatever is set, a height by parameters apart; that one wins while it is given."""
    assert node.profile.ground is None
    node.see(HEADER)
    node.refresh()
    assert node.profile.ground.height_m == pytest.approx(HEIGHT_M)
    for change in (
        {'detection__score_threshold': 0.4},
        {'camera__front__depth_scale': 2.0},
        {'model': str(tmp_path / 'other.yaml')},
        {'camera__front__height_m': 0.0},
    ):
        assert node.set(**change) == ''
        assert node.profile.ground.height_m == pytest.approx(HEIGHT_M), change
    assert node.profile.depth_scale == 2.0
    for height_m, expected_m in ((2.0, 2.0), (0.0, HEIGHT_M)):
        assert node.set(camera__front__height_m=height_m) == ''
        assert node.profile.ground.height_m == pytest.approx(expected_m)
        node.refresh()
        assert node.profile.ground.height_m == pytest.approx(expected_m)


def test_a_mask_is_read_when_it_is_set(node: Probe, tmp_path: Path, mask: Path) -> None:
    """Its file may go; then only what asks for it again is refused."""
    own_vehicle = node.profile.own_vehicle
    assert own_vehicle is not None
    mask.unlink()
    for change in (
        {'detection__score_threshold': 0.4},
        {'model': str(tmp_path / 'other.yaml')},
        {'camera__front__own_vehicle_mask': str(mask)},
    ):
        assert node.set(**change) == ''
        assert node.profile.own_vehicle is own_vehicle
    assert 'mask.png' in node.set(camera__front__depth_scale=2.0)
    assert node.profile.own_vehicle is own_vehicle
    assert node.set(camera__front__own_vehicle_mask='') == ''
    assert node.profile.own_vehicle is None
