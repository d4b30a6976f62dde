# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A depth fit for people, for a parameter file, and for programs."""

from __future__ import annotations

from dataclasses import asdict
from dataclasses import dataclass
import json
import math

from hailo_perception.calibration.depth_fit import DepthFit
from hailo_perception.calibration.depth_fit import RangeResidual
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.tasks.settings import CameraSettings
from hailo_perception.tasks.settings import declaration_of


@dataclass(frozen=True, slots=True)
class Correction:
    """The parameters of a camera: corrected depth = scale · depth + offset."""

    scale: float = 1.0
    offset_m: float = 0.0

    def then(self, fit: DepthFit) -> Correction:
        """Correct further what this correction gave."""
        return Correction(fit.scale * self.scale, fit.scale * self.offset_m + fit.offset_m)

    def check(self, what: str) -> None:
        """Raise ConfigurationError, which begins with ``what``, unless a node takes it."""
        for name, value in (('depth_scale', self.scale), ('depth_offset_m', self.offset_m)):
            limits = declaration_of(CameraSettings, name)
            # Written so that NaN fails too.
            if not limits.minimum <= value <= limits.maximum:
                raise ConfigurationError(
                    f'{what}: {name} must be within {limits.minimum:g}…{limits.maximum:g}, '
                    f'got {value:g}'
                )


def to_text(fit: DepthFit, correction: Correction, camera: str, source: str) -> str:
    """Make the tables and, below them, the lines for the parameter file."""
    near, far = fit.true_range_m
    lines = [
        f'{source}: {fit.pairs} depths, {near:.1f} to {far:.1f} m',
        f'true = {fit.scale:.4f} x found {fit.offset_m:+.3f} m',
        f'offset {"fitted" if fit.has_offset else "left at 0"}: {fit.why}',
        f'median error {fit.error_before:.1%} before, {fit.error_after:.1%} after; the corrected '
        f'depths scatter by {fit.spread:.1%}',
        '',
        'true depth      depths   bias before  after   error before  after',
    ]
    lines += [_row(residual) for residual in fit.ranges if residual.pairs]
    if fit.error_after >= fit.error_before:
        lines += ['', 'No correction helps: leave the parameters as they are.']
    return '\n'.join(lines) + '\n\n' + parameter_lines(correction, camera)


def parameter_lines(correction: Correction, camera: str) -> str:
    """Write the correction as a parameter file does."""
    return (
        '/**:\n'
        '  ros__parameters:\n'
        f'    camera.{camera}.depth_scale: {correction.scale:.4f}\n'
        f'    camera.{camera}.depth_offset_m: {correction.offset_m:.3f}\n'
    )


def to_json(fit: DepthFit, correction: Correction, camera: str, source: str) -> str:
    """Make the same as JSON; an open end of a range is null."""
    figures = asdict(fit)
    for residual in figures['ranges']:
        if math.isinf(residual['to_m']):
            residual['to_m'] = None
    document = {
        'camera': camera,
        'source': source,
        'parameters': {
            f'camera.{camera}.depth_scale': correction.scale,
            f'camera.{camera}.depth_offset_m': correction.offset_m,
        },
        **figures,
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + '\n'


def _row(residual: RangeResidual) -> str:
    to = '…' if math.isinf(residual.to_m) else f'{residual.to_m:g}'
    limits = f'{residual.from_m:g} to {to} m'
    return (
        f'{limits:<14}{residual.pairs:>8}   {residual.bias_before:>+10.1%} '
        f'{residual.bias_after:>+7.1%}   {residual.error_before:>10.1%} '
        f'{residual.error_after:>7.1%}'
    )
