"""Who said what is on the page: each claimant once, by number, named in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from frontmap.facts import read_claimants
from frontmap.page.bundle import LANGUAGES
from frontmap.page.payload.columnar import by_columns
from frontmap.page.payload.fields import ClaimantRow, Columns

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from pathlib import Path

    from frontmap.page.payload.fields import Names


@dataclass
class Claimants:
    """The claimants that something on the page names, by number; ``root`` is the archive's folder.

    ``claimants.csv`` may have a name in each of the ``languages``: ``claimant_en, claimant_uk, …``.
    """

    root: Path
    languages: Sequence[str] = LANGUAGES
    _numbers: dict[str, int] = field(default_factory=dict)

    @cached_property
    def _names(self) -> dict[str, Names]:
        rows = read_claimants(self.root).to_dict("records")
        return {row["claimant"]: self._named(row) for row in rows}

    def _named(self, row: Mapping[Hashable, object]) -> Names:
        return {each: str(row.get(f"claimant_{each}", "")) for each in self.languages}

    def number(self, claimant: str) -> int:
        """Return the number of a claimant, as a table of the archive writes it.

        >>> from pathlib import Path
        >>> claimants = Claimants(Path("geodata/kursk"))
        >>> [claimants.number(name) for name in ("Syrskyi", "ISW", "Syrskyi")]
        [0, 1, 0]
        """
        return self._numbers.setdefault(claimant, len(self._numbers))

    def columns(self) -> Columns[ClaimantRow]:
        """Return the claimants by number: as given, then their names in the page's languages.

        A name that the table hasn't is blank.

        >>> from pathlib import Path
        >>> claimants = Claimants(Path("geodata/kursk"))
        >>> _ = claimants.number("Syrskyi"), claimants.number("a stranger")
        >>> claimants.columns()["names"]["uk"]
        ['Сирський', '']
        """
        return by_columns(
            ClaimantRow,
            (
                ClaimantRow(given=given, names=self._names.get(given) or self._named({}))
                for given in self._numbers
            ),
        )
