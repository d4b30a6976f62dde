# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Names that the fake has so that imports work, and refuses to use.

Streams that send and receive single frames freeze every Python thread (rule 1) and differ from
InferVStreams in nothing else; the other two are for boards on Ethernet.
"""

from __future__ import annotations


class _Refused:
    __module__ = 'hailo_platform.pyhailort.pyhailort'

    def __init__(self, *arguments: object, **options: object) -> None:
        raise NotImplementedError(
            f'the fake hailo_platform has no {type(self).__name__}: '
            'use VDevice.create_infer_model, configure and run_async'
        )


class InputVStreams(_Refused):
    """Inputs that are sent frame by frame."""


class OutputVStreams(_Refused):
    """Outputs that are received frame by frame."""


class EthernetDevice(_Refused):
    """A board on Ethernet."""


class UDPRateLimiter(_Refused):
    """Limits the traffic to a board on Ethernet."""
