# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""How the tensors of an opened network serve the tasks of its manifest."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from fnmatch import fnmatchcase
import math

import numpy as np

from hailo_perception.core.errors import ManifestError
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.models.specification import YOLOX_STRIDES

BOX_CHANNELS = 5
"""x, y, width, height and objectness, before the classes of a detection head."""

@dataclass(frozen=True, slots=True)
class Claim:
    """What one entry of a manifest asks of one output.

    ``channels`` is what the output must have, None for a flat list of boxes. ``is_map``: the
    output lies over the input on a grid; ``needs_whole_pixels``: the task crops it there.
    """

    task: str
    key: str
    pattern: str
    channels: int | None
    channels_because: str
    is_map: bool = True
    needs_whole_pixels: bool = False
    is_class_ids: bool = False

    def matches(self, outputs: tuple[TensorInfo, ...]) -> tuple[TensorInfo, ...]:
        """Find the outputs of this name, or else of this glob pattern."""
        exact = tuple(info for info in outputs if info.name == self.pattern)
        return exact or tuple(info for info in outputs if fnmatchcase(info.name, self.pattern))


@dataclass(frozen=True, slots=True)
class BoundModel:
    """A manifest and the tensors that serve it.

    ``detection`` holds the heads in the manifest's order. ``left_over`` are outputs that no
    task uses. ``alignment`` is what ImageTransform.letterbox needs, in input pixels, so that
    every segmentation and depth map crops on whole pixels. With ``every_class`` one prediction
    may be several objects, one of each class that passes, and not its best class alone.
    """

    manifest: ModelManifest
    input: TensorInfo
    detection: tuple[TensorInfo, ...] = ()
    semantic: TensorInfo | None = None
    lane: TensorInfo | None = None
    depth: TensorInfo | None = None
    left_over: tuple[TensorInfo, ...] = ()
    alignment: int = 1
    every_class: bool = False
    _strides: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False)

    def stride_of(self, output: TensorInfo) -> tuple[int, int]:
        """Input pixels per map pixel, (x, y); KeyError for a tensor that is not a map."""
        return self._strides[output.name]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know although the model works."""
        if not self.left_over:
            return ()
        unused = ', '.join(map(str, self.left_over))
        return (f'{self.manifest.path}: no task uses the outputs {unused}',)


def claims_of(manifest: ModelManifest) -> tuple[Claim, ...]:
    """List what the manifest asks of the network's outputs, in its order."""
    claims: list[Claim] = []
    if manifest.detection:
        claims += _detection_claims(manifest.detection)
    for task, segmentation in (('semantic', manifest.semantic), ('lane', manifest.lane)):
        if segmentation:
            claims.append(_segmentation_claim(task, segmentation))
    if manifest.depth:
        claims.append(
            Claim(
                'depth',
                'tasks.depth.output',
                manifest.depth.output,
                1,
                'one depth for each pixel',
                needs_whole_pixels=True,
            )
        )
    return tuple(claims)


def bind(
    manifest: ModelManifest, inputs: tuple[TensorInfo, ...], outputs: tuple[TensorInfo, ...]
) -> BoundModel:
    """Find each task's tensors among the network's; one ManifestError lists all that is wrong."""
    problems = _input_problems(manifest, inputs)
    found: dict[str, list[TensorInfo]] = {}
    strides: dict[str, tuple[int, int]] = {}
    alignment = 1
    used_by: dict[str, str] = {}
    for claim in claims_of(manifest):
        matches = claim.matches(outputs)
        if len(matches) != 1:
            problems.append(_miss(claim, matches))
            continue
        (output,) = matches
        if output.name in used_by:
            problems.append(f'{claim.key}: {output} already serves {used_by[output.name]}')
        used_by[output.name] = claim.key
        problems += _output_problems(manifest, claim, output)
        found.setdefault(claim.task, []).append(output)
        stride = _stride(manifest, output) if claim.is_map else None
        if stride:
            strides[output.name] = stride
            if claim.needs_whole_pixels:
                alignment = math.lcm(alignment, *stride)
    left_over = tuple(info for info in outputs if info.name not in used_by)
    if problems:
        raise ManifestError(_report(manifest, problems, inputs, outputs, left_over))
    return BoundModel(
        manifest=manifest,
        input=inputs[0],
        detection=tuple(found.get('detection', ())),
        semantic=_single(found, 'semantic'),
        lane=_single(found, 'lane'),
        depth=_single(found, 'depth'),
        left_over=left_over,
        alignment=alignment,
        _strides=strides,
    )


