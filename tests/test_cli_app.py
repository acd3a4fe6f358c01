"""The command line as a whole: fast to start, one line for each error."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"numpy", "pandas", "shapely", "geopandas", "folium", "matplotlib", "pyproj"}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import frontmap.cli; frontmap.cli.main()", *words],
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


def test_version_is_printed():
    assert run("--version").stdout.startswith("frontmap ")
