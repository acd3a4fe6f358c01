"""README and docs are true: their console sessions are run, every verb is in the reference."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from consoles import COPY_LEAVES_OUT, environment, matches, sessions
from frontmap.cli import app

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
GUIDES = [*PAGES, *sorted(ROOT.glob("C*.md")), ROOT / "geodata" / "README.md"]
SESSIONS = [
    pytest.param(steps, id=f"{page.name}-{number}")
    for page in PAGES
    for number, steps in enumerate(sessions(page), start=1)
]
VERBS = sorted(typer.main.get_group(app).commands)


@pytest.fixture
def checkout(tmp_path):
    """A copy of what a user has, with the environment that runs these tests first on the path."""
    copy = tmp_path / "frontmap"
    shutil.copytree(ROOT, copy, ignore=COPY_LEAVES_OUT)
    (copy / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    return copy


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("steps", SESSIONS)
def test_a_session_on_a_page_prints_what_the_page_shows(steps, checkout):
    for step in steps:
        done = run(step.command, checkout)
        assert matches(step.shown, done.stdout), f"$ {step.command}\n{done.stdout}"


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_every_link_within_the_project_leads_somewhere(page):
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_place_in_the_reference(verb):
    assert f"## `frontmap {verb}" in (ROOT / "docs" / "commands.md").read_text("utf-8")


#: What an example takes for granted: a file that was drawn, a date that two people corrected.
BEFORE = {
    "add": "frontmap draft 2024-12-03 > zones.geojson",
    "correct": "frontmap draft 2024-09-15 > zones.geojson",
    "resolve": """
        cp -r geodata/kursk theirs
        for there in geodata/kursk theirs; do
          test $there = theirs && day=2024-09-15 || day=2024-10-01
          frontmap draft $day --archive $there > zones.geojson
          frontmap correct 2024-08-31 zones.geojson --reason $day --archive $there
        done
        cp -rn theirs/revisions geodata/kursk/
        mv "$(ls -t theirs/revisions/2024/2024-08-31/* | head -n 1)" theirs/theirs-c4248eb6
    """,
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_help_text_ends_in_an_example_that_runs(verb, checkout):
    text = run(f"frontmap {verb} --help", checkout).stdout
    _, found, example = text.rpartition("Example:")
    assert found, f"frontmap {verb} --help ends in no example"
    command = " ".join(example.split())
    assert command.startswith("frontmap ")
    run(BEFORE.get(verb, ""), checkout)
    for kept in checkout.glob("theirs/theirs-*"):
        digest = json.loads(kept.read_text("utf-8"))["frontmap"]["digest"]
        command = command.replace(kept.name.removeprefix("theirs-"), digest[:8])
    done = run(command, checkout)
    assert done.returncode in {0, 1}, done.stdout
