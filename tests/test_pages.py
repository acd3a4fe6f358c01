"""README and docs are true: their console sessions are run, every verb is in the reference."""

from __future__ import annotations

import re

import pytest
import typer.main

from consoles import ROOT, fresh_clone, matches, outputs, steps
from frontmap.cli import app

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
GUIDES = [*PAGES, *sorted(ROOT.glob("C*.md")), ROOT / "geodata" / "README.md"]
WITH_SESSIONS = [page for page in PAGES if steps(page)]
VERBS = sorted(typer.main.get_group(app).commands)


@pytest.mark.parametrize("page", WITH_SESSIONS, ids=lambda page: page.name)
def test_a_page_followed_from_top_to_bottom_prints_what_it_shows(page, tmp_path):
    shown = steps(page)
    printed = outputs([step.command for step in shown], fresh_clone(tmp_path))
    wrong = [
        f"{step.prompt}\n{output}"
        for step, output in zip(shown, printed, strict=True)
        if not matches(step.shown, output)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_every_link_within_the_project_leads_somewhere(page):
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_place_in_the_reference(verb):
    assert f"## `frontmap {verb}" in (ROOT / "docs" / "commands.md").read_text("utf-8")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_run_on_the_page_of_commands(verb):
    commands = [step.command for step in steps(ROOT / "docs" / "commands.md")]
    assert any(
        command.startswith(f"frontmap {verb} ") or command == f"frontmap {verb}"
        for command in commands
    )
