# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The pages show what lies beside them, and name what the commands take."""

from __future__ import annotations

from pathlib import Path
import re

import pytest

# Resolved, because a workspace may hold a link to the checkout.
CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = [CHECKOUT / 'README.md', *sorted((CHECKOUT / 'docs').rglob('*.md'))]
PICTURES = sorted((CHECKOUT / 'docs' / 'images').iterdir())
SHOWN = re.compile(r'!\[[^]]+\]\(([^)]+)\)')
OPTION = re.compile(r"'(--[a-z-]+)'")


def test_every_picture_is_shown_and_every_shown_one_is_there() -> None:
    shown = {
        (page.parent / name).resolve()
        for page in PAGES
        for name in SHOWN.findall(page.read_text(encoding='utf-8'))
    }
    assert set(PICTURES) <= shown
    assert [str(path) for path in sorted(shown) if not path.is_file()] == []


def test_the_page_of_the_pruning_study_names_every_option() -> None:
    source = CHECKOUT / 'training' / 'pruning' / '__main__.py'
    options = OPTION.findall(source.read_text(encoding='utf-8'))
    page = (CHECKOUT / 'docs' / 'studies' / 'pruning.md').read_text(encoding='utf-8')
    # Those without a default stand in the command above the table.
    named = page.partition('## How it works')[0]
    assert options
    assert [option for option in options if option not in named] == []


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.stem)
def test_no_service_is_told_to_run_from_a_home(page: Path) -> None:
    """Ubuntu closes homes to others, so a service's own user would not read the workspace."""
    assert 'WORKSPACE=/home' not in page.read_text(encoding='utf-8')
