"""The notebook runs from a clean kernel, is stored without outputs, and shows what it says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import frontmap
from frontmap import report
from frontmap.measure.area import areas

ROOT = Path(__file__).parents[1]
STORED = ROOT / "notebooks" / "kursk.ipynb"


@pytest.fixture(scope="module")
def stored():
    return nbformat.read(STORED, as_version=4)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Outputs of each cell by the cell's id, from a kernel started for this test."""
    patch = pytest.MonkeyPatch()
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"):
        patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
    notebook = nbformat.read(STORED, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(STORED.parent)}},
    )
    try:
        client.execute()
    finally:
        patch.undo()
    return {cell["id"]: cell["outputs"] for cell in notebook.cells if cell.cell_type == "code"}


def shown(outputs, kind):
    return "".join(output["data"][kind] for output in outputs if kind in output.get("data", {}))


def test_it_is_stored_without_outputs(stored):
    nbformat.validate(stored)
    for cell in stored.cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


def test_every_cell_runs_and_none_warns(run):
    for name, outputs in run.items():
        assert outputs, f"cell {name} shows nothing"
        assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]


def test_the_area_series_is_the_one_of_the_archive(run):
    series = areas(frontmap.open(ROOT / "geodata" / "kursk"))
    table = shown(run["area"], "text/html")
    assert table.count("<tr") == len(series) + 1
    assert f"{series['controlled_km2'].max():.1f}" in table


def test_the_series_is_shown_as_a_picture(run):
    assert "</svg>" in shown(run["picture"], "image/svg+xml")


def test_the_question_is_answered_as_in_the_report(run):
    answer = report.compose_report(
        frontmap.open(ROOT / "geodata" / "kursk"), value_km2=1243
    ).answer[0]
    assert "".join(output["text"] for output in run["answer"]) == f"{answer}\n"


def test_the_map_shows_itself_in_a_cell(run):
    page = shown(run["map"], "text/html")
    assert "frontmapStart" in page
    assert "<script src=" not in page


def test_the_readme_says_how_to_run_it_with_an_extra_that_there_is():
    readme = (ROOT / "README.md").read_text("utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "pip install -e '.[notebook]'" in readme
    assert "jupyter lab notebooks/kursk.ipynb" in readme
    needs = extras["optional-dependencies"]["notebook"]
    assert any(need.startswith("jupyterlab") for need in needs)
