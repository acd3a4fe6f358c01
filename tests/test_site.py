"""The site that `make docs` builds: nothing is left out, and what the pages name exists."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
import tomllib
from pathlib import Path

import pytest

import frontmap

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src" / "frontmap").rglob("*.py"))
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
GUIDES = [page for page in PAGES if page.name != "CHANGELOG.md"]  # which also says what went
MODULES = [
    found.name
    for found in pkgutil.walk_packages(frontmap.__path__, "frontmap.")
    if not found.name.endswith("__main__")
]


@pytest.fixture(scope="module")
def reference():
    sys.path.insert(0, str(ROOT / "docs"))
    yield importlib.import_module("reference_pages").pages()
    sys.path.remove(str(ROOT / "docs"))


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_place_in_the_reference(module, reference):
    found = [page for page, text in reference.items() if f".. automodule:: {module}\n" in text]
    assert found == [f"{module.split('.')[1]}.rst"]


@pytest.mark.parametrize("name", sorted(set(frontmap.__all__) - {"__version__"}))
def test_what_the_package_offers_comes_first_in_the_reference(name, reference):
    assert re.search(rf"^\.\. auto\w+:: frontmap\.{name}$", reference["index.rst"], re.MULTILINE)


def exists(name: str) -> bool:
    """Whether a dotted name leads to a module, or to something in one."""
    parts = name.split(".")
    for taken in range(len(parts), 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:taken]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[taken:]:
            if not hasattr(value, attribute):
                return False
            value = getattr(value, attribute)
        return True
    return False


def docstrings(path: Path) -> list[str]:
    tree = ast.parse(path.read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    found = [ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, documented)]
    return [text for text in found if text]


def dotted(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w/.-])frontmap(?:\.[A-Za-z_]\w*)+", text))


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_every_name_of_the_package_on_a_page_exists(page):
    assert sorted(name for name in dotted(page.read_text("utf-8")) if not exists(name)) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_every_name_of_the_package_in_a_docstring_exists(path):
    assert sorted(name for name in dotted("\n".join(docstrings(path))) if not exists(name)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_ours_on_a_page_exists(page):
    named = re.findall(
        r"(?<![\w/.-])(?:tests|src|benchmarks|docs|notebooks|locks)/[\w./-]*\w", page.read_text()
    )
    assert sorted(path for path in set(named) if not (ROOT / path).exists()) == []


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_of_make_on_a_page_exists(page):
    named = re.findall(r"(?:`|^|\$ )make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE)
    assert sorted(set(named) - make_targets()) == []


def test_an_example_after_a_section_has_a_heading_of_its_own():
    """Otherwise it is read as part of that section: of what is returned or raised."""
    loose = []
    for path in SOURCES:
        before = [text.split(">>>")[0] for text in docstrings(path) if ">>>" in text]
        headings = [re.findall(r"^(\w[\w ]*)\n-{3,}$", text, re.MULTILINE) for text in before]
        loose += [path.name for found in headings if found and found[-1] != "Examples"]
    assert loose == []


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PICTURES = sorted((ROOT / "docs" / "images").glob("*.svg"))


def rooms_of_the_table() -> list[str]:
    table = ARCHITECTURE.split("## ")[1]
    return re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)))


def test_the_architecture_page_lists_the_rooms_that_the_folder_has():
    there = {found.name for found in pkgutil.iter_modules(frontmap.__path__)}
    assert sorted(rooms_of_the_table()) == sorted(there)


def test_the_architecture_page_has_the_rooms_in_the_order_of_the_import_contract():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    floor = {room: n for n, layer in enumerate(layers) for room in re.findall(r"\w+", layer)}
    floors = [floor[room] for room in rooms_of_the_table() if room in floor]
    assert floors == sorted(floors, reverse=True)


def test_every_module_on_the_architecture_page_and_its_pictures_exists():
    there, _, _ = ARCHITECTURE.partition("## Where things to come")
    text = there + "".join(picture.read_text("utf-8") for picture in PICTURES)
    named = set(re.findall(r"(?<![\w/.-])[a-z_]+/(?:[a-z_]+/)*(?:[a-z_]+\.py|(?=`))", text))
    named -= {"images/"}
    assert len(named) > 20
    folders = (ROOT, ROOT / "src" / "frontmap")
    assert sorted(path for path in named if not any((f / path).exists() for f in folders)) == []


def test_the_picture_of_the_disk_shows_the_files_that_are_there():
    picture = (ROOT / "docs" / "images" / "on-disk.svg").read_text("utf-8")
    shown = set(re.findall(r">([\w.-]+\.(?:csv|json|geojson))<", picture))
    archive = ROOT / "geodata" / "kursk"
    assert sorted(name for name in shown if not list(archive.rglob(name))) == []
    assert {path.name for path in archive.iterdir() if path.is_file()} <= shown


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_says_in_words_what_it_shows(picture):
    text = picture.read_text("utf-8")
    assert 'role="img" aria-labelledby="title desc"' in text
    assert "<title" in text
    assert "<desc" in text
    assert "prefers-color-scheme: dark" in text
