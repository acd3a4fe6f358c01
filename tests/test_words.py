"""The code speaks the words of the glossary, and none that need a story."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src" / "frontmap").rglob("*.py"))
#: Each for what has a word of the field's own: history, change, uncertainty, cached, …
STORIES = {
    *("turns", "moves", "spread", "spreads", "kept", "home", "told", "stands", "bears"),
    *("lot", "lots", "stop", "stops", "memory"),
}


def names(path: Path) -> set[str]:
    """All names that a module gives: to functions, classes, arguments, variables, attributes."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return found


def words(name: str) -> set[str]:
    name = name.replace("stands_for", "")  # a term of the glossary: what a class of ground is
    return set(re.findall("[a-z]+", re.sub("([A-Z])", r"_\1", name).lower()))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_no_name_in_the_code_needs_a_story(path):
    assert sorted(name for name in names(path) if words(name) & STORIES) == []


def glossary() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text, re.MULTILINE)
    return [(term, meaning) for term, meaning in rows if term != "term"]


def test_the_glossary_has_each_term_once():
    terms = [term for row, _ in glossary() for term in row.split(", ")]
    assert len(terms) > 60
    assert sorted(term for term in set(terms) if terms.count(term) > 1) == []


@pytest.mark.parametrize(("term", "meaning"), glossary())
def test_a_term_is_explained_in_one_line(term, meaning):
    assert 10 < len(meaning) < 250
