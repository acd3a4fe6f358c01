"""The sources that the page cites, by their place in the table: like addresses lie together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from frontmap.facts import read_sources

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_BY_ITSELF = re.compile(r"(?<![\w./-])[\w.-]*\w(?![\w/-])")


@dataclass
class CitedSources:
    """The rows of ``sources.csv`` under the archive ``root`` that something on the page cites."""

    root: Path
    _cited: set[str] = field(default_factory=set)

    @cached_property
    def _rows(self) -> dict[str, list[str]]:
        table = read_sources(self.root)
        columns = (table[name] for name in ("id", "publisher", "url", "published"))
        return {
            id_: [publisher, url.removeprefix("https:"), published]
            for id_, publisher, url, published in zip(*columns, strict=True)
        }

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {id_: number for number, id_ in enumerate(self._rows)}

    def numbers(self, ids: str | Iterable[str]) -> list[int]:
        """Return the number of each id; ids in one text are separated by spaces."""
        words = ids.split() if isinstance(ids, str) else list(ids)
        self._cited.update(words)
        return [self._numbers.setdefault(word, len(self._numbers)) for word in words]

    def told(self, text: str) -> list[str | int]:
        """Return a text in pieces: the id of a source, standing by itself, as its number."""
        pieces: list[str | int] = []
        at = 0
        for found in _BY_ITSELF.finditer(text):
            if found[0] in self._rows:
                pieces += [text[at : found.start()], *self.numbers(found[0])]
                at = found.end()
        return [piece for piece in (*pieces, text[at:]) if piece != ""]

    def columns(self) -> list[list[Any]]:
        """Return publishers, addresses and dates of all sources by their number; ``0`` if uncited.

        An id that the table doesn't know stands in the publisher's place; ``https:`` is left out.
        """
        nothing = [0, 0, 0]
        rows = [
            self._rows.get(id_, [id_, "", ""]) if id_ in self._cited else nothing
            for id_ in self._numbers
        ]
        return [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
