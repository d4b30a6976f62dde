# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Which calls of the vendor's program make an executable, and the files between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hailo_perception.toolchain.end_nodes import EndNode
from hailo_perception.toolchain.steps import Step
from hailo_perception.toolchain.vendor import Architecture

_DECLINE = 'n\n'
"""The parser offers to cut YOLO-like networks elsewhere and to add its own suppression."""


@dataclass(frozen=True, slots=True)
class BuildFiles:
    """The names of all files of one network, within the output folder."""

    name: str

    @property
    def onnx(self) -> str:
        """The network as the parser gets it."""
        return f'{self.name}.onnx'

    @property
    def script(self) -> str:
        """The model script."""
        return f'{self.name}.alls'

    @property
    def compile_script(self) -> str:
        """The commands of the model script that concern the last step only."""
        return f'{self.name}_compile.alls'

    @property
    def parsed(self) -> str:
        """The archive after the parser."""
        return f'{self.name}.har'

    @property
    def optimized(self) -> str:
        """The archive with quantised weights."""
        return f'{self.name}_optimized.har'

    @property
    def compiled(self) -> str:
        """The archive with the executable in it."""
        return f'{self.name}_compiled.har'

    @property
    def executable(self) -> str:
        """The HEF; the compiler names it after the network."""
        return f'{self.name}.hef'

    @property
    def report(self) -> str:
        """The profiler's page."""
        return f'{self.name}_profile.html'

    @property
    def manifest(self) -> str:
        """The manifest of the executable."""
        return f'{self.name}.yaml'

    @property
    def made(self) -> tuple[str, ...]:
        """All that the vendor's program makes and does not make again."""
        return (self.parsed, self.optimized, self.compiled, self.executable, self.report)


@dataclass(frozen=True, slots=True)
class Build:
    """One network for one chip; ``calibration`` is the set's path as the steps name it."""

    files: BuildFiles
    architecture: Architecture
    input_name: str
    ends: Sequence[EndNode]
    calibration: str

    def parse(self) -> Step:
        """ONNX to archive."""
        return Step(
            'parser',
            (
                'parser', 'onnx', self.files.onnx,
                '--net-name', self.files.name,
                '--har-path', self.files.parsed,
                '--hw-arch', self.architecture,
                '--start-node-names', self.input_name,
                '--end-node-names', *(end.name for end in self.ends),
            ),
            reads=(self.files.onnx,),
            makes=(self.files.parsed,),
            answer=_DECLINE,
        )  # fmt: skip

    def optimize(self) -> Step:
        """Quantise with the calibration set, as the model script says."""
        return Step(
            'optimize',
            (
                'optimize', self.files.parsed,
                '--hw-arch', self.architecture,
                '--calib-set-path', self.calibration,
                '--model-script', self.files.script,
                '--output-har-path', self.files.optimized,
            ),
            reads=(self.files.parsed, self.files.script, self.calibration),
            makes=(self.files.optimized,),
        )  # fmt: skip

    def compile(self) -> Step:
        """Place the layers on the chip."""
        return Step(
            'compiler',
            (
                'compiler', self.files.optimized,
                '--hw-arch', self.architecture,
                '--model-script', self.files.compile_script,
                '--output-dir', '.',
                '--output-har-path', self.files.compiled,
            ),
            reads=(self.files.optimized, self.files.compile_script),
            makes=(self.files.executable, self.files.compiled),
        )  # fmt: skip

    def profile(self) -> Step:
        """Report resources and expected rate, layer by layer."""
        return Step(
            'profiler',
            ('profiler', self.files.compiled, '--out-path', self.files.report),
            reads=(self.files.compiled,),
            makes=(self.files.report,),
        )
