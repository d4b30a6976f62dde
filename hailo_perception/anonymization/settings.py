# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What can be set about the anonymisation while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from hailo_perception.tasks.settings import DetectionSettings
from hailo_perception.tasks.settings import setting
from hailo_perception.tasks.settings import Validated

COVERED_PARTS = ('head', 'person')
METHODS = ('mosaic', 'blur', 'solid')
LONGEST_WAIT_S = 4.0
"""For the head model: a frame that waits when the node stops must end before the stop does."""


@dataclass(frozen=True, slots=True)
class CoverSettings(Validated):
    """What is covered, and with what."""

    person_classes: tuple[str, ...] = setting(
        ('person', 'rider'),
        'classes of the model that are people; names that it does not have are no error, but one '
        'must be there',
    )
    whole_classes: tuple[str, ...] = setting(
        ('',),
        "more classes of the model, covered whole, e.g. car; [''] = none",
    )
    part: str = setting(
        'head', 'what of a person is covered: the head, or all of it', choices=COVERED_PARTS
    )
    method: str = setting(
        'mosaic',
        'blocks of one colour, the same blocks blended into one another, or black',
        choices=METHODS,
    )
    block_share: float = setting(
        0.25, "side of a block, as a share of the covered region's shorter side", 0.02, 1.0
    )
    minimum_block_px: int = setting(8, 'least side of a block', 2, 512, 'px')
    margin: float = setting(
        0.15, 'a region is covered this much farther on each side, as a share of its size',
        0.0, 2.0,
    )


@dataclass(frozen=True, slots=True)
class HeadSettings(Validated):
    """Where the head of a person is: by the body's proportions, or by a second network."""

    height_share: float = setting(
        0.25, "upper part of a person's box that holds the head, as a share of its height",
        0.1, 1.0,
    )
    above_share: float = setting(
        0.1, 'it begins so far above the box, as a share of its height: boxes are not that exact',
        0.0, 1.0,
    )
    width_share: float = setting(
        0.8, "and at least this share of the box's width, where the legs are hidden", 0.0, 2.0
    )
    smallest_person_px: int = setting(
        48, 'a person whose box is lower is covered whole', 0, 4096, 'px'
    )
    widest_person: float = setting(
        0.8, 'a person whose box is wider than so many times its height is covered whole',
        0.1, 10.0,
    )
    classes: tuple[str, ...] = setting(
        ('head', 'face'),
        'classes of the head model that are covered; names that it does not have are no error, '
        'but one must be there',
    )
    score_threshold: float = setting(
        0.2, 'least score of a box of the head model', 0.0, 1.0
    )
    crop_margin: float = setting(
        0.1, 'the head model sees this much more on each side of a person, as a share of the box',
        0.0, 1.0,
    )
    maximum_crops: int = setting(
        16, 'most people per frame that the head model looks at, the tallest first; of the others '
        'the head is where proportions say',
        1, 1000,
    )
    timeout_s: float = setting(
        1.0, 'a frame whose heads are not found in this time has failed', 0.01, LONGEST_WAIT_S, 's'
    )


@dataclass(frozen=True, slots=True)
class HoldSettings(Validated):
    """How long a region stays covered when nothing is found there any more."""

    time_s: float = setting(
        0.5, 'a region stays covered for so long after it was last found, both by the stamps of '
        "the images and by the computer's clock",
        0.0, 60.0, 's',
    )
    growth: float = setting(
        0.5, 'share of its size by which it grows meanwhile on each side, per second', 0.0, 10.0,
        '1/s',
    )


@dataclass(frozen=True, slots=True)
class AnonymizationSettings:
    """All settings; replaced as a whole, so a frame never sees a mixture.

    The thresholds of the detection lie lower than a perception's: a head too many is covered for
    nothing, one too few is shown.
    """

    detection: DetectionSettings = DetectionSettings(0.15, 0.6, 1000)
    cover: CoverSettings = CoverSettings()
    head: HeadSettings = HeadSettings()
    hold: HoldSettings = HoldSettings()
