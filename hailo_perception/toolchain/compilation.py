# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""From a model and a calibration set to an executable with its manifest."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
import hashlib
import os
from pathlib import Path

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.models.files import file_problem
from hailo_perception.models.files import require_file
from hailo_perception.models.manifest import write_manifest
from hailo_perception.models.specification import ModelManifest
from hailo_perception.toolchain.archive import ArchivedOutput
from hailo_perception.toolchain.archive import ArchiveError
from hailo_perception.toolchain.archive import read_outputs
from hailo_perception.toolchain.archive import wide_difference
from hailo_perception.toolchain.checks import check_compilable
from hailo_perception.toolchain.checks import CompilableModel
from hailo_perception.toolchain.checks import network_name
from hailo_perception.toolchain.end_nodes import shapes_of
from hailo_perception.toolchain.executable import verify_executable
from hailo_perception.toolchain.hand_over import SCRIPT_FILE
from hailo_perception.toolchain.hand_over import write_hand_over
from hailo_perception.toolchain.hef_manifest import hef_manifest
from hailo_perception.toolchain.made_for import check_made_for
from hailo_perception.toolchain.made_for import write_made_for
from hailo_perception.toolchain.model_script import COMPILE_COMMANDS
from hailo_perception.toolchain.model_script import model_script
from hailo_perception.toolchain.model_script import predicted_output_layers
from hailo_perception.toolchain.steps import digest_of
from hailo_perception.toolchain.steps import RECORD_FILE
from hailo_perception.toolchain.steps import StepRunner
from hailo_perception.toolchain.vendor import Architecture
from hailo_perception.toolchain.vendor import DataflowCompiler
from hailo_perception.toolchain.vendor import find_compiler
from hailo_perception.toolchain.vendor import ToolchainError
from hailo_perception.toolchain.vendor_steps import Build
from hailo_perception.toolchain.vendor_steps import BuildFiles


@dataclass(frozen=True, slots=True)
class CompilationTask:
    """What to compile, for which chip, with which set, into which folder.

    ``onnx`` replaces the manifest's network, which may be quantised for the CPU already,
    ``model_script`` the script that would be written.
    ``optimization_level`` None leaves it to the vendor's tools.
    """

    manifest: ModelManifest
    calibration: Path
    architecture: Architecture
    output: Path
    onnx: Path | None = None
    model_script: Path | None = None
    optimization_level: int | None = None
    allowed_operators: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Compilation:
    """What came out: without a compiler at hand there is a script and no executable yet."""

    script: Path
    executable: Path | None
    manifest: Path | None
    warnings: tuple[str, ...]


def compile_model(task: CompilationTask, tell: Callable[[str], None]) -> Compilation:
    """Check, prepare the folder, run the vendor's steps where they can run.

    ``tell`` hears the progress. UnfitForCompilation lists what does not fit;
    ToolchainError says which step failed, MissingDependencyError that onnx is missing.
    """
    onnx_file = task.onnx or require_file(task.manifest, 'onnx')
    _check_paths(task, onnx_file)
    model = check_compilable(task.manifest, onnx_file, task.calibration, task.allowed_operators)
    compiler = find_compiler()
    work = _Work(task, model)
    is_by_script = work.is_compiled_by_script()
    if is_by_script or compiler is None:
        # compile.sh keeps what is there; a compiler here does again what it does not know.
        work.check_made_files()
    warnings = list(model.warnings)
    manifest = None
    if is_by_script:
        tell(f'{work.executable} was compiled by {work.script.name}; its manifest is written')
        manifest = work.write_manifest(f'Compiled for {task.architecture}.')
    else:
        # Not above: the model script there is the one that the executable was made with.
        work.prepare()
        if compiler is not None:
            steps = StepRunner(task.output, compiler, tell)
            manifest = work.run(steps, compiler, tell)
            warnings += work.profile(steps)
    if manifest is not None:
        warnings += verify_executable(work.executable, model.ends, work.names())
    return Compilation(
        script=work.script,
        executable=None if manifest is None else work.executable,
        manifest=manifest,
        warnings=tuple(warnings),
    )


