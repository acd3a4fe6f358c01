"""A table of text, whatever it is rendered to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """Text of a table's cell, and the address that it links to where there is one."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text: a caption, column heads, rows of cells."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