def _detection_claims(detection: DetectionSpecification) -> list[Claim]:
    classes = len(detection.labels)
    claims = []
    for i, pattern in enumerate(detection.outputs):
        key = f'tasks.detection.outputs[{i}]'
        if detection.decoder == 'hailo_nms':
            because = f'boxes by class for {classes} classes'
            claims.append(Claim('detection', key, pattern, None, because, is_map=False))
        elif detection.decoder == 'yolox':
            because = f'{BOX_CHANNELS} + {classes} classes'
            channels = BOX_CHANNELS + classes
            # YOLOX may come with its strides flattened into one list, which is no map.
            is_map = len(detection.outputs) > 1
            claims.append(Claim('detection', key, pattern, channels, because, is_map))
        else:
            anchors = len(detection.anchors[i])
            because = f'{anchors} anchors × ({BOX_CHANNELS} + {classes} classes)'
            channels = anchors * (BOX_CHANNELS + classes)
            claims.append(Claim('detection', key, pattern, channels, because))
    return claims


def _segmentation_claim(task: str, segmentation: SegmentationSpecification) -> Claim:
    is_class_ids = segmentation.decoder == 'argmax'
    classes = len(segmentation.labels)
    return Claim(
        task,
        f'tasks.{task}.output',
        segmentation.output,
        1 if is_class_ids else classes,
        'one class id for each pixel' if is_class_ids else f'scores for {classes} classes',
        needs_whole_pixels=True,
        is_class_ids=is_class_ids,
    )


def _input_problems(manifest: ModelManifest, inputs: tuple[TensorInfo, ...]) -> list[str]:
    if len(inputs) != 1:
        return [
            f'input: expected a network with one input, found {len(inputs)}; '
            'export it for one image'
        ]
    width, height = manifest.input.size
    if inputs[0].shape == (height, width, 3):
        return []
    return [
        f'input: expected a network input of {height}×{width}×3, found {inputs[0]}; '
        'correct width and height, or take the network of that size'
    ]


def _miss(claim: Claim, matches: tuple[TensorInfo, ...]) -> str:
    if matches:
        names = ', '.join(map(str, matches))
        return f"{claim.key}: '{claim.pattern}' fits more than one output ({names}); name one"
    return f"{claim.key}: no output is called or fits '{claim.pattern}'"


def _output_problems(manifest: ModelManifest, claim: Claim, output: TensorInfo) -> list[str]:
    problems = []
    if claim.channels is None:
        problems += _box_list_problems(manifest, claim, output)
    elif output.channels != claim.channels:
        problems.append(
            f'{claim.key}: expected {claim.channels} channels ({claim.channels_because}), '
            f'found {output}'
        )
    elif not claim.is_map and output.height * output.width != _flattened_cells(manifest):
        strides = ', '.join(map(str, YOLOX_STRIDES))
        problems.append(
            f'{claim.key}: expected {_flattened_cells(manifest)} cells (strides {strides} one '
            f'after another), found {output}'
        )
    if claim.is_class_ids and output.dtype != np.uint8:
        problems.append(f'{claim.key}: expected class ids as uint8, found {output}')
    if claim.is_map and not _stride(manifest, output):
        width, height = manifest.input.size
        problems.append(
            f'{claim.key}: expected a map whose height and width divide the '
            f'input of {height}×{width}, found {output}'
        )
    return problems


def _box_list_problems(manifest: ModelManifest, claim: Claim, output: TensorInfo) -> list[str]:
    assert manifest.detection is not None
    classes = len(manifest.detection.labels)
    per_class, rest = divmod(math.prod(output.shape), classes)
    # Each class: a count, then as many boxes of five numbers as the network may find.
    if rest == 0 and per_class > 1 and (per_class - 1) % BOX_CHANNELS == 0:
        return []
    return [
        f'{claim.key}: expected {claim.channels_because}, that is {classes}·(1 + 5·boxes) '
        f'values, found {output}'
    ]


def _stride(manifest: ModelManifest, output: TensorInfo) -> tuple[int, int] | None:
    width, height = manifest.input.size
    if not (output.width and output.height) or width % output.width or height % output.height:
        return None
    return width // output.width, height // output.height


def _flattened_cells(manifest: ModelManifest) -> int:
    width, height = manifest.input.size
    return sum((width // stride) * (height // stride) for stride in YOLOX_STRIDES)


def _single(found: dict[str, list[TensorInfo]], task: str) -> TensorInfo | None:
    return found[task][0] if task in found else None


def _report(
    manifest: ModelManifest,
    problems: list[str],
    inputs: tuple[TensorInfo, ...],
    outputs: tuple[TensorInfo, ...],
    left_over: tuple[TensorInfo, ...],
) -> str:
    lines = [f'{manifest.path}: the manifest does not fit the opened network:']
    lines += [f'  {problem}' for problem in problems]
    lines.append(f"the network's input is {', '.join(map(str, inputs)) or 'missing'}")
    lines.append(f"the network's outputs are {', '.join(map(str, outputs)) or 'missing'}")
    if left_over:
        lines.append(f'outputs that no task uses: {", ".join(info.name for info in left_over)}')
    return '\n'.join(lines)
