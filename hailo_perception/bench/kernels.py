# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the CPU work: every step against its yardstick, and the totals."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
import math

from hailo_perception.bench.kernel_steps import kernel_steps
from hailo_perception.bench.picture_steps import CAMERA_SIZE
from hailo_perception.bench.picture_steps import JPEG
from hailo_perception.bench.picture_steps import picture_steps
from hailo_perception.bench.plain_compiler import compile_plain_code
from hailo_perception.bench.plain_compiler import compiler_version
from hailo_perception.bench.plain_compiler import FLAGS
from hailo_perception.bench.step import Agreement
from hailo_perception.bench.step import CPP
from hailo_perception.bench.step import NUMBA
from hailo_perception.bench.step import NUMPY
from hailo_perception.bench.step import OPENCV
from hailo_perception.bench.step import PACKAGE
from hailo_perception.bench.step import Step
from hailo_perception.bench.step import YARDSTICKS
from hailo_perception.bench.task_steps import CLOUD_TOTAL
from hailo_perception.bench.task_steps import PICTURE_TOTAL
from hailo_perception.bench.task_steps import task_steps
from hailo_perception.bench.timing import one_opencv_thread
from hailo_perception.bench.timing import time_interleaved
from hailo_perception.bench.timing import Timing
from hailo_perception.bench.workload import FULL_SIZE
from hailo_perception.bench.workload import make_workload
from hailo_perception.bench.workload import WorkloadSize
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import MissingDependencyError
from hailo_perception.kernels import Kernels
from hailo_perception.kernels import load_kernels

CODE_TYPES = ('uint8', 'uint16')
DEMO = 'demo'
"""Each step as TIER IV's demo does it: through OpenCV where the demo calls that, else in C++."""
FASTEST = 'fastest'
"""Of a step's yardsticks the one that takes least: the strictest comparison."""
ANY_CODES = '–'
"""In place of a code type where pictures, not tensors, are worked on."""


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step: what each implementation took, and whether the results agree."""

    name: str
    codes: str
    moved_bytes: int
    timings: dict[str, Timing]
    agreements: dict[str, Agreement]

    def own_ms(self, twin: str) -> float | None:
        """CPU time (p10) of the package with a set of kernels; None where it has no such way."""
        timing = self.timings.get(twin) or self.timings.get(PACKAGE)
        return timing.cpu_p10_ms if timing else None

    def yardstick_ms(self, yardstick: str) -> float | None:
        """CPU time (p10) of a yardstick, or by ``DEMO`` or ``FASTEST``; None without any."""
        found = {
            name: self.timings[name].cpu_p10_ms for name in YARDSTICKS if name in self.timings
        }
        if yardstick == FASTEST:
            return min(found.values(), default=None)
        if yardstick == DEMO:
            return found.get(OPENCV, found.get(CPP))
        return found.get(yardstick)

    def ratio(self, twin: str, yardstick: str = FASTEST) -> float | None:
        """How many times as fast as a yardstick the package is."""
        return quotient(self.yardstick_ms(yardstick), self.own_ms(twin))

    @property
    def agrees(self) -> bool:
        """Whether all results that were compared are alike."""
        return all(agreement.holds for agreement in self.agreements.values())


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of some steps, for one set of kernels against one yardstick.

    ``left_out`` are steps that one of both does not have; they are in neither sum.
    """

    name: str
    codes: str
    twin: str
    yardstick: str
    own_ms: float
    yardstick_ms: float
    left_out: tuple[str, ...]

    @property
    def ratio(self) -> float | None:
        """How many times as fast as the yardstick the package is; None where nothing is summed."""
        return quotient(self.yardstick_ms, self.own_ms)


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio that is to be reached, and what it is now; None where it was not measured."""

    name: str
    least: float
    ratio: float | None

    @property
    def is_met(self) -> bool:
        """Whether it was measured and reached."""
        return self.ratio is not None and self.ratio >= self.least


@dataclass(frozen=True, slots=True)
class KernelReport:
    """What ``bench kernels`` found; ``missing`` says what could not be measured and why."""

    size: WorkloadSize
    camera_size: tuple[int, int]
    samples: int
    compiler: str | None
    steps: tuple[StepReport, ...]
    totals: tuple[Total, ...]
    goals: tuple[Goal, ...]
    missing: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether every compared result is alike."""
        return all(step.agrees for step in self.steps)


