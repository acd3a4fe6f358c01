"""A name means one thing: in the public surface, and in the whole package."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import frontmap

ROOT = Path(frontmap.__file__).parent
MODULES = sorted(m.name for m in walk_packages([str(ROOT)], "frontmap."))
STEMS = [name.rpartition(".")[2] for name in MODULES]
PUBLIC = [name for name in frontmap.__all__ if name != "__version__"]
TREES = [ast.parse(path.read_text("utf-8")) for path in ROOT.rglob("*.py")]


def top(kind):
    names = (node.name for tree in TREES for node in tree.body if isinstance(node, kind))
    return [name for name in names if not name.startswith("_")]


def more_than_once(names):
    return [name for name, count in Counter(names).items() if count > 1]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_what_it_is_after_every_module_is_imported(name):
    for module in MODULES:
        import_module(module)
    value = getattr(frontmap, name)
    assert inspect.isfunction(value) or inspect.isclass(value)
    assert value.__doc__


def test_the_surface_is_what_is_shown_and_nothing_else():
    assert dir(frontmap) == sorted(frontmap.__all__)
    with pytest.raises(AttributeError, match="no attribute 'open_archive'"):
        frontmap.open_archive  # type: ignore[attr-defined]  # noqa: B018  as a type checker says
    with pytest.raises(ImportError, match="cannot import name 'area'"):
        exec("from frontmap import area")  # noqa: S102  as a user would


def test_names_are_loaded_when_they_are_asked_for():
    code = (
        "import frontmap, sys; dir(frontmap); print('numpy' in sys.modules, end=' ');"
        "frontmap.areas; print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"


def test_no_function_has_the_name_of_a_module():
    assert sorted(set(top(ast.FunctionDef)) & set(STEMS)) == []


def test_no_public_name_has_the_name_of_a_module():
    assert set(PUBLIC) & set(STEMS) == set()


def test_no_two_modules_share_a_name():
    assert more_than_once(STEMS) == []


def test_no_two_classes_share_a_name():
    assert more_than_once(top(ast.ClassDef)) == []
