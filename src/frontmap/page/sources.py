"""The sources that the page cites, each once, numbered in the order of their first citation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from frontmap.facts import read_sources

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(slots=True)
class Sources:
    """The rows of ``sources.csv`` under the archive ``root`` that something on the page cites."""

    root: Path
    _cited: dict[str, int] = field(default_factory=dict)

    def numbers(self, ids: str | Iterable[str]) -> list[int]:
        """Return the number of each id; ids in one text are separated by spaces."""
        words = ids.split() if isinstance(ids, str) else ids
        return [self._cited.setdefault(word, len(self._cited)) for word in words]

    def rows(self) -> list[list[Any]]:
        """Return ``[publisher, url, published]`` of each cited source, in their order.

        An id that the table doesn't know stands in the publisher's place.
        """
        table = read_sources(self.root)
        columns = (table[name] for name in ("id", "publisher", "url", "published"))
        known = {id_: row for id_, *row in zip(*columns, strict=True)}
        return [known.get(id_, [id_, "", ""]) for id_ in self._cited]