def measure_kernels(
    *,
    samples: int,
    size: WorkloadSize = FULL_SIZE,
    camera_size: tuple[int, int] = CAMERA_SIZE,
    code_types: Sequence[str] = CODE_TYPES,
    compiler: str = 'g++',
    only: str = '',
    progress: Callable[[str], None] = lambda name: None,
) -> KernelReport:
    """Time every step whose name contains ``only``, one thread, ``samples`` rounds each.

    Without numba, or without the compiler, these columns are missing and the report says so.
    Of chosen steps no goals are judged, which are of whole totals. ConfigurationError lists the
    steps where none is chosen.
    """
    missing: list[str] = []
    kernels: dict[str, Kernels] = {}
    for name in (NUMBA, NUMPY):
        try:
            kernels[name] = load_kernels(NUMBA if name == NUMBA else NUMPY)
        except MissingDependencyError as error:
            missing.append(str(error))
    plain = None
    try:
        plain = compile_plain_code(compiler)
    except MissingDependencyError as error:
        missing.append(str(error))

    steps: list[StepReport] = []
    names: dict[str, None] = {}
    with one_opencv_thread():
        for codes in code_types:
            work = make_workload(codes, size)
            made = (*task_steps(work, kernels, plain), *kernel_steps(work, kernels, plain))
            names |= dict.fromkeys(step.name for step in made)
            steps += _measured(made, codes, samples, only, progress)
        pictures = picture_steps(size.input_side, camera_size)
        names |= dict.fromkeys(step.name for step in pictures)
        steps += _measured(pictures, ANY_CODES, samples, only, progress)
    if not steps:
        raise ConfigurationError(f"no step has '{only}' in its name; there are {', '.join(names)}")
    totals = tuple(_totals(steps, code_types, tuple(kernels)))
    return KernelReport(
        size=size,
        camera_size=camera_size,
        samples=samples,
        compiler=f'{compiler_version(compiler)}, {" ".join(FLAGS)}' if plain else None,
        steps=tuple(steps),
        totals=totals,
        goals=() if only else tuple(_goals(steps, totals)),
        missing=tuple(missing),
    )


def _measured(
    steps: Iterable[Step],
    codes: str,
    samples: int,
    only: str,
    progress: Callable[[str], None],
) -> list[StepReport]:
    reports = []
    for step in steps:
        if only not in step.name or not step.variants:
            continue
        progress(f'{step.name} {codes}')
        agreements = step.agreements()
        timings = time_interleaved(step.timed_variants(), samples)
        reports.append(StepReport(step.name, codes, step.moved_bytes, timings, agreements))
    return reports


def _totals(
    steps: Sequence[StepReport], code_types: Sequence[str], twins: Sequence[str]
) -> Iterable[Total]:
    for codes in code_types:
        by_name = {step.name: step for step in steps if step.codes == codes}
        for name, parts in (('picture', PICTURE_TOTAL), ('picture and cloud', CLOUD_TOTAL)):
            for twin in twins:
                for yardstick in (DEMO, CPP):
                    yield _total(name, codes, twin, yardstick, parts, by_name)


def _total(
    name: str,
    codes: str,
    twin: str,
    yardstick: str,
    parts: Sequence[str],
    by_name: dict[str, StepReport],
) -> Total:
    pairs = {
        part: (by_name[part].own_ms(twin), by_name[part].yardstick_ms(yardstick))
        for part in parts
        if part in by_name
    }
    whole = {
        part: (own, other)
        for part, (own, other) in pairs.items()
        if own is not None and other is not None
    }
    return Total(
        name=name,
        codes=codes,
        twin=twin,
        yardstick=yardstick,
        own_ms=math.fsum(own for own, _ in whole.values()),
        yardstick_ms=math.fsum(other for _, other in whole.values()),
        left_out=tuple(part for part in parts if part not in whole),
    )


def _goals(steps: Sequence[StepReport], totals: Sequence[Total]) -> Iterable[Goal]:
    """Compare with what the package promises; the smaller ratio of both code types counts."""
    for name, twin, least in (
        ('picture', NUMBA, 4.0),
        ('picture and cloud', NUMBA, 3.0),
        ('picture', NUMPY, 1.3),
    ):
        ratios = [
            total.ratio
            for total in totals
            if (total.name, total.twin, total.yardstick) == (name, twin, DEMO)
            and total.ratio is not None
        ]
        yield Goal(f"{name}, {twin} over TIER IV's method", least, min(ratios, default=None))
    jpeg = [step.ratio(PACKAGE, OPENCV) for step in steps if step.name.startswith(JPEG)]
    yield Goal('JPEG to input over OpenCV', 1.8, next(iter(jpeg), None))


def quotient(dividend: float | None, divisor: float | None) -> float | None:
    """Divide; None where either is unknown or there is nothing to divide by."""
    if dividend is None or divisor is None or divisor <= 0 or dividend <= 0:
        return None
    return dividend / divisor
