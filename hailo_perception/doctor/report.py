# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The examination's result for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
import json
import textwrap

from hailo_perception import __version__
from hailo_perception.doctor.examination import Section
from hailo_perception.doctor.finding import Finding
from hailo_perception.doctor.finding import Severity

_COLORS = {Severity.OK: '32', Severity.WARNING: '33', Severity.ERROR: '31'}
_LABEL_WIDTH = max(len(severity.value) for severity in Severity)
_LONGEST = 600
"""Characters of a fact: what programs and files say may be anything."""
_LEAST_WIDTH = 40


def heading() -> str:
    """Write the first line."""
    return f'hailo_perception {__version__}: a look at this computer; it changes nothing'


def section_lines(section: Section, *, color: bool, width: int | None) -> list[str]:
    """Write a group, one line for each finding; a width breaks lines for a terminal."""
    if not section.findings:
        return []
    title = f'\33[1m{section.group}\33[0m' if color else section.group
    lines = ['', title]
    for finding in section.findings:
        lines += _finding_lines(finding, color=color, width=width)
    return lines


def _finding_lines(finding: Finding, *, color: bool, width: int | None) -> list[str]:
    margin = ' ' * (2 + _LABEL_WIDTH + 2)
    text = f'{finding.check}: {plain(finding.fact)}'
    if finding.remedy:
        text += f' -> {plain(finding.remedy)}'
    if width is None:
        lines = [margin + text]
    else:
        lines = textwrap.wrap(
            text,
            max(width, _LEAST_WIDTH),
            initial_indent=margin,
            subsequent_indent=margin + '  ',
            # A command must stay as it can be copied.
            break_long_words=False,
            break_on_hyphens=False,
        )
    label = finding.severity.value.ljust(_LABEL_WIDTH)
    if color:
        label = f'\33[{_COLORS[finding.severity]}m{label}\33[0m'
    return [f'  {label}  {lines[0][len(margin) :]}', *lines[1:]]


def plain(text: str) -> str:
    """Make one line without control characters, which could play tricks on a terminal."""
    kept = ''.join(letter if letter.isprintable() else ' ' for letter in text)
    words = ' '.join(kept.split())
    return words if len(words) <= _LONGEST else f'{words[:_LONGEST]}...'


def summary(sections: Iterable[Section]) -> str:
    """Write the last line."""
    counts = {severity: 0 for severity in Severity}
    for section in sections:
        for finding in section.findings:
            counts[finding.severity] += 1
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    told = f'{_count(errors, "error")}, {_count(warnings, "warning")}, {counts[Severity.OK]} ok'
    if errors:
        return f'{told}: repair the errors first, from the top; what follows -> is what to do'
    if warnings:
        return f'{told}: it can run; what follows -> makes it better'
    return f'{told}: all is well'


def _count(number: int, noun: str) -> str:
    return f'{number or "no"} {noun}{"" if number == 1 else "s"}'


def status(sections: Iterable[Section]) -> int:
    """Give the exit status: 1 where there is an error, else 0."""
    return int(
        any(
            finding.severity is Severity.ERROR
            for section in sections
            for finding in section.findings
        )
    )


def to_json(sections: Sequence[Section]) -> str:
    """Write everything as JSON in ASCII."""
    document = {
        'version': __version__,
        'summary': summary(sections),
        'status': status(sections),
        'findings': [
            {
                'group': section.group,
                'check': finding.check,
                'severity': finding.severity.value,
                'fact': plain(finding.fact),
                'remedy': plain(finding.remedy),
            }
            for section in sections
            for finding in section.findings
        ],
    }
    return json.dumps(document, indent=2) + '\n'
