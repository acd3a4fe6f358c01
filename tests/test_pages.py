"""README and docs are true: their console sessions are run, every verb is in the reference."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from consoles import matches, sessions
from frontmap.cli import app

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SESSIONS = [
    pytest.param(steps, id=f"{page.name}-{number}")
    for page in PAGES
    for number, steps in enumerate(sessions(page), start=1)
]
VERBS = sorted(typer.main.get_command(app).commands)


@pytest.fixture
def checkout(tmp_path):
    """A copy of what a user has, with the environment that runs these tests first on the path."""
    copy = tmp_path / "frontmap"
    ignore = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, copy, ignore=ignore)
    (copy / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    return copy


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "100", "MAKEFLAGS": "-s -o .venv/run.stamp"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("steps", SESSIONS)
def test_a_session_on_a_page_prints_what_the_page_shows(steps, checkout):
    for step in steps:
        done = run(step.command, checkout)
        printed = done.stdout + done.stderr
        assert matches(step.shown, printed), f"$ {step.command}\n{printed}"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_place_in_the_reference(verb):
    assert f"## `frontmap {verb}" in (ROOT / "docs" / "commands.md").read_text("utf-8")


@pytest.mark.parametrize("verb", VERBS)
def test_every_help_text_ends_in_an_example_that_runs(verb, checkout):
    text = run(f"frontmap {verb} --help", checkout).stdout
    _, found, example = text.rpartition("Example:")
    assert found, f"frontmap {verb} --help ends in no example"
    command = " ".join(example.split())
    assert command.startswith("frontmap ")
    done = run(command, checkout)
    assert done.returncode in {0, 1}, done.stderr
    assert "bug in frontmap" not in done.stderr
