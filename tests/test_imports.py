"""Data flows one way: no two modules need each other, not even for their types."""

from __future__ import annotations

import graphlib

import grimp


def test_no_module_needs_one_that_needs_it():
    graph = grimp.build_graph("frontmap", cache_dir=None)
    rooms = graph.modules - {"frontmap"}  # which only names what is public, for those outside
    needs = {one: graph.find_modules_directly_imported_by(one) & rooms for one in rooms}
    assert "frontmap.archive.recording" in needs["frontmap.archive.core"]
    graphlib.TopologicalSorter(needs).prepare()  # a CycleError names the circle
