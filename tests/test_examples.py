"""Every public function shows by an example what it does; the examples are run as doctests.

A verb of the command line has its example in its help: `test_help.py` runs it.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "src"
SOURCES = sorted((ROOT / "frontmap").rglob("*.py"))


def is_verb(function: ast.FunctionDef) -> bool:
    """Whether typer calls it: its signature is its command line."""
    return any(
        isinstance(made, ast.Call)
        and isinstance(made.func, ast.Attribute)
        and made.func.attr in {"command", "callback"}
        for made in function.decorator_list
    )


def public_functions(path: Path) -> list[ast.FunctionDef]:
    found = ast.parse(path.read_text("utf-8")).body
    functions = [node for node in found if isinstance(node, ast.FunctionDef)]
    return [each for each in functions if not each.name.startswith("_") and not is_verb(each)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_public_function_has_an_example(path):
    without = [
        function.name
        for function in public_functions(path)
        if ">>> " not in (ast.get_docstring(function) or "")
    ]
    assert without == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_example_is_left_out_when_the_others_run(path):
    assert "+SKIP" not in path.read_text("utf-8")
