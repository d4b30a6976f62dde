# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the anonymiser can be told at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from rclpy.node import Node

from hailo_perception.nodes.pipeline_parameters import BACKENDS
from hailo_perception.nodes.pipeline_parameters import declare_pipeline_parameters
from hailo_perception.nodes.pipeline_parameters import NETWORK
from hailo_perception.nodes.pipeline_parameters import PipelineParameters
from hailo_perception.nodes.pipeline_parameters import RUNNING
from hailo_perception.pipeline.anonymization import OnFailure
from hailo_perception.ros.parameters import declare
from hailo_perception.ros.parameters import Parameter

MODEL = Parameter(
    'model',
    'lightnet_compact',
    'model that finds people: packaged model name, or path of a model manifest',
)

_NETWORK = tuple(MODEL if row.name == MODEL.name else row for row in NETWORK)

_COVERING = (
    Parameter(
        'head_model',
        '',
        'model that finds the heads in crops of people, by boxes or by a class map: packaged '
        'model name, or path of a model manifest; empty = by the proportions of the body',
    ),
    Parameter('head_backend', 'auto', 'what runs the head model', choices=BACKENDS),
    Parameter(
        'head_network_group',
        '',
        'network of the head model in a HEF file that holds several; empty = the only one',
    ),
    Parameter(
        'on_failure',
        'drop',
        'what becomes of a frame whose inference failed or whose people cannot be covered: it '
        'does not come out, or it comes out black',
        choices=get_args(OnFailure),
    ),
    Parameter('jpeg_quality', 85, 'of the compressed image', 1, 100),
)

GENERAL = (*_NETWORK, *_COVERING, *RUNNING)


@dataclass(frozen=True, slots=True)
class AnonymizerParameters:
    """The node's start-time parameters as values; ``pipeline`` are those of every such node.

    ``head_model`` is empty where there is none.
    """

    pipeline: PipelineParameters
    head_model: str
    head_backend: str
    head_network_group: str
    on_failure: OnFailure
    jpeg_quality: int


def declare_anonymizer_parameters(node: Node) -> AnonymizerParameters:
    """Declare and read the start-time parameters; ParameterError when one cannot work."""
    # Declared first, so that it is not the one that may change.
    declare(node, (MODEL,))
    pipeline = declare_pipeline_parameters(node)
    return AnonymizerParameters(pipeline, **declare(node, _COVERING))
