"""The command line as a whole: fast to start, one line for each error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"numpy", "pandas", "shapely", "geopandas", "folium", "matplotlib", "pyproj"}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "frontmap", *words],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("statement", ["import frontmap", "import frontmap.cli"])
def test_importing_loads_nothing_heavy(statement):
    code = f"{statement}; import sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not HEAVY & set(loaded)


def test_a_wrong_option_is_one_line_and_exit_code_2():
    answer = run("--no-such-option")
    assert answer.returncode == 2
    assert len(answer.stderr.splitlines()) == 1
    assert "--no-such-option" in answer.stderr


def test_the_module_is_run_as_the_program_is():
    assert (
        run("--help").stdout
        == subprocess.run(
            [Path(sys.executable).with_name("frontmap"), "--help"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )


def test_version_is_printed():
    assert run("--version").stdout.startswith("frontmap ")
