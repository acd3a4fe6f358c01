"""Grow a folder of DeepState files to any number: later dates, a few features changed in each."""

from __future__ import annotations

import json
import random
from pathlib import Path

STEP_S = 21600
CHANGED = 0.04


def grow(folder, target, *, files, changed=CHANGED, indent=None, start=1640995200):
    """Write ``files`` files into ``target``, made from those in ``folder`` over and over.

    Of the polygons of each file, the share ``changed`` has a vertex of its own; 1.0 repeats none.
    """
    sources = sorted(Path(folder).glob("*.geojson"))
    target.mkdir(parents=True, exist_ok=True)
    chance = random.Random(1)
    for number in range(files):
        value = json.loads(sources[number % len(sources)].read_bytes())
        for feature in value["features"]:
            geometry = feature["geometry"]
            if geometry["type"] == "Polygon" and chance.random() < changed:
                _move(geometry["coordinates"][0], number)
            elif changed == 1.0:
                feature["properties"]["number"] = number
        separators = None if indent else (",", ":")
        text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
        (target / f"{start + number * STEP_S}.geojson").write_text(text, "utf-8")


def _move(ring, number):
    """Move the middle vertex of a ring by a few centimetres that no other file has."""
    vertex = ring[len(ring) // 2]
    vertex[0] = round(vertex[0] + (number + 1) * 1e-6, 7)
