"""What the benchmarks need is what frontmap and its extra ``bench`` install."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def names(requirements):
    return {re.split(r"[^\w-]", one)[0] for one in requirements}


def test_benchmarks_import_nothing_that_the_extra_does_not_install():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = set()
    for path in (ROOT / "benchmarks").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                needed |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                needed.add(node.module.partition(".")[0])
    needed -= {*sys.stdlib_module_names, "frontmap", "benchmarks"}
    core, extra = names(project["dependencies"]), names(project["optional-dependencies"]["bench"])
    assert {"pyproj", "shapely", "folium"} <= needed
    assert needed <= core | extra
    assert extra <= needed
