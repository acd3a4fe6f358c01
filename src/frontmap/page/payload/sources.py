"""The sources that the page cites, by their place in the table: like addresses lie together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from frontmap.facts import read_sources
from frontmap.page.payload.columnar import by_columns
from frontmap.page.payload.fields import Columns, SourceRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_BY_ITSELF = re.compile(r"(?<![\w./-])[\w.-]*\w(?![\w/-])")
_UNCITED = SourceRow(publisher="", url="", published="")


@dataclass
class CitedSources:
    """The rows of ``sources.csv`` under the archive ``root`` that something on the page cites."""

    root: Path
    _cited: set[str] = field(default_factory=set)

    @cached_property
    def _rows(self) -> dict[str, SourceRow]:
        table = read_sources(self.root)
        columns = (table[name] for name in ("id", "publisher", "url", "published"))
        return {
            id_: SourceRow(publisher=publisher, url=url.removeprefix("https:"), published=published)
            for id_, publisher, url, published in zip(*columns, strict=True)
        }

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {id_: number for number, id_ in enumerate(self._rows)}

    def numbers(self, ids: str | Iterable[str]) -> list[int]:
        """Return the number of each id; ids in one text are separated by spaces.

        >>> import tempfile
        >>> from pathlib import Path
        >>> CitedSources(Path(tempfile.mkdtemp())).numbers("isw tass isw")
        [0, 1, 0]
        """
        words = ids.split() if isinstance(ids, str) else list(ids)
        self._cited.update(words)
        return [self._numbers.setdefault(word, len(self._numbers)) for word in words]

    def pieces(self, text: str) -> list[str | int]:
        r"""Return a text in pieces: the id of a source, standing by itself, as its number.

        >>> import tempfile
        >>> from pathlib import Path
        >>> folder = Path(tempfile.mkdtemp())
        >>> table = "id,publisher,url,published,read\nisw,ISW,,,\n"
        >>> _ = (folder / "sources.csv").write_text(table)
        >>> CitedSources(folder).pieces("redrawn after isw.")
        ['redrawn after ', 0, '.']
        """
        pieces: list[str | int] = []
        at = 0
        for found in _BY_ITSELF.finditer(text):
            if found[0] in self._rows:
                pieces += [text[at : found.start()], *self.numbers(found[0])]
                at = found.end()
        return [piece for piece in (*pieces, text[at:]) if piece != ""]

    def columns(self) -> Columns[SourceRow]:
        """Return publisher, address and date of each source by its number; blank if uncited.

        An id that the table doesn't know stands in the publisher's place; ``https:`` is left out.

        >>> import tempfile
        >>> from pathlib import Path
        >>> sources = CitedSources(Path(tempfile.mkdtemp()))
        >>> _ = sources.numbers("a-letter")
        >>> sources.columns()
        {'publisher': ['a-letter'], 'url': [''], 'published': ['']}
        """
        return by_columns(SourceRow, (self._row(id_) for id_ in self._numbers))

    def _row(self, id_: str) -> SourceRow:
        if id_ not in self._cited:
            return _UNCITED
        return self._rows.get(id_) or SourceRow(publisher=id_, url="", published="")