class _Work:
    """The files of one task in its output folder."""

    def __init__(self, task: CompilationTask, model: CompilableModel) -> None:
        self._task = task
        self._model = model
        self._files = BuildFiles(network_name(task.manifest))
        self._build = Build(
            files=self._files,
            architecture=task.architecture,
            input_name=model.input_name,
            ends=model.ends,
            calibration=os.path.abspath(task.calibration),
        )
        self.executable = task.output / self._files.executable
        self.script = task.output / SCRIPT_FILE
        self._network: bytes = model.prepared.SerializeToString(deterministic=True)
        script = self._script(predicted_output_layers(model.ends)) + COMPILE_COMMANDS
        self._purpose = {
            'architecture': task.architecture,
            'network': hashlib.sha256(self._network).hexdigest(),
            'calibration set': digest_of(task.calibration),
            'model script': hashlib.sha256(script.encode()).hexdigest(),
        }

    def check_made_files(self) -> None:
        """Raise ConfigurationError where files are there that were made for something else."""
        check_made_for(self._task.output, self._purpose, self._files.made)

    def prepare(self) -> None:
        """Write what the vendor's steps read, with the numbering that is to be expected."""
        try:
            self._task.output.mkdir(parents=True, exist_ok=True)
            write_made_for(self._task.output, self._purpose)
            (self._task.output / self._files.onnx).write_bytes(self._network)
            self._write_scripts(predicted_output_layers(self._model.ends))
        except OSError as error:
            raise ConfigurationError(
                f'{self._task.output}: nothing can be written ({error}); choose another --output'
            ) from error

    def run(
        self, steps: StepRunner, compiler: DataflowCompiler, tell: Callable[[str], None]
    ) -> Path:
        """Do every step up to the executable and write its manifest."""
        steps.run(self._build.parse())
        outputs = self._outputs()
        layers = {end: output.output_layer for end, output in outputs.items()}
        self._write_scripts(layers)
        wide = [end.name for end in self._model.ends if end.is_wide]
        if difference := wide_difference(self._script(layers), outputs, wide):
            tell(f'warning: {self._task.model_script}: {difference}')
        steps.run(self._build.optimize())
        steps.run(self._build.compile())
        return self.write_manifest(
            f'Compiled for {self._task.architecture} by the Dataflow Compiler {compiler.version}.'
        )

    def profile(self, steps: StepRunner) -> tuple[str, ...]:
        """Make the report; without it the executable is as good, so that is a warning."""
        try:
            steps.run(self._build.profile())
        except ToolchainError as error:
            return (f'the executable is whole, but has no report: {error}',)
        return ()

    def is_compiled_by_script(self) -> bool:
        """Whether the script of the folder made the executable: it keeps no record of steps."""
        made = (self._files.executable, self._files.parsed, self._files.compiled)
        folder = self._task.output
        is_whole = all((folder / name).is_file() for name in made)
        return is_whole and not (folder / RECORD_FILE).exists()

    def names(self) -> dict[str, str]:
        """Map the end nodes to the names of the outputs in the executable."""
        return {end: output.layer for end, output in self._outputs().items()}

    def write_manifest(self, made_with: str) -> Path:
        """Write the executable's manifest."""
        path = self._task.output / self._files.manifest
        described = hef_manifest(
            self._task.manifest,
            self.executable,
            path,
            self._model.ends,
            self.names(),
            made_with,
        )
        write_manifest(described, path)
        return path

    @property
    def _archive(self) -> Path:
        return self._task.output / self._files.parsed

    def _outputs(self) -> dict[str, ArchivedOutput]:
        try:
            return read_outputs(self._archive, shapes_of(self._model.ends))
        except ArchiveError as error:
            raise ToolchainError(str(error)) from error

    def _write_scripts(self, output_layers: Mapping[str, str]) -> None:
        folder = self._task.output
        (folder / self._files.script).write_text(self._script(output_layers), encoding='utf-8')
        (folder / self._files.compile_script).write_text(COMPILE_COMMANDS, encoding='utf-8')
        write_hand_over(
            self.script, self._build, corrects_script=self._task.model_script is None
        )

    def _script(self, output_layers: Mapping[str, str]) -> str:
        if self._task.model_script is not None:
            return _read_script(self._task.model_script)
        return model_script(
            self._task.manifest.input,
            self._model.ends,
            output_layers,
            calibration_count=self._model.calibration_count,
            optimization_level=self._task.optimization_level,
        )


def _read_script(path: Path) -> str:
    try:
        return path.read_text(encoding='utf-8')
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f'--model-script: {path} cannot be read as text ({error})'
        ) from error


def _check_paths(task: CompilationTask, onnx_file: Path) -> None:
    sources = (task.manifest.path.parent, onnx_file.parent)
    if task.output.resolve() in {source.resolve() for source in sources}:
        raise ConfigurationError(
            f'--output {task.output}: expected a folder of its own, found the one of the model; '
            'its network and manifest would be overwritten'
        )
    if task.output.exists() and not task.output.is_dir():
        raise ConfigurationError(f'--output {task.output}: expected a folder, found a file')
    problem = file_problem(task.model_script) if task.model_script else None
    if problem:
        raise ConfigurationError(f'--model-script: {problem}')
