# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The quality of service of an output, as the package sets it or as the user overrides it."""

from __future__ import annotations

from rclpy.node import Node
from rclpy.qos import HistoryPolicy
from rclpy.qos import QoSProfile
from rclpy.qos import ReliabilityPolicy

from hailo_perception.ros import qos
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.parameters import given_parameters
from hailo_perception.ros.parameters import Parameter

_LARGEST_DEPTH = 1000


def output_qos(node: Node, name: str) -> QoSProfile:
    """Give the profile of an output; ``qos_overrides.<topic>.publisher.…`` change it.

    The names are those of ROS, with the topic as it is after remapping. They are declared only
    where one is given: three parameters for each of the many outputs would hide the others. rclpy
    has options for this, which end the process with a traceback where a value is none.
    ParameterError names parameter, what it takes, and the value.
    """
    prefix = f'qos_overrides.{node.resolve_topic_name(name)}.publisher.'
    if not any(given.startswith(prefix) for given in given_parameters(node)):
        return qos.OUTPUT
    values = declare(node, _parameters(prefix))
    return QoSProfile(
        history=HistoryPolicy[values[f'{prefix}history'].upper()],
        depth=values[f'{prefix}depth'],
        reliability=ReliabilityPolicy[values[f'{prefix}reliability'].upper()],
    )


def _parameters(prefix: str) -> tuple[Parameter, ...]:
    return (
        Parameter(
            f'{prefix}history',
            HistoryPolicy(qos.OUTPUT.history).name.lower(),
            'which messages wait to be sent',
            choices=('keep_last', 'keep_all', 'system_default'),
        ),
        Parameter(
            f'{prefix}depth',
            qos.OUTPUT.depth,
            'how many messages wait to be sent with keep_last',
            1,
            _LARGEST_DEPTH,
        ),
        Parameter(
            f'{prefix}reliability',
            ReliabilityPolicy(qos.OUTPUT.reliability).name.lower(),
            'whether what was lost is sent again',
            choices=('reliable', 'best_effort', 'system_default'),
        ),
    )
