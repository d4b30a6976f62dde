# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which parts an output needs: the tables by which a frame's work is planned."""

from __future__ import annotations

from enum import Enum

from hailo_perception.core.results import Output
from hailo_perception.models.binding import BoundModel
from hailo_perception.tasks.confidence import why_no_confidence


class Part(str, Enum):
    """What is computed for a frame, in the order in which it can be."""

    DETECTIONS = 'detections'
    SEMANTIC = 'semantic'
    CONFIDENCE = 'semantic confidence'
    LANE = 'lane'
    DEPTH = 'depth'
    DEPTH_COLOR = 'depth color'
    POSITIONS = 'positions'
    LANE_LINES = 'lane lines'
    POINT_CLOUD = 'point cloud'
    POINT_CONFIDENCE = 'point confidence'
    BIRD_EYE = 'bird_eye'
    OVERLAY = 'overlay'


MADE_FROM: dict[Part, tuple[Part, ...]] = {
    Part.CONFIDENCE: (Part.SEMANTIC,),
    Part.DEPTH_COLOR: (Part.DEPTH,),
    Part.POSITIONS: (Part.DETECTIONS,),
    Part.LANE_LINES: (Part.LANE,),
    Part.POINT_CLOUD: (Part.DEPTH,),
    Part.POINT_CONFIDENCE: (Part.CONFIDENCE, Part.DEPTH),
    Part.BIRD_EYE: (Part.DEPTH,),
}
"""Without these a part cannot be made."""

_BETTER_WITH: dict[Part, tuple[Part, ...]] = {
    Part.DEPTH: (Part.SEMANTIC,),
    Part.POSITIONS: (Part.DEPTH, Part.SEMANTIC),
    Part.LANE_LINES: (Part.DEPTH, Part.SEMANTIC),
    Part.POINT_CLOUD: (Part.SEMANTIC,),
    Part.BIRD_EYE: (Part.SEMANTIC, Part.LANE, Part.POSITIONS),
    Part.OVERLAY: (Part.SEMANTIC, Part.LANE, Part.LANE_LINES, Part.DETECTIONS, Part.POSITIONS),
}
"""These are used where they can be had."""

_SHOWS: dict[Output, tuple[Part, ...]] = {
    Output.OBJECTS: (Part.DETECTIONS, Part.POSITIONS),
    Output.DETECTIONS: (Part.DETECTIONS, Part.POSITIONS),
    Output.SEMANTIC_MASK: (Part.SEMANTIC,),
    Output.SEMANTIC_CONFIDENCE: (Part.CONFIDENCE,),
    Output.LANE_MASK: (Part.LANE,),
    Output.LANES: (Part.LANE_LINES,),
    Output.DEPTH: (Part.DEPTH,),
    Output.DEPTH_COLOR: (Part.DEPTH_COLOR,),
    Output.POINTS: (Part.POINT_CLOUD,),
    Output.POINT_LABELS: (Part.POINT_CLOUD,),
    Output.POINT_CONFIDENCE: (Part.POINT_CONFIDENCE,),
    Output.BIRD_EYE: (Part.BIRD_EYE,),
    Output.MARKERS: (Part.DETECTIONS, Part.POSITIONS, Part.LANE_LINES),
    Output.OVERLAY: (Part.OVERLAY,),
    Output.OVERLAY_COMPRESSED: (Part.OVERLAY,),
    Output.ANNOTATIONS: (Part.DETECTIONS, Part.POSITIONS, Part.LANE_LINES),
    Output.AUTOWARE_OBJECTS: (Part.DETECTIONS,),
    Output.AUTOWARE_MASK: (Part.SEMANTIC,),
}
"""What each output is the message of."""

_SHOWING_THE_PICTURE = frozenset((Part.POINT_CLOUD, Part.OVERLAY))


def outputs_of(model: BoundModel) -> frozenset[Output]:
    """Tell which outputs a model can give, if its camera is calibrated."""
    return frozenset(output for output in Output if not tasks_missing_for(output, model))


def parts_for(wanted: frozenset[Output]) -> frozenset[Part]:
    """Collect all that serves the wanted outputs, directly or as an ingredient."""
    return _with_ingredients(wanted, MADE_FROM, _BETTER_WITH)


def show_the_picture(wanted: frozenset[Output]) -> bool:
    """Tell whether a wanted output shows pixels of the image, or the network alone sees it."""
    return not _SHOWING_THE_PICTURE.isdisjoint(parts_for(wanted))


def show_an_overlay(wanted: frozenset[Output]) -> bool:
    """Tell whether a wanted output is drawn on the image."""
    return Part.OVERLAY in parts_for(wanted)


def _with_ingredients(
    wanted: frozenset[Output], *recipes: dict[Part, tuple[Part, ...]]
) -> frozenset[Part]:
    waiting = [part for output in wanted for part in _SHOWS[output]]
    parts: set[Part] = set()
    while waiting:
        part = waiting.pop()
        if part not in parts:
            parts.add(part)
            waiting += [source for recipe in recipes for source in recipe.get(part, ())]
    return frozenset(parts)


def _tasks_of(model: BoundModel) -> dict[Part, object]:
    return {
        Part.DETECTIONS: model.detection,
        Part.SEMANTIC: model.semantic,
        # A model without classes lacks these, not their confidence.
        Part.CONFIDENCE: model.semantic is None or not why_no_confidence(model.manifest),
        Part.LANE: model.lane,
        Part.DEPTH: model.depth,
    }


def tasks_missing_for(output: Output, model: BoundModel) -> frozenset[Part]:
    """List the network tasks for want of which an output has nothing at all to show."""
    absent = {part for part, tensors in _tasks_of(model).items() if not tensors}
    missing = [absent & _sources_of(part) for part in _SHOWS[output]]
    return frozenset().union(*missing) if all(missing) else frozenset()


def why_missing(task: Part, model: BoundModel) -> str:
    """Say why a model cannot serve a network task, and what helps."""
    if task is Part.CONFIDENCE:
        return str(why_no_confidence(model.manifest))
    return f"the model '{model.manifest.name}' has no {task.value} task"


def _sources_of(part: Part) -> frozenset[Part]:
    """List a part and all that it cannot be made without."""
    sources = frozenset((part,))
    return sources.union(*(_sources_of(source) for source in MADE_FROM.get(part, ())))


def lost_without_depth(wanted: frozenset[Output]) -> str:
    """Say which of the wanted outputs do not come or come without metres, for the user."""
    lost, poorer = [], []
    for output in Output:
        if output in wanted:
            needs_depth = [Part.DEPTH in _sources_of(part) for part in _SHOWS[output]]
            if all(needs_depth):
                lost.append(output.value)
            elif Part.DEPTH in parts_for(frozenset((output,))):
                poorer.append(output.value)
    consequences = []
    if lost:
        consequences.append(f'no {", ".join(lost)}')
    if poorer:
        consequences.append(f'no distances in {", ".join(poorer)}')
    return ' and '.join(consequences)
