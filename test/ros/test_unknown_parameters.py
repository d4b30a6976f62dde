# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What was given and nobody reads: the nearest name, or the camera that is not listed."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy')

from hailo_perception.ros.unknown_parameters import unknown_parameters  # noqa: E402

KNOWN = ('model', 'detection.score_threshold', 'camera.front.image_topic', 'camera.front.pairing')


@pytest.mark.parametrize(
    ('given', 'expected'),
    [
        ([], []),
        (KNOWN, []),
        (['use_sim_time', 'qos_overrides./tf.subscription.depth'], []),
        (['detection.score_treshold'], ['did you mean detection.score_threshold?']),
        (['something'], ['parameter something is not known and has no effect']),
        (['camera.front.image'], ['did you mean camera.front.image_topic?']),
        (
            ['camera.frnt.image_topic', 'camera.frnt.pairing'],
            ['camera.frnt.… have no effect: cameras lists front and not frnt; '
             'did you mean camera.front?'],
        ),
        (['camera.rear.image_topic'], ['and not rear; add rear to cameras']),
        (['camera'], ['parameter camera is not known']),
    ],
    ids=['none', 'known', 'ros', 'typing-error', 'strange', 'own-camera', 'camera-typing-error',
         'other-camera', 'no-camera'],
)
def test_unknown_parameters(given: list[str], expected: list[str]) -> None:
    lines = unknown_parameters(given, KNOWN, ['front'])
    assert len(lines) == len(expected)
    assert all(text in line for line, text in zip(lines, expected, strict=True))
