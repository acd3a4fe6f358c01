"""Grow files of DeepState to any number: later dates, a few features changed in each."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FIRST_S, STEP_S = 1640995200, 21600
CHANGED = 0.04


def grow(
    sources: Sequence[Path],
    target: Path,
    *,
    count: int,
    changed: float = CHANGED,
    indent: int | None = None,
) -> None:
    """Write ``count`` files into ``target``, made from ``sources`` over and over.

    Of the polygons of each file, the share ``changed`` has a vertex of its own; 1.0 repeats none.
    """
    target.mkdir(parents=True)
    chance = random.Random(1)  # noqa: S311  no secret
    for number in range(count):
        value = json.loads(sources[number % len(sources)].read_bytes())
        for feature in value["features"]:
            geometry = feature["geometry"]
            if geometry["type"] == "Polygon" and chance.random() < changed:
                _move(geometry["coordinates"][0], number)
            elif changed == 1.0:
                feature["properties"]["number"] = number
        separators = None if indent else (",", ":")
        text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
        (target / f"{FIRST_S + number * STEP_S}.geojson").write_text(text, "utf-8")


def _move(ring: list[list[Any]], number: int) -> None:
    """Move the middle vertex of a ring by a few centimetres that no other file has."""
    vertex = ring[len(ring) // 2]
    vertex[0] = round(vertex[0] + (number + 1) * 1e-6, 7)
